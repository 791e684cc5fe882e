"""A graphical testing procedure: hypotheses with their shares of alpha, arrows with what flows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from equipoise.plots.style import INK, MUTED, PAPER, WIDTH, new_axes, shorten, styled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

_NODE = 0.34  # radius of a hypothesis, where the ring has radius 1
_BEND = 0.14  # of an arrow, so that those to and fro do not lie on each other


@styled
def testing_graph(
    weights: ArrayLike,
    transitions: ArrayLike,
    *,
    labels: Sequence[str],
    rejected: Sequence[bool] = (),  # noqa: PT028  (no test, despite its name)
    ax: Axes | None = None,  # noqa: PT028
) -> Axes:
    """Draw a graph of Bretz et al. 2009.

    Parameters
    ----------
    weights : shape (m,)
        Shares of alpha.
    transitions : shape (m, m)
        What part of row j's share goes to column k when j is rejected.
    labels : length m
    rejected
        Rejected hypotheses are crossed out by a dashed outline and the word "rejected".
    """
    ax = ax or new_axes(WIDTH)
    w, G = np.asarray(weights, dtype=np.float64), np.asarray(transitions, dtype=np.float64)
    places = _places(len(w))
    radius = min(_NODE, 0.75 * math.sin(math.pi / len(w))) if len(w) > 2 else _NODE
    for j, k in zip(*np.nonzero(G), strict=True):
        _arrow(ax, places[j], places[k], float(G[j, k]), radius)
    for k, ((x, y), label) in enumerate(zip(places, labels, strict=True)):
        out = bool(rejected[k]) if len(rejected) else False
        _node(ax, x, y, radius, f"{shorten(str(label), 14)}\n{_fraction(float(w[k]))}", out=out)
    ax.set(xlim=(-1.45, 1.45), ylim=(-1.45, 1.45), aspect="equal")
    ax.axis("off")
    return ax


def _places(m: int) -> list[tuple[float, float]]:
    """Return the hypotheses' places: a row of two, a square of four as one reads, else a ring."""
    if m == 1:
        return [(0.0, 0.0)]
    if m == 4:
        return [(-0.8, 0.8), (0.8, 0.8), (-0.8, -0.8), (0.8, -0.8)]
    start = math.pi if m == 2 else math.pi / 2 + math.pi / m
    angles = [start - 2 * math.pi * k / m for k in range(m)]
    return [(math.cos(a), math.sin(a)) for a in angles]


def _node(ax: Axes, x: float, y: float, radius: float, text: str, *, out: bool) -> None:
    from matplotlib.patches import Circle  # noqa: PLC0415

    style = (0, (2, 2)) if out else "solid"
    colour = MUTED if out else INK
    ax.add_patch(
        Circle(
            (x, y),
            radius,
            facecolor=PAPER,
            edgecolor=colour,
            linewidth=1.2,
            linestyle=style,
            zorder=2,
        )
    )
    ax.text(
        x, y, text + ("\nrejected" if out else ""), ha="center", va="center", color=colour,
        fontsize=9 if radius > 0.3 else 7.5, zorder=3,
    )  # fmt: skip


def _arrow(
    ax: Axes, start: tuple[float, float], end: tuple[float, float], share: float, radius: float
) -> None:
    from matplotlib.patches import FancyArrowPatch  # noqa: PLC0415

    (x0, y0), (x1, y1) = start, end
    length = math.hypot(x1 - x0, y1 - y0)
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    nx, ny = -uy, ux  # to the left of the way
    side = 0.25 * radius
    tail = (x0 + ux * radius * 0.97 + nx * side, y0 + uy * radius * 0.97 + ny * side)
    head = (x1 - ux * radius * 1.04 + nx * side, y1 - uy * radius * 1.04 + ny * side)
    ax.add_patch(
        FancyArrowPatch(
            tail, head, arrowstyle="-|>", mutation_scale=10, color=MUTED, linewidth=1,
            connectionstyle=f"arc3,rad={-_BEND}", shrinkA=0, shrinkB=0, zorder=1,
        )
    )  # fmt: skip
    bulge = 0.5 * _BEND * math.hypot(head[0] - tail[0], head[1] - tail[1])
    at = 0.4  # nearer its tail, so that the numbers of crossing arrows stay apart
    ax.text(
        tail[0] + at * (head[0] - tail[0]) + nx * bulge,
        tail[1] + at * (head[1] - tail[1]) + ny * bulge,
        _fraction(share), ha="center", va="center", fontsize=8.5, zorder=4,
        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.0},
    )  # fmt: skip


def _fraction(value: float) -> str:
    """Write a share as people do: 1/2, 0.35, ε for next to nothing."""
    if 0 < value < 0.001:
        return "ε"
    for below in (2, 3, 4):
        for above in range(1, below):
            if abs(value - above / below) < 1e-9 and math.gcd(above, below) == 1:
                return f"{above}/{below}"
    return f"{value:.3g}"
