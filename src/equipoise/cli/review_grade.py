"""The step `equipoise review grade`: what GRADE's rules suggest, and what a person decides."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from equipoise.cli.options import json_option, plot_option, write_figure
from equipoise.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from equipoise.synthesis.judgement import Judgement
    from equipoise.synthesis.review import Synthesis


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("analysis", required=False)
@click.argument("rule", required=False)
@click.argument("levels", type=click.IntRange(-2, 2), required=False)
@click.option("--as", "person", metavar="PERSON", help="Who decides.")
@click.option("--reason", metavar="TEXT", help="Why.")
@click.option(
    "--date", "on", type=click.DateTime(["%Y-%m-%d"]), help="Of the decision; today if left out."
)
@plot_option("Also draw the domains of every analysis")
@json_option
def grade(
    folder: Path, analysis: str | None, rule: str | None, levels: int | None,
    person: str | None, reason: str | None, on: datetime | None, plot: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Print what GRADE's rules suggest of each ANALYSIS of a review FOLDER, with their inputs.

    With RULE and LEVELS a person decides: 0, -1 or -2 for a domain, up to 2 for an upgrade. The
    decision is appended to judgements/grade.yaml and is never overwritten.

    \b
    Examples:
      equipoise review grade my-review
      equipoise review grade my-review primary
      equipoise review grade my-review primary imprecision -- -2 --as anna \\
        --reason "few events" --date 2026-11-25
    """
    from equipoise.synthesis.evidence import find_review  # noqa: PLC0415  (--help is instant)
    from equipoise.synthesis.review import read_review, synthesise  # noqa: PLC0415

    path, ours = find_review(folder)
    made = synthesise(read_review(path), analysis)
    if rule is not None:
        if analysis is None or levels is None or not person or not reason:
            raise click.UsageError("A decision needs ANALYSIS RULE LEVELS, --as and --reason.")
        if ours:
            raise click.UsageError(f"{folder} comes with equipoise; copy it to judge it yourself.")
        day = on.date() if on else datetime.now(UTC).date()
        _decide(made, analysis, rule, levels, person=person, reason=reason, when=str(day))
        return
    if person or reason or on:
        raise click.UsageError("--as, --reason and --date go with a decision.")
    if plot is not None:
        _draw(made, plot)
    found = made.estimates.select(name="certainty")
    if as_json:
        click.echo(found.to_json())
        return
    for name in made.selections:
        _print(made, name)


def _decide(
    made: Synthesis, analysis: str, rule: str, levels: int,
    *, person: str, reason: str, when: str,
) -> None:  # fmt: skip
    from equipoise.synthesis.judgement import decided, write_ledger  # noqa: PLC0415
    from equipoise.synthesis.review.certainty import GRADE_LEDGER, grade_ledger  # noqa: PLC0415

    suggested = {one.rule: one for one in _suggested(made, analysis)}
    if rule not in suggested:
        raise DataError(f"{analysis} has no rule {rule!r}. These are: {', '.join(suggested)}.")
    one = decided(suggested[rule], levels, author=person, reason=reason, when=when)
    ledger = grade_ledger(made.folder).append(one)
    file = made.folder.judgements / GRADE_LEDGER
    file.parent.mkdir(exist_ok=True)
    file.write_text(write_ledger(ledger), encoding="utf-8")
    click.echo(f"{rule} of {analysis}: {levels:+d}, by {person}; appended to {file}")


def _suggested(made: Synthesis, analysis: str) -> Sequence[Judgement]:
    from equipoise.synthesis.review.certainty import suggestions  # noqa: PLC0415

    review = made.folder.review
    rows = made.selections[analysis].rows
    if not rows or review.outcomes[review.analysis(analysis).outcome].thresholds is None:
        return ()
    return suggestions(made.folder, review.analysis(analysis), rows)


def _print(made: Synthesis, name: str) -> None:
    from equipoise.cli import show  # noqa: PLC0415
    from equipoise.synthesis.review.certainty import grade_ledger  # noqa: PLC0415

    found = made.found[name]
    certain = found.select(name="certainty")
    click.echo()
    said = certain.rows[0].estimand if len(certain) else "no certainty"
    show.wrapped(f"{name}: {said}")
    for refusal in certain.refused:
        show.wrapped(refusal.reason, "  ", "  ")
    ledger = grade_ledger(made.folder)
    for one in _suggested(made, name):
        held = ledger.holds(one.rule, name)
        by = "suggested by rule" if held is None else f"decided {held.decision:+d} by {held.author}"
        show.wrapped(f"{one.rule} {one.suggestion:+d}, {by}: {one.reason}", "    ", "  - ")
        if held is not None and held.reason:
            show.wrapped(f"because {held.reason} ({held.when})", "      ", "      ")
    for warning in certain.warnings:
        show.wrapped(warning, "    ", "  ! ")


def _draw(made: Synthesis, plot: Path) -> None:
    from equipoise.plots import grade_matrix  # noqa: PLC0415  (matplotlib is heavy)
    from equipoise.synthesis.judgement.grade import matrix_frame  # noqa: PLC0415
    from equipoise.synthesis.judgement.grade.certainty import DOMAINS  # noqa: PLC0415
    from equipoise.synthesis.review.certainty import certainty_of  # noqa: PLC0415

    review = made.folder.review
    each = (
        certainty_of(made.folder, review.analysis(name), chosen.rows)
        for name, chosen in made.selections.items()
        if _suggested(made, name)
    )
    certain = [one for one, _ in each]
    if not certain:
        raise DataError("No analysis of the review has a certainty to draw.")
    domains = list(dict.fromkeys(DOMAINS.values()))
    write_figure(grade_matrix(matrix_frame(certain), domains=domains), plot)
