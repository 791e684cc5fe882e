"""Options that would do nothing beside the others are refused: silence would mislead."""

from __future__ import annotations

from collections.abc import Iterable

import click
from click.core import ParameterSource


def refuse_idle(names: Iterable[str], why: str) -> None:
    """Refuse the first of these options that a person typed.

    Parameters
    ----------
    names
        Of parameters, as Python spells them.
    why
        What it would need: "is about the --plot, and none is asked for."
    """
    context = click.get_current_context()
    written = {param.name: param.opts[0] for param in context.command.params}
    for name in names:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{written[name]} {why}")
