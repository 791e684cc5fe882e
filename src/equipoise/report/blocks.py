"""What a section is made of. A section says what; the template alone says how it looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from markupsafe import Markup

from equipoise.plots import to_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Part = Literal["answer", "figures", "numbers", "trust", "methods", "provenance"]
PARTS: dict[Part, str] = {
    "answer": "The answer",
    "figures": "Figures",
    "numbers": "Every number",
    "trust": "What the answer rests on",
    "methods": "Methods",
    "provenance": "Provenance",
}


@dataclass(frozen=True)
class Prose:
    """Paragraphs; `lead` begins the first in bold."""

    paragraphs: tuple[str, ...]
    lead: str = ""
    kind: Literal["plain", "answer", "note"] = "plain"


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """A picture with a caption that says what it shows; `svg` is safe markup."""

    name: str
    svg: Markup
    caption: str


@dataclass(frozen=True)
class Cell:
    """One cell: what is read, and the full number behind it where there is one."""

    text: str
    value: float | None = None


@dataclass(frozen=True)
class Table:
    """Rows under headings; the first column is the rows' heading, `right` are numeric columns.

    A row of one cell is a heading over the rows that follow.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    right: frozenset[int] = frozenset()
    closed: str = ""  # summary of a fold that hides the table until asked for
    note: str = ""


@dataclass(frozen=True)
class Facts:
    """Terms and what they are."""

    items: tuple[tuple[str, str], ...]


Block = Prose | Bullets | Figure | Table | Facts


@dataclass(frozen=True)
class Section:
    """A piece of the page under a heading of its own; no heading where the part's is enough."""

    name: str
    heading: str
    blocks: tuple[Block, ...] = ()
    absent: str = ""  # why there is nothing to show
    tall: bool = False  # twice as high as its neighbours


def figure(ax: Axes, *, name: str, title: str, caption: str) -> Figure:
    """Turn axes into a figure whose description for screen readers is its caption."""
    svg = to_svg(ax, name=f"figure-{name}", title=title, description=caption)
    return Figure(name, Markup(svg), caption)  # noqa: S704  (matplotlib escapes what it writes)


def cells(*texts: str | Cell) -> tuple[Cell, ...]:
    """Make cells of texts."""
    return tuple(text if isinstance(text, Cell) else Cell(text) for text in texts)


def missing(name: str, heading: str, reason: str) -> Section:
    """Say why a figure is not there."""
    return Section(name, heading, absent=reason)


def once(items: Sequence[str]) -> tuple[str, ...]:
    """Return each text once, in order."""
    return tuple(dict.fromkeys(items))
