"""The PRISMA 2020 flow, counted from searches and log: no number of it is ever typed.

Page et al. (2021), BMJ 372:n71.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from equipoise.synthesis.review.screening.log import Standing, Vote, duplicates_of, standing
from equipoise.synthesis.review.screening.record import Record

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Flow:
    """Counts of the flow. Records that wait for a vote are counted as waiting, not as excluded."""

    databases: dict[str, int]
    registers: dict[str, int]
    other: dict[str, int]
    duplicates: int
    screened: int
    excluded: int
    sought: int
    not_retrieved: int
    assessed: int
    excluded_by_reason: dict[str, int]
    included_reports: int
    included_studies: int | None
    waiting: dict[str, int] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()

    @property
    def identified(self) -> int:
        """Records from all sources."""
        return sum(sum(part.values()) for part in (self.databases, self.registers, self.other))


def flow(
    records: Sequence[Record], votes: Sequence[Vote], *, included_studies: int | None = None
) -> Flow:
    """Count the flow.

    Parameters
    ----------
    records, votes
        Of the searches and the log.
    included_studies
        Studies that the review folder selects; several reports may be one study.
    """
    gone = duplicates_of(votes)
    unique = [record for record in records if record.id not in gone]
    title = [standing(votes, record.id, "title") for record in unique]
    passed = [one.record for one in title if one.decision == "include"]
    full = [standing(votes, name, "full text") for name in passed]
    decisions = Counter(one.decision for one in full)
    reasons = Counter(one.reason for one in full if one.decision == "exclude")
    sources = {kind: Counter(r.source or r.search for r in records if r.kind == kind)
               for kind in ("database", "register", "other")}  # fmt: skip
    return Flow(
        databases=dict(sources["database"]),
        registers=dict(sources["register"]),
        other=dict(sources["other"]),
        duplicates=len(gone),
        screened=sum(one.decision is not None for one in title),
        excluded=sum(one.decision == "exclude" for one in title),
        sought=len(passed),
        not_retrieved=decisions["not retrieved"],
        assessed=decisions["include"] + decisions["exclude"],
        excluded_by_reason=dict(reasons.most_common()),
        included_reports=decisions["include"],
        included_studies=included_studies,
        waiting={
            "title": sum(one.decision is None for one in title),
            "full text": decisions[None],
        },
        conflicts=tuple(one.record for one in (*title, *full) if one.is_conflict),
    )


def conflicts(records: Sequence[Record], votes: Sequence[Vote]) -> list[Standing]:
    """Return where two people differ and no consensus is logged."""
    ids = [record.id for record in records if record.id not in duplicates_of(votes)]
    every = [standing(votes, name, stage) for stage in ("title", "full text") for name in ids]
    return [one for one in every if one.is_conflict]


def flow_frame(counted: Flow) -> pd.DataFrame:
    """Return the boxes of the diagram: stage, box and the text beside it, for the plot."""
    import pandas as pd  # noqa: PLC0415  (the counts need no frame)

    found = "\n".join(["Records identified", *_sources(counted)])
    reasons = [f"{why or 'no reason'} (n = {n})" for why, n in counted.excluded_by_reason.items()]
    removed = f"Removed before screening\nduplicates (n = {counted.duplicates})"
    waiting = {k: f"\nawaiting votes (n = {n})" if n else "" for k, n in counted.waiting.items()}
    studies = counted.included_studies
    included = ["Included in review", f"reports (n = {counted.included_reports})"]
    if studies is not None:
        included.insert(1, f"studies (n = {studies})")
    rows = [
        ("Identification", found, removed),
        ("Screening", f"Records screened\nn = {counted.screened}{waiting['title']}",
         f"Records excluded\nn = {counted.excluded}"),
        ("Screening", f"Reports sought for retrieval\nn = {counted.sought}",
         f"Reports not retrieved\nn = {counted.not_retrieved}"),
        ("Screening", f"Reports assessed for eligibility\nn = {counted.assessed}"
         f"{waiting['full text']}", "\n".join(["Reports excluded", *(reasons or ["n = 0"])])),
        ("Included", "\n".join(included), ""),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["stage", "box", "aside"])


def _sources(counted: Flow) -> list[str]:
    parts = ((counted.databases, "databases"), (counted.registers, "registers"),
             (counted.other, "other sources"))  # fmt: skip
    lines = []
    for named, what in parts:
        if named:
            lines.append(f"{what} (n = {sum(named.values())})")
            lines += [f"{name}: {n}" for name, n in named.items()] if len(named) > 1 else []
    return lines or ["n = 0"]
