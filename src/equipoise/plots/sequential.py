"""Cumulative z against information, with the boundaries that end a sequential analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.plots.style import (
    ACTIVE,
    CONTROL,
    MUTED,
    new_axes,
    no_effect_line,
    styled,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@styled
def sequential(
    looks: pd.DataFrame,
    boundary: pd.DataFrame,
    *,
    required: float,
    conventional: float,
    unit: str,
    ax: Axes | None = None,
) -> Axes:
    """Draw looks, two-sided boundaries, and the required information.

    Parameters
    ----------
    looks : columns information, z
    boundary : columns information, bound, futility
        Infinite or NaN where there is none.
    required
        Information at which all error is spent.
    conventional
        The |z| of a single look, drawn for comparison.
    unit
        Of the information.
    """
    ax = ax or new_axes(270)
    x = looks["information"].to_numpy(dtype=np.float64)
    z = looks["z"].to_numpy(dtype=np.float64)
    at = boundary["information"].to_numpy(dtype=np.float64)
    bound = boundary["bound"].to_numpy(dtype=np.float64)
    top = max(4.5, 1.15 * float(np.abs(z).max()))
    ax.set_ylim(-top, top)
    right = max(float(x.max()), required)
    ax.set_xlim(0, 1.04 * right)
    shown = np.isfinite(bound)
    wedge = boundary["futility"].to_numpy(dtype=np.float64)
    for side in (1, -1):
        ax.plot(
            at[shown], side * bound[shown], "-", color=ACTIVE, linewidth=1.4,
            marker="_" if shown.sum() == 1 else None, markersize=12,
        )  # fmt: skip
        ax.axhline(side * conventional, color=MUTED, linewidth=0.7, linestyle=(0, (4, 3)))
        ax.plot(at, side * wedge, "-", color=MUTED, linewidth=1.2)
    ax.axvline(required, color=ACTIVE, linewidth=1.1, linestyle=(0, (2, 2)))
    ax.plot(np.append(0.0, x), np.append(0.0, z), "-o", color=CONTROL, markersize=4, linewidth=1.3)
    no_effect_line(ax, horizontal=True)
    away = -1.0 if z[-1] > 0 else 1.0  # names stand on the side where the looks are not
    _names(
        ax, at, bound, required=required, conventional=conventional, right=right, top=top, away=away
    )
    if np.isfinite(wedge).any():
        end = at[np.flatnonzero(np.isfinite(wedge))[-1]]
        ax.annotate(
            "futility", (end, 0), xytext=(-8, 7 * away), textcoords="offset points", ha="right",
            va="center", color=MUTED, fontsize=8.5,
        )  # fmt: skip
    ax.set_xlabel(unit)
    ax.set_ylabel("cumulative z")
    return ax


def _names(
    ax: Axes, at: np.ndarray, bound: np.ndarray, *, required: float, conventional: float,
    right: float, top: float, away: float,
) -> None:  # fmt: skip
    """Name the lines at their places: no legend to go back and forth to."""
    late = required > 0.5 * right
    ax.annotate(
        f"required: {required:,.0f}", (required, away * top),
        xytext=(-4 if late else 4, -4 * away), textcoords="offset points",
        ha="right" if late else "left", va="top" if away > 0 else "bottom", color=ACTIVE,
        fontsize=8.5,
    )  # fmt: skip
    ax.annotate(
        f"one look: {conventional:.2f}", (0, away * conventional), xytext=(4, -2 * away),
        textcoords="offset points", ha="left", va="top" if away > 0 else "bottom", color=MUTED,
        fontsize=8.5,
    )  # fmt: skip
    shown = np.flatnonzero(np.isfinite(bound) & (bound < 0.92 * top))
    if shown.size:
        k = shown[0]
        ax.annotate(
            "boundary", (at[k], away * bound[k]), xytext=(6, 4 * away), textcoords="offset points",
            color=ACTIVE, fontsize=8.5,
            ha="left" if at[k] < 0.75 * right else "right", va="bottom" if away > 0 else "top",
        )  # fmt: skip
