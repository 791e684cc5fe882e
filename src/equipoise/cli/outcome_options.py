"""Options that the verbs for remission, categories, counts and time to an event share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

formula_argument = click.argument("formula")
higher_option = click.option(
    "--higher",
    type=click.Choice(["better", "worse"]),
    help="Whether the event, or a higher value, is good: for the words beside the numbers.",
)


def arm_options(command: Command) -> Command:
    """Add --control and --arm."""
    options = (
        click.option("--control", required=True, metavar="CODE", help="Code of the control arm."),
        click.option(
            "--arm", default="arm", show_default=True, metavar="COLUMN", help="The arm received."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command
