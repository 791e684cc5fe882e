"""Harms side by side: how often in each arm, and how much more often than in control.

The two-panel dot plot of Amit, Heiberger & Lane (2008), Pharm Stat 7:20-35.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from equipoise.plots.style import (
    ACTIVE,
    BELIEF,
    CONTROL,
    FAINT,
    INK,
    MUTED,
    WIDTH,
    no_effect_line,
    rows_only,
    shorten,
    styled,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

MARKS = ((CONTROL, "o"), (ACTIVE, "^"), (BELIEF, "s"), (MUTED, "D"))
"""Colour and shape of the arms, control first: no arm is known by colour alone."""


@styled
def harms_dot_plot(
    frame: pd.DataFrame, *, arms: Sequence[str], overall: int = 0, counted: str = "people"
) -> Axes:
    """Draw the share with each event by arm, and the difference to control with its interval.

    Parameters
    ----------
    frame : columns label, estimate, low, high, and one an arm
        A row an event, the first on top. The columns of arms hold shares from 0 to 1; estimate,
        low and high the difference of the second arm to the first, NaN where it has none.
    arms
        Control first.
    overall
        How many rows from the top are sums over events: a line parts them from the rest.
    counted
        What the shares are of: "people" or "participant-periods".

    Returns
    -------
    matplotlib.axes.Axes
        The left panel; the right one is its neighbour in the figure.
    """
    figure = Figure(figsize=(WIDTH / 72, (86 + 17 * len(frame)) / 72), layout="constrained")
    left: Axes
    right: Axes
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(1, 1.15))
    rows = np.arange(len(frame))[::-1]
    for ax in (left, right):
        ax.hlines(
            rows, 0, 1, transform=ax.get_yaxis_transform(), color=FAINT, linewidth=0.5, zorder=0
        )
        if 0 < overall < len(frame):
            ax.axhline(len(frame) - overall - 0.5, color=MUTED, linewidth=0.7)
    _shares(left, frame, rows, arms, counted)
    _differences(right, frame, rows, arms)
    rows_only(left, [shorten(str(label), 21) for label in frame["label"]])
    figure.legend(
        *left.get_legend_handles_labels(), loc="outside upper left", ncols=2, frameon=False,
        handletextpad=0.2, columnspacing=1.2, borderpad=0,
    )  # fmt: skip
    return left


def _shares(
    ax: Axes, frame: pd.DataFrame, rows: np.ndarray, arms: Sequence[str], counted: str
) -> None:
    most = 0.0
    for arm, (colour, mark) in zip(arms, MARKS * (1 + len(arms) // len(MARKS)), strict=False):
        percent = 100 * frame[arm].to_numpy(dtype=np.float64, na_value=np.nan)
        most = max(most, float(np.nanmax(percent, initial=0.0)))
        ax.plot(
            percent, rows, mark, color=colour, label=shorten(str(arm), 22), markersize=5.5,
            markerfacecolor="none" if mark == "o" else colour, markeredgewidth=1.3, clip_on=False,
        )  # fmt: skip
    most = max(1.08 * most, 1.0)
    ax.set_xlim(-0.05 * most, most)  # a mark at 0 keeps off the label
    ax.locator_params(axis="x", nbins=4)
    ax.set_xlabel("% of people" if counted == "people" else "% of periods")


def _differences(ax: Axes, frame: pd.DataFrame, rows: np.ndarray, arms: Sequence[str]) -> None:
    columns = ["estimate", "low", "high"]
    points = 100 * frame[columns].to_numpy(dtype=np.float64, na_value=np.nan)
    ax.hlines(rows, points[:, 1], points[:, 2], color=INK, linewidth=1.4)
    ax.plot(points[:, 0], rows, "o", color=INK, markersize=4.5)
    no_effect_line(ax)
    ax.locator_params(axis="x", nbins=4)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(f"difference to {shorten(str(arms[0]), 16)},\npercentage points")
