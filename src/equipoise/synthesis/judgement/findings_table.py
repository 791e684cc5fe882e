"""The summary-of-findings table as data, a frame and plain text; `report` makes HTML of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from equipoise.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

Measure = Literal["RR", "OR", "RD", "SMD", "MD"]
MEASURES: dict[str, str] = {
    "RR": "risk ratio",
    "OR": "odds ratio",
    "RD": "risk difference",
    "SMD": "standardised mean difference",
    "MD": "mean difference",
}


@dataclass(frozen=True, slots=True)
class Pooled:
    """A pooled effect on its natural scale: ratios as ratios, not their logs."""

    measure: Measure
    estimate: float
    low: float
    high: float
    studies: int
    participants: int
    level: float = 0.95
    unit: str = ""

    def __post_init__(self) -> None:
        if self.measure not in MEASURES:
            raise DataError(f"A table shows {', '.join(MEASURES)}; got {self.measure!r}.")
        if not self.low <= self.estimate <= self.high:
            raise DataError(
                f"The interval {self.low:g} to {self.high:g} does not hold {self.estimate:g}."
            )
        if self.measure in ("RR", "OR") and self.low <= 0:
            raise DataError(
                f"A {MEASURES[self.measure]} is above 0; its lower limit is {self.low:g}. Give "
                "ratios, not their logs."
            )

    @property
    def moves(self) -> float:
        """Below 0: the outcome is lowered; above 0: raised."""
        no_effect = 1.0 if self.measure in ("RR", "OR") else 0.0
        return self.estimate - no_effect

    def __str__(self) -> str:
        name = self.measure if self.measure != "MD" else "mean difference"
        unit = f" {self.unit}" if self.unit else ""
        return f"{name} {self.estimate:.2f} ({self.low:.2f} to {self.high:.2f}){unit}"


@dataclass(frozen=True, slots=True)
class Absolute:
    """People of `per`: without and with the treatment, the difference and its limits."""

    per: int
    control: int
    active: int
    difference: int
    low: int
    high: int
    event: str = ""

    def __str__(self) -> str:
        more = "more" if self.difference >= 0 else "fewer"
        event = f"{self.event}: " if self.event else ""
        return (
            f"{event}{self.control} of {self.per} without, {self.active} of {self.per} with, "
            f"{abs(self.difference)} {more} ({self.low:+d} to {self.high:+d})"
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the table."""

    outcome: str
    pooled: Pooled | None
    absolute: Absolute | None
    certainty: str
    statement: str
    footnotes: tuple[str, ...] = ()
    marks: tuple[int, ...] = ()
    why_no_absolute: str = ""


def summary_of_findings(findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Return rows with marks into one shared list of footnotes, each footnote once."""
    notes: dict[str, int] = {}
    rows = []
    for row in findings:
        marks = tuple(notes.setdefault(note, len(notes)) for note in row.footnotes)
        rows.append(replace(row, marks=marks))
    return tuple(rows), tuple(notes)


def mark(index: int) -> str:
    """Return the letter of a footnote: a, b, ... z, aa.

    >>> mark(0), mark(25), mark(26)
    ('a', 'z', 'aa')
    """
    letter = chr(ord("a") + index % 26)
    return letter if index < 26 else mark(index // 26 - 1) + letter


def to_frame(findings: Sequence[Finding]) -> pd.DataFrame:
    """Return the table as a frame, one row an outcome."""
    import pandas as pd  # noqa: PLC0415

    rows, _ = summary_of_findings(findings)
    return pd.DataFrame(
        {
            "outcome": [row.outcome for row in rows],
            "studies": [row.pooled.studies if row.pooled else 0 for row in rows],
            "participants": [row.pooled.participants if row.pooled else 0 for row in rows],
            "effect": [str(row.pooled) if row.pooled else "" for row in rows],
            "absolute": [str(row.absolute) if row.absolute else "" for row in rows],
            "certainty": [row.certainty for row in rows],
            "footnotes": [" ".join(mark(k) for k in row.marks) for row in rows],
            "statement": [row.statement for row in rows],
        }
    )


def as_text(findings: Sequence[Finding]) -> str:
    """Return the table as plain text: a block an outcome, then the footnotes."""
    rows, notes = summary_of_findings(findings)
    lines: list[str] = []
    for row in rows:
        lines.append(row.outcome)
        if row.pooled is not None:
            lines.append(
                f"  {row.pooled}; {row.pooled.studies} studies, {row.pooled.participants} people"
            )
            lines.append(f"  {row.absolute or row.why_no_absolute}")
            marks = ", ".join(mark(k) for k in row.marks)
            lines.append(f"  certainty: {row.certainty}" + (f" [{marks}]" if marks else ""))
        lines += [f"  {row.statement}", ""]
    return "\n".join(lines + [f"[{mark(k)}] {note}" for k, note in enumerate(notes)])
