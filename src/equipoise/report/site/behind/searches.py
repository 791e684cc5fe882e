"""The search of a review, counted from its own records; nothing where none is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from equipoise.synthesis.review.folder import ReviewFolder


@dataclass(frozen=True, slots=True)
class Search:
    """Lines of the flow, top to bottom: what was counted, and how many."""

    lines: tuple[tuple[str, int], ...]


def searched(folder: ReviewFolder) -> Search | None:
    """Return the counts of a review's search; None where its folder holds no records."""
    from equipoise.synthesis.review.screening.log import read_log  # noqa: PLC0415
    from equipoise.synthesis.review.screening.prisma import flow  # noqa: PLC0415
    from equipoise.synthesis.review.screening.record import read_records  # noqa: PLC0415

    records = read_records(folder.searches) if folder.searches.is_dir() else []
    if not records:
        return None
    counted = flow(records, read_log(folder.searches), included_studies=len(folder.studies))
    lines = [
        *((f"Found in {name}", n) for part in (counted.databases, counted.registers, counted.other)
          for name, n in part.items()),
        ("Found twice and removed", counted.duplicates),
        ("Read by title", counted.screened),
        ("Left out by title", counted.excluded),
        ("Reports looked for", counted.sought),
        ("Reports not to be had", counted.not_retrieved),
        ("Reports read in full", counted.assessed),
        *((f"Left out: {why or 'no reason given'}", n)
          for why, n in counted.excluded_by_reason.items()),
        ("Reports taken in", counted.included_reports),
        *((f"Not yet decided ({stage})", n) for stage, n in counted.waiting.items() if n),
    ]  # fmt: skip
    return Search(tuple(lines))
