"""Effect against blinding: does the effect fade where people could not tell?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.plots.style import (
    ACTIVE,
    BELIEF,
    CONTROL,
    FAINT,
    INK,
    MUTED,
    PAPER,
    new_axes,
    no_effect_line,
    styled,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

MARKS = ((CONTROL, "o"), (ACTIVE, "s"), (BELIEF, "D"), (INK, "^"), (MUTED, "v"))
"""Colour and shape of the design classes: none is known by colour alone."""


@styled
def blinding_regression(
    trials: pd.DataFrame,
    line: pd.DataFrame,
    *,
    scale: str,
    at_chance: Sequence[float] | None = None,
    line_label: str = "fitted line",
    ax: Axes | None = None,
) -> Axes:
    """Draw effects over the blinding index, each index with its own uncertainty.

    Parameters
    ----------
    trials : columns index, index_low, index_high, effect, weight, design
        Bubbles have areas in proportion to weight; a bar shows each index's interval.
    line : columns index, estimate, low, high
        The fitted line. Its band is drawn where there are trials; beyond, only a dashed line.
    scale
        Units and direction of the effect.
    at_chance
        Estimate, low and high at index 0.
    line_label
        Of the line in the legend, where there are several design classes.
    """
    ax = ax or new_axes(270)
    low, high = float(trials["index"].min()), float(trials["index"].max())
    _line(ax, line, low, high, line_label)
    ax.axvline(0, color=MUTED, linewidth=0.8, zorder=0)
    no_effect_line(ax, horizontal=True)
    ax.hlines(
        trials["effect"], trials["index_low"], trials["index_high"], color=FAINT, linewidth=1,
        zorder=1,
    )  # fmt: skip
    share = trials["weight"].to_numpy(dtype=np.float64) / float(trials["weight"].max())
    classes = list(dict.fromkeys(trials["design"]))
    for (colour, mark), name in zip(
        MARKS * (1 + len(classes) // len(MARKS)), classes, strict=False
    ):
        of = (trials["design"] == name).to_numpy()
        ax.scatter(
            trials["index"][of], trials["effect"][of], s=110 * share[of], marker=mark,
            facecolor="none", edgecolor=colour, linewidth=1.3, zorder=3, label=str(name),
        )  # fmt: skip
    if at_chance is not None:
        estimate, bottom, top = at_chance
        ax.vlines(0, bottom, top, color=INK, linewidth=2.2, zorder=4)
        ax.plot(0, estimate, "D", color=INK, markerfacecolor=PAPER, markersize=6, zorder=5)
    _frame(ax, trials, scale)
    if len(classes) > 1:
        _legend(ax, classes)
    return ax


def _line(ax: Axes, line: pd.DataFrame, low: float, high: float, label: str) -> None:
    """Draw the line: whole with its band among the trials, dashed beyond them."""
    table = line.sort_values("index")
    x = table["index"].to_numpy(dtype=np.float64)
    y, bottom, top = (
        table[c].to_numpy(dtype=np.float64, na_value=np.nan) for c in ("estimate", "low", "high")
    )
    inside = (x >= low) & (x <= high)
    ax.fill_between(x[inside], bottom[inside], top[inside], color=MUTED, alpha=0.18, linewidth=0)
    ax.plot(x[inside], y[inside], color=INK, linewidth=1.6, label=label)
    for part in (x <= low, x >= high):
        ax.plot(_joined(x, part), _joined(y, part), color=INK, linewidth=1.1, linestyle=(0, (4, 3)))


def _joined(values: NDArray[np.float64], part: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.where(part, values, np.nan)


def _frame(ax: Axes, trials: pd.DataFrame, scale: str) -> None:
    left = min(float(trials["index_low"].min()), 0.0)
    right = max(float(trials["index_high"].max()), 0.0)
    pad = 0.05 * (right - left)
    ax.set_xlim(left - pad, right + pad)
    ax.locator_params(nbins=6)
    ax.set_xlabel("blinding index (0 chance, 1 all guess right)")
    ax.set_ylabel(scale)


def _legend(ax: Axes, classes: Sequence[str]) -> None:
    figure = ax.get_figure(root=True)
    if figure is None:
        return
    handles, labels = ax.get_legend_handles_labels()
    legend = figure.legend(
        handles, labels, loc="outside upper left", ncols=min(len(classes) + 1, 3), frameon=False,
        handletextpad=0.2, columnspacing=1.2, borderpad=0,
    )  # fmt: skip
    for handle in legend.legend_handles:
        if handle is not None and hasattr(handle, "set_sizes"):
            handle.set_sizes([36])
