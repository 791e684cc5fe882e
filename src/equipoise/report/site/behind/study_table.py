"""Every study of a review: in which analyses it is pooled, or why it is in none; and the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from equipoise.report.site.behind.amounts import without_amounts
from equipoise.synthesis.review.certainty import NOT_JUDGED, risk_of_bias_of

if TYPE_CHECKING:
    from equipoise.report.site.content import Told
    from equipoise.synthesis.review import Study, Synthesis

ON_PAGE = 50
"""Rows of studies that a review's own page shows; more stand on a page of their own."""


@dataclass(frozen=True, slots=True)
class StudyRow:
    """One study: what it is, the analyses that pool it, or why none does."""

    study: str
    citation: str
    doi: str
    design: str
    people: str
    bias: str
    analyses: tuple[str, ...]
    why_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """How many studies a review holds, how many of them are pooled, and why the others are not."""

    held: int
    pooled: int
    out: tuple[tuple[str, int], ...]
    excluded: tuple[tuple[str, str], ...]

    @property
    def left(self) -> int:
        """Studies in no analysis."""
        return self.held - self.pooled


def study_table(told: Told) -> tuple[StudyRow, ...]:
    """Return a row for each study of a review; those that are pooled first, then by id."""
    made = told.synthesis
    bias = risk_of_bias_of(made.folder)
    places = places_of(made)
    rows = [
        StudyRow(
            name, without_amounts(study.citation), study.doi or "", design_of(study),
            people_in(study), bias.get(name, NOT_JUDGED), *places[name],
        )
        for name, study in made.folder.studies.items()
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (not row.analyses, row.study)))


def places_of(made: Synthesis) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return of each study the analyses that pool it, and where none does the reasons."""
    pooled: dict[str, list[str]] = {}
    out: dict[str, dict[str, None]] = {}
    for name, selection in made.selections.items():
        for row in selection.rows:
            pooled.setdefault(row.study.id, []).append(name)
        for left in selection.left_out:
            out.setdefault(left.study.id, {})[short(left.reason)] = None
    return {
        name: (tuple(pooled.get(name, ())), () if name in pooled else tuple(out.get(name, ())))
        for name in made.folder.studies
    }


def flow_of(told: Told, rows: tuple[StudyRow, ...]) -> Flow:
    """Count the studies of a review; one that is in no analysis counts by its first reason."""
    first = Counter(row.why_out[0] if row.why_out else "no analysis asks for it"
                    for row in rows if not row.analyses)  # fmt: skip
    out = sorted(first.items(), key=lambda one: (-one[1], one[0]))
    pooled = sum(bool(row.analyses) for row in rows)
    return Flow(len(rows), pooled, tuple(out), tuple(told.review.excluded.items()))


def short(reason: str) -> str:
    """Return a reason without what the study says, which its own page tells.

    >>> short("reports no number that can be pooled; it says: better mood")
    'reports no number that can be pooled'
    """
    return without_amounts(reason.partition("; it says:")[0])


def design_of(study: Study) -> str:
    """Return the design in words: "parallel, randomised".

    "randomised" is left out of pools, whose trials drew lots and which did not.
    """
    kind = study.design.kind.replace("-", " ")
    if study.design.kind in ("meta-analysis", "review"):
        return f"review of trials ({kind})" if study.design.kind == "meta-analysis" else kind
    return f"{kind}, {'randomised' if study.design.randomised else 'not randomised'}"


def people_in(study: Study) -> str:
    """Return who took part, and how many where the file says so."""
    return ", ".join(_people(study))


def _people(study: Study) -> Iterator[str]:
    if study.population.n is not None:
        yield f"{study.population.n:,} people"
    yield without_amounts(study.population.described)
