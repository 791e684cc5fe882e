"""--tau-prior: a prior of the spread between studies, for Bayesian verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from equipoise.errors import DataError

if TYPE_CHECKING:
    from equipoise.synthesis.bayes import TauPrior


def _prior(_ctx: click.Context, _param: click.Parameter, value: str) -> TauPrior:
    from equipoise.synthesis.bayes import TauPrior  # noqa: PLC0415  (--help is instant)

    kind, _, numbers = value.partition(":")
    try:
        return TauPrior(kind.strip(), tuple(float(part) for part in numbers.split(",")))
    except ValueError as error:
        raise click.BadParameter("Write half-normal:0.5, or log-normal:-2.5,1.6.") from error
    except DataError as error:
        raise click.BadParameter(str(error)) from error


tau_prior_option = click.option(
    "--tau-prior",
    callback=_prior,
    default="half-normal:0.5",
    show_default=True,
    metavar="KIND:P[,P]",
    help="Prior of the spread of effects between studies; the default suits standardised ones.",
)
