"""Options that say which column holds which number of an effect size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

MEASURES = (
    "SMD", "SMDH", "SMD1", "SMD1H", "SMDU", "MD", "ROM", "VR", "CVR",
    "RR", "OR", "RD", "AS", "PETO", "PHI", "YUQ", "YUY", "PBIT", "IRR", "IRD", "IRSD", "HR",
    "COR", "UCOR", "ZCOR", "MC", "SMCC", "SMCR", "SMCRH", "SMCRPH", "ROMC",
    "PR", "PLN", "PLO", "PAS", "PFT", "MN", "MNLN", "SMN", "IR", "IRLN", "IRS", "IRFT",
)  # fmt: skip
NUMBERS = {
    "mean1": "Mean of group 1.",
    "sd1": "Its standard deviation.",
    "n1": "Its people.",
    "mean2": "Mean of group 2.",
    "sd2": "Its standard deviation.",
    "n2": "Its people.",
    "events1": "People with the event (or events) in group 1.",
    "total1": "All people of group 1.",
    "events2": "People with the event (or events) in group 2.",
    "total2": "All people of group 2.",
    "time1": "Person-time of group 1.",
    "time2": "Person-time of group 2.",
    "r": "Correlations.",
    "n": "People, where there is one group.",
}


def number_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for the column of each number, and --column for the rest."""
    for name, text in reversed(NUMBERS.items()):
        command = click.option(f"--{name}", metavar="COLUMN", help=text)(command)
    return click.option(
        "--column",
        "named",
        multiple=True,
        metavar="NAME=COLUMN",
        help="The column of any other number: se1=SE.treated. May be repeated.",
    )(command)


def pairs(items: tuple[str, ...], option: str) -> dict[str, str]:
    """Read NAME=VALUE, several times."""
    found = {}
    for item in items:
        name, sign, value = item.partition("=")
        if not sign or not name or not value:
            raise click.UsageError(f"{option} takes NAME=VALUE; got {item!r}.")
        found[name.strip()] = value.strip()
    return found
