"""Options of verbs that read events of two arms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])
NAMES = ("events1", "total1", "events2", "total2")


def event_options(command: Command) -> Command:
    """Add the four columns of events and totals, and the studies' names."""
    options = (
        click.option("--events1", metavar="COLUMN", help="Events in the first arm."),
        click.option("--total1", metavar="COLUMN", help="Its people, or person-time."),
        click.option("--events2", metavar="COLUMN", help="Events in the second arm (control)."),
        click.option("--total2", metavar="COLUMN", help="Its people, or person-time."),
        click.option("--study", metavar="COLUMN", help="Names of the studies."),
    )
    for option in reversed(options):
        command = option(command)
    return command
