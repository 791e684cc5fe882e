"""What a trial says when imputed scores are shifted in both arms, and where its conclusion tips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.ticker import MaxNLocator

from equipoise.plots.style import ACTIVE, CONTROL, INK, MUTED, PAPER, new_axes, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray


@styled
def tipping_map(
    frame: pd.DataFrame,
    *,
    arms: tuple[str, str],
    scale: str,
    alpha: float = 0.05,
    ax: Axes | None = None,
) -> Axes:
    """Draw the estimate over the two deltas; hatched where p is at least alpha.

    Parameters
    ----------
    frame : columns active, control, estimate, p
        A full grid of the deltas of the active and of the control arm.
    arms
        Active and control arm, for the axes.
    scale
        Units and direction of the estimate.
    alpha
        Of the frontier.
    """
    ax = ax or new_axes(370)
    table = frame.pivot_table(index="active", columns="control")
    table = table.sort_index()
    y = table.index.to_numpy(dtype=np.float64)
    x = table["estimate"].columns.to_numpy(dtype=np.float64)
    estimate, p = table["estimate"].to_numpy(), table["p"].to_numpy()
    _shade(ax, x, y, estimate)
    _hatch(ax, x, y, p, alpha)
    if x[0] <= 0 <= x[-1] and y[0] <= 0 <= y[-1]:
        ax.plot(0, 0, "o", color=INK, markersize=6, markeredgecolor=PAPER, zorder=5)
    ax.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    ax.set_xlabel(f"added to imputed scores of {arms[1]}")
    ax.set_ylabel(f"added to imputed scores of {arms[0]}")
    ax.set_title(f"{scale}\nhatched: p ≥ {alpha:.2g}; dot: as imputed", fontsize=9.5, loc="left")
    return ax


def _shade(
    ax: Axes, x: NDArray[np.float64], y: NDArray[np.float64], z: NDArray[np.float64]
) -> None:
    """Fill between contours, orange above 0 and blue below, and label them."""
    levels = np.asarray(MaxNLocator(8).tick_values(float(z.min()), float(z.max())))
    if len(levels) < 2 or np.ptp(z) == 0:  # flat: nothing to contour
        return
    middle = (levels[:-1] + levels[1:]) / 2
    depth = np.abs(middle) / (np.abs(middle).max() or 1) * 0.42
    fills = [to_rgba(ACTIVE if m > 0 else CONTROL, a) for m, a in zip(middle, depth, strict=True)]
    ax.contourf(x, y, z, levels=levels, colors=fills)
    lines = ax.contour(x, y, z, levels=levels, colors=[MUTED], linewidths=0.6)
    lines.set_linestyle("-")
    ax.clabel(lines, fontsize=9, colors=[INK], fmt=_signed)


def _hatch(
    ax: Axes, x: NDArray[np.float64], y: NDArray[np.float64], p: NDArray[np.float64], alpha: float
) -> None:
    """Hatch where p is at least alpha, and draw the frontier."""
    if p.max() < alpha:
        return
    # contours of log p are nearly straight, those of p are not
    logged = np.log(np.maximum(p, 1e-300))
    ax.contourf(
        x, y, logged, levels=[np.log(alpha), 0.1], colors="none", hatches=[r"\\"]
    )  # across the contours
    if p.min() < alpha:
        edge = ax.contour(x, y, logged, levels=[np.log(alpha)], colors=[INK], linewidths=1.8)
        edge.set_linestyle("-")


def _signed(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")
