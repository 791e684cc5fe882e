"""Estimates in the terminal: a table a person can read, or the JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from equipoise.estimates import Estimate, Estimates

WIDTH = 100


def number(value: float | None, digits: int = 3) -> str:
    """Write a number with that many significant digits, never in exponent form."""
    if value is None:
        return ""
    if value == 0:
        return "0"
    magnitude = abs(value)
    decimals = max(digits - 1 - int(f"{magnitude:e}".rpartition("e")[2]), 0)
    return f"{value:.{min(decimals, 6)}f}"


def interval(row: Estimate) -> str:
    """Write low to high."""
    if row.low is None or row.high is None:
        return ""
    return f"{number(row.low)} to {number(row.high)}"


def p_value(p: float | None) -> str:
    """Write a p value as journals do."""
    if p is None:
        return ""
    return "<.001" if p < 0.001 else f"{p:.3f}"


def table(rows: Iterable[Estimate], *, outcome: bool = False) -> None:
    """Print estimates, one a line."""
    header = ["", "estimate", "se", "interval", "p"]
    body = []
    for row in rows:
        name = " · ".join(
            part
            for part in (row.outcome if outcome else None, row.name, row.label, row.arm)
            if part
        )
        body.append([name, number(row.estimate), number(row.se), interval(row), p_value(row.p)])
    widths = [max(len(line[k]) for line in [header, *body]) for k in range(len(header))]
    for line in [header, *body]:
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(w) for cell, w in zip(line[1:], widths[1:], strict=True)]
        click.echo("  ".join(cells).rstrip())


def paragraphs(title: str, items: Iterable[str]) -> None:
    """Print a list of sentences under a title, wrapped."""
    items = list(items)
    if not items:
        return
    click.echo(f"\n{title}")
    for item in items:
        click.echo(click.wrap_text(item, WIDTH, initial_indent="  - ", subsequent_indent="    "))


def footnotes(found: Estimates) -> None:
    """Print refusals, assumptions and warnings, each once."""
    reasons: dict[str, list[str]] = {}
    for refusal in found.refused:
        name = " · ".join(part for part in (refusal.name, refusal.label) if part)
        reasons.setdefault(refusal.reason, []).append(name)
    paragraphs("Refused", (f"{', '.join(names)}: {why}" for why, names in reasons.items()))
    paragraphs("Assumptions", found.assumptions)
    paragraphs("Warnings", found.warnings)


def provenance(found: Estimates) -> None:
    """Print what the numbers were computed from."""
    if found.source is not None:
        digest = f", sha256 {found.source.sha256[:16]}…" if found.source.sha256 else ""
        click.echo(f"\nSource: {found.source.name}{digest}")
