"""GRADE matrix: what lowered or raised the certainty, outcome by outcome."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from equipoise.plots.style import (
    ACTIVE,
    CONTROL,
    FAINT,
    INK,
    MUTED,
    PAPER,
    WIDTH,
    rows_only,
    shorten,
    styled,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

SIGNS = {1: "⊕⊖⊖⊖", 2: "⊕⊕⊖⊖", 3: "⊕⊕⊕⊖", 4: "⊕⊕⊕⊕"}
WORDS = {1: "very low", 2: "low", 3: "moderate", 4: "high"}


@styled
def grade_matrix(frame: pd.DataFrame, *, domains: Sequence[str]) -> Axes:
    """Draw levels lost and won in each domain, and the certainty that is left.

    Parameters
    ----------
    frame : columns outcome, one a domain, certainty
        A row an outcome, the first on top. Domains hold whole levels from -2 to 2, `certainty` 1
        (very low) to 4 (high); NaN where it was not judged.
    domains
        Columns, in order.
    """
    figure = Figure(figsize=(WIDTH / 72, (110 + 28 * len(frame)) / 72), layout="constrained")
    ax: Axes = figure.subplots()
    rows = np.arange(len(frame))[::-1]
    for x, domain in enumerate(domains):
        for y, change in zip(rows, frame[domain], strict=True):
            _cell(ax, x, y, change)
    end = len(domains)
    for y, level in zip(rows, frame["certainty"], strict=True):
        known = level == level and level is not None  # noqa: PLR0124  (NaN)
        said = f"{SIGNS[int(level)]}\n{WORDS[int(level)]}" if known else "not judged"
        ax.text(
            end + 0.55, y, said, ha="center", va="center", fontsize=8.5, color=INK, linespacing=1.1
        )
    rows_only(ax, [shorten(str(outcome), 20) for outcome in frame["outcome"]])
    ax.set_xlim(-0.55, end + 1.3)
    ax.xaxis.tick_top()
    ax.tick_params(axis="x", length=0, labelsize=8.5)
    ax.set_xticks([*range(end), end + 0.55], [*domains, "certainty"])
    for label in ax.get_xticklabels()[:-1]:
        label.set(rotation=38, ha="left", rotation_mode="anchor")
    ax.spines["bottom"].set_visible(False)
    return ax


def _cell(ax: Axes, x: int, y: float, change: float | None) -> None:
    known = change is not None and change == change  # noqa: PLR0124  (NaN)
    lost = int(change) if known and change is not None else 0
    paint = {-2: ACTIVE, -1: FAINT, 0: PAPER, 1: CONTROL, 2: CONTROL}[lost]
    text = {-2: PAPER, -1: INK, 0: MUTED, 1: PAPER, 2: PAPER}[lost]
    said = (f"{lost:+d}".replace("-", "−") if lost else "0") if known else "?"
    box = Rectangle((x - 0.44, y - 0.4), 0.88, 0.8, facecolor=paint, edgecolor=FAINT, linewidth=0.7)
    ax.add_patch(box)
    ax.text(x, y, said, ha="center", va="center", fontsize=9.5, color=text, fontweight="bold")
