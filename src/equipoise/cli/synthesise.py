"""equipoise synthesise: a whole review folder, from study files to pooled effects."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from equipoise.cli.options import json_option, plot_option, write_figure

if TYPE_CHECKING:
    from equipoise.estimates import Estimate, Estimates, Refusal
    from equipoise.synthesis.review import Synthesis


CERTAINTY = "certainty"
NAMES = {"SMD": "Hedges' g", "MD": "points", "RD": "risk difference", "COR": "correlation"}


@click.command()
@click.argument("review", type=click.Path(path_type=Path))
@click.option("--analysis", metavar="NAME", help="Only this planned analysis.")
@click.option("--dry-run", is_flag=True, help="Print, and write nothing into results/.")
@click.option(
    "--level",
    type=click.FloatRange(0.5, 0.9999),
    help="Coverage of the intervals; the plan's by default, and nothing is written for another.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Build the site of an evidence folder here: pages, decision aid, safety screen, copies.",
)
@click.option(
    "--date",
    type=click.DateTime(["%Y-%m-%d"]),
    help="With --out: the day of the version; today by default.",
)
@plot_option("Also draw a forest plot of the primary analysis, or of --analysis")
@json_option
def command(
    review: Path, analysis: str | None, dry_run: bool, level: float | None, out: Path | None,
    date: datetime | None, plot: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Run the planned analyses of a review folder; write them into results/ under their version.

    REVIEW is a folder with review.yaml, or the name of a review that comes with equipoise, into
    which nothing is written. A result is the whole plan: with --analysis nothing is written.

    \b
    Examples:
      equipoise synthesise my-review
      equipoise synthesise my-review --analysis primary --json
      equipoise synthesise my-review --plot forest.svg
      equipoise synthesise microdosing-depression
      equipoise synthesise evidence --out site      the site of the evidence that comes with it
      equipoise synthesise evidence --out site --date 2026-11-25     the same bytes again
    """
    if out is not None:
        if analysis or dry_run or level or plot or as_json:
            raise click.UsageError("--out builds the whole site: of the options only --date fits.")
        from equipoise.cli.site import write_site  # noqa: PLC0415

        write_site(review, out, (date or datetime.now(UTC)).date())
        return
    if date is not None:
        raise click.UsageError("--date is the day of a version of a site: give --out as well.")
    from equipoise.synthesis.evidence import find_review  # noqa: PLC0415  (--help is instant)
    from equipoise.synthesis.review import read_review, synthesise  # noqa: PLC0415
    from equipoise.synthesis.review.versions.results import write_result  # noqa: PLC0415

    folder, ours = find_review(review)
    made = synthesise(read_review(folder), analysis, level=level)
    planned = analysis is None and level in (None, made.folder.review.level)
    if planned and not (dry_run or ours):
        click.echo(f"Wrote {write_result(made)}", err=True)
    if plot is not None:
        _draw(made, analysis, plot)
    if as_json:
        click.echo(made.estimates.to_json())
        return
    _print(made)


def _draw(made: Synthesis, analysis: str | None, plot: Path) -> None:
    from equipoise.plots import forest  # noqa: PLC0415  (matplotlib is heavy)
    from equipoise.synthesis.review.forest import forest_of  # noqa: PLC0415

    review = made.folder.review
    primary = [one.name for one in review.analyses if one.primary]
    name = analysis or (primary or [review.analyses[0].name])[0]
    studies, summary, prediction, rob = forest_of(made, name)
    plan = review.analysis(name)
    ratio = plan.measure in ("OR", "RR", "HR", "ROM")
    less = review.outcomes[plan.outcome].higher == "worse"
    arms = (review.question.intervention, review.question.comparator)
    sides = (f"favours {arms[0]}", f"favours {arms[1]}")
    ax = forest(
        studies,
        scale=plan.measure if ratio else NAMES.get(plan.measure, plan.measure),
        summary=summary,
        prediction=prediction,
        columns={"comparator": "Compared with", "visit": "When"},
        rob=rob,
        favours=sides if less else sides[::-1],
        exponentiate=ratio,
    )
    write_figure(ax, plot)


def _print(made: Synthesis) -> None:
    from equipoise.cli import show  # noqa: PLC0415

    click.echo()
    show.wrapped(made.folder.review.title)
    for name, found in made.found.items():
        _analysis(made, name, found)
    every = made.estimates
    show.items("Method", dict.fromkeys(row.method for row in every if row.method))
    show.items("Assumptions", every.assumptions)
    show.items("Warnings", every.warnings)
    _unverified(made)
    show.provenance(every)


def _analysis(made: Synthesis, name: str, found: Estimates) -> None:
    from equipoise.cli import show  # noqa: PLC0415

    plan = made.folder.review.analysis(name)
    label = made.folder.review.outcomes[plan.outcome].label
    units = {row.unit for row in found if row.name.startswith(("study-", "pooled-"))}
    click.echo()
    show.wrapped(": ".join([f"{label}, analysis {name}", *(unit for unit in units if unit)]))
    rows = [row for row in found if row.estimate is not None and row.name != CERTAINTY]
    if rows:
        show.table(rows, _name)
    for row in found.select(name=CERTAINTY):
        why = "; ".join(row.assumptions)
        show.wrapped(f"{(row.estimand or '').capitalize()} ({why})", "    ", "  ")
    for refusal in found.refused:
        if refusal.name != "study-effect":
            show.wrapped(f"{_title(refusal, name)}: {refusal.reason}", "    ", "  ")
    _left_out(made, name)


def _name(row: Estimate) -> str:
    from equipoise.report.wording import title_of  # noqa: PLC0415

    analysis, _, study = (row.label or "").partition(": ")
    if study and row.name in ("study-effect", "study-ratio"):
        return f"{study}: {row.estimand}"
    _, _, part = analysis.partition(", ")
    return ", ".join(text for text in (title_of(row.name), part) if text)


def _title(refusal: Refusal, analysis: str) -> str:
    from equipoise.report.wording import title_of  # noqa: PLC0415

    part = (refusal.label or "").removeprefix(analysis).removeprefix(", ")
    return f"{', '.join(text for text in (title_of(refusal.name), part) if text)}, not given"


def _left_out(made: Synthesis, name: str) -> None:
    from equipoise.cli import show  # noqa: PLC0415

    reasons: dict[str, list[str]] = {}
    for out in made.selections[name].left_out:
        reasons.setdefault(out.reason, []).append(out.study.id)
    if reasons:
        click.echo("  Not in it")
    for reason, studies in reasons.items():
        show.wrapped(f"{', '.join(studies)}: {reason}", "      ", "    - ")


def _unverified(made: Synthesis) -> None:
    from equipoise.cli import show  # noqa: PLC0415
    from equipoise.synthesis.review.verification import unverified_facts  # noqa: PLC0415

    rows = unverified_facts(made.folder.studies.values())
    show.items("Unverified facts (shown; pooled only where the plan says include_unverified)", rows)
