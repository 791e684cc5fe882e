"""Study files that many reviews share, each read and checked once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from equipoise.synthesis.review.folder import read_studies

if TYPE_CHECKING:
    from equipoise.synthesis.review.study import Study

MANY = 1_000
"""Files from which on reading takes so long that it is told how far it is."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Reads the studies of a folder when first asked, and keeps them: for one build.

    A file that changes in between is not read again, so that all reviews of a build see the same.

    Parameters
    ----------
    progress
        Called with a line for people now and then while a large folder is read.
    """

    progress: Callable[[str], None] = lambda _: None
    _read: dict[Path, Mapping[str, Study]] = field(default_factory=dict)

    def __call__(self, folder: Path) -> Mapping[str, Study]:
        """Return the studies of a folder by id, as `read_studies` does."""
        where = folder.resolve() if folder.is_dir() else folder  # a loop of links is no folder
        if where not in self._read:
            self._read[where] = read_studies(folder, progress=self._tell)
        return self._read[where]

    def _tell(self, done: int, of: int) -> None:
        if of > MANY and done % MANY == 0:
            self.progress(f"  Reading studies: {done:,} of {of:,}")
