"""A page as a tree, for tests: read by the standard library, and by none of our own code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"br", "hr", "img", "input", "link", "meta", "path", "rect", "circle"}


@dataclass
class Node:
    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    above: Node | None = None
    inside: list[Node | str] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        yield self
        for one in self.inside:
            if isinstance(one, Node):
                yield from one.walk()

    def all(self, tag: str = "", **attrs: str | None) -> list[Node]:
        """Nodes of a tag with these attributes (`data_x` is data-x; None: any value)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
        return [
            one
            for one in self.walk()
            if (not tag or one.tag == tag)
            and all(
                name in one.attrs and (value is None or value in one.attrs[name].split(" ")
                                       or value == one.attrs[name])
                for name, value in wanted.items()
            )
        ]  # fmt: skip

    def one(self, tag: str = "", **attrs: str | None) -> Node:
        found = self.all(tag, **attrs)
        assert len(found) == 1, (tag, attrs, len(found))
        return found[0]

    @property
    def text(self) -> str:
        if self.tag in ("svg", "script"):
            return ""
        said = "".join(one if isinstance(one, str) else one.text for one in self.inside)
        return re.sub(r"\s+", " ", said)

    @property
    def folded(self) -> bool:
        """Whether it cannot be seen before something is opened."""
        at = self
        while at is not None:
            if (at.tag == "details" and "open" not in at.attrs) or "hidden" in at.attrs:
                return True
            at = at.above
        return False


class Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.at = Node("")

    def handle_starttag(self, tag, attrs):
        made = Node(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.inside.append(made)
        if tag not in VOID:
            self.at = made

    def handle_startendtag(self, tag, attrs):
        self.at.inside.append(Node(tag, {name: value or "" for name, value in attrs}, self.at))

    def handle_endtag(self, tag):
        assert self.at.tag == tag, f"</{tag}> closes <{self.at.tag}>"
        assert self.at.above is not None
        self.at = self.at.above

    def handle_data(self, data):
        self.at.inside.append(data)


def tree(html: str) -> Node:
    made = Tree()
    made.feed(html)
    made.close()
    assert made.at is made.root, f"<{made.at.tag}> is never closed"
    return made.root


def numbers(text: str) -> list[int]:
    return [int(one.replace(",", "")) for one in re.findall(r"\d[\d,]*(?=\D|$)", text)]
