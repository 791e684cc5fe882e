"""A search result, whatever program it came from, and the table of all that were found.

`searches/records.csv` is written by `equipoise review import`, one row a record as found, and
never edited: every count of the PRISMA flow comes from it and from the screening log.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from equipoise.errors import DataError

FILE = "records.csv"
NCT = re.compile(
    r"\b(NCT\d{8}|ISRCTN\d{6,8}|ACTRN\d{14}|EUCTR[\d-]+|ChiCTR[\w-]+)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Record:
    """One record as a search gave it. A field that the search did not give is empty.

    Parameters
    ----------
    id
        Its name in this review: r1, r2, ...
    search
        The file that it came from.
    source
        The database or register; `kind` says which of the two (or `other`) it is.
    sha256
        Of the search file, so that one file is not counted twice.
    """

    title: str
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str = ""
    pmid: str = ""
    registration: str = ""
    journal: str = ""
    abstract: str = ""
    url: str = ""
    id: str = ""
    search: str = ""
    source: str = ""
    kind: str = "database"
    sha256: str = ""

    @property
    def first_author(self) -> str:
        """Surname of the first author, in lower case without accents; "" if not given."""
        return surname(self.authors[0]) if self.authors else ""

    @property
    def cited(self) -> str:
        """Write it as a person would: authors, year, title."""
        who = self.authors[0] + (" et al." if len(self.authors) > 1 else "") if self.authors else ""
        return " ".join(part for part in (who, str(self.year or ""), self.title) if part)


def cleaned(record: Record) -> Record:
    """Bring identifiers to one form, and find a registration in title or abstract."""
    found = NCT.search(record.registration) or NCT.search(f"{record.title} {record.abstract}")
    return replace(
        record,
        title=" ".join(record.title.split()).rstrip("."),
        doi=plain_doi(record.doi),
        pmid=re.sub(r"\D", "", record.pmid),
        registration=found.group(1).upper() if found else "",
    )


def plain_doi(text: str) -> str:
    """Return a DOI in lower case, without an address before it; "" if there is none.

    Examples
    --------
    >>> plain_doi("https://doi.org/10.7554/eLife.62878 [doi]")
    '10.7554/elife.62878'
    """
    found = re.search(r"10\.\d{4,9}/[^\s\"<>]+", text)
    return found.group(0).rstrip(".,;)").lower() if found else ""


def plain_text(text: str) -> str:
    """Return a text in lower case, without accents and punctuation, single spaces.

    Examples
    --------
    >>> plain_text("Self-blinding   Citizen Science: a déjà-vu?")
    'self blinding citizen science a deja vu'
    """
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c for c in letters if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w]+|_", " ", kept).split())


def surname(author: str) -> str:
    """Return the surname of `Szigeti, Balazs`, `Szigeti B` or `Balazs Szigeti`.

    Examples
    --------
    >>> [surname(name) for name in ("Szigeti, Balázs", "Szigeti B", "Balázs Szigeti")]
    ['szigeti', 'szigeti', 'szigeti']
    """
    if "," in author:
        return plain_text(author.split(",", maxsplit=1)[0])
    words = author.split()
    initials = [word for word in words if re.fullmatch(r"([A-Z]\.?-?){1,3}", word)]
    if initials and words[-1] in initials:
        return plain_text(" ".join(word for word in words if word not in initials))
    return plain_text(words[-1]) if words else ""


def read_records(searches: Path) -> list[Record]:
    """Read all records found so far; none if nothing was imported yet."""
    path = searches / FILE
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    columns = {field.name for field in fields(Record)}
    if rows and set(rows[0]) != columns:
        raise DataError(f"{path}: the columns are not those that were written: {sorted(columns)}.")
    return [_record(row) for row in rows]


def _record(row: dict[str, str]) -> Record:
    authors = tuple(part for part in row["authors"].split("; ") if part)
    year = int(row["year"]) if row["year"] else None
    rest = {key: value for key, value in row.items() if key not in ("authors", "year")}
    return Record(**rest, authors=authors, year=year)


def add_records(
    searches: Path, found: Sequence[Record], *, search: str, sha256: str, source: str, kind: str
) -> list[Record]:
    """Append the records of one search, named r1, r2, ...; the file is never rewritten.

    Raises
    ------
    DataError
        When this very file was imported before.
    """
    known = read_records(searches)
    again = next((one for one in known if one.sha256 == sha256), None)
    if again is not None:
        raise DataError(
            f"{search} was imported before, as {again.search}: its records would count twice."
        )
    start = len(known) + 1
    named = [
        replace(cleaned(one), id=f"r{start + i}", search=search, source=source, kind=kind,
                sha256=sha256)
        for i, one in enumerate(found)
    ]  # fmt: skip
    _append(searches / FILE, named)
    return named


def _append(path: Path, records: Iterable[Record]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    names = [field.name for field in fields(Record)]
    with path.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names, lineterminator="\n")
        if is_new:
            writer.writeheader()
        for record in records:
            row = asdict(record)
            row["authors"] = "; ".join(record.authors)
            row["year"] = "" if record.year is None else record.year
            writer.writerow(row)
