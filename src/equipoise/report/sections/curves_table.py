"""The guess-rate curve of every outcome in figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.report import numbers
from equipoise.report.blocks import Cell, Part, Section, Table

if TYPE_CHECKING:
    from equipoise.report.findings import Findings

PART: Part = "numbers"
ORDER = 20
SLUG = "correct-guess-rate-curve"


def section(findings: Findings) -> Section | None:
    """Write the curves as one table, and the main outcome's with its limits as another."""
    curves = {o.name: o.rows(SLUG) for o in findings.outcomes if o.rows(SLUG)}
    if not curves:
        return None
    rates = tuple(dict.fromkeys(row.label or "" for rows in curves.values() for row in rows))
    body = []
    for name, rows in curves.items():
        by_rate = {row.label: row for row in rows}
        found = [by_rate.get(rate) for rate in rates]
        body.append(
            (Cell(name), *(Cell(numbers.estimate(r), r.estimate) if r else Cell("") for r in found))
        )
    every = Table(
        "Effect at each share of right guesses, in each outcome's unit",
        ("Outcome", *rates),
        tuple(body),
        right=frozenset(range(1, len(rates) + 1)),
    )
    tables = (_with_limits(findings, rates), every)
    return Section("curves", "Guess-rate curves", tuple(t for t in tables if t))


def _with_limits(findings: Findings, rates: tuple[str, ...]) -> Table | None:
    outcome = findings.main_outcome
    rows = {row.label: row for row in outcome.rows(SLUG)}
    if not rows:
        return None
    band = {row.label: row for row in outcome.rows(f"{SLUG}-band")}
    body = []
    for rate in rates:
        row, both = rows.get(rate), band.get(rate)
        if row is None:
            continue
        body.append(
            (
                Cell(rate),
                Cell(numbers.estimate(row), row.estimate),
                Cell(numbers.number(row.se, numbers.places_of(row)), row.se),
                Cell(numbers.interval(row)),
                Cell(numbers.interval(both) if both else ""),
                Cell(row.status),
            )
        )
    return Table(
        f"{outcome.name}: the curve with its limits",
        ("Right guesses", "Effect", "SE", "Interval", "Band over all rates", "Status"),
        tuple(body),
        right=frozenset({1, 2, 3, 4}),
    )
