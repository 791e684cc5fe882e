"""A whole review: every planned analysis, bound to the version of what it was computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from equipoise.errors import DataError
from equipoise.estimates import Estimates, Source
from equipoise.protocol.consistency import mismatch
from equipoise.synthesis.review.belief_rows import belief_rows
from equipoise.synthesis.review.certainty import graded
from equipoise.synthesis.review.folder import ReviewFolder
from equipoise.synthesis.review.pooling import pooled
from equipoise.synthesis.review.selection import Selection, select
from equipoise.synthesis.review.versions.version import Version, version_of


@dataclass(frozen=True, slots=True)
class Synthesis:
    """What a review found: `selections` and `estimates` by analysis, and its version."""

    folder: ReviewFolder
    version: Version
    selections: Mapping[str, Selection]
    found: Mapping[str, Estimates]

    @property
    def estimates(self) -> Estimates:
        """All rows of all analyses, bound to the version."""
        together = Estimates()
        for found in self.found.values():
            together += found
        name = f"{self.folder.review.identifier}, version {self.folder.review.version}"
        return together.with_source(Source(name, self.version.sha256))


def synthesise(
    folder: ReviewFolder, analysis: str | None = None, *, level: float | None = None
) -> Synthesis:
    """Run the planned analyses of a review, or one of them; `level` is the plan's if None.

    Raises
    ------
    DataError
        When a study offers several effects, directions are mixed, people would count twice, or
        the analysis is not in the plan.
    """
    review = folder.review
    names = [one.name for one in review.analyses]
    if analysis is not None and analysis not in names:
        raise DataError(f"The review plans no such analysis: {mismatch(analysis, names)}.")
    level = review.level if level is None else level
    wanted = [one for one in review.analyses if analysis in (None, one.name)]
    selections = {one.name: select(review, folder.studies, one) for one in wanted}
    found = {
        one.name: pooled(review, one, selections[one.name], level=level)
        + belief_rows(review, one, selections[one.name].rows, level)
        + graded(folder, one, selections[one.name].rows)
        for one in wanted
    }
    return Synthesis(folder, version_of(folder), selections, found)
