"""What stands in a page: the blocks that carry a mark, and the blocks of text that are scored."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

MARK = "data-ipdas"
UNSCORED = "data-unscored"
"""Names, citations and numbers: no sentence of ours that could be put more plainly."""
VOID = frozenset(["br", "hr", "img", "input", "link", "meta", "path", "rect", "use", "wbr"])
HIDDEN = frozenset(["script", "style", "template", "noscript", "svg", "head"])
HEADING = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
BLOCKS = frozenset(["p", "li", "dd", "legend", "caption", "figcaption", "td"])


@dataclass(slots=True)
class Element:
    """An open element: what was said in it so far."""

    tag: str
    hidden: bool
    unscored: bool
    folded: bool
    marks: tuple[str, ...] = ()
    anchor: str = ""
    holds_block: bool = False
    said: list[str] = field(default_factory=list)
    scored: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mark:
    """A block that carries a criterion: its own id where it has one, and what can be read in it."""

    criterion: str
    anchor: str
    text: str


class Reader(HTMLParser):
    """Reads a page as a person without a script sees it; what is folded or hidden has no mark."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[Element] = []
        self.marks: list[Mark] = []
        self.blocks: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element; one without content is done at once."""
        if tag in VOID:
            return
        above = self.open[-1] if self.open else Element("", False, False, False)
        own = {name: value or "" for name, value in attrs}
        folded = above.folded or (tag == "details" and "open" not in own)
        self.open.append(
            Element(
                tag,
                above.hidden or tag in HIDDEN or "hidden" in own,
                above.unscored or UNSCORED in own or tag in HEADING,
                folded,
                tuple(own.get(MARK, "").split()),
                own.get("id", ""),
            )
        )

    def handle_data(self, data: str) -> None:
        """Add text to all that is open."""
        if self.open and not self.open[-1].hidden:
            for one in self.open:
                one.said.append(data)
                if not self.open[-1].unscored:
                    one.scored.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and take down what was said in it."""
        while self.open:
            one = self.open.pop()
            self._done(one)
            if one.tag == tag:
                return

    def _done(self, one: Element) -> None:
        text, scored = _plain(one.said), _plain(one.scored)
        if not text or one.hidden:
            return
        if not one.folded:
            self.marks += [Mark(name, one.anchor, text) for name in one.marks]
        if one.tag not in BLOCKS:
            return
        for above in self.open:
            above.holds_block = True
        if scored and not one.unscored and not one.holds_block:
            self.blocks.append(scored)


def _plain(said: list[str]) -> str:
    return re.sub(r"\s+", " ", "".join(said)).strip()


def read_page(html: str) -> Reader:
    """Read a page: `marks` that can be seen without a script, `blocks` of text."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader
