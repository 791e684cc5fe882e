"""Options of `equipoise impute`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from equipoise.cli.options import plot_option, seed_option

Command = TypeVar("Command", bound=Callable[..., Any])

COVARIANCES = ("us", "ar1", "arh1", "cs", "csh", "toep", "toeph", "ad", "adh")

OPTIONS = (
    click.option(
        "--formula",
        required=True,
        help="The imputation model: 'score ~ baseline * visit + arm * visit'.",
    ),
    click.option("--subject", required=True, metavar="COLUMN", help="Whose row it is."),
    click.option("--visit", required=True, metavar="COLUMN", help="Which visit it is: a factor."),
    click.option("--arm", required=True, metavar="COLUMN", help="The arm."),
    click.option(
        "--reference", required=True, metavar="ARM", help="Reference arm of all other arms."
    ),
    click.option(
        "--control", metavar="ARM", help="The arm others are compared with; else the reference."
    ),
    click.option(
        "--strategy",
        "strategies",
        multiple=True,
        metavar="[ARM=]STRATEGY",
        help="MAR, JR, CR, CIR or LMCF: after an event; may be repeated. MAR by default.",
    ),
    click.option(
        "--events",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="A row for each person with an event: subject, first visit after it, strategy.",
    ),
    click.option(
        "--method",
        type=click.Choice(["conditional-mean", "bayes", "approximate-bayes"]),
        default="conditional-mean",
        show_default=True,
        help="Mean imputation with resampling, or random imputation with Rubin's rules.",
    ),
    click.option(
        "--resampling",
        type=click.Choice(["jackknife", "bootstrap"]),
        default="jackknife",
        show_default=True,
        help="Of people, for the standard errors of mean imputation.",
    ),
    click.option(
        "--draws",
        type=click.IntRange(min=2),
        metavar="N",
        help="Bootstrap resamples (1000) or random imputations (100).",
    ),
    click.option(
        "--covariance",
        type=click.Choice(COVARIANCES),
        default="us",
        show_default=True,
        help="Of a person's visits in the imputation model.",
    ),
    click.option(
        "--covariance-by-arm", is_flag=True, help="Each arm has a covariance matrix of its own."
    ),
    click.option(
        "--analysis",
        type=click.Choice(["ancova", "mmrm"]),
        default="ancova",
        show_default=True,
        help="Of the completed scores.",
    ),
    click.option(
        "--ancova", metavar="FORMULA", help="'score ~ arm + baseline'; else arm and covariates."
    ),
    click.option(
        "--ls-weights",
        type=click.Choice(["proportional", "equal"]),
        default="proportional",
        show_default=True,
        help="Weights of other factors in least-squares means.",
    ),
    click.option(
        "--delta",
        "deltas",
        multiple=True,
        metavar="ARM=POINTS",
        help="Added to imputed scores of an arm; a list (1,2,3) is one a visit; may be repeated.",
    ),
    click.option(
        "--lag",
        metavar="WEIGHTS",
        help="One a visit (1,1,1): deltas add up from the event on, with these weights.",
    ),
    click.option(
        "--delta-on",
        type=click.Choice(["imputed", "after-event"]),
        default="imputed",
        show_default=True,
        help="Which imputed scores deltas are added to.",
    ),
    click.option(
        "--tipping",
        nargs=3,
        type=float,
        metavar="LOW HIGH STEP",
        help="Vary the deltas of two arms: where does the conclusion change?",
    ),
    click.option("--active", metavar="ARM", help="With --tipping, where arms are several."),
    plot_option("Draw the tipping map"),
    click.option(
        "--retrieved",
        type=click.Choice(["constant", "by-visit", "time-since"]),
        help="Impute by the scores seen after the event (retrieved dropout), with --events.",
    ),
    seed_option,
)


def impute_options(command: Command) -> Command:
    """Add the options."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def arm_pairs(values: tuple[str, ...]) -> dict[str, str]:
    """Read ARM=VALUE.

    Raises
    ------
    click.BadParameter
        When a part is missing.
    """
    pairs = {}
    for value in values:
        arm, equals, what = value.rpartition("=")
        if not (arm and equals and what):
            raise click.BadParameter(f"{value!r}: write ARM=VALUE, as in DRUG=2.")
        pairs[arm] = what
    return pairs


def amounts(values: tuple[str, ...]) -> dict[str, float | list[float]]:
    """Read ARM=2 and ARM=1,2,3."""
    found: dict[str, float | list[float]] = {}
    for arm, text in arm_pairs(values).items():
        try:
            numbers = [float(part) for part in text.split(",")]
        except ValueError as error:
            raise click.BadParameter(f"{text!r} is no number, nor numbers with commas.") from error
        found[arm] = numbers[0] if len(numbers) == 1 else numbers
    return found
