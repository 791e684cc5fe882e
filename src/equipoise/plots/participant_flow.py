"""The flow of participants (CONSORT 2025): enrolled, allocated, received, left, analysed."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from equipoise.plots.style import FAINT, INK, MUTED, WIDTH, new_axes, styled

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

LINE = 12.5  # points, of a line of text
GAP = 16.0  # points, between boxes
PAD = 6.0
ARROW = {"arrowstyle": "-|>", "color": MUTED, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0}


@styled
def participant_flow(frame: pd.DataFrame, *, top: str, ax: Axes | None = None) -> Axes:
    """Draw boxes from enrolment down to analysis, a column an arm.

    Parameters
    ----------
    frame : columns are arms, rows are stages in order, values texts
        Lines of a text are separated by line breaks; the first is printed bold.
    top
        The text of the box above all arms.
    """
    columns = list(frame.columns)
    width = WIDTH / len(columns)
    letters = int((width - 2 * PAD - 6) / 5.3)
    texts = [[_wrapped(str(cell), letters) for cell in row] for row in frame.to_numpy()]
    head = _wrapped(top, int((0.8 * WIDTH) / 5.3))
    heights = [2 * PAD + LINE * max(len(cell) for cell in row) for row in texts]
    head_height = 2 * PAD + LINE * len(head)
    total = head_height + GAP + sum(heights) + GAP * len(heights)
    ax = ax or new_axes(total)
    ax.set(xlim=(0, WIDTH), ylim=(total, 0))
    ax.axis("off")
    centres = [width * (k + 0.5) for k in range(len(columns))]
    _box(ax, (WIDTH / 2, 0), 0.8 * WIDTH, head_height, head)
    _fork(ax, centres, head_height)
    y = head_height + GAP
    for place, (row, height) in enumerate(zip(texts, heights, strict=True)):
        for centre, cell in zip(centres, row, strict=True):
            if place:
                _down(ax, centre, y - GAP, y)
            _box(ax, (centre, y), width - 6, height, cell)
        y += height + GAP
    return ax


def _wrapped(text: str, letters: int) -> list[tuple[str, bool]]:
    """Return the lines that fit a box, and whether each belongs to the first line of the text."""
    return [
        (part, place == 0)
        for place, line in enumerate(text.split("\n"))
        for part in textwrap.wrap(line, letters) or [""]
    ]


def _box(
    ax: Axes,
    place: tuple[float, float],
    width: float,
    height: float,
    lines: Sequence[tuple[str, bool]],
) -> None:
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    centre, top = place
    corner = (centre - width / 2, top)
    ax.add_patch(Rectangle(corner, width, height, facecolor="none", edgecolor=FAINT, linewidth=1))
    for k, (line, first) in enumerate(lines):
        ax.text(
            centre, top + PAD + LINE * (k + 0.5), line, ha="center", va="center", fontsize=9.2,
            color=INK, fontweight="bold" if first else "normal",
        )  # fmt: skip


def _fork(ax: Axes, centres: Sequence[float], y: float) -> None:
    """Draw the lines from the top box to each column."""
    half = y + GAP / 2
    ax.plot([WIDTH / 2] * 2, [y, half], color=MUTED, linewidth=0.8)
    ax.plot([centres[0], centres[-1]], [half, half], color=MUTED, linewidth=0.8)
    for centre in centres:
        _down(ax, centre, half, y + GAP)


def _down(ax: Axes, x: float, start: float, end: float) -> None:
    ax.annotate(
        "", (x, end), (x, start),
        arrowprops=ARROW,
    )  # fmt: skip
