"""equipoise mmrm: the mixed model for repeated measures on one table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.table_file import file_options, print_found, read_table

if TYPE_CHECKING:
    from equipoise.analysis.mmrm import Mmrm
    from equipoise.estimates import Estimates

COVARIANCES = ("us", "ar1", "arh1", "cs", "csh", "toep", "toeph", "ad", "adh", "sp_exp")
DF = ("kenward-roger", "kenward-roger-linear", "satterthwaite", "between-within", "residual")


def _pairs(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Read COLUMN=LEVEL."""
    pairs = {}
    for value in values:
        column, equals, level = value.partition("=")
        if not (column and equals and level):
            raise click.BadParameter(f"{value!r}: write COLUMN=LEVEL, as in SEX=Male.")
        pairs[column] = level
    return pairs


@click.command()
@click.option("--formula", required=True, help="Fixed effects: 'score ~ baseline + arm * visit'.")
@click.option("--subject", required=True, metavar="COLUMN", help="Whose row it is.")
@click.option("--visit", required=True, metavar="COLUMN", help="Which visit it is: a factor.")
@click.option(
    "--covariance",
    type=click.Choice(COVARIANCES),
    default="us",
    show_default=True,
    help="Structure of the covariance of a person's visits.",
)
@click.option(
    "--df",
    type=click.Choice(DF),
    default="kenward-roger",
    show_default=True,
    help="Degrees of freedom, and Kenward and Roger's covariance.",
)
@click.option(
    "--robust",
    type=click.Choice(["CR0", "CR2", "CR3"]),
    help="Sandwich covariance, people as clusters.",
)
@click.option("--ml", is_flag=True, help="Maximum likelihood instead of REML.")
@click.option("--arm", metavar="COLUMN", help="The arm; by default what interacts with the visit.")
@click.option("--control", metavar="LEVEL", help="The arm that others are compared with.")
@click.option(
    "--reference",
    "references",
    multiple=True,
    metavar="COLUMN=LEVEL",
    callback=_pairs,
    help="Reference level of another factor; may be repeated.",
)
@click.option("--group", metavar="COLUMN", help="A covariance matrix for each of its levels.")
@click.option("--weights", metavar="COLUMN", help="Weights of the rows, above 0.")
@click.option(
    "--coordinate",
    "coordinates",
    multiple=True,
    metavar="COLUMN",
    help="For sp_exp: when each row lies; may be repeated.",
)
@click.option(
    "--common-baseline",
    metavar="VISIT",
    help="cLDA: the visit before treatment, at which all arms have one mean.",
)
@click.option(
    "--ls-weights",
    type=click.Choice(["equal", "proportional"]),
    default="equal",
    show_default=True,
    help="Weights of other factors in least-squares means.",
)
@click.option(
    "--test",
    "hypotheses",
    multiple=True,
    metavar="HYPOTHESIS",
    help="A linear hypothesis: '`arm[T.drug]` = 0, `sex[T.m]` = 0'; may be repeated.",
)
@file_options
def command(
    file: Path,
    formula: str,
    hypotheses: tuple[str, ...],
    ml: bool,
    as_json: bool,
    delimiter: str | None,
    decimal: str,
    missing: tuple[str, ...],
    **options: Any,
) -> None:
    """Fit a mixed model for repeated measures (MMRM) to the rows of FILE, one a person and visit.

    Prints coefficients, least-squares means by arm and visit, each arm less control by visit,
    Type III tests, the covariance, the log-likelihood, and how exactly its maximum was found.

    \b
    Examples:
      equipoise mmrm trial.csv --formula "FEV1 ~ RACE + SEX + ARMCD * AVISIT" \\
          --subject USUBJID --visit AVISIT
      equipoise mmrm trial.csv --formula "HAMD ~ arm * week" --subject id --visit week \\
          --covariance toeph --df satterthwaite --json
      equipoise mmrm trial.csv --formula "HAMD ~ arm * week" --subject id --visit week \\
          --common-baseline 0 --group arm
    """
    from equipoise.analysis.mmrm import mmrm  # noqa: PLC0415  (--help must be instant)

    table = read_table(file, delimiter=delimiter, decimal=decimal, missing=missing)
    found = mmrm(table.frame, formula, reml=not ml, **options)
    every = _with_tests(found, hypotheses).with_source(table.source)
    print_found(every, formula, as_json=as_json)


def _with_tests(found: Mmrm, hypotheses: tuple[str, ...]) -> Estimates:
    """Add Type III tests, or why there are none, and the hypotheses asked for."""
    from equipoise.errors import NotIdentifiedError  # noqa: PLC0415
    from equipoise.estimates import Estimates, Refusal  # noqa: PLC0415

    every = Estimates(found.rows, found.refused)
    try:
        every += found.type3()
    except NotIdentifiedError as reason:
        every += Estimates(refused=(Refusal("type-3-test", str(reason)),))
    for text in hypotheses:
        every += found.hypothesis(text)
    return every.with_fields(outcome=found.model.outcome)
