"""Judgements of risk of bias as dots: colour and sign, for nothing is said by colour alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from equipoise.plots.style import ACTIVE, CONTROL, FAINT, INK, MUTED, PAPER

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOOKS = {
    "low": (CONTROL, PAPER, "+"),
    "low except for concerns about uncontrolled confounding": (CONTROL, PAPER, "(+)"),
    "some concerns": (FAINT, INK, "−"),
    "moderate": (FAINT, INK, "−"),
    "high": (ACTIVE, PAPER, "×"),
    "serious": (ACTIVE, PAPER, "×"),
    "critical": (INK, PAPER, "!"),
    "no information": (PAPER, INK, "?"),
}
"""Level of RoB 2 or ROBINS-I: colour of the disc, colour of its sign, the sign. From good to bad.

One key for every figure: a sign that means one thing in the forest plot and another in the traffic
light would be read wrongly (signs after McGuinness & Higgins 2021).
"""
SHORT = {"low except for concerns about uncontrolled confounding": "low, confounding aside"}


def level_of(judgement: str) -> str:
    """Return the level that a cell names; anything that is none is no information."""
    word = " ".join(judgement.casefold().split())
    for ending in (" of bias", " risk"):
        word = word.removesuffix(ending)
    return word if word in LOOKS else "no information"


def key_of(judgements: Iterable[str]) -> str:
    """Say in one line what the signs of these judgements mean, from good to bad."""
    there = {level_of(judgement) for judgement in judgements}
    return " · ".join(
        f"{LOOKS[level][2]} {SHORT.get(level, level)}" for level in LOOKS if level in there
    )


def judgement_dot(ax: Axes, x: float, y: float, judgement: str, *, size: float = 10.0) -> None:
    """Draw the dot of one judgement, `size` points wide."""
    disc, colour, sign = LOOKS[level_of(judgement)]
    ax.plot(
        x, y, "o", color=disc, markersize=size, markeredgecolor=MUTED, markeredgewidth=0.5,
        clip_on=False,
    )  # fmt: skip
    ax.annotate(
        sign, (x, y), ha="center", va="center_baseline", color=colour, weight="bold",
        size=(0.6 if len(sign) > 1 else 0.85) * size, annotation_clip=False,
    )  # fmt: skip


def dot_titles(rob: Mapping[str, str] | Sequence[str]) -> dict[str, str]:
    """Return columns of judgements with headings of few letters."""
    if isinstance(rob, Mapping):
        return dict(rob)
    whole = {"rob", "overall", "all"}
    return {name: "All" if name.casefold() in whole else name[:3].upper() for name in rob}
