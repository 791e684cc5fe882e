"""A network of treatments: who was compared with whom, by how many studies and people."""

from __future__ import annotations

from itertools import combinations
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
    WIDTH,
    new_axes,
    shorten,
    styled,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

MARKS = (("o", CONTROL), ("s", ACTIVE), ("^", BELIEF), ("D", MUTED), ("v", INK), ("P", CONTROL))
"""Shape and colour of the kinds in their order: no kind is known by colour alone."""

ROUNDS = 12


@styled
def network_graph(nodes: pd.DataFrame, edges: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw treatments on a circle, in the order that crosses fewest lines.

    Parameters
    ----------
    nodes : columns label, people, and where known kind
        Area of a node by people; all alike where somebody's are unknown.
    edges : columns first, second, studies
        A line a comparison, its width by studies; the number stands on lines of several where
        they are few.
    """
    labels = [str(label) for label in nodes["label"]]
    reach = 1.16 + 0.05 * max(min(len(label), 24) for label in labels)  # room for names at the side
    ax = ax or new_axes(WIDTH * 1.28 / reach + (22 if "kind" in nodes else 0))
    place = {label: k for k, label in enumerate(labels)}
    pairs = [(place[a], place[b]) for a, b in zip(edges["first"], edges["second"], strict=True)]
    order = circular_order(len(labels), pairs)
    angle = np.empty(len(labels))
    angle[order] = np.pi / 2 - 2 * np.pi * np.arange(len(labels)) / len(labels)
    xy = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    studies = edges["studies"].to_numpy(dtype=np.float64)
    widest = 5.0 if len(pairs) <= 40 else 2.6
    for (a, b), k in zip(pairs, studies, strict=True):
        width = 0.7 + widest * (k - 1) / max(studies.max() - 1, 1)
        ax.plot(*xy[[a, b]].T, color=FAINT, linewidth=width, solid_capstyle="round", zorder=1)
    if len(pairs) <= 40:
        several = [(pair, int(k)) for pair, k in zip(pairs, studies, strict=True) if k > 1]
        for (x, y), (_, k) in zip(number_spots(xy, pairs, [p for p, _ in several]), several,
                                  strict=True):  # fmt: skip
            ax.text(
                x, y, f"{k}", fontsize=7.5, ha="center", va="center", color=MUTED, zorder=2,
                bbox={"boxstyle": "round,pad=0.12", "facecolor": PAPER, "edgecolor": "none"},
            )  # fmt: skip
    area = _areas(nodes)
    _nodes(ax, nodes, xy, area)
    away = 1.06 + np.sqrt(area / np.pi) * 2 * reach / WIDTH  # of a name, by its node's radius
    for label, (x, y), r in zip(labels, xy, away, strict=True):
        side = "center" if abs(x) < 0.12 else "left" if x > 0 else "right"
        above = "center" if abs(y) < 0.95 else "bottom" if y > 0 else "top"
        ax.text(r * x, r * y, shorten(label, 24), ha=side, va=above, fontsize=8.5, zorder=4)
    ax.set(xlim=(-reach, reach), ylim=(-1.28, 1.28), aspect="equal")
    ax.axis("off")
    return ax


def _areas(nodes: pd.DataFrame) -> np.ndarray:
    people = nodes["people"].to_numpy(dtype=np.float64, na_value=np.nan)
    known = bool(np.isfinite(people).all()) and people.max() > 0
    return 36 + 260 * people / people.max() if known else np.full(len(people), 90.0)


def _nodes(ax: Axes, nodes: pd.DataFrame, xy: np.ndarray, area: np.ndarray) -> None:
    kinds = nodes["kind"].fillna("").astype(str) if "kind" in nodes else None
    if kinds is None:
        ax.scatter(
            xy[:, 0], xy[:, 1], s=area, c=CONTROL, edgecolors=PAPER, linewidths=0.8, zorder=3
        )
        return
    for k, kind in enumerate(dict.fromkeys(kinds)):
        mark, colour = MARKS[k % len(MARKS)]
        chosen = (kinds == kind).to_numpy()
        ax.scatter(
            xy[chosen, 0], xy[chosen, 1], s=area[chosen], c=colour, marker=mark,
            edgecolors=PAPER, linewidths=0.8, zorder=3, label=kind or "treatment",
        )  # fmt: skip
    legend = ax.legend(
        loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=3, frameon=False, fontsize=8,
        handletextpad=0.2, columnspacing=1.0,
    )  # fmt: skip
    for handle in legend.legend_handles:
        if handle is not None and hasattr(handle, "set_sizes"):
            handle.set_sizes([40.0])


def number_spots(
    xy: np.ndarray, pairs: Sequence[tuple[int, int]], several: Sequence[tuple[int, int]]
) -> list[tuple[float, float]]:
    """Return where on each line of `several` its number keeps off other lines and numbers."""
    spots: list[tuple[float, float]] = []
    for a, b in several:
        tried = [xy[a] + t * (xy[b] - xy[a]) for t in (0.5, 0.4, 0.6, 0.32, 0.68, 0.25, 0.75)]
        others = [pair for pair in pairs if pair != (a, b)]

        def room(spot: np.ndarray, others: Sequence[tuple[int, int]] = tuple(others)) -> float:
            lines = [_distance(spot, xy[c], xy[d]) for c, d in others]
            numbers = [float(np.hypot(*(spot - np.array(done)))) for done in spots]
            return min([0.12, *lines, *(n / 2 for n in numbers)])

        best = max(tried, key=room)
        spots.append((float(best[0]), float(best[1])))
    return spots


def _distance(spot: np.ndarray, start: np.ndarray, end: np.ndarray) -> float:
    along = end - start
    t = float(np.clip((spot - start) @ along / (along @ along), 0, 1))
    return float(np.hypot(*(spot - start - t * along)))


def circular_order(count: int, pairs: Sequence[tuple[int, int]]) -> np.ndarray:
    """Return an order of `count` nodes round a circle, with few crossings of the lines `pairs`.

    Swaps of two nodes as long as one of them crosses fewer lines, or as many that are shorter;
    the same lines give the same order.
    """
    order = np.arange(count)
    if count < 4 or not pairs:
        return order
    ends = np.array(pairs)
    best = _crossings(order, ends)
    for _ in range(ROUNDS):
        before = best
        for i, j in combinations(range(count), 2):
            tried = order.copy()
            tried[[i, j]] = tried[[j, i]]
            now = _crossings(tried, ends)
            if now < best:
                order, best = tried, now
        if best == before:
            break
    return order


def _crossings(order: np.ndarray, ends: np.ndarray) -> tuple[int, int]:
    """Count crossings of chords, then how far round the circle lines reach."""
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    low, high = np.sort(place[ends], axis=1).T
    inside = (low[:, None] < low) & (low < high[:, None]) & (high[:, None] < high)
    span = high - low
    return int(inside.sum()), int(np.minimum(span, len(order) - span).sum())
