"""A league table as a heat map: every treatment (row) against every other (column)."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

from equipoise.plots.style import ACTIVE, CONTROL, INK, MUTED, PAPER, new_axes, shorten, styled

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes


@styled
def league_heat(
    frame: pd.DataFrame,
    *,
    order: Sequence[str],
    scale: str,
    exponentiate: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw the effect of each row's treatment less the column's, with its interval.

    Parameters
    ----------
    frame : columns first, second, estimate, low, high
        Every ordered pair.
    order
        Treatments from top to bottom and left to right; their names stand on the diagonal.
    scale
        Units and direction, printed below.
    exponentiate
        Effects are logarithms of ratios: write ratios, row over column.
    """
    count = len(order)
    cell = 62 if count <= 10 else 40
    ax = ax or new_axes(cell * 0.62 * count + 40, width=cell * count + 20)
    place = {name: k for k, name in enumerate(order)}
    most = float(np.nanmax(np.abs(frame["estimate"].to_numpy(dtype=np.float64)), initial=1e-9))
    size = 7.2 if count <= 10 else 5.2
    for row in frame.itertuples():
        x, y = place[str(row.second)], count - 1 - place[str(row.first)]
        value, low, high = (float(v) for v in (row.estimate, row.low, row.high))  # type: ignore[arg-type]
        sure = low > 0 or high < 0
        hue = ACTIVE if value > 0 else CONTROL
        shade = to_rgba(hue, 0.1 + 0.45 * abs(value) / most if sure else 0.05)
        ax.add_patch(_box(x, y, shade))
        if exponentiate:
            value, low, high = np.exp([value, low, high])
        text = f"{_two(value)}\n{_two(low)} to {_two(high)}"
        ax.text(
            x, y, text, ha="center", va="center", fontsize=size, color=INK if sure else MUTED,
            linespacing=1.25,
        )  # fmt: skip
    for name, k in place.items():
        ax.add_patch(_box(k, count - 1 - k, to_rgba(MUTED, 0.22)))
        ax.text(
            k, count - 1 - k, _broken(name), ha="center", va="center", fontsize=size + 0.6,
            fontweight="bold",
        )  # fmt: skip
    ax.set(xlim=(-0.5, count - 0.5), ylim=(-0.5, count - 0.5), xticks=[], yticks=[])
    between, none = ("over", 1) if exponentiate else ("less", 0)
    foot = f"row {between} column: {scale}; coloured where the interval excludes {none}"
    ax.set_xlabel(fill(foot, int(cell * count / 4.6)), fontsize=8.5)  # 4.6 points a letter
    for side in ax.spines.values():
        side.set_visible(False)
    return ax


def _two(value: float) -> str:
    """Write two decimals, no zero below zero."""
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


def _box(x: float, y: float, colour: tuple[float, float, float, float]) -> Rectangle:
    return Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=colour, edgecolor=PAPER, linewidth=1.2)


def _broken(name: str) -> str:
    """Break a long name in two lines at a space near its middle."""
    if len(name) <= 11 or " " not in name:
        return shorten(name, 13)
    gaps = [k for k, letter in enumerate(name) if letter == " "]
    at = min(gaps, key=lambda k: abs(k - len(name) / 2))
    return f"{shorten(name[:at], 13)}\n{shorten(name[at + 1 :], 13)}"
