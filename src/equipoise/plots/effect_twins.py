"""Each outcome's effect beside its twin: the same effect with belief made equal in both arms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.plots.style import (
    BELIEF,
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

SHIFT = 0.17
"""Rows above and below the row's middle at which the twins sit."""


@styled
def effect_twins(
    frame: pd.DataFrame, *, names: tuple[str, str], scale: str, ax: Axes | None = None
) -> Axes:
    """Draw two intervals for every row of a frame, the first row on top.

    Parameters
    ----------
    frame : columns label, first, first_low, first_high, second, second_low, second_high
        Both on one scale for all rows, e.g. standard deviations; NaN where not estimated.
    names
        What the two are, for the key above the first row.
    scale
        Units and direction, printed under the axis.
    """
    ax = ax or new_axes(70 + 23 * len(frame))
    rows = np.arange(len(frame))[::-1].astype(np.float64)
    alone = frame["second"].isna().all()
    looks = [("first", 0 if alone else SHIFT, INK, INK)]
    looks += [] if alone else [("second", -SHIFT, BELIEF, PAPER)]
    for (column, shift, colour, fill), name in zip(looks, names, strict=False):
        value, low, high = (
            frame[column + end].to_numpy(dtype=np.float64, na_value=np.nan)
            for end in ("", "_low", "_high")
        )
        ax.hlines(rows + shift, low, high, color=colour, linewidth=1.3)
        marker = "o" if column == "first" else "D"
        ax.plot(
            value, rows + shift, marker, color=colour, markerfacecolor=fill, markersize=4.6,
            label=name,
        )  # fmt: skip
    no_effect_line(ax)
    for row in rows[:-1]:
        ax.axhline(row - 0.5, color=MUTED, linewidth=0.25, zorder=0)
    rows_only(ax, [shorten(str(label)) for label in frame["label"]])
    ax.set_xlabel(scale)
    ax.legend(
        loc="lower left", bbox_to_anchor=(0, 1), frameon=False, ncols=1, borderpad=0,
        handletextpad=0.3, labelspacing=0.25,
    )  # fmt: skip
    return ax
