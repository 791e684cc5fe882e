"""Effects of participants in order of size: their own, and drawn towards everybody's mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.plots.style import (
    ACTIVE,
    FAINT,
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
def caterpillar(
    frame: pd.DataFrame,
    *,
    scale: str,
    mean: float | None = None,
    band: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw each participant's own effect and the shrunken one below it, the largest on top.

    Parameters
    ----------
    frame : columns label, estimate, low, high, shrunken, shrunken_low, shrunken_high
        As `individual_effects` returns it; NaN is not drawn.
    scale
        Units and direction, printed under the axis.
    mean
        Mean effect over people, a line.
    band
        Prediction interval of a new participant, a band.
    """
    order = frame["shrunken"].fillna(frame["estimate"]).to_numpy(dtype=np.float64)
    rows = frame.iloc[np.argsort(-order, kind="stable")]
    ax = ax or new_axes(76 + 20 * len(rows))
    if band is not None:
        ax.axvspan(*band, color=FAINT, alpha=0.35, linewidth=0, label="expected in a new person")
    if mean is not None:
        ax.axvline(mean, color=MUTED, linewidth=1, label="mean")
    looks = (
        (("estimate", "low", "high"), MUTED, "s", 0.16, "own data alone"),
        (("shrunken", "shrunken_low", "shrunken_high"), ACTIVE, "o", -0.16, "with everybody's"),
    )
    heights = np.arange(len(rows))[::-1]
    for columns, colour, marker, shift, name in looks:
        at, low, high = rows[list(columns)].to_numpy(dtype=np.float64).T
        seen = np.isfinite(at)
        if not seen.any():
            continue
        y = heights[seen] + shift
        ax.hlines(y, low[seen], high[seen], color=colour, linewidth=1.3)
        fill = PAPER if marker == "s" else colour
        ax.plot(at[seen], y, marker, color=colour, markerfacecolor=fill, markersize=4.5, label=name)
    no_effect_line(ax)
    rows_only(ax, [shorten(str(label)) for label in rows["label"]])
    ax.locator_params(axis="x", nbins=6)
    ax.set_xlabel(scale)
    ax.legend(
        loc="lower center", bbox_to_anchor=(0.45, 1), frameon=False, ncols=2, borderpad=0,
        handletextpad=0.5, columnspacing=1.2, fontsize=8.5, labelcolor=INK,
    )  # fmt: skip
    return ax
