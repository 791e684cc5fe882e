"""Simple drawings of the seven steps: lines and rounded boxes, no colour that paper might lose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from equipoise.concealment.seal.printing.sheet import write

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PICTURE_WIDTH, PICTURE_HEIGHT = 62.0, 48.0
INK, SHADE = "0.15", "0.88"


def _prepare(ax: Axes, x: float, y: float) -> None:
    """Draw a sheet of paper with ticks, and capsules that look alike."""
    _frame(ax, x, y)
    _box(ax, x + 5, y + 6, 22, 36, fill="white", round_by=0.5)
    for row in range(4):
        top = y + 12 + 7 * row
        _tick(ax, x + 8, top)
        ax.plot([x + 14, x + 24], [top, top], color=INK, lw=1)
    for row in range(3):
        for column in range(2):
            _capsule(ax, x + 34 + 13 * column, y + 11 + 11 * row)


def _pack(ax: Axes, x: float, y: float) -> None:
    """Draw a capsule and a folded card that go into a sachet."""
    _frame(ax, x, y)
    _capsule(ax, x + 6, y + 11)
    _card(ax, x + 7, y + 25)
    _arrow(ax, (x + 20, y + 14), (x + 33, y + 22))
    _arrow(ax, (x + 20, y + 31), (x + 33, y + 27))
    _sachet(ax, x + 36, y + 10, size=22)


def _shuffle(ax: Axes, x: float, y: float) -> None:
    """Draw sachets in a heap, some drawn, the others into the bin."""
    _frame(ax, x, y)
    for dx, dy in ((5, 8), (13, 5), (21, 9), (8, 17), (17, 18), (12, 26), (22, 27)):
        _sachet(ax, x + dx, y + dy, size=9)
    _arrow(ax, (x + 33, y + 13), (x + 41, y + 13))
    for number in range(2):
        _sachet(ax, x + 43 + 3 * number, y + 7 + 3 * number, size=9)
    _arrow(ax, (x + 33, y + 34), (x + 41, y + 34))
    _bin(ax, x + 44, y + 28)


def _destroy(ax: Axes, x: float, y: float) -> None:
    """Draw a sheet of paper that is torn in two, and the bin."""
    _frame(ax, x, y)
    for left, turn in ((8, 0), (22, 3)):
        edge = [(0, 0), (11, 0), (9, 8), (12, 16), (9, 24), (11, 32), (0, 32)]
        points = [(x + left + (12 - dx if turn else dx), y + 7 + turn + dy) for dx, dy in edge]
        ax.fill(*zip(*points, strict=True), facecolor="white", edgecolor=INK)
    _arrow(ax, (x + 37, y + 27), (x + 42, y + 27))
    _bin(ax, x + 44, y + 28)


def _label(ax: Axes, x: float, y: float) -> None:
    """Draw sachets in a row with labels 1, 2, 3."""
    _frame(ax, x, y)
    for number in range(3):
        left = x + 4 + 19 * number
        _sachet(ax, left, y + 13, size=16)
        _box(ax, left + 3, y + 21, 10, 8, fill="white", round_by=0.5)
        write(ax, left + 8, y + 25, str(number + 1), mm=5, weight="bold")


def _dose(ax: Axes, x: float, y: float) -> None:
    """Draw a phone that scans a label; the card stays in the sachet."""
    _frame(ax, x, y)
    _box(ax, x + 5, y + 6, 19, 36, fill="white", round_by=2)
    _squares(ax, x + 9, y + 14, 11)
    _tick(ax, x + 13, y + 35)
    _arrow(ax, (x + 33, y + 24), (x + 26, y + 24))
    _sachet(ax, x + 35, y + 14, size=22)
    _box(ax, x + 41, y + 22, 10, 10, fill="white", round_by=0.5)
    _squares(ax, x + 42.5, y + 23.5, 7)


def _ask(ax: Axes, x: float, y: float) -> None:
    """Draw a questionnaire with a question mark."""
    _frame(ax, x, y)
    _box(ax, x + 8, y + 6, 24, 36, fill="white", round_by=1)
    for row in range(4):
        top = y + 13 + 7.5 * row
        for column in range(3):
            _ring(ax, x + 13 + 7 * column, top, filled=column == row % 3)
    write(ax, x + 46, y + 24, "?", mm=24, weight="bold", color=INK)


def _open(ax: Axes, x: float, y: float) -> None:
    """Draw a card that, after the last questionnaire, leaves the sachet."""
    _frame(ax, x, y)
    _box(ax, x + 4, y + 12, 15, 23, fill="white", round_by=1)
    _tick(ax, x + 9, y + 24)
    _arrow(ax, (x + 20.5, y + 24), (x + 27, y + 24))
    _sachet(ax, x + 28, y + 20, size=16)
    _arrow(ax, (x + 41, y + 19), (x + 46, y + 15))
    _box(ax, x + 44, y + 5, 14, 14, fill="white", round_by=0.5)
    _squares(ax, x + 46.5, y + 7.5, 9)


def _frame(ax: Axes, x: float, y: float) -> None:
    _box(ax, x, y, PICTURE_WIDTH, PICTURE_HEIGHT, fill="0.96", round_by=2, lw=0)


def _box(ax: Axes, x: float, y: float, w: float, h: float, **look: Any) -> None:
    from matplotlib.patches import FancyBboxPatch  # noqa: PLC0415  (matplotlib is heavy)

    style = f"round,pad=0,rounding_size={look['round_by']}"
    width = look.get("lw", 1.0)
    box = FancyBboxPatch((x, y), w, h, boxstyle=style, facecolor=look["fill"], edgecolor=INK)
    box.set_linewidth(width)
    ax.add_patch(box)


def _sachet(ax: Axes, x: float, y: float, *, size: float) -> None:
    """Draw a closed bag with its seam."""
    _box(ax, x, y, size, size * 1.1, fill=SHADE, round_by=0.8)
    seam = y + size * 0.2
    ax.plot([x, x + size], [seam, seam], color=INK, lw=0.8, linestyle=(0, (2, 1.5)))


def _bin(ax: Axes, x: float, y: float) -> None:
    ax.plot([x, x + 2, x + 11, x + 13], [y, y + 15, y + 15, y], color=INK, lw=1.2)
    ax.plot([x - 1, x + 14], [y, y], color=INK, lw=1.8)


def _capsule(ax: Axes, x: float, y: float) -> None:
    _box(ax, x, y, 11, 5, fill=SHADE, round_by=2.4)
    ax.plot([x + 5.5, x + 5.5], [y, y + 5], color=INK, lw=0.8)


def _card(ax: Axes, x: float, y: float) -> None:
    """Draw a folded card: two leaves, seen from the side."""
    ax.fill([x, x + 10, x + 10, x], [y + 4, y + 1, y + 9, y + 12], facecolor="white", edgecolor=INK)
    ax.plot([x, x + 9, x + 10], [y + 12, y + 13, y + 9], color=INK, lw=1)


def _squares(ax: Axes, x: float, y: float, size: float) -> None:
    """Draw something that reminds of a QR code and can never be scanned as one."""
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    unit = size / 7
    for left, top in ((0, 0), (4, 0), (0, 4)):
        corner = (x + left * unit, y + top * unit)
        ax.add_patch(Rectangle(corner, 3 * unit, 3 * unit, fill=False, edgecolor=INK, lw=1.2))
    for left, top in ((4, 4), (6, 4), (5, 5), (4, 6), (6, 6), (3, 3)):
        ax.add_patch(Rectangle((x + left * unit, y + top * unit), unit, unit, facecolor=INK, lw=0))


def _ring(ax: Axes, x: float, y: float, *, filled: bool) -> None:
    from matplotlib.patches import Circle  # noqa: PLC0415

    ax.add_patch(Circle((x, y), 1.9, facecolor=INK if filled else "white", edgecolor=INK))


def _tick(ax: Axes, x: float, y: float) -> None:
    ax.plot([x, x + 1.6, x + 4.6], [y, y + 1.8, y - 2.4], color=INK, lw=1.6)


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    look = {"arrowstyle": "-|>", "color": INK, "lw": 1.4}
    ax.annotate("", xy=end, xytext=start, arrowprops=look)


PICTURES: Mapping[str, Callable[[Axes, float, float], None]] = MappingProxyType({
    "prepare": _prepare,
    "pack": _pack,
    "shuffle": _shuffle,
    "destroy": _destroy,
    "label": _label,
    "dose": _dose,
    "ask": _ask,
    "open": _open,
})  # fmt: skip
"""Step to its drawing, whose upper left corner is given in millimetres."""
