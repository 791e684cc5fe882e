"""Mean outcome of the people who got, and believed they got, each treatment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.plots.style import ACTIVE, CONTROL, PAPER, new_axes, shorten, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LOOKS = ((ACTIVE, "o", -0.1), (CONTROL, "s", 0.1))


@styled
def stratum_means(
    frame: pd.DataFrame, *, arms: tuple[str, str], scale: str, ax: Axes | None = None
) -> Axes:
    """Draw a mean with its interval for every guess, side by side for the two arms.

    Parallel lines mean that drug and belief add up; a steep line is belief, a gap is the drug.

    Parameters
    ----------
    frame : columns arm, guess, estimate, low, high
    arms
        Active and control arm.
    scale
        Units, printed beside the axis.
    """
    ax = ax or new_axes(250)
    guesses = sorted(dict.fromkeys(frame["guess"]), key=lambda g: (g == arms[0], str(g)))
    place = {guess: x for x, guess in enumerate(guesses)}
    for arm, (colour, marker, shift) in zip(arms, LOOKS, strict=True):
        rows = frame[frame["arm"] == arm]
        if rows.empty:
            continue
        rows = rows.assign(x=[place[g] + shift for g in rows["guess"]]).sort_values("x")
        fill = colour if arm == arms[0] else PAPER
        ax.plot(rows["x"], rows["estimate"], color=colour, linewidth=0.9, alpha=0.6)
        ax.vlines(rows["x"], rows["low"], rows["high"], color=colour, linewidth=1.5)
        ax.plot(
            rows["x"], rows["estimate"], marker, color=colour, markerfacecolor=fill, markersize=6,
            label=f"{shorten(arm, 16)} arm",
        )  # fmt: skip
    ax.set_xlim(-0.45, len(guesses) - 0.55)
    ax.set_xticks(range(len(guesses)), [f"believed\n{shorten(str(g), 16)}" for g in guesses])
    ax.tick_params(axis="x", length=0)
    ax.set_ylabel(scale)
    ax.legend(
        loc="lower left", bbox_to_anchor=(0, 1), frameon=False, ncols=2, borderpad=0,
        handletextpad=0.3, columnspacing=1.2,
    )  # fmt: skip
    return ax
