"""The flow of records through a review (PRISMA 2020): identified, screened, assessed, included."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from equipoise.plots.style import FAINT, INK, MUTED, WIDTH, new_axes, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LINE = 12.5  # points, of a line of text
GAP = 18.0  # points, between boxes
PAD = 6.0
BAND = 22.0  # the stage, written upwards at the left
ARROW = {"arrowstyle": "-|>", "color": MUTED, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0}
Lines = list[tuple[str, bool]]


@styled
def prisma_flow(frame: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw boxes from identification down to inclusion, what leaves the review beside them.

    Parameters
    ----------
    frame : columns stage, box, aside
        A row a box from top to bottom; lines of a text are separated by line breaks, the first
        is printed bold. `aside` leaves the review there; empty for none.
    """
    width = (WIDTH - BAND - 2 * GAP) / 2
    letters = int((width - 2 * PAD) / 5.9)  # bold letters are the widest
    boxes = [_lines(text, letters) for text in frame["box"]]
    asides = [_lines(text, letters) if text else [] for text in frame["aside"]]
    heights = [
        2 * PAD + LINE * max(len(box), len(aside)) for box, aside in zip(boxes, asides, strict=True)
    ]
    total = sum(heights) + GAP * (len(heights) - 1)
    ax = ax or new_axes(total)
    ax.set(xlim=(0, WIDTH), ylim=(total + 1, -1))
    ax.axis("off")
    left, right = BAND + GAP / 2, BAND + 1.5 * GAP + width
    tops = [sum(heights[:k]) + GAP * k for k in range(len(heights))]
    for k, (box, aside) in enumerate(zip(boxes, asides, strict=True)):
        own = 2 * PAD + LINE * len(box)
        _box(ax, left, tops[k], box, width=width, height=max(own, heights[k]))
        if aside:
            _box(ax, right, tops[k], aside, width=width, height=2 * PAD + LINE * len(aside))
            middle = tops[k] + PAD + LINE * len(aside) / 2
            ax.annotate("", (right, middle), (left + width, middle), arrowprops=ARROW)
        if k:
            x = left + width / 2
            ax.annotate("", (x, tops[k]), (x, tops[k] - GAP), arrowprops=ARROW)
    _bands(ax, list(frame["stage"]), tops, heights)
    for text in ax.texts:  # they lie inside boxes: the layout need not make room for them
        text.set_in_layout(False)
    return ax


def _lines(text: str, letters: int) -> Lines:
    """Wrap a text; a count in brackets stays whole. The first line is bold."""
    whole = str(text).replace("(n = ", "(n\u00a0=\u00a0")
    return [
        (part.replace("\u00a0", " "), place == 0)
        for place, line in enumerate(whole.split("\n"))
        for part in textwrap.wrap(line, letters, subsequent_indent="  " if place else "") or [""]
    ]


def _box(ax: Axes, x: float, y: float, lines: Lines, *, width: float, height: float) -> None:
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    ax.add_patch(Rectangle((x, y), width, height, facecolor="none", edgecolor=FAINT, linewidth=1))
    for k, (line, first) in enumerate(lines):
        ax.text(
            x + PAD, y + PAD + LINE * (k + 0.5), line, ha="left", va="center", fontsize=9.2,
            color=INK, fontweight="bold" if first else "normal",
        )  # fmt: skip


def _bands(ax: Axes, stages: list[str], tops: list[float], heights: list[float]) -> None:
    """Draw each stage as a band beside its boxes."""
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    for stage in dict.fromkeys(stages):
        rows = [k for k, one in enumerate(stages) if one == stage]
        top, end = tops[rows[0]], tops[rows[-1]] + heights[rows[-1]]
        ax.add_patch(Rectangle((0, top), BAND, end - top, facecolor=FAINT, edgecolor="none"))
        ax.text(
            BAND / 2, (top + end) / 2, stage, rotation=90, ha="center", va="center",
            fontsize=8.2 if end - top > 5 * len(stage) else 6.2, color=INK,
        )  # fmt: skip
