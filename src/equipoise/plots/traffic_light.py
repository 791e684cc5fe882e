"""Traffic light: risk of bias, study by domain, above bars of the weight that each level has.

A sign in each disc says the level without colour: + low, − some concerns, × high, ! critical, ? no
information (after McGuinness & Higgins 2021, Res Synth Methods 12:55-61).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from equipoise.plots.judgement_dots import LOOKS, SHORT
from equipoise.plots.style import MUTED, WIDTH, rows_only, shorten, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@styled
def traffic_light(frame: pd.DataFrame, *, domains: Mapping[str, str]) -> Axes:
    """Draw the levels of each result, and the share of the weight at each level.

    Parameters
    ----------
    frame : columns study, one a domain, overall, and weight
        A row a result, the first on top. Cells of domains and `overall` hold levels in words.
        Where a weight is missing, every result weighs the same.
    domains
        Column to the name of the domain, for the key below.

    Returns
    -------
    matplotlib.axes.Axes
        The upper panel; the bars are its neighbour in the figure.
    """
    columns = [*domains, "overall"]
    height = 18 * len(frame) + 21 * len(columns) + 130
    figure = Figure(figsize=(WIDTH / 72, height / 72), layout="constrained")
    upper: Axes
    lower: Axes
    ratios = (18 * len(frame) + 22, 21 * len(columns) + 34)
    upper, lower = figure.subplots(2, 1, height_ratios=ratios)
    _discs(upper, frame, columns)
    _bars(lower, frame, columns, domains)
    _key(figure, frame, columns)
    return upper


def _discs(ax: Axes, frame: pd.DataFrame, columns: list[str]) -> None:
    rows = np.arange(len(frame))[::-1]
    for x, column in enumerate(columns):
        at = x + (0.35 if column == "overall" else 0)  # apart: it follows from the others
        for row, level in zip(rows, frame[column], strict=True):
            disc, sign, mark = LOOKS[str(level)]
            ax.plot(
                at, row, "o", color=disc, markersize=12, markeredgecolor=MUTED, markeredgewidth=0.6
            )
            ax.text(
                at, row + 0.01, mark, color=sign, ha="center", va="center_baseline",
                fontsize=6.5 if len(mark) > 1 else 9.5, fontweight="bold",
            )  # fmt: skip
    rows_only(ax, [shorten(str(study), 26) for study in frame["study"]])
    ax.set_xlim(-0.6, len(columns) - 0.05)
    places = [x + (0.35 if column == "overall" else 0) for x, column in enumerate(columns)]
    ax.set_xticks(places, columns)
    ax.xaxis.tick_top()
    ax.tick_params(axis="x", length=0)
    ax.spines["bottom"].set_visible(False)


def _bars(ax: Axes, frame: pd.DataFrame, columns: list[str], domains: Mapping[str, str]) -> None:
    weight, weighted = _weights(frame)
    places = np.arange(len(columns))[::-1].astype(float)
    places[-1] -= 0.25
    left = np.zeros(len(columns))
    for level, (disc, sign, mark) in LOOKS.items():
        share = np.array([100 * weight[(frame[c] == level).to_numpy()].sum() for c in columns])
        if not share.any():
            continue
        ax.barh(places, share, left=left, height=0.72, color=disc, edgecolor=MUTED, linewidth=0.6)
        for y, start, width in zip(places, left, share, strict=True):
            if width > 6:
                ax.text(
                    start + width / 2, y, mark, color=sign, ha="center",
                    va="center_baseline", fontsize=8, fontweight="bold",
                )  # fmt: skip
        left += share
    names = [f"{key} {domains[key]}" if key in domains else key for key in columns]
    ax.set_yticks(places, [_wrapped(name) for name in names])
    ax.tick_params(axis="y", length=0, labelsize=8)
    ax.set_ylim(places.min() - 0.5, places.max() + 0.5)
    ax.spines["left"].set_visible(False)
    ax.set_xlim(0, 100)
    ax.set_xlabel("% of the weight" if weighted else "% of results, each weighing the same")


def _weights(frame: pd.DataFrame) -> tuple[np.ndarray, bool]:
    """Return shares that sum to 1, and whether they are those of the frame."""
    same = np.full(len(frame), 1 / len(frame))
    if "weight" not in frame or frame["weight"].isna().any():
        return same, False
    weight = frame["weight"].to_numpy(dtype=np.float64)
    return (weight / weight.sum(), True) if weight.sum() > 0 else (same, False)


def _key(figure: Figure, frame: pd.DataFrame, columns: list[str]) -> None:
    from matplotlib.lines import Line2D  # noqa: PLC0415

    there = {str(level) for column in columns for level in frame[column]}
    handles = [
        Line2D(
            [], [], linestyle="none", marker="o", color=disc, markersize=9, markeredgecolor=MUTED,
            markeredgewidth=0.6, label=f"{mark}  {SHORT.get(level, level)}",
        )
        for level, (disc, _, mark) in LOOKS.items()
        if level in there
    ]  # fmt: skip
    figure.legend(
        handles=handles, loc="outside lower center", ncols=min(len(handles), 3), frameon=False,
        handletextpad=0.1, columnspacing=1.4, fontsize=8.5, borderpad=0.2,
    )  # fmt: skip


def _wrapped(name: str, width: int = 27) -> str:
    """Break a long name in two, and cut what is still too long."""
    name = name.split(" (", maxsplit=1)[0]
    if len(name) <= width:
        return name
    cut = name.rfind(" ", 0, width)
    return f"{name[:cut]}\n{shorten(name[cut + 1 :], width)}"
