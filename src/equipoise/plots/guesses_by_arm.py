"""Who guessed what: one bar an arm, cut by the answers given."""

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
    shorten,
    styled,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes

FILLS = (ACTIVE, CONTROL, "#5d6b3c", "#7b5c6e")  # the arms, in the protocol's order
UNDECIDED = {"unsure": "unsure", "missing": "no guess"}


@styled
def guesses_by_arm(
    frame: pd.DataFrame, *, notes: Mapping[str, str] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the share of each answer within each arm.

    Parameters
    ----------
    frame : index arm, a column an answer, values counts
        The answers are arm names in the same order as the rows, then "unsure" and "missing".
    notes
        A line to print under an arm's bar, e.g. its blinding index.
    """
    ax = ax or new_axes(36 + 74 * len(frame))
    arms = [str(arm) for arm in frame.index]
    for row, arm in enumerate(arms):
        narrow = _bar(ax, len(arms) - 1 - row, frame.iloc[row], arms)
        ax.text(
            0, len(arms) - 1 - row + 0.27, f"{shorten(arm, 26)} arm: share who guessed …",
            ha="left", va="bottom", fontweight="bold",
        )  # fmt: skip
        below = {"left": (notes or {}).get(arm, ""), "right": ", ".join(narrow)}
        for side, note in below.items():
            ax.text(
                side == "right", len(arms) - 1 - row - 0.27, note, va="top", ha=side,
                color=MUTED, fontsize=9,
            )  # fmt: skip
    ax.set(xlim=(0, 1), ylim=(-0.62, len(arms) - 0.38), yticks=[])
    ax.set_xticks(np.linspace(0, 1, 5), ["0", "25", "50", "75", "100%"])
    ax.spines["left"].set_visible(False)
    return ax


def _bar(ax: Axes, y: float, counts: pd.Series, arms: list[str]) -> list[str]:
    """Draw one arm's bar; return what its narrow segments have no room to say."""
    total = max(float(counts.sum()), 1.0)
    left, narrow = 0.0, []
    for answer, count in counts.items():
        share = float(count) / total
        if share == 0:
            continue
        known = str(answer) in arms
        fill = FILLS[arms.index(str(answer)) % len(FILLS)] if known else FAINT
        hatch = "////" if answer == "missing" else None
        ax.barh(y, share, 0.48, left=left, color=fill, edgecolor=PAPER, linewidth=1, hatch=hatch)
        name = shorten(UNDECIDED.get(str(answer), str(answer)), 14)
        text = f"{name}\n{share:.0%} ({int(count)})"
        if share > 0.2:
            ax.text(
                left + share / 2, y, text, ha="center", va="center", linespacing=1.25,
                color=PAPER if known else INK,
            )  # fmt: skip
        else:
            narrow.append(f"{name} {share:.0%}")
        left += share
    return narrow
