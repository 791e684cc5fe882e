"""What makes a site living: its versions, what changed between them, kept copies, the feed."""

from equipoise.report.site.living.entry import Entry, entries_of
from equipoise.report.site.living.history import FOLDER, History, SiteVersion
from equipoise.report.site.living.versions_file import read_history, versions_text

__all__ = [
    "FOLDER",
    "Entry",
    "History",
    "SiteVersion",
    "entries_of",
    "read_history",
    "versions_text",
]
