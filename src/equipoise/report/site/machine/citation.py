"""How to cite a version of the site or of a review: text, BibTeX, RIS, CSL-JSON.

Authors are cited whole, as site.yaml writes them: which part of a name is the family's is not
ours to guess. No version has a DOI unless somebody registers one, and none is made up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from equipoise.report.site.living.history import FOLDER

if TYPE_CHECKING:
    from equipoise.report.site.content import Content

NO_DOI = "No DOI is assigned."
TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "_": r"\_", "%": r"\%", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Citation:
    """One thing that can be cited.

    Parameters
    ----------
    key
        Site or review, and version.
    path
        Of the kept copy, which no later version changes.
    address
        The path where site.yaml says where the site stands; empty elsewhere.
    sha256
        Of what a review's numbers follow from; empty for the whole site.
    """

    key: str
    title: str
    authors: tuple[str, ...]
    day: date
    version: str
    path: str
    address: str
    sha256: str = ""

    @property
    def text(self) -> str:
        """The citation as one line."""
        who = f"{'; '.join(self.authors)}. " if self.authors else ""
        stop = "" if self.title.endswith(("?", ".", "!")) else "."
        hashed = f" Evidence {self.sha256[:16]}." if self.sha256 else ""
        where = self.address or f"Kept copy {self.path}"
        day = f"{self.day.day} {self.day:%B %Y}"
        return f"{who}{self.title}{stop} Version {self.version}, {day}.{hashed} {where}. {NO_DOI}"


def citations(content: Content) -> Iterator[Citation]:
    """Yield the site, then each review."""
    plan, version = content.plan, content.version
    things = [(plan.identifier, plan.title, "index.html", "")] + [
        (name, told.review.title, f"reviews/{name}.html", told.synthesis.version.sha256)
        for name, told in content.reviews.items()
    ]
    for name, title, page, sha256 in things:
        path = f"{FOLDER}/{version}/{page}"
        yield Citation(
            f"{name}-{version}", title, tuple(one.name for one in plan.authors), content.today,
            version, path, f"{plan.address}/{path}" if plan.address else "", sha256,
        )  # fmt: skip


def bibtex(cited: Iterable[Citation]) -> str:
    """Write citations as BibTeX; double braces keep names and capitals as they are."""
    return "\n".join(_bibtex(one) for one in cited)


def _bibtex(one: Citation) -> str:
    fields = {
        "author": " and ".join(f"{{{_tex(name)}}}" for name in one.authors),
        "title": f"{{{_tex(one.title)}}}",
        "year": f"{one.day.year}",
        "month": f"{one.day.month}",
        "version": one.version,
        "url": one.address,
        "note": _tex(f"Version {one.version}, {_hashed(one)}kept copy {one.path}. {NO_DOI}"),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{one.key},\n" + ",\n".join(lines) + "\n}\n"


def ris(cited: Iterable[Citation]) -> str:
    """Write citations as RIS."""
    return "\n".join("".join(f"{tag}  - {value}\n" for tag, value in _ris(one)) for one in cited)


def _ris(one: Citation) -> Iterator[tuple[str, str]]:
    yield "TY", "ELEC"
    yield "ID", one.key
    for name in one.authors:
        yield "AU", name
    yield "TI", one.title
    yield "PY", f"{one.day.year}"
    yield "DA", f"{one.day:%Y/%m/%d}"
    yield "ET", one.version
    if one.address:
        yield "UR", one.address
    yield "N1", f"Version {one.version}, {_hashed(one)}kept copy {one.path}. {NO_DOI}"
    yield "ER", ""


def csl_json(cited: Iterable[Citation]) -> str:
    """Write citations as CSL-JSON, which reference managers and pandoc read."""
    made = [_csl(one) for one in cited]
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def _csl(one: Citation) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": one.key,
        "type": "webpage",
        "title": one.title,
        "author": [{"literal": name} for name in one.authors],
        "issued": {"date-parts": [[one.day.year, one.day.month, one.day.day]]},
        "version": one.version,
        "note": f"{_hashed(one)}kept copy {one.path}. {NO_DOI}",
    }
    return made | ({"URL": one.address} if one.address else {})


def _hashed(one: Citation) -> str:
    return f"evidence {one.sha256[:16]}, " if one.sha256 else ""


def _tex(text: str) -> str:
    return re.sub(r"[\\{}$&#_%~^]", lambda found: TEX[found[0]], text)
