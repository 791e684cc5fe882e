"""How the effect depends on what nobody knows: how far benefit itself caused the guesses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.plots.style import BELIEF, INK, MUTED, PAPER, new_axes, no_effect_line, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@styled
def tipping_curve(
    frame: pd.DataFrame, *, scale: str, tipping: float | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the effect between its belief-standardised value (0) and the total effect (1).

    Parameters
    ----------
    frame : columns share, estimate, low, high
        `share` is the part of the guess difference that benefit caused, 0 to 1.
    scale
        Units and direction, printed beside the axis.
    tipping
        The smallest share at which the interval leaves 0.
    """
    ax = ax or new_axes(250)
    frame = frame.sort_values("share")
    share, estimate, low, high = (
        frame[c].to_numpy(dtype=np.float64, na_value=np.nan)
        for c in ("share", "estimate", "low", "high")
    )
    ax.fill_between(share, low, high, color=MUTED, alpha=0.2, linewidth=0)
    ax.plot(share, estimate, color=INK, linewidth=1.6)
    no_effect_line(ax, horizontal=True)
    ax.plot(share[0], estimate[0], "D", color=BELIEF, markerfacecolor=PAPER, clip_on=False)
    ax.plot(share[-1], estimate[-1], "o", color=INK, clip_on=False)
    if tipping is not None:
        ax.axvline(tipping, color=INK, linewidth=0.9, linestyle=(0, (4, 2)))
        right = tipping < 0.6
        ax.annotate(
            f"tips at {tipping:.2f}", (tipping, 0.98), xycoords=("data", "axes fraction"),
            xytext=(4 if right else -4, 0), textcoords="offset points", va="top",
            ha="left" if right else "right",
        )  # fmt: skip
    ax.set_xlim(0, 1)
    ax.set_xticks(
        [0, 0.25, 0.5, 0.75, 1], ["0\nbelief equal", "0.25", "0.50", "0.75", "1\ntotal effect"]
    )
    ax.set_xlabel("part of the guesses that benefit caused")
    ax.set_ylabel(scale)
    return ax
