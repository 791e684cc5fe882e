"""RIS: the records found, without duplicates, and those included, for other screening programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from equipoise.synthesis.review.screening.log import duplicates_of, read_log, standing
from equipoise.synthesis.review.screening.record import Record, read_records

if TYPE_CHECKING:
    from equipoise.synthesis.review.synthesise import Synthesis

NAME = "ris"


def export(synthesis: Synthesis) -> dict[str, str]:
    """Return the records to screen, and the reports that two people included; none if empty."""
    searches = synthesis.folder.searches
    votes = read_log(searches)
    gone = duplicates_of(votes)
    unique = [one for one in read_records(searches) if one.id not in gone]
    kept = [one for one in unique if standing(votes, one.id, "full text").decision == "include"]
    files = {"records.ris": unique, "included.ris": kept}
    return {name: ris_text(records) for name, records in files.items() if records}


def ris_text(records: Iterable[Record]) -> str:
    """Write records as RIS; `ID` is the record's name in this review."""
    import rispy  # noqa: PLC0415  (only exchange needs it)

    text: str = rispy.dumps([_entry(record) for record in records])
    return text


def _entry(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type_of_reference": "JOUR", "id": record.id, "title": record.title,
        "authors": list(record.authors), "year": str(record.year or ""), "doi": record.doi,
        "journal_name": record.journal, "abstract": record.abstract,
        "urls": [record.url] if record.url else [], "accession_number": record.pmid,
        "name_of_database": "PubMed" if record.pmid else record.source,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value}
