"""Estimates in the terminal, so that a person can read them in 100 columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import isfinite
from typing import TYPE_CHECKING

import click

from equipoise.report.numbers import is_count, p_value
from equipoise.report.wording import title_of, variant_of, without_shared_visit

if TYPE_CHECKING:
    from equipoise.estimates import Estimate, Estimates

WIDTH = 100
NAME_WIDTH = 50
"""Of the first column: longer names go on in the next line."""


def number(value: float | None, digits: int = 3) -> str:
    """Write a number with that many significant digits, never in exponent form."""
    if value is None:
        return ""
    if value == 0:
        return "0"
    if not isfinite(value):
        return "∞" if value > 0 else "-∞"
    if abs(value) < 1e-6:
        return "<0.000001" if value > 0 else ">-0.000001"
    magnitude = abs(value)
    decimals = max(digits - 1 - int(f"{magnitude:e}".rpartition("e")[2]), 0)
    return f"{value:.{min(decimals, 6)}f}"


def interval(row: Estimate) -> str:
    """Write low to high; a bound on one side only as such."""
    if row.low is None or row.high is None:
        if row.low is not None:
            return f"from {number(row.low)}"
        return "" if row.high is None else f"up to {number(row.high)}"
    return f"{number(row.low)} to {number(row.high)}"


def name_of(row: Estimate) -> str:
    """Write what a row is: the field's words for its slug, then its variant."""
    return ", ".join(part for part in (title_of(row.name), variant_of(row)) if part)


def table(
    rows: Sequence[Estimate],
    name: Callable[[Estimate], str] = name_of,
    *,
    with_status: bool = False,
) -> None:
    """Print estimates, one a line; a visit that all share is left to the heading."""
    rows = without_shared_visit(rows)
    levels = {row.level for row in rows if interval(row) and row.level is not None}
    covers = f"{100 * levels.pop():g}% interval" if len(levels) == 1 else "interval"
    header = ["", "estimate", "se", covers, "p", *(["status"] if with_status else [])]
    body = []
    for row in rows:
        digits = 8 if row.name == "log-likelihood" else 3
        value = f"{row.estimate:.0f}" if is_count(row) else number(row.estimate, digits)
        cells = [name(row), value, number(row.se), interval(row), p_value(row.p)]
        body.append([*cells, *([row.status] if with_status else [])])
    used = [k for k in range(len(header)) if k < 2 or any(line[k] for line in body)]
    header, body = [header[k] for k in used], [[line[k] for k in used] for line in body]
    widths = [max(len(line[k]) for line in [header, *body]) for k in range(len(header))]
    widths[0] = min(widths[0], NAME_WIDTH)
    for line in [header, *body]:
        first, *more = click.wrap_text(line[0], widths[0]).split("\n") or [""]
        numbers = [cell.rjust(w) for cell, w in zip(line[1:], widths[1:], strict=True)]
        click.echo("  " + "  ".join([first.ljust(widths[0]), *numbers]).rstrip())
        for rest in more:
            click.echo(f"    {rest}")


def wrapped(text: str, indent: str = "", first: str | None = None) -> None:
    """Print a text within the width."""
    click.echo(click.wrap_text(text, WIDTH, indent if first is None else first, indent))


def items(title: str, texts: Iterable[str]) -> None:
    """Print a list of sentences under a title; nothing for an empty list."""
    texts = list(texts)
    if texts:
        click.echo(f"\n{title}")
    for text in texts:
        wrapped(text, "    ", "  - ")


def refusals(found: Estimates) -> None:
    """Print what was not answered; a reason that several share once."""
    reasons: dict[str, list[str]] = {}
    for refusal in found.refused:
        parts = (refusal.outcome, title_of(refusal.name), refusal.label)
        reasons.setdefault(refusal.reason, []).append(", ".join(p for p in parts if p))
    items("Refused", (f"{'; '.join(dict.fromkeys(n))}: {why}" for why, n in reasons.items()))


def is_mixed(rows: Iterable[Estimate]) -> bool:
    """Whether some rows are planned and others exploratory: then each says which it is."""
    return len({row.status for row in rows}) > 1


def status(rows: Sequence[Estimate]) -> None:
    """Say whether a locked protocol named these analyses, where that holds for all."""
    kinds = {row.status for row in rows}
    if kinds == {"exploratory"}:
        click.echo(
            "\nStatus: exploratory, every row: no protocol locked before unblinding names it."
        )
    elif kinds == {"planned"}:
        click.echo("\nStatus: planned, every row: named in the protocol locked before unblinding.")


def provenance(found: Estimates) -> None:
    """Print what the numbers were computed from."""
    if found.source is not None:
        digest = f", sha256 {found.source.sha256[:16]}…" if found.source.sha256 else ""
        click.echo(f"\nSource: {found.source.name}{digest}")
