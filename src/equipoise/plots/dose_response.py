"""A pooled dose-response curve, drawn only where studies have arms.

Stretches without an arm stay empty and say so; regions of dose carry their share of the data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.plots.style import (
    ACTIVE,
    CONTROL,
    FAINT,
    INK,
    MUTED,
    PAPER,
    new_axes,
    no_effect_line,
    shorten,
    styled,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@styled
def dose_response(
    curve: pd.DataFrame,
    arms: pd.DataFrame,
    regions: pd.DataFrame | None = None,
    *,
    scale: str,
    unit: str = "dose",
    ax: Axes | None = None,
) -> Axes:
    """Draw a curve with its band, the arms' contrasts, and shaded regions.

    Parameters
    ----------
    curve : columns dose, estimate, low, high, and where wanted shape_only
        NaN where no curve is drawn; a broken line where `shape_only` is true.
    arms : columns dose, estimate, weight
        The area of a point follows its weight.
    regions : columns name, low, high, studies, arms, people
        Shares of the data in each stretch of dose; None or no rows: not shaded.
    scale
        Units and direction, along the curve's axis.
    unit
        What the doses are in.
    """
    marked = regions is not None and len(regions) > 0
    ax = ax or new_axes(300 if marked else 240)
    dose = curve["dose"].to_numpy(dtype=np.float64)
    value, low, high = (curve[c].to_numpy(dtype=np.float64) for c in ("estimate", "low", "high"))
    span = float(dose.max() - dose.min())
    ax.set_xlim(dose.min() - 0.02 * span, dose.max() + 0.02 * span)
    ax.fill_between(dose, low, high, color=ACTIVE, alpha=0.16, linewidth=0)
    _curve(ax, dose, value, curve)
    alone = _alone(value)
    ax.vlines(dose[alone], low[alone], high[alone], color=ACTIVE, alpha=0.4, linewidth=4)
    ax.plot(dose[alone], value[alone], "_", color=ACTIVE, markersize=9, markeredgewidth=1.8)
    weight = arms["weight"].to_numpy(dtype=np.float64)
    ax.scatter(
        arms["dose"], arms["estimate"], s=4 + 60 * weight / weight.max(), facecolor="none",
        edgecolor=CONTROL, linewidth=0.8, zorder=3,
    )  # fmt: skip
    no_effect_line(ax, horizontal=True)
    bottom, top = _limits(ax, arms, low, high)
    for outside, edge, mark in ((value < bottom, bottom, "v"), (value > top, top, "^")):
        beyond = dose[alone & outside]
        ax.plot(beyond, np.full(len(beyond), edge), mark, color=ACTIVE, markersize=6, clip_on=False)
    _gaps(ax, dose, value)
    if marked and regions is not None:
        _regions(ax, regions)
    ax.set_xlabel(unit)
    ax.set_ylabel(scale)
    return ax


def _curve(ax: Axes, dose: np.ndarray, value: np.ndarray, curve: pd.DataFrame) -> None:
    """Draw the curve, broken where no study compares such a dose: there the shape speaks alone."""
    shape_only = np.zeros(len(dose), dtype=bool)
    if "shape_only" in curve:
        shape_only = curve["shape_only"].to_numpy(dtype=bool)
    ax.plot(dose, np.where(shape_only, np.nan, value), color=ACTIVE, linewidth=1.8)
    reached = shape_only | np.append(shape_only[1:], False) | np.append(False, shape_only[:-1])
    ax.plot(
        dose, np.where(reached, value, np.nan), color=ACTIVE, linewidth=1.5, linestyle=(0, (2, 1.5))
    )


def _alone(value: np.ndarray) -> np.ndarray:
    """Return which doses have an effect and empty space on both sides: a line shows none there."""
    seen = np.concatenate(([False], np.isfinite(value), [False]))
    return np.asarray(seen[1:-1] & ~seen[:-2] & ~seen[2:])


def _limits(ax: Axes, arms: pd.DataFrame, low: np.ndarray, high: np.ndarray) -> tuple[float, float]:
    """Give the axis to the middle of the points and to the band where it is narrow.

    A point outside is drawn as a mark at the edge: nothing is left out in silence.
    """
    y = arms["estimate"].to_numpy(dtype=np.float64)
    inner = np.quantile(y, [0.01, 0.99])
    width = high - low
    narrow = np.isfinite(width) & (width <= 3 * np.nanmedian(width))
    bottom = min(inner[0], float(low[narrow].min(initial=0.0)), 0.0)
    top = max(inner[1], float(high[narrow].max(initial=0.0)), 0.0)
    room = 0.06 * (top - bottom)
    bottom, top = bottom - room, top + room
    ax.set_ylim(bottom, top)
    for outside, at, mark in ((y < bottom, bottom, "v"), (y > top, top, "^")):
        ax.plot(
            arms["dose"][outside], np.full(int(outside.sum()), at), mark, color=CONTROL,
            markersize=4.5, clip_on=False,
        )  # fmt: skip
    return bottom, top


def _gaps(ax: Axes, dose: np.ndarray, value: np.ndarray) -> None:
    """Mark the stretches in which no curve is drawn."""
    empty = ~np.isfinite(value)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], empty.astype(int), [0]))))
    for start, stop in edges.reshape(-1, 2):
        left, right = float(dose[start - 1]), float(dose[stop])
        ax.axvspan(left, right, color=PAPER, linewidth=0, zorder=0.5)
        ax.vlines(
            (left, right), 0, 1, transform=ax.get_xaxis_transform(), color=MUTED, linewidth=0.7,
            linestyle=(0, (3, 3)), zorder=0.6,
        )  # fmt: skip
        ax.text(
            (left + right) / 2, 0.5, "no study here: no curve", ha="center", va="center",
            transform=ax.get_xaxis_transform(), color=MUTED, fontsize=8.5, rotation=90,
        )  # fmt: skip


def _regions(ax: Axes, regions: pd.DataFrame) -> None:
    """Shade every other region and write its shares under a key to the numbers."""
    left, right = ax.get_xlim()
    lines = []
    names = [str(name) for name in regions["name"]]
    limits = regions[["low", "high"]].to_numpy(dtype=np.float64)
    kinds = ("studies", "arms", "people")
    shares = regions[list(kinds)].to_numpy(dtype=np.float64, na_value=np.nan)
    for k, (name, (low, high), parts) in enumerate(zip(names, limits, shares, strict=True)):
        start, stop = max(float(low), left), min(float(high), right)
        if start >= stop:
            continue
        if k % 2 == 0:
            ax.axvspan(start, stop, color=FAINT, alpha=0.28, linewidth=0, zorder=0)
        if k:
            ax.axvline(start, color=MUTED, linewidth=0.6, zorder=0)
        known = zip(parts, kinds, strict=True)
        told = [f"{100 * share:.0f}% of {what}" for share, what in known if np.isfinite(share)]
        limit = "up" if np.isinf(high) else f"to {high:g}"
        lines.append(f"{shorten(name, 16)} ({low:g} {limit}): {', '.join(told)}")
    ax.set_title("\n".join(lines), fontsize=8.5, loc="left", color=INK, linespacing=1.5)
