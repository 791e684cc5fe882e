"""The funnel: effects against their standard errors, with contours of significance.

Contours about no effect (Peters et al. 2008, J Clin Epidemiol 61:991-996): studies missing where
results would not have been significant suggest selection; missing elsewhere, other causes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from scipy.special import ndtri

from equipoise.plots.style import (
    ACTIVE,
    FAINT,
    INK,
    MUTED,
    PAPER,
    new_axes,
    no_effect_line,
    styled,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

BANDS = ((0.10, 0.05, 0.35), (0.05, 0.01, 0.75))
"""p from, to, and how dark."""
LIMIT = float(ndtri(0.975))


@styled
def funnel(
    frame: pd.DataFrame,
    *,
    centre: float,
    scale: str,
    adjusted: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw studies, largest on top, in contours of their p values and the 95% pseudo-limits.

    Parameters
    ----------
    frame : columns estimate, se, and where some are imputed, filled
        A row a study; `filled` is true for those that trim and fill put in: they are hollow.
    centre
        The pooled effect, about which the pseudo-limits lie.
    scale
        Units and direction, printed under the axis.
    adjusted
        The pooled effect with the filled studies.
    ax
        Axes to draw on; a new figure by default.
    """
    ax = ax or new_axes(290)
    x, se = (frame[name].to_numpy(dtype=np.float64) for name in ("estimate", "se"))
    filled = frame["filled"].to_numpy(dtype=bool) if "filled" in frame else np.zeros(len(x), bool)
    bottom = 1.06 * float(se.max())
    handles = _contours(ax, bottom)
    ax.plot(
        centre + LIMIT * bottom * np.array([-1, 0, 1]), [bottom, 0, bottom],
        color=MUTED, linewidth=1, linestyle=(0, (4, 2)),
    )  # fmt: skip
    ax.plot([centre, centre], [bottom, 0], color=INK, linewidth=1.1)
    handles += [
        Line2D([], [], color=MUTED, linewidth=1, linestyle=(0, (4, 2)), label="95% pseudo-limits"),
        Line2D([], [], color=INK, linewidth=1.1, label="pooled"),
    ]
    if adjusted is not None:
        style: dict[str, Any] = {"color": ACTIVE, "linewidth": 1.3, "linestyle": (0, (5, 1, 1, 1))}
        ax.plot([adjusted, adjusted], [bottom, 0], **style)
        handles.append(Line2D([], [], label="with filled", **style))
    handles += _studies(ax, x, se, filled)
    no_effect_line(ax)
    _frame(ax, x, centre, bottom, scale)
    ax.figure.legend(
        handles=handles, loc="outside lower center", ncols=3, frameon=False,
        fontsize=7.5, handlelength=1.6, columnspacing=1.2, handletextpad=0.5,
    )  # fmt: skip
    return ax


def _contours(ax: Axes, bottom: float) -> list[Artist]:
    """Shade where a study would have these p values of no effect."""
    depth = np.array([0.0, bottom])
    handles: list[Artist] = []
    for high, low, dark in BANDS:
        near, far = (-float(ndtri(p / 2)) * depth for p in (high, low))
        for sign in (-1, 1):
            ax.fill_betweenx(
                depth, sign * near, sign * far, color=FAINT, alpha=dark, linewidth=0, zorder=0
            )
        handles.append(Patch(facecolor=FAINT, alpha=dark, label=f"p {high:.2f} to {low:.2f}"))
    return handles


def _studies(ax: Axes, x: np.ndarray, se: np.ndarray, filled: np.ndarray) -> list[Artist]:
    look: dict[str, Any] = {
        "linestyle": "none",
        "marker": "o",
        "markersize": 5.2,
        "markeredgewidth": 1.0,
    }
    handles: list[Artist] = []
    for which, name, inside, edge in (
        (~filled, "study", INK, PAPER), (filled, "filled in", PAPER, ACTIVE),
    ):  # fmt: skip
        if which.any():
            style = {**look, "markerfacecolor": inside, "markeredgecolor": edge}
            ax.plot(x[which], se[which], **style, zorder=3)
            handles.append(Line2D([], [], label=name, **style))
    return handles


def _frame(ax: Axes, x: np.ndarray, centre: float, bottom: float, scale: str) -> None:
    ends = [*x, centre - LIMIT * bottom, centre + LIMIT * bottom, 0.0]
    low, high = min(ends), max(ends)
    margin = 0.04 * (high - low)
    ax.set_xlim(low - margin, high + margin)
    ax.set_ylim(bottom, 0)
    ax.locator_params(axis="x", nbins=7)
    ax.set_xlabel(scale)
    ax.set_ylabel("standard error")
