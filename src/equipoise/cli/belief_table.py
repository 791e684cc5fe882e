"""What `equipoise belief` prints: three sentences, then the numbers by question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from equipoise.cli import show
from equipoise.report.answer import how_blinding_looked, what_is_left, what_was_seen
from equipoise.report.wording import title_of, variant_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from equipoise.estimates import Estimate, Estimates
    from equipoise.report import Findings

GROUPS = {
    "What was seen": ("total-effect", "standardised-mean-difference"),
    "Could people tell what they got?": (
        "correct-guess-rate",
        "bang-index",
        "james-index",
        "belief-difference-index",
        "information-leak",
    ),
    "Scores by arm and guess": (
        "stratum-mean",
        "within-guess-effect",
        "within-arm-belief-effect",
    ),
    "What would be left if both arms believed alike?": (
        "belief-standardised-effect",
        "belief-part",
        "belief-share",
    ),
    "Had benefit, or something unmeasured, moved the guesses": (
        "tipping-point",
        "controlled-direct-effect",
        "e-value",
    ),
    "Bounds that trust no model of the guess": (
        "principal-strata-bounds",
        "belief-invariant-share",
    ),
    "Does the effect change with what people expected?": ("expectancy-moderation",),
    "Outcomes that belief should not move": ("negative-control",),
    "Missing guesses": ("missing-guesses",),
}
REST = "Curves, surfaces and other rows"
DETAIL = ("all believe", "spline", "q=", "any moderation")
"""Variants that wait for --all."""
CLUSTERED = "person-clustered"


def answer(findings: Findings) -> None:
    """Print the answer in three sentences."""
    for sentence in (what_was_seen, what_is_left, how_blinding_looked):
        click.echo()
        show.wrapped(sentence(findings))


def numbers(found: Estimates, *, everything: bool) -> None:
    """Print the rows of one outcome by question, each question with what it assumes."""
    rows = list(found if everything else _brief(found))
    grouped = {slug for slugs in GROUPS.values() for slug in slugs}
    mixed = show.is_mixed(found)
    rest = tuple({row.name for row in rows} - grouped)
    groups = GROUPS | {REST: rest}
    for heading, slugs in groups.items():
        group = [row for row in rows if row.name in slugs]
        if group:
            _group(heading, group, with_status=mixed)
    show.items("Warnings", dict.fromkeys(w for row in rows for w in row.warnings))
    hidden = len(found) - len(rows)
    if hidden:
        click.echo(
            f"\n{hidden} more rows (curves, bands, the blinding surface, other variants): --all."
        )


def _group(heading: str, rows: list[Estimate], *, with_status: bool) -> None:
    units = list(dict.fromkeys(row.unit for row in rows))
    shared = f" · {units[0]}" if len(units) == 1 and units[0] else ""
    click.echo()
    show.wrapped(f"{heading}{shared}", "    ", "")
    name = _name_with_outcome if _of_several(rows) else show.name_of
    show.table(rows, name, with_status=with_status)
    assumed = dict.fromkeys(a for row in rows for a in row.assumptions if _is_stated(a))
    if assumed:
        show.wrapped(f"Assumes: {'; '.join(assumed)}.", "    ", "  ")


def _is_stated(assumption: str) -> bool:
    """Leave out those that say there is none."""
    return not assumption.startswith("None")


def _of_several(rows: list[Estimate]) -> bool:
    return rows[0].name == "negative-control"


def _name_with_outcome(row: Estimate) -> str:
    return ", ".join(part for part in (row.outcome, variant_of(row) or title_of(row.name)) if part)


def _brief(found: Iterable[Estimate]) -> Iterable[Estimate]:
    """Leave out grids and side variants; of two index rows keep the one that knows of people."""
    found = list(found)
    clustered = {(row.name, row.arm) for row in found if row.label == CLUSTERED}
    shown = {slug for slugs in GROUPS.values() for slug in slugs}
    for row in found:
        twin = row.label is None and (row.name, row.arm) in clustered
        side = any(word in (row.label or "") for word in DETAIL)
        if row.name in shown and not twin and not side:
            yield row
