"""Allocation procedures side by side: how often an arm is guessed, how many people are lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from equipoise.plots.style import ACTIVE, CONTROL, INK, MUTED, WIDTH, rows_only, shorten, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@styled
def allocation_judgement(frame: pd.DataFrame, *, warn: float, blind: float) -> Axes:
    """Draw guess rate and loss of each procedure, one a row.

    Parameters
    ----------
    frame : columns procedure, guess, loss
    warn
        Guess rate from which we advise against a procedure; a dashed line.
    blind
        Guess rate of somebody who knows only the ratio; a dotted line.

    Returns
    -------
    Axes
        Those of the guess rate; the loss stands to their right in the same figure.
    """
    size = (1.25 * WIDTH / 72, (64 + 17 * len(frame)) / 72)
    figure = Figure(figsize=size, layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
    rows = list(range(len(frame)))[::-1]
    left.axvline(blind, color=MUTED, linewidth=0.8, linestyle=(0, (1, 2)))
    left.axvline(warn, color=ACTIVE, linewidth=0.8, linestyle=(0, (4, 2)))
    for row, guess, loss in zip(rows, frame["guess"], frame["loss"], strict=True):
        over = guess > warn  # also by shape: never by colour alone
        left.plot(guess, row, "D" if over else "o", color=ACTIVE if over else CONTROL, markersize=5)
        crosses = warn - 0.3 * (warn - blind) < guess <= warn  # its number would: left of it then
        left.annotate(
            f"{guess:.3f}", (guess, row), xytext=(-6 if crosses else 6, 0),
            textcoords="offset points", ha="right" if crosses else "left", va="center",
            fontsize=7.5, color=INK,
        )  # fmt: skip
        right.plot([0, loss], [row, row], "-", color=MUTED, linewidth=2.2)
        right.annotate(
            f"{loss:.2f}", (loss, row), xytext=(4, 0), textcoords="offset points", va="center",
            fontsize=7.5, color=INK,
        )  # fmt: skip
    span = max(frame["guess"].max(), warn) - blind
    left.set_xlim(blind - 0.08 * span, blind + 1.4 * span)
    right.set_xlim(0, 1.45 * max(float(frame["loss"].max()), 0.1))
    rows_only(left, [shorten(text, 34) for text in frame["procedure"]])
    right.tick_params(axis="y", length=0)
    right.spines["left"].set_visible(False)
    left.set_xlabel("arms guessed right")
    right.set_xlabel("people lost")
    left.annotate(
        f"warning {warn:.2f}", (warn, len(frame) - 0.55), xytext=(3, 0),
        textcoords="offset points", va="bottom", color=ACTIVE, fontsize=7.5,
    )  # fmt: skip
    axes: Axes = left
    return axes
