"""RIS, the format of reference managers and of most databases."""

from __future__ import annotations

from typing import Any

from equipoise.synthesis.review.screening.record import Record

NAME = "ris"


def recognises(name: str, text: str) -> bool:
    """Whether a file looks like RIS."""
    return name.endswith(".ris") or text.lstrip("\ufeff \r\n").startswith("TY  -")


def records(text: str) -> list[Record]:
    """Read every record; tags that databases use differently are looked up in turn."""
    import rispy  # noqa: PLC0415  (only imports need it)

    lines = text.lstrip("\ufeff").replace("\r\n", "\n")
    return [_record(entry) for entry in rispy.loads(lines, skip_unknown_tags=True)]


def _record(entry: dict[str, Any]) -> Record:
    urls = entry.get("urls") or []
    year = _first(entry, "year", "publication_year", "date")
    return Record(
        title=_first(entry, "title", "primary_title", "short_title"),
        authors=tuple(entry.get("authors") or entry.get("first_authors") or ()),
        year=int(year[:4]) if year[:4].isdigit() else None,
        doi=_first(entry, "doi") or next((url for url in urls if "doi.org" in url), ""),
        pmid=_pmid(entry),
        journal=_first(entry, "journal_name", "secondary_title", "alternate_title3"),
        abstract=_first(entry, "abstract", "notes_abstract"),
        url=urls[0] if urls else "",
    )


def _pmid(entry: dict[str, Any]) -> str:
    number = _first(entry, "accession_number")
    database = _first(entry, "name_of_database", "database_provider").lower()
    is_pubmed = "pubmed" in database or "medline" in database or "nlm" in database
    return number if is_pubmed and number.isdigit() else ""


def _first(entry: dict[str, Any], *names: str) -> str:
    for name in names:
        value = entry.get(name)
        if isinstance(value, list):
            value = value[0] if value else ""
        if value:
            return str(value)
    return ""
