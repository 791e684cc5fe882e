"""When the studies of a review were last searched for, as far as its folder records it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from equipoise.synthesis.review.screening.log import read_log

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
    screened
        Day of the last vote on a record of a search.
    """

    day: date | None
    screened: date | None


def search_of(told: Told, plan: SitePlan) -> Search:
    """Return when a review was searched for: by site.yaml, and by its folder `searches`."""
    votes = read_log(told.synthesis.folder.searches)
    return Search(
        plan.searched_on.get(told.name),
        max((date.fromisoformat(vote.date) for vote in votes), default=None),
    )
