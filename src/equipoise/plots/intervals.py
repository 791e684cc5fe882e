"""Points with their intervals, one row each: the forest of any set of estimates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.plots.style import (
    INK,
    MUTED,
    PAPER,
    new_axes,
    no_effect_line,
    rows_only,
    shorten,
    styled,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@styled
def intervals(frame: pd.DataFrame, *, scale: str, ax: Axes | None = None) -> Axes:
    """Draw `estimate` with `low` to `high` for every row of a frame, the first row on top.

    A row without an estimate is a pair of bounds: it is drawn as an open bar, since no value
    within it is more likely than another.

    Parameters
    ----------
    frame : columns label, estimate, low, high
    scale
        Units and direction, printed under the axis.
    ax
        Axes to draw on; a new figure by default.
    """
    ax = ax or new_axes(48 + 20 * len(frame))
    columns = ["estimate", "low", "high"]
    numbers = frame[columns].to_numpy(dtype=np.float64, na_value=np.nan)
    for y, (estimate, low, high) in zip(range(len(frame))[::-1], numbers, strict=True):
        if np.isfinite(estimate):
            ax.hlines(y, low, high, color=INK, linewidth=1.4)
            ax.plot(estimate, y, "o", color=INK, markersize=5)
        elif np.isfinite(low) and np.isfinite(high):
            ax.barh(y, high - low, 0.36, left=low, facecolor=PAPER, edgecolor=MUTED, linewidth=1)
    no_effect_line(ax)
    rows_only(ax, [shorten(str(label), 28) for label in frame["label"]])
    ax.locator_params(axis="x", nbins=6)
    ax.set_xlabel(scale)
    return ax
