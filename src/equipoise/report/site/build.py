"""Build the site: sentences are checked against the data, then pages and copies are written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from equipoise.errors import DataError
from equipoise.report.evidence import require_follows, untraced
from equipoise.report.site.living.entry import entries_of
from equipoise.report.site.living.feed import feed
from equipoise.report.site.living.history import History, SiteVersion
from equipoise.report.site.living.kept_copies import SUMS, sums
from equipoise.report.site.living.publish import publish
from equipoise.report.site.living.state import state_of
from equipoise.report.site.living.versions_file import FILE, versions_text
from equipoise.report.site.page import File, copy_files, lay_out, page_files, said_beside
from equipoise.synthesis.review.versions.version import digest

if TYPE_CHECKING:
    from equipoise.report.site.content import Content
    from equipoise.report.site.living.entry import Entry


@dataclass(frozen=True, slots=True)
class Site:
    """Every file of a site.

    Parameters
    ----------
    files
        At the root, where the newest version stands, in the order in which they were made.
    kept
        The same version as it is kept for good, below v/VERSION/.
    history
        All versions, this one last.
    entry
        What this version changed.
    """

    files: tuple[File, ...]
    kept: tuple[File, ...]
    history: History
    entry: Entry

    @property
    def version(self) -> str:
        """Which version it is."""
        return self.history.versions[-1].version

    def write(self, out: Path) -> None:
        """Write the files below a folder, which may exist; other files in it stay.

        Raises
        ------
        DataError
            When a version that is out would change.
        """
        publish(self, out)


def next_site(content: Content, history: History) -> Site:
    """Make the version that comes after those of a history; the newest again if nothing changed.

    A later day is a version of its own, also where nothing changed.

    Raises
    ------
    DataError
        When the newest version is of a later day; as `build_site`.
    """
    newest = history.newest
    if newest is not None and content.today < newest.day:
        raise DataError(
            f"Version {newest.version} is of {newest.day}, and this build would be of "
            f"{content.today}. Versions go forward: give a later day, or build into an empty "
            "folder."
        )
    if newest is not None and content.today == newest.day:
        again = build_site(replace(content, version=newest.version), history.before_newest)
        if again.history == history:
            return again
    return build_site(replace(content, version=history.next_version(content.today)), history)


def build_site(content: Content, history: History = History()) -> Site:  # noqa: B008  (frozen)
    """Make every file of a site.

    Parameters
    ----------
    history
        The versions before this one.

    Raises
    ------
    DataError
        When a sentence does not follow from the data or a numeral in it is in none of its
        estimates; when two pages want the same path.
    """
    _require_traced(content)
    content = replace(content, beside=said_beside(content))
    state, tag = state_of(content), history.tagged(content.plan, content.today)
    searched = {name: day for name in content.reviews if (day := content.search(name).day)}
    before = [(one.version, one.day, one.state, one.searched) for one in history.versions]
    entries = entries_of([*before, (content.version, content.today, state, searched)])
    content = replace(content, entries=entries, tag=tag)
    pages = [page for file in page_files() for page in file.pages(content)]
    copies = tuple(made for file in copy_files() for made in file.files(content))
    kept = (*lay_out(pages, content, kept=True), *copies)
    _require_apart(kept)
    listing = sums(kept)
    now = SiteVersion(
        content.version, content.today, state, digest(listing.encode("utf-8")), searched
    )
    history = History(tag, (*history.versions, now))
    root = (File("feed.xml", feed(content)), File(FILE, versions_text(history)))
    files = (*lay_out(pages, content), *copies, *root)
    _require_apart(files)
    return Site(files, (*kept, File(SUMS, listing)), history, entries[0])


def _require_traced(content: Content) -> None:
    for told in content.reviews.values():
        require_follows(told.sentences, told.synthesis)
        for one in told.sentences:
            if typed := untraced(one):
                raise DataError(f"{one.id}: {', '.join(typed)} is in none of its estimates.")


def _require_apart(files: tuple[File, ...]) -> None:
    twice = sorted(path for path, times in Counter(one.path for one in files).items() if times > 1)
    if twice:
        raise DataError(f"Two parts of the site want to write {', '.join(twice)}.")
