"""A4 sheets in millimetres, written as PDF: same kits, same bytes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from equipoise.errors import DataError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 210.0, 297.0
MM_PER_INCH, POINTS_PER_MM = 25.4, 72 / 25.4
FONT = "DejaVu Sans"


def sheet() -> tuple[Figure, Axes]:
    """Return an empty A4 page whose axes count millimetres from the upper left corner."""
    from matplotlib.figure import Figure  # noqa: PLC0415  (matplotlib is heavy)

    page = Figure(figsize=(WIDTH / MM_PER_INCH, HEIGHT / MM_PER_INCH))
    ax = page.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0))
    ax.set_axis_off()
    return page, ax


def write(ax: Axes, x: float, y: float, text: str, *, mm: float, **settings: Any) -> None:
    """Write text whose letters are about so many millimetres high; `$` is no mathematics."""
    usual: dict[str, Any] = {"ha": "center", "va": "center", "parse_math": False, "family": FONT}
    ax.text(x, y, text, fontsize=mm * POINTS_PER_MM, **(usual | settings))


def write_to_fit(ax: Axes, x: float, y: float, text: str, *, mm: float, width: float) -> None:
    """Write text that is at most so wide, smaller and on several lines if it must be."""
    from textwrap import fill  # noqa: PLC0415

    size, wrapped = mm, text
    while size > 2:
        letters = max(int(width / (0.68 * size)), 1)  # bold letters are 0.68 as wide as high
        wrapped = fill(text, letters, break_long_words=True)
        if len(wrapped.splitlines()) <= 2:
            break
        size *= 0.9
    write(ax, x, y, wrapped, mm=size, weight="bold")


def draw_qr(ax: Axes, text: str, *, left: float, top: float, size: float) -> None:
    """Draw a QR code with its quiet zone, into a square of that size."""
    import segno  # noqa: PLC0415
    from matplotlib.patches import PathPatch  # noqa: PLC0415
    from matplotlib.path import Path as Outline  # noqa: PLC0415

    rows = list(segno.make(text, error="m", micro=False).matrix_iter(scale=1, border=4))
    cell = size / len(rows)
    corners: list[tuple[float, float]] = []
    for row, line in enumerate(rows):
        y = top + row * cell
        for column, filled in enumerate(line):
            if filled:
                x = left + column * cell
                corners += [(x, y), (x + cell, y), (x + cell, y + cell), (x, y + cell), (x, y)]
    codes = [Outline.MOVETO, Outline.LINETO, Outline.LINETO, Outline.LINETO, Outline.CLOSEPOLY]
    outline = Outline(corners, codes * (len(corners) // 5))
    ax.add_patch(PathPatch(outline, facecolor="black", edgecolor="black", linewidth=0.1))


def printable(text: str) -> str:
    """Return the text if the font has every letter of it.

    Raises
    ------
    DataError
        If a card would show a box instead: in an emergency nobody could read it.
    """
    missing = sorted({sign for sign in text if ord(sign) not in _letters()})
    if missing:
        raise DataError(
            f"The printed cards cannot show {', '.join(map(repr, missing))} of {text!r}. Name the "
            f"arms in letters of {FONT} (Latin, Greek, Cyrillic and others), or seal without "
            f"printing and write the cards by hand."
        )
    return text


def write_pdf(pages: Iterable[Figure], path: Path) -> None:
    """Write pages as a PDF that only its owner can read; no date in it."""
    import matplotlib as mpl  # noqa: PLC0415
    from matplotlib.backends.backend_pdf import PdfPages  # noqa: PLC0415

    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    undated: Any = {"CreationDate": None, "Creator": "equipoise", "Producer": None}
    with (
        os.fdopen(handle, "wb") as stream,
        mpl.rc_context({"pdf.fonttype": 42}),
        PdfPages(stream, metadata=undated) as pdf,
    ):
        for page in pages:
            pdf.savefig(page)


@cache
def _letters() -> frozenset[int]:
    from matplotlib.font_manager import findfont, get_font  # noqa: PLC0415

    return frozenset(get_font(findfont(FONT)).get_charmap())
