"""Judgements of risk of bias as dots: colour and sign, for nothing is said by colour alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

JUDGEMENTS = {
    "low": ("+", "#1b7f4d"),
    "some concerns": ("!", "#c98a00"),
    "moderate": ("!", "#c98a00"),
    "high": ("−", "#b3261e"),
    "serious": ("−", "#b3261e"),
    "critical": ("×", "#7a1019"),
    "no information": ("?", "#59616b"),
}
"""Sign and colour of a judgement of RoB 2 or ROBINS-I; anything else is no information."""


def judgement_dot(ax: Axes, x: float, y: float, judgement: str, *, size: float = 10.0) -> None:
    """Draw the dot of one judgement, `size` points wide."""
    word = " ".join(judgement.casefold().split())
    for ending in (" of bias", " risk"):
        word = word.removesuffix(ending)
    sign, colour = JUDGEMENTS.get(word, JUDGEMENTS["no information"])
    ax.plot(x, y, "o", color=colour, markersize=size, markeredgewidth=0, clip_on=False)
    ax.annotate(
        sign, (x, y), ha="center", va="center_baseline", size=0.85 * size, color="white",
        weight="bold", annotation_clip=False,
    )  # fmt: skip


def dot_titles(rob: Mapping[str, str] | Sequence[str]) -> dict[str, str]:
    """Return columns of judgements with headings of few letters."""
    if isinstance(rob, Mapping):
        return dict(rob)
    whole = {"rob", "overall", "all"}
    return {name: "All" if name.casefold() in whole else name[:3].upper() for name in rob}
