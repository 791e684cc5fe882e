"""Two outcomes of each study, their mean, and where a new study would lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.plots.style import ACTIVE, CONTROL, FAINT, INK, MUTED, new_axes, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]


@styled
def outcome_region(
    frame: pd.DataFrame,
    *,
    outcomes: tuple[str, str],
    centre: FloatArray,
    confidence: FloatArray,
    prediction: FloatArray,
    radius2: float,
    equal: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw studies with their errors, and the regions of the mean and of a new study.

    Parameters
    ----------
    frame : columns x, y, x_se, y_se
        One row a study that has both outcomes.
    outcomes
        Names of the axes.
    centre : shape (2,)
    confidence, prediction : shape (2, 2)
        Covariances of the mean, and of a new study's true effects.
    radius2
        Squared radius of both regions.
    equal
        Draw the line where both outcomes are equal: for arms, an odds ratio of 1.
    """
    ax = ax or new_axes(290)
    x, y, x_se, y_se = frame[["x", "y", "x_se", "y_se"]].to_numpy(dtype=np.float64).T
    ax.hlines(y, x - x_se, x + x_se, color=FAINT, linewidth=0.8, zorder=1)
    ax.vlines(x, y - y_se, y + y_se, color=FAINT, linewidth=0.8, zorder=1)
    ax.plot(x, y, "o", color=MUTED, markersize=3.5, label="studies, ± 1 se")
    for covariance, colour, style, name in (
        (confidence, ACTIVE, "-", "mean"),
        (prediction, CONTROL, "--", "a new study"),
    ):
        ring = _ellipse(centre, covariance, radius2)
        ax.plot(*ring, color=colour, linestyle=style, linewidth=1.4, label=name)
    ax.plot(*centre, "D", color=ACTIVE, markersize=4.5)
    if equal:
        ends = [max(ax.get_xlim()[0], ax.get_ylim()[0]), min(ax.get_xlim()[1], ax.get_ylim()[1])]
        ax.plot(ends, ends, color=MUTED, linewidth=0.8, linestyle=(0, (1, 2)), label="no effect")
    ax.set(xlabel=outcomes[0], ylabel=outcomes[1])
    ax.legend(
        loc="lower center", bbox_to_anchor=(0.45, 1), frameon=False, ncols=4, borderpad=0,
        handletextpad=0.5, handlelength=1.6, columnspacing=1.2, fontsize=8.5, labelcolor=INK,
    )  # fmt: skip
    return ax


def _ellipse(centre: FloatArray, covariance: FloatArray, radius2: float) -> FloatArray:
    """Return the border of a region, shape (2, 200)."""
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0))
    angle = np.linspace(0, 2 * np.pi, 200)
    return np.asarray(
        centre[:, None] + np.sqrt(radius2) * root @ np.stack([np.cos(angle), np.sin(angle)])
    )
