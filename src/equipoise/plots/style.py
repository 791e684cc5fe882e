"""The look that all figures share: one quiet typeface, six colours with a role each.

The colours are the light ones. `to_svg` turns each into a CSS variable named after its role, so
that a page can give it another value in the dark. Orange, blue and grey stay apart for the common
kinds of colour blindness, and no figure says anything by colour alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import matplotlib as mpl
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#1d2126"
MUTED = "#59616b"
FAINT = "#c4cad1"
PAPER = "#fffffd"
ACTIVE = "#b3470e"
CONTROL = "#1b5e98"
BELIEF = "#70409a"

ROLES = {
    INK: "ink",
    MUTED: "muted",
    FAINT: "faint",
    PAPER: "paper",
    ACTIVE: "active",
    CONTROL: "control",
    BELIEF: "belief",
}

WIDTH = 340
"""Points. A phone shows the figure at this size; a wider screen enlarges it."""

RC: dict[Any, Any] = {  # Any: matplotlib spells its keys as 300 literals
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.labelsize": 9.5,
    "axes.linewidth": 0.7,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.unicode_minus": True,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "font.family": "DejaVu Sans",  # comes with matplotlib, so the layout is the same everywhere
    "font.size": 9.5,
    "hatch.color": MUTED,
    "hatch.linewidth": 0.6,
    "lines.solid_capstyle": "butt",
    "svg.fonttype": "none",
    "svg.hashsalt": "equipoise",
    "text.color": INK,
    "text.parse_math": False,  # a dollar sign in a title is a dollar sign
    "xtick.color": MUTED,
    "xtick.labelcolor": INK,
    "xtick.labelsize": 9,
    "xtick.major.width": 0.7,
    "ytick.color": MUTED,
    "ytick.labelcolor": INK,
    "ytick.labelsize": 9,
    "ytick.major.width": 0.7,
}

P = ParamSpec("P")
R = TypeVar("R")


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Make a function draw in the house style, and leave the caller's settings as they were."""

    @wraps(draw)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        with mpl.rc_context(RC):
            return draw(*args, **kwargs)

    return wrapper


def new_axes(height: float, *, width: float = WIDTH) -> Axes:
    """Return empty axes of a new figure, sizes in points."""
    figure = Figure(figsize=(width / 72, height / 72), layout="constrained")
    axes: Axes = figure.subplots()
    return axes


def rows_only(ax: Axes, labels: list[str]) -> None:
    """Turn the y axis into a list of row labels, the first on top."""
    ax.set_ylim(-0.6, len(labels) - 0.4)
    ax.set_yticks(range(len(labels))[::-1], labels)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)


def no_effect_line(ax: Axes, *, horizontal: bool = False) -> None:
    """Mark zero, the value of no effect."""
    draw = ax.axhline if horizontal else ax.axvline
    draw(0, color=MUTED, linewidth=0.8, linestyle=(0, (1, 2)), zorder=0)


def shorten(text: str, width: int = 22) -> str:
    """Cut a long row label so that it leaves room for the picture."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"
