"""Every participant of a crossover as a line over the periods, sequence by sequence, with means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.plots.style import ACTIVE, CONTROL, FAINT, INK, PAPER, new_axes, shorten, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

GAP = 0.8
"""Between sequences, in periods."""


@styled
def crossover_profiles(
    frame: pd.DataFrame, *, control: str, scale: str, ax: Axes | None = None
) -> Axes:
    """Draw participants as thin lines and the mean of each sequence and period as a mark.

    Parameters
    ----------
    frame : columns participant, sequence, period, treatment, outcome
        As `crossover_table(...).frame`.
    control
        The treatment drawn as an open square; any other is a filled circle.
    scale
        Units, printed beside the axis.
    """
    ax = ax or new_axes(250)
    order = {period: k for k, period in enumerate(sorted(frame["period"].unique()))}
    ticks: list[float] = []
    labels: list[str] = []
    start = 0.0
    room = max(8, 50 // frame["sequence"].nunique())  # letters of a heading
    for sequence, rows in frame.groupby("sequence"):
        _lines(ax, rows, order, start)
        means = rows.groupby("period").agg({"outcome": "mean", "treatment": "first"})
        x = [start + order[period] for period in means.index]
        ax.plot(x, means["outcome"], color=INK, linewidth=1.6, zorder=3)
        for place, (_, mean) in zip(x, means.iterrows(), strict=True):
            _mark(ax, place, float(mean["outcome"]), control=mean["treatment"] == control)
        ticks += x
        labels += [
            f"{period:g}\n{shorten(str(t), 12)}" if isinstance(period, (int, float))
            else f"{shorten(str(period), 12)}\n{shorten(str(t), 12)}"
            for period, t in zip(means.index, means["treatment"], strict=True)
        ]  # fmt: skip
        people = rows["participant"].nunique()
        place = (x[0] + x[-1]) / 2
        ax.annotate(
            f"{shorten(str(sequence), room)}, n = {people}", (place, 1), (0, 4),
            xycoords=("data", "axes fraction"), textcoords="offset points", ha="center", fontsize=9,
        )  # fmt: skip
        start = x[-1] + 1 + GAP
    ax.set_xticks(ticks, labels)
    ax.set_xlim(min(ticks) - 0.4, max(ticks) + 0.4)
    ax.tick_params(axis="x", length=0)
    ax.set_xlabel("period and treatment")
    ax.set_ylabel(scale)
    return ax


def _lines(ax: Axes, rows: pd.DataFrame, order: dict[object, int], start: float) -> None:
    for _, own in rows.groupby("participant"):
        own = own.sort_values("period")  # noqa: PLW2901
        x = [start + order[period] for period in own["period"]]
        alone = "." if len(x) == 1 else ""  # a line of one point would not be seen
        ax.plot(x, own["outcome"], color=FAINT, linewidth=0.9, marker=alone, zorder=1)


def _mark(ax: Axes, x: float, y: float, *, control: bool) -> None:
    colour = CONTROL if control else ACTIVE
    ax.plot(
        x, y, "s" if control else "o", color=colour, zorder=4, markersize=7,
        markerfacecolor=PAPER if control else colour, markeredgewidth=1.4,
    )  # fmt: skip
