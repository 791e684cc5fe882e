"""When the studies of a review were last searched for, as far as its folder records it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from equipoise.synthesis.review.screening.log import read_log
from equipoise.synthesis.review.screening.record import read_records

if TYPE_CHECKING:
    from equipoise.report.site.content import Told
    from equipoise.report.site.plan import SitePlan


@dataclass(frozen=True, slots=True)
class Search:
    """What is known of the last search of a review.

    Parameters
    ----------
    day
        As site.yaml gives it: exported search results carry no day of their own.
    records
        How many records of searches the folder keeps.
    screened
        Day of the last vote on one of them.
    """

    day: date | None
    records: int
    screened: date | None


def search_of(told: Told, plan: SitePlan) -> Search:
    """Return when a review was searched for: by site.yaml, and by its folder `searches`."""
    folder = told.synthesis.folder.searches
    votes = read_log(folder)
    return Search(
        plan.searched_on.get(told.name),
        len(read_records(folder)),
        max((date.fromisoformat(vote.date) for vote in votes), default=None),
    )
