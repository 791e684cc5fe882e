"""P-scores as bars, best first, with where they would stand in another analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.plots.style import ACTIVE, CONTROL, INK, PAPER, new_axes, rows_only, shorten, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@styled
def rank(
    frame: pd.DataFrame,
    *,
    other: str | None = None,
    direction: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw a bar a treatment, the highest P-score on top.

    Parameters
    ----------
    frame : columns label, score, and where `other` is given other
        P-scores from 0 to 1; `other` those of a second analysis, drawn as open diamonds.
    other
        What the second analysis is, for the legend.
    direction
        Which values are good, for the axis.
    """
    ax = ax or new_axes((62 if other is None else 84) + 20 * len(frame))
    frame = frame.sort_values("score", ascending=False, kind="stable")
    score = frame["score"].to_numpy(dtype=np.float64)
    rows = np.arange(len(frame))[::-1]
    ax.barh(rows, score, 0.62, color=CONTROL, alpha=0.75, label="P-score")
    for y, value in zip(rows, score, strict=True):
        ax.text(1.03, y, f"{value:.2f}", va="center", fontsize=8.5, color=INK)
    if other is not None:
        ax.plot(
            frame["other"].to_numpy(dtype=np.float64), rows, "D", color=ACTIVE, label=other,
            markerfacecolor=PAPER, markersize=5.5, markeredgewidth=1.3, clip_on=False,
        )  # fmt: skip
        ax.legend(
            loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, fontsize=8,
        )  # fmt: skip
    rows_only(ax, [shorten(str(label), 26) for label in frame["label"]])
    ax.set_xlim(0, 1)
    ax.set_xlabel(f"P-score{f' ({direction})' if direction else ''}")
    return ax
