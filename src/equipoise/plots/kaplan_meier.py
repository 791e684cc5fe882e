"""Kaplan-Meier curves with their bands, and how many people each point of them rests on."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.plots.style import ACTIVE, BELIEF, CONTROL, INK, MUTED, new_axes, shorten, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LOOKS = ((CONTROL, "--"), (ACTIVE, "-"), (BELIEF, "-."), (INK, ":"), (MUTED, "-"))
"""Colour and dashes by arm, the control arm first: neither alone tells arms apart."""

ROW = 25
"""Points that an arm takes under the axis: its name, then its people at risk."""


@styled
def kaplan_meier(
    frame: pd.DataFrame, *, scale: str, unit: str = "", ax: Axes | None = None
) -> Axes:
    """Draw the share without the event over time, one step curve an arm, people at risk below.

    Parameters
    ----------
    frame : columns arm, time, estimate, low, high, at_risk, censored
        A row an arm and time, the control arm first, the first row of each at time 0; NaN where a
        limit is not known. `survival_curves` makes it.
    scale
        What the height is: "without relapse".
    unit
        Of the time: "weeks".
    """
    arms = list(dict.fromkeys(frame["arm"]))
    if len(arms) > len(LOOKS):
        raise ValueError(f"{len(arms)} curves cannot be told apart; draw {len(LOOKS)} at most.")
    ax = ax or new_axes(230 + ROW * len(arms))
    end = float(frame["time"].max())
    ends = []
    for arm, (colour, dashes) in zip(arms, LOOKS, strict=False):
        rows = frame[frame["arm"] == arm].sort_values("time")
        columns = ["time", "estimate", "low", "high"]
        time, estimate, low, high = rows[columns].to_numpy(dtype=np.float64, na_value=np.nan).T
        ax.fill_between(time, low, high, step="post", color=colour, alpha=0.13, linewidth=0)
        ax.step(time, estimate, where="post", color=colour, linewidth=1.6, linestyle=dashes)
        gone = rows["censored"].to_numpy(dtype=np.float64) > 0
        ax.plot(time[gone], estimate[gone], "|", color=colour, markersize=5, markeredgewidth=0.8)
        ends.append((float(time[-1]), float(estimate[-1])))
    ax.set_xlim(0, end)
    ax.set_ylim(0, 1.02)
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    ax.locator_params(axis="x", nbins=5, steps=[1, 2, 3, 4, 5, 10])
    ax.set_ylabel(scale)
    _name_curves(ax, arms, ends)
    _people_at_risk(ax, frame, arms, unit)
    return ax


def _name_curves(ax: Axes, arms: list[str], ends: list[tuple[float, float]]) -> None:
    """Write each arm at the right end of its curve, moved apart where the ends are close."""
    names = ["\n".join(wrap(arm, 11)[:3]) for arm in arms]
    half = [0.038 * (1 + name.count("\n")) for name in names]
    order = sorted(range(len(arms)), key=lambda k: ends[k][1])
    middles: list[float] = []
    floor = 0.0
    for k in order:
        middles.append(max(ends[k][1], floor + half[k]))
        floor = middles[-1] + half[k]
    ceiling = 1.03
    for place, k in reversed(list(enumerate(order))):  # and down again from the top
        middles[place] = min(middles[place], ceiling - half[k])
        ceiling = middles[place] - half[k]
    for k, middle in zip(order, middles, strict=True):
        ax.annotate(
            names[k], (1, middle), xycoords=("axes fraction", "data"), xytext=(5, 0),
            textcoords="offset points", va="center", color=LOOKS[k][0], weight="bold",
            linespacing=1.0, annotation_clip=False,
        )  # fmt: skip


def _people_at_risk(ax: Axes, frame: pd.DataFrame, arms: list[str], unit: str) -> None:
    """Write under the time axis how many people are at risk at each of its ticks."""
    low, high = ax.get_xlim()
    ticks = [t for t in ax.get_xticks() if low <= t <= high]
    ax.set_xticks(ticks)
    # empty lines: the layout leaves room for labels of the axis, not for annotations
    ax.set_xlabel("\n".join([unit or "time", *[""] * (2 * len(arms) + 1)]))

    def write(text: str, x: float, y: float, **look: Any) -> None:
        ax.annotate(
            text, (x, 0), xycoords=("data", "axes fraction"), xytext=(0, y), va="top",
            textcoords="offset points", fontsize=8.5, annotation_clip=False, **look,
        )  # fmt: skip

    y = -35.0
    for arm, (colour, _) in zip(arms, LOOKS, strict=False):
        rows = frame[frame["arm"] == arm]
        write(f"at risk, {shorten(arm, 40)}", low, y, ha="left", color=colour)
        for tick in ticks:
            # at risk at a time: those whose own time is not before it
            later = rows.loc[rows["time"] >= tick, "at_risk"]
            count = int(later.iloc[0]) if len(later) else 0
            write(str(count), tick, y - ROW / 2 + 0.5, ha="center", color=INK)
        y -= ROW
