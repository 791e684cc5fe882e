"""BibTeX."""

from __future__ import annotations

import re

from equipoise.synthesis.review.screening.record import Record

NAME = "bibtex"


def recognises(name: str, text: str) -> bool:
    """Whether a file looks like BibTeX."""
    return name.endswith((".bib", ".bibtex")) or bool(re.match(r"\s*@\w+\s*\{", text))


def records(text: str) -> list[Record]:
    """Read every entry; accents written in LaTeX become letters, braces go."""
    from bibtexparser import parse_string  # noqa: PLC0415  (only imports need it)
    from bibtexparser.middlewares import LatexDecodingMiddleware  # noqa: PLC0415

    library = parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    return [_record({f.key.lower(): str(f.value) for f in e.fields}) for e in library.entries]


def _record(fields: dict[str, str]) -> Record:
    year = re.search(r"\d{4}", fields.get("year") or fields.get("date") or "")
    authors = re.split(r"\s+and\s+", fields.get("author", "").strip())
    return Record(
        title=_plain(fields.get("title", "")),
        authors=tuple(_plain(one) for one in authors if one),
        year=int(year.group(0)) if year else None,
        doi=fields.get("doi", ""),
        pmid=fields.get("pmid", ""),
        journal=_plain(fields.get("journal") or fields.get("booktitle") or ""),
        abstract=_plain(fields.get("abstract", "")),
        url=fields.get("url", ""),
    )


def _plain(text: str) -> str:
    return " ".join(text.replace("{", "").replace("}", "").split())
