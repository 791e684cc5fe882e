"""equipoise response: remission and response by arm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.outcome_options import arm_options, formula_argument, higher_option
from equipoise.cli.table_file import TableFile, file_options, print_found, read_table

if TYPE_CHECKING:
    from equipoise.analysis.outcomes import Responders


@click.command()
@file_options
@formula_argument
@arm_options
@click.option("--event", metavar="VALUE", help="The value of the outcome that counts, e.g. yes.")
@higher_option
@click.option(
    "--variance",
    type=click.Choice(["ye", "HC0", "HC1", "HC2", "HC3"]),
    default="ye",
    show_default=True,
    help="Of the standardised risks: influence function, or a sandwich.",
)
@click.option(
    "--threshold", type=float, help="The outcome is a score: remission is at or beyond this."
)
@click.option(
    "--percent",
    type=click.FloatRange(0, min_open=True),
    help="The outcome is a score: response is this many per cent better than --before.",
)
@click.option("--before", metavar="COLUMN", help="The score before treatment, for --percent.")
@click.option(
    "--score-higher",
    type=click.Choice(["better", "worse"]),
    default="worse",
    show_default=True,
    help="What a higher score means, for --threshold and --percent.",
)
@click.option(
    "--missing-score",
    type=click.Choice(["failure", "exclude"]),
    default="failure",
    show_default=True,
    help="A missing score is no response, or is left out; counted either way.",
)
def command(
    file: Path,
    formula: str,
    control: str,
    arm: str,
    event: str | None,
    higher: str | None,
    variance: str,
    threshold: float | None,
    percent: float | None,
    before: str | None,
    score_higher: str,
    missing_score: str,
    level: float,
    as_json: bool,
    **cells: Any,
) -> None:
    """Compare the chance of a yes-or-no outcome between arms.

    FORMULA is in R's grammar: "remission ~ arm + baseline". With covariates, risks are
    standardised over everybody; the unadjusted ones are printed beside them.

    \b
    Examples:
      equipoise response trial.csv "remission ~ arm + baseline" --control placebo
      equipoise response trial.csv "MADRS ~ arm + MADRS_0" --threshold 10 --control placebo
      equipoise response trial.csv "HAMD ~ arm" --percent 50 --before HAMD_0 --control placebo
    """
    if threshold is not None and percent is not None:
        raise click.UsageError("--threshold and --percent are two definitions: name one.")
    if (percent is None) != (before is None):
        raise click.UsageError("--percent needs the score --before treatment, and the reverse.")
    table = read_table(file, **cells)
    from equipoise.analysis import outcomes  # noqa: PLC0415  (--help is instant)

    warnings: tuple[str, ...] = ()
    if threshold is not None or percent is not None:
        score = formula.partition("~")[0].strip().strip("`")
        made = _responders(
            table, score, threshold=threshold, percent=percent or 0, before=before or "",
            how={"higher": score_higher, "missing": missing_score},
        )  # fmt: skip
        table = TableFile(table.frame.assign(**{score: made.response}), table.source)
        warnings, higher = made.warnings, higher or "better"
    found = outcomes.response(
        table.frame, formula, control=control, arm=arm, event=event, higher=higher,  # type: ignore[arg-type]
        variance=variance, level=level,  # type: ignore[arg-type]
    )  # fmt: skip
    if warnings:
        found = outcomes.with_warnings(found, warnings)
    print_found(found.with_source(table.source), f"{file.name}: {formula}", as_json=as_json)


def _responders(
    table: TableFile, score: str, *, threshold: float | None, percent: float, before: str, how: Any
) -> Responders:
    from equipoise.analysis import outcomes  # noqa: PLC0415
    from equipoise.errors import DataError  # noqa: PLC0415

    wanted = [score] if threshold is not None else [score, before]
    if lost := [name for name in wanted if name not in table.frame.columns]:
        raise DataError(f"There is no column {lost}; the table has {list(table.frame.columns)}.")
    scores = table.frame[score]
    if threshold is not None:
        return outcomes.remission(scores, threshold, **how)
    return outcomes.percent_response(scores, table.frame[before], percent=percent, **how)
