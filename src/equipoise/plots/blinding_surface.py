"""The effect as a surface over what the two arms believe; the guess-rate curve is one path on it.

The surface is a plane, because the effect is a weighted sum of four means with weights linear in
the two probabilities: its contours are straight and parallel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.ticker import MaxNLocator

from equipoise.plots.style import ACTIVE, BELIEF, CONTROL, INK, MUTED, PAPER, new_axes, styled

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes

LINES = {"proportional": (BELIEF, "-"), "symmetric": (BELIEF, (0, (4, 2)))}
TICKS = ([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])


@styled
def blinding_surface(
    frame: pd.DataFrame,
    *,
    arms: tuple[str, str],
    better: int = 1,
    paths: Mapping[str, pd.DataFrame] | None = None,
    observed: tuple[float, float] | None = None,
    equal: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw contours of the effect over P(guess active) in each arm.

    Parameters
    ----------
    frame : columns pi1, pi0, estimate
        A full grid: P(guess active) in the active arm, in the control arm, and the effect.
    arms
        Active and control arm, for the axes.
    better
        1 if an effect above 0 favours the active arm, -1 if one below 0 does, 0 if neither.
    paths : columns pi1, pi0
        Lines on the surface, by name: "proportional" and "symmetric".
    observed
        (pi1, pi0) of the trial.
    equal
        The common probability at which the belief-standardised effect is read.
    """
    ax = ax or new_axes(350)
    grid = frame.pivot_table(index="pi1", columns="pi0", values="estimate").sort_index()
    pi1, pi0 = grid.index.to_numpy(), grid.columns.to_numpy()
    _contours(ax, pi0, pi1, grid.to_numpy(), better)
    ax.plot([0, 1], [0, 1], color=INK, linewidth=0.9)
    ax.text(
        0.93, 0.905, "belief equal", rotation=45, ha="right", va="top", rotation_mode="anchor",
        fontsize=9,
    )  # fmt: skip
    for name, path in (paths or {}).items():
        colour, dashes = LINES.get(name, (BELIEF, ":"))
        ax.plot(path["pi0"], path["pi1"], color=colour, linestyle=dashes, linewidth=1.5)
    if equal is not None:
        ax.plot(equal, equal, "D", color=BELIEF, markerfacecolor=PAPER, markersize=6)
    if observed is not None:
        ax.plot(observed[1], observed[0], "o", color=INK, markersize=7, markeredgecolor=PAPER)
    ax.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    ax.set_xlabel(f"share of the {arms[1]} arm who guess {arms[0]}")
    ax.set_ylabel(f"share of the {arms[0]} arm who guess {arms[0]}")
    ax.set_xticks(*TICKS)
    ax.set_yticks(*TICKS)
    return ax


def _contours(ax: Axes, x: np.ndarray, y: np.ndarray, z: np.ndarray, better: int) -> None:
    levels = np.asarray(MaxNLocator(8).tick_values(float(z.min()), float(z.max())))
    if len(levels) < 2 or np.ptp(z) == 0:  # flat: nothing to contour
        return
    middle = (levels[:-1] + levels[1:]) / 2 * (better or 1)
    depth = np.abs(middle) / (np.abs(middle).max() or 1) * 0.42
    hues = [ACTIVE if m > 0 else CONTROL for m in middle]
    if better == 0:
        hues = [MUTED] * len(hues)
    fills = [to_rgba(hue, alpha) for hue, alpha in zip(hues, depth, strict=True)]
    ax.contourf(x, y, z, levels=levels, colors=fills)
    widths = [1.6 if abs(level) < 1e-12 else 0.6 for level in levels]
    lines = ax.contour(x, y, z, levels=levels, colors=[MUTED], linewidths=widths)
    lines.set_linestyle("-")
    spots = _label_spots(x, y, z, levels)
    if spots:
        ax.clabel(lines, fontsize=9, colors=[INK], fmt=_signed, manual=spots)


def _label_spots(
    x: np.ndarray, y: np.ndarray, z: np.ndarray, levels: np.ndarray
) -> list[tuple[float, float]]:
    """Return where the plane reaches each level beside the falling diagonal, off the edges."""
    (low, here), (right, up) = z[0, [0, -1]], (np.ptp(x), np.ptp(y))
    slope_x, slope_y = (here - low) / right, (z[-1, 0] - low) / up
    t = np.linspace(0.05, 0.8, 301)
    along = low + slope_x * (t - x[0]) + slope_y * (0.85 - t - y[0])
    near = [int(np.abs(along - level).argmin()) for level in levels]
    return [(float(t[k]), float(0.85 - t[k])) for k in near if 0 < k < len(t) - 1]


def _signed(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")
