"""A table of search results, with a header in one of several usual wordings."""

from __future__ import annotations

import csv
import io
import re

from equipoise.errors import DataError
from equipoise.synthesis.review.screening.record import Record

NAME = "csv"
NAMES = {
    "title": ("title", "article title", "publication title", "study title"),
    "authors": ("authors", "author", "author full names", "authors full name"),
    "year": ("year", "publication year", "pub year", "date"),
    "doi": ("doi",),
    "pmid": ("pmid", "pubmed id", "pubmedid"),
    "registration": ("registration", "nct number", "nct id", "trial id", "trialid"),
    "journal": ("journal", "source title", "journal/book", "source"),
    "abstract": ("abstract",),
    "url": ("url", "link", "study url"),
}


def recognises(name: str, text: str) -> bool:
    """Whether a table has titles and years, and no arms."""
    header = {cell.strip('" ').lower() for cell in text.partition("\n")[0].split(",")}
    has_title = bool(header & set(NAMES["title"]))
    return name.endswith((".csv", ".tsv")) and has_title and "condition_arm1" not in header


def records(text: str) -> list[Record]:
    """Read every row; a column that is not known is left out.

    Raises
    ------
    DataError
        Without a column of titles.
    """
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter)
    columns = {
        field: next((c for c in reader.fieldnames or () if c.strip().lower() in names), None)
        for field, names in NAMES.items()
    }
    if columns["title"] is None:
        raise DataError(f"The table has no column of titles: name it one of {NAMES['title']}.")
    rows = [
        {f: (row.get(c) or "").strip() if c else "" for f, c in columns.items()} for row in reader
    ]
    return [_record(row) for row in rows if any(row.values())]


def _record(row: dict[str, str]) -> Record:
    year = re.search(r"\b(19|20)\d\d\b", row["year"])
    split = r"\s*;\s*" if ";" in row["authors"] else r"\s*,\s*"
    authors = tuple(part for part in re.split(split, row["authors"]) if part)
    rest = {key: value for key, value in row.items() if key not in ("authors", "year")}
    return Record(**rest, authors=authors, year=int(year.group(0)) if year else None)
