"""NBIB, what PubMed sends to a citation manager (MEDLINE tags)."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any, ClassVar

from equipoise.synthesis.review.screening.record import NCT, Record

NAME = "nbib"
START = re.compile(r"^PMID-\s*\d+", re.MULTILINE)
TAGS = {
    "PMID": "pmid", "TI": "title", "AU": "authors", "FAU": "full_authors", "DP": "date",
    "LID": "identifiers", "AID": "identifiers", "JT": "journal", "TA": "short_journal",
    "AB": "abstract", "SI": "registrations", "BTI": "book", "ER": "end", "UK": "unknown",
}  # fmt: skip


def recognises(name: str, text: str) -> bool:
    """Whether a file looks like a PubMed export."""
    return name.endswith(".nbib") or bool(START.match(text.lstrip("\ufeff \r\n")))


def records(text: str) -> list[Record]:
    """Read every record with rispy's line reader and MEDLINE's tags."""
    import rispy  # noqa: PLC0415  (only imports need it)

    class Medline(rispy.RisParser):  # type: ignore[misc]  # rispy is not checked
        START_TAG = "PMID"
        END_TAG = "ER"
        DEFAULT_MAPPING: ClassVar[dict[str, str]] = TAGS
        DEFAULT_LIST_TAGS: ClassVar[list[str]] = ["AU", "FAU", "LID", "AID", "SI"]
        DEFAULT_DELIMITER_MAPPING: ClassVar[dict[str, str]] = {}

        def parse_line(self, line: str) -> tuple[str | None, str]:
            if line[4:6] == "- " and line[:4].strip().isupper():
                return line[:4].strip(), line[6:].strip()
            return None, line.strip()

    clean = text.lstrip("\ufeff").replace("\r\n", "\n")
    parts = [clean[a:b].rstrip() for a, b in _bounds(clean)]
    marked = "".join(f"{part}\nER  - \n" for part in parts)  # PubMed ends a record by a blank
    return [_record(entry) for entry in Medline(skip_unknown_tags=True).parse(marked)]


def _bounds(text: str) -> list[tuple[int, int]]:
    starts = [match.start() for match in START.finditer(text)]
    return list(pairwise([*starts, len(text)]))


def _record(entry: dict[str, Any]) -> Record:
    identifiers = entry.get("identifiers") or []
    doi = next((one for one in identifiers if "[doi]" in one), "")
    year = str(entry.get("date") or "")[:4]
    registration = NCT.search(" ".join(entry.get("registrations") or []))
    return Record(
        title=str(entry.get("title") or entry.get("book") or ""),
        authors=tuple(entry.get("full_authors") or entry.get("authors") or ()),
        year=int(year) if year.isdigit() else None,
        doi=doi,
        pmid=str(entry.get("pmid") or ""),
        registration=registration.group(1) if registration else "",
        journal=str(entry.get("journal") or entry.get("short_journal") or ""),
        abstract=str(entry.get("abstract") or ""),
    )
