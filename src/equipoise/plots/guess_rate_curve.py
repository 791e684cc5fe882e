"""The effect that would be seen at every correct-guess rate, with its bands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.plots.style import BELIEF, INK, MUTED, PAPER, new_axes, no_effect_line, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@styled
def guess_rate_curve(
    frame: pd.DataFrame,
    *,
    scale: str,
    observed: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the curve, its pointwise band, and the wider band that holds everywhere at once.

    Parameters
    ----------
    frame : columns rate, estimate, low, high, band_low, band_high
        NaN where a band is not known.
    scale
        Units and direction, printed beside the axis.
    observed
        The rate and the effect seen in the trial.
    """
    ax = ax or new_axes(250)
    frame = frame.sort_values("rate")
    rate = frame["rate"].to_numpy(dtype=np.float64)
    bands = (("band_low", "band_high", 0.14), ("low", "high", 0.22))
    for low, high, alpha in bands:
        edges = frame[[low, high]].to_numpy(dtype=np.float64, na_value=np.nan)
        ax.fill_between(rate, edges[:, 0], edges[:, 1], color=BELIEF, alpha=alpha, linewidth=0)
    ax.plot(rate, frame["estimate"], color=BELIEF, linewidth=1.8)
    no_effect_line(ax, horizontal=True)
    ax.axvline(0.5, color=MUTED, linewidth=0.8, linestyle=(0, (1, 2)), zorder=0)
    if observed is not None:
        ax.plot(*observed, "o", color=INK, markersize=6, markeredgecolor=PAPER)
        ax.annotate(
            "observed", observed, xytext=(7, -3), textcoords="offset points", va="top",
        )  # fmt: skip
    ax.set_xlim(rate.min(), rate.max())
    ax.set_xticks(
        [0, 0.25, 0.5, 0.75, 1], ["0\nall wrong", "0.25", "0.50\nchance", "0.75", "1\nall right"]
    )
    ax.set_xlabel("share of guesses that are right")
    ax.set_ylabel(scale)
    return ax
