"""The Atom feed: an entry a version, with the sentences that changed.

RFC 4287. Ids are `tag:` names (RFC 4151) that the first version fixed and no later one changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from equipoise import __version__
from equipoise.report.site.living.history import FOLDER
from equipoise.report.site.living.words import change_lines, headline, study_line

if TYPE_CHECKING:
    from datetime import date

    from equipoise.report.site.content import Content
    from equipoise.report.site.living.entry import Change, Entry

FILE = "feed.xml"
ATOM = "http://www.w3.org/2005/Atom"
XHTML = "http://www.w3.org/1999/xhtml"


def feed(content: Content) -> str:
    """Write the feed of a site; links are relative where the site does not know its address."""
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": content.plan.language})
    _text(root, "id", content.tag)
    _text(root, "title", content.plan.title)
    _text(root, "subtitle", content.plan.question)
    _text(root, "updated", moment(content.entries[0].day))
    _text(root, "rights", content.plan.licence)
    generator = _text(root, "generator", "equipoise")
    generator.set("version", __version__)
    for author in content.plan.authors:
        _text(ET.SubElement(root, "author"), "name", author.name)
    if not content.plan.authors:
        _text(ET.SubElement(root, "author"), "name", "not stated")
    _link(root, "self", address(content, FILE), "application/atom+xml")
    _link(root, "alternate", address(content, "index.html"), "text/html")
    for entry in content.entries:
        _entry(root, content, entry)
    ET.indent(root, space=" ")
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def moment(day: date) -> str:
    """Return a day as RFC 3339 wants it: versions have a day and no hour."""
    return f"{day.isoformat()}T00:00:00Z"


def address(content: Content, path: str) -> str:
    """Return where a path will stand; relative where site.yaml gives no address."""
    return f"{content.plan.address}/{path}" if content.plan.address else path


def _entry(root: ET.Element, content: Content, entry: Entry) -> None:
    one = ET.SubElement(root, "entry")
    _text(one, "id", f"{content.tag}/{entry.version}")
    _text(one, "title", f"Version {entry.version}: {headline(entry)}")
    _text(one, "updated", moment(entry.day))
    changes = f"{FOLDER}/{entry.version}/changes.html"
    _link(one, "alternate", address(content, changes), "text/html")
    told = ET.SubElement(one, "content", {"type": "xhtml"})
    div = ET.SubElement(told, "div", {"xmlns": XHTML})
    _text(div, "p", f"{headline(entry)}.")
    for change in entry.changes:
        _change(div, change)
    if entry.studies:
        _text(div, "p", "Studies that changed: " + "; ".join(map(study_line, entry.studies)) + ".")


def _change(div: ET.Element, change: Change) -> None:
    _text(div, "h3", f"{change.id}: {', '.join(change.kinds)}")
    for name, text in change_lines(change):
        _text(div, "p", f"{name}: {text}")


def _text(parent: ET.Element, name: str, text: str) -> ET.Element:
    part = ET.SubElement(parent, name)
    part.text = text
    return part


def _link(parent: ET.Element, rel: str, href: str, kind: str) -> None:
    ET.SubElement(parent, "link", {"rel": rel, "type": kind, "href": href})
