"""How much of the pooled effect may be unblinding before the conclusion tips?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.plots.style import INK, MUTED, PAPER, new_axes, no_effect_line, styled

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes


@styled
def bias_tipping(
    frame: pd.DataFrame,
    *,
    scale: str,
    tipping: Mapping[str, float] | None = None,
    targets: Mapping[str, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the pooled effect less a supposed mean bias, over that bias.

    Parameters
    ----------
    frame : columns bias, estimate, low, high
    scale
        Units and direction of the effect.
    tipping
        Bias at which the interval touches each target, by name: marked on the interval's end.
    targets
        Value of each target; "no effect" is 0.
    """
    ax = ax or new_axes(260)
    frame = frame.sort_values("bias")
    bias, estimate, low, high = (
        frame[c].to_numpy(dtype=np.float64, na_value=np.nan)
        for c in ("bias", "estimate", "low", "high")
    )
    values = {"no effect": 0.0, **(targets or {})}
    ax.fill_between(bias, low, high, color=MUTED, alpha=0.2, linewidth=0)
    ax.plot(bias, estimate, color=INK, linewidth=1.6)
    no_effect_line(ax, horizontal=True)
    for name, value in values.items():
        if value:
            ax.axhline(value, color=MUTED, linewidth=0.8, linestyle=(0, (5, 3)), zorder=0)
            ax.annotate(
                name.replace(" difference", ""), (0.01, value), va="bottom",
                xycoords=("axes fraction", "data"), xytext=(0, 2), textcoords="offset points",
                color=MUTED, fontsize=8.5,
            )  # fmt: skip
    below = float(np.nanmean(estimate)) < 0
    ends = [float(np.nanmin(low)), float(np.nanmax(high)), *values.values()]
    pad = 0.06 * (max(ends) - min(ends))
    ax.set_ylim(min(ends) - pad, max(ends) + pad)
    for name, at in (tipping or {}).items():
        target = values[name]
        ax.plot([at, at], [target, ax.get_ylim()[0] if below else ax.get_ylim()[1]], color=INK,
                linewidth=0.9, linestyle=(0, (4, 2)), zorder=1)  # fmt: skip
        ax.plot(at, target, "o", color=INK, markerfacecolor=PAPER, markersize=6, zorder=4)
        ax.annotate(
            f"tips at {at:.2f}", (at, 0.02 if below else 0.98), xycoords=("data", "axes fraction"),
            xytext=(4, 0), textcoords="offset points", va="bottom" if below else "top",
        )  # fmt: skip
    ax.set_xlim(float(bias.min()), float(bias.max()))
    ax.set_xlabel("supposed bias of every trial, towards the pooled effect")
    ax.set_ylabel(scale)
    return ax
