"""Build the site: sentences are checked against the data, then pages and copies are written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from equipoise.errors import DataError
from equipoise.report.evidence import require_follows, untraced
from equipoise.report.site.page import copy_files, lay_out, page_files

if TYPE_CHECKING:
    from equipoise.report.site.content import Content
    from equipoise.report.site.page import File


@dataclass(frozen=True, slots=True)
class Site:
    """Every file of a site, in the order in which it was made."""

    files: tuple[File, ...]

    def write(self, out: Path) -> None:
        """Write the files below a folder, which may exist; other files in it stay."""
        for file in self.files:
            path = out / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8", newline="\n")


def build_site(content: Content) -> Site:
    """Make every file of a site.

    Raises
    ------
    DataError
        When a sentence does not follow from the data or a numeral in it is in none of its
        estimates; when two pages want the same path.
    """
    for told in content.reviews.values():
        require_follows(told.sentences, told.synthesis)
        for one in told.sentences:
            if typed := untraced(one):
                raise DataError(f"{one.id}: {', '.join(typed)} is in none of its estimates.")
    pages = [page for file in page_files() for page in file.pages(content)]
    files = [*lay_out(pages, content)]
    files += [made for file in copy_files() for made in file.files(content)]
    taken = Counter(file.path for file in files)
    twice = sorted(path for path, times in taken.items() if times > 1)
    if twice:
        raise DataError(f"Two parts of the site want to write {', '.join(twice)}.")
    return Site(tuple(files))
