"""A verb with steps: `equipoise review check`, `equipoise allocate judge`."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click


class Steps(click.Group):
    """A group whose commands are imported when they are called.

    Parameters
    ----------
    steps
        Step to the module under equipoise.cli, its command, and a line of help, in their order.
    """

    def __init__(
        self, *args: Any, steps: Mapping[str, tuple[str, str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.steps = steps

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the steps in their order."""
        return list(self.steps)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a step."""
        if cmd_name not in self.steps:
            return None
        module, name, _ = self.steps[cmd_name]
        found: click.Command = getattr(importlib.import_module(f"equipoise.cli.{module}"), name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the steps from their table."""
        with formatter.section("Steps"):
            formatter.write_dl([(step, text) for step, (_, _, text) in self.steps.items()])
