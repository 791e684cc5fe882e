"""The versions of a site: YYYY.MM.n, never changed once they are out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from equipoise.report.site.living.state import State
    from equipoise.report.site.plan import SitePlan

VERSION = re.compile(r"\d{4}\.\d{2}\.[1-9]\d*")
FOLDER = "v"
"""Of the kept copies, below the site's folder: v/2026.11.1/."""


@dataclass(frozen=True, slots=True)
class SiteVersion:
    """One version as it went out.

    Parameters
    ----------
    files_sha256
        Hash of its SHA256SUMS, which lists every file of the kept copy.
    searched
        Review to the day of its last search, where one was recorded.
    """

    version: str
    day: date
    state: State
    files_sha256: str
    searched: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class History:
    """All versions so far, oldest first, and the name that ids in the feed start with."""

    tag: str = ""
    versions: tuple[SiteVersion, ...] = ()

    @property
    def newest(self) -> SiteVersion | None:
        """The version that stands at the root."""
        return self.versions[-1] if self.versions else None

    @property
    def before_newest(self) -> History:
        """What was known when the newest version was made."""
        return History(self.tag, self.versions[:-1])

    def next_version(self, day: date) -> str:
        """Return the name of a version made on a day: one more than the last of that month."""
        month = f"{day:%Y.%m}."
        numbers = [
            int(one.version.removeprefix(month))
            for one in self.versions
            if one.version.startswith(month)
        ]
        return f"{month}{max(numbers, default=0) + 1}"

    def tagged(self, plan: SitePlan, day: date) -> str:
        """Return the start of all ids of the feed: fixed by the first version, never changed.

        A tag names who holds it by host and day (RFC 4151). A site that does not know its address
        yet uses a host that nobody can own (RFC 2606).
        """
        if self.tag:
            return self.tag
        host = urlsplit(plan.address or "").hostname or f"{plan.identifier}.invalid"
        return f"tag:{host},{day.isoformat()}:{plan.identifier}"
