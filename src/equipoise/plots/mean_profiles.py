"""Mean of each arm over the visits, with intervals and the people behind every mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.plots.style import (
    ACTIVE,
    BELIEF,
    CONTROL,
    FAINT,
    INK,
    PAPER,
    new_axes,
    shorten,
    styled,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

LOOKS = ((ACTIVE, "o", "-"), (CONTROL, "s", (0, (5, 2))), (BELIEF, "D", "-."), (INK, "^", ":"))
"""Colour, marker and line of each arm: none is told by its colour alone."""
NEAR = 0.07
"""Share of the width below which two visits would run into each other."""


@styled
def mean_profiles(
    frame: pd.DataFrame,
    *,
    arms: Sequence[str],
    scale: str,
    days: Mapping[str, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a mean with its interval for every arm and visit, joined within arms.

    Parameters
    ----------
    frame : columns arm, visit, estimate, low, high, people
        Visits in order of appearance; `people` stand behind the mean, NaN to leave them out.
    arms
        In the order of their looks: the active arm first.
    scale
        Units, printed beside the axis.
    days
        Day of each visit, for a true time axis; even steps where a visit has none.
    """
    ax = ax or new_axes(225 + 14 * len(arms))
    visits = list(dict.fromkeys(frame["visit"]))
    at = _places(visits, days or {})
    reach = max(float(at[-1] - at[0]), 1.0)
    ends = []
    for k, arm in enumerate(arms):
        rows = frame[frame["arm"] == arm].set_index("visit").reindex(visits)
        if rows["estimate"].isna().all():
            continue
        colour, marker, line = LOOKS[k % len(LOOKS)]
        x = at + reach * 0.012 * (k - (len(arms) - 1) / 2)
        mean, low, high = (rows[c].to_numpy(dtype=np.float64) for c in ("estimate", "low", "high"))
        ax.plot(x, mean, color=colour, linewidth=1.3, linestyle=line)
        ax.vlines(x, low, high, color=colour, linewidth=1.3)
        fill = colour if k == 0 else PAPER
        ax.plot(x, mean, marker, color=colour, markerfacecolor=fill, markersize=5.5)
        seen = mean[np.isfinite(mean)]
        ends.append((float(seen[-1]), arm, colour))
        people = rows["people"].to_numpy(dtype=np.float64)
        _people_under(ax, at, people, line=k, arm=arm, colour=colour)
    ax.set_xticks(at, [shorten(str(visit), 10) for visit in visits])
    ax.set_xlim(float(at[0]) - 0.06 * reach, float(at[-1]) + 0.3 * reach)
    ax.spines["bottom"].set_bounds(float(at[0]) - 0.06 * reach, float(at[-1]) + 0.04 * reach)
    ax.set_ylabel(scale)
    ax.locator_params(axis="y", nbins=6)
    ax.grid(axis="y", color=FAINT, linewidth=0.4)
    ax.set_axisbelow(True)
    _names_at_the_end(ax, ends, float(at[-1]) + 0.04 * reach)
    return ax


def _places(visits: Sequence[str], days: Mapping[str, float]) -> NDArray[np.float64]:
    """Return days where all are known, rise and leave room for their labels; else even steps."""
    at = np.array([days.get(visit, np.nan) for visit in visits], dtype=np.float64)
    even = np.arange(len(visits), dtype=np.float64)
    if len(visits) < 2 or not np.isfinite(at).all():
        return even
    gaps = np.diff(at)
    return at if (gaps > NEAR * (at[-1] - at[0])).all() else even


def _people_under(
    ax: Axes,
    at: NDArray[np.float64],
    people: NDArray[np.float64],
    *,
    line: int,
    arm: str,
    colour: str,
) -> None:
    """Print how many people stand behind each mean, under the axis, a line an arm."""
    if np.isnan(people).all():
        return
    down = -24 - 13 * line
    for x, n in zip(at, people, strict=True):
        if np.isfinite(n):
            ax.annotate(
                f"{n:.0f}", (x, 0), (0, down), xycoords=("data", "axes fraction"),
                textcoords="offset points", ha="center", va="top", fontsize=8.5, color=colour,
            )  # fmt: skip
    ax.annotate(
        shorten(arm, 16), (1, 0), (0, down), xycoords="axes fraction", textcoords="offset points",
        ha="right", va="top", fontsize=8.5, color=colour,
    )  # fmt: skip


def _names_at_the_end(ax: Axes, ends: list[tuple[float, str, str]], x: float) -> None:
    """Write each arm's name beside the end of its line, one never on another."""
    low, high = ax.get_ylim()
    step = 0.075 * (high - low)
    placed = -np.inf
    for y, arm, colour in sorted(ends):
        placed = max(y, placed + step)
        ax.text(x, placed, shorten(arm, 14), color=colour, va="center", fontsize=9.5)
