"""Europe PMC: the JSON of its REST search (`format=json`, `resultType=core` or `lite`)."""

from __future__ import annotations

import json
from typing import Any

from equipoise.errors import DataError
from equipoise.synthesis.review.screening.record import Record

NAME = "europe-pmc"


def recognises(name: str, text: str) -> bool:
    """Whether a file is an answer of Europe PMC."""
    return name.endswith(".json") and '"resultList"' in text


def records(text: str) -> list[Record]:
    """Read every result.

    Raises
    ------
    DataError
        When the text is no answer of Europe PMC.
    """
    try:
        results = json.loads(text)["resultList"]["result"]
        return [_record(one) for one in results]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"Not an answer of Europe PMC: {error!r} is missing or broken.") from None


def _record(one: dict[str, Any]) -> Record:
    listed = (one.get("authorList") or {}).get("author") or []
    names = [str(author.get("fullName") or "") for author in listed]
    authors = names or str(one.get("authorString") or "").rstrip(".").split(", ")
    journal = ((one.get("journalInfo") or {}).get("journal") or {}).get("title")
    year = str(one.get("pubYear") or "")
    return Record(
        title=str(one.get("title") or ""),
        authors=tuple(name for name in authors if name),
        year=int(year) if year.isdigit() else None,
        doi=str(one.get("doi") or ""),
        pmid=str(one.get("pmid") or ""),
        journal=str(journal or one.get("journalTitle") or ""),
        abstract=str(one.get("abstractText") or ""),
    )
