"""Options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object and nothing else."
)
seed_option = click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Random seed."
)
draws_option = click.option(
    "--draws",
    type=click.IntRange(min=100),
    default=20_000,
    show_default=True,
    help="Bootstrap resamples of people.",
)
level_option = click.option(
    "--level",
    type=click.FloatRange(0.5, 0.9999),
    default=0.95,
    show_default=True,
    help="Coverage of the intervals.",
)
visit_option = click.option(
    "--visit", metavar="VISIT", help="One visit only; by default all after baseline."
)
interval_option = click.option(
    "--interval",
    type=click.Choice(["default", "wald"]),
    default="default",
    show_default=True,
    help="Blinding indices: intervals that stay in range, or estimate ± z se.",
)


def table_options(command: Command) -> Command:
    """Add the options that say what the columns of a plain CSV mean."""
    for option in reversed(
        (
            click.option("--participant", metavar="COLUMN", help="CSV: who the row belongs to."),
            click.option("--arm", metavar="COLUMN", help="CSV: the arm received."),
            click.option("--guess", metavar="COLUMN", help="CSV: the arm guessed."),
            click.option("--certainty", metavar="COLUMN", help="CSV: certainty of the guess, 0-1."),
            click.option("--visit-column", metavar="COLUMN", help="CSV: which visit the row is."),
            click.option("--covariate", "covariates", multiple=True, metavar="COLUMN", help="CSV."),
            click.option("--active", metavar="CODE", help="CSV: code of the active arm."),
            click.option("--control", metavar="CODE", help="CSV: code of the control arm."),
            click.option(
                "--higher",
                type=click.Choice(["better", "worse"]),
                help="CSV: what a higher score means.",
            ),
            click.option(
                "--unsure", multiple=True, metavar="CODE", help='CSV: code of "don\'t know".'
            ),
        )
    ):
        command = option(command)
    return command
