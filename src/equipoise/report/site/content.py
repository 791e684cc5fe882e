"""All that a site says, before it is laid out on pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from equipoise.errors import DataError
from equipoise.report.evidence import sentences
from equipoise.report.evidence.harms import harms_of
from equipoise.report.evidence.study_name import study_name
from equipoise.report.site.living.search import search_of
from equipoise.synthesis.review import Shelf, read_review, synthesise

if TYPE_CHECKING:
    from collections.abc import Callable

    from equipoise.report.evidence import Sentence
    from equipoise.report.site.evidence_folder import EvidenceFolder
    from equipoise.report.site.living.entry import Entry
    from equipoise.report.site.living.search import Search
    from equipoise.report.site.plan import SitePlan
    from equipoise.synthesis.evidence.facts import Harm
    from equipoise.synthesis.review import Review, Synthesis


@dataclass(frozen=True, slots=True)
class Told:
    """A review: what was found, and every sentence that follows from it, in reading order."""

    synthesis: Synthesis
    sentences: tuple[Sentence, ...]
    harms: tuple[Harm, ...]

    @property
    def review(self) -> Review:
        """The plan."""
        return self.synthesis.folder.review

    @property
    def name(self) -> str:
        """The review's identifier: its page is reviews/NAME.html."""
        return self.review.identifier


@dataclass(frozen=True, slots=True)
class Content:
    """What the pages are made of.

    Parameters
    ----------
    reviews
        By identifier, in order of folder name.
    today
        The day of the build: an argument, so that the same evidence gives the same bytes.
    version
        YYYY.MM.n of the site; the sentences carry the hash of their review.
    beside
        Sentences that pages say and no review does: given by `build_site`.
    entries
        What each version changed, this one first: given by `build_site`.
    tag
        What the ids of the feed start with: given by `build_site`.
    """

    folder: EvidenceFolder
    reviews: Mapping[str, Told]
    today: date
    version: str
    beside: tuple[Sentence, ...] = ()
    entries: tuple[Entry, ...] = ()
    tag: str = ""

    @property
    def plan(self) -> SitePlan:
        """What the site says of itself."""
        return self.folder.plan

    def study_name(self, study: str) -> str:
        """Return what people call a study; its id where no review holds it."""
        held = (told.synthesis.folder.studies for told in self.reviews.values())
        found = next((studies[study] for studies in held if study in studies), None)
        return study_name(found) if found else study

    def search(self, name: str) -> Search:
        """When a review was last searched for, as far as that is recorded."""
        return search_of(self.reviews[name], self.plan)

    @property
    def next_check(self) -> date:
        """The day on which the evidence is to be looked at again."""
        looked_at = self.plan.looked_at or self.today
        return looked_at + timedelta(days=self.plan.update_days)

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Every sentence of every review."""
        return tuple(one for told in self.reviews.values() for one in told.sentences)


def gather(
    folder: EvidenceFolder,
    today: date,
    version: str,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Content:
    """Run every review of a folder and make its sentences.

    Parameters
    ----------
    progress
        Called with a line for people before each review.

    Raises
    ------
    DataError
        When a review or one of its studies is wrong; nothing is left out in silence.
    """
    reviews: dict[str, Told] = {}
    shelf = Shelf(progress)
    for k, path in enumerate(folder.reviews, start=1):
        progress(f"Review {k} of {len(folder.reviews)}: {path.name}")
        made = synthesise(read_review(path, studies_of=shelf))
        review = made.folder.review
        if review.identifier in reviews:
            first = reviews[review.identifier].synthesis.folder.path
            raise DataError(
                f"{first / 'review.yaml'} and {path / 'review.yaml'} have the same identifier "
                f"{review.identifier}: their pages would be one. Rename one."
            )
        reviews[review.identifier] = Told(made, sentences(made), harms_of(review, folder.facts))
    return Content(folder, reviews, today, version)
