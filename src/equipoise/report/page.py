"""The page: sections found in their folder, one template, one style sheet, no network."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Protocol, cast

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from equipoise.report import sections
from equipoise.report.blocks import PARTS, Part, Section

if TYPE_CHECKING:
    from equipoise.report.findings import Findings

IN_PAIRS = r"\([^\s()<>]*\)"
DOI = re.compile(
    rf"\bdoi:?\s*(10\.\d{{4,9}}/(?:{IN_PAIRS}|[^\s,;()<>])*(?:{IN_PAIRS}|[^\s,;().<>]))",
    re.IGNORECASE,
)


class SectionFile(Protocol):
    """What a file of the folder ``sections`` holds: where it stands, and how to write it."""

    PART: Part
    ORDER: int

    def section(self, findings: Findings) -> Section | None:
        """Write the section, or return None where it has nothing to say."""
        ...


@cache
def section_files() -> tuple[SectionFile, ...]:
    """Return every file of the folder ``sections`` in the order of the page."""
    names = sorted(module.name for module in iter_modules(sections.__path__))
    files = [cast("SectionFile", import_module(f"{sections.__name__}.{n}")) for n in names]
    return tuple(sorted(files, key=lambda file: (list(PARTS).index(file.PART), file.ORDER)))


def render(findings: Findings) -> str:
    """Write the whole page."""
    parts: dict[Part, list[Section]] = {part: [] for part in PARTS}
    for file in section_files():
        section = file.section(findings)
        if section is not None:
            parts[file.PART].append(section)
    page: str = (
        environment()
        .get_template("page.html")
        .render(
            findings=findings,
            parts=[(part, PARTS[part], found) for part, found in parts.items() if found],
        )
    )
    return page


@cache
def environment() -> Environment:
    """Return what fills our HTML templates: everything is escaped, nothing may be left out."""
    made = Environment(
        loader=PackageLoader("equipoise.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["link_dois"] = link_dois
    made.tests["kind"] = lambda block, kind: type(block).__name__ == kind
    return made


def link_dois(text: str) -> Markup:
    """Escape a text and make its DOIs links.

    >>> link_dois("Bang 2004 <doi:10.1016/j.cct.2003.10.016>")
    Markup('Bang 2004 &lt;<a href="https://doi.org/10.1016/j.cct.2003.10.016">doi:10.1016/j.cct.2003.10.016</a>&gt;')
    >>> link_dois("(doi 10.1016/S2215-0366(16)30307-8)")
    Markup('(<a href="https://doi.org/10.1016/S2215-0366(16)30307-8">doi:10.1016/S2215-0366(16)30307-8</a>)')
    """
    out, at = Markup(), 0
    for found in DOI.finditer(text):
        link = Markup('<a href="https://doi.org/{0}">doi:{0}</a>').format(found[1])
        out += escape(text[at : found.start()]) + link
        at = found.end()
    return out + escape(text[at:])
