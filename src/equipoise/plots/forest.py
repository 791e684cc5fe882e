"""The forest plot: every study with its interval and weight, what else is known of it, the pool.

Columns of text stand left of the intervals, the effect and the weight right of them, and further
right the judgements of risk of bias. For a phone, each study has two lines instead: text, and
under it the interval over the whole width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath
from matplotlib.transforms import blended_transform_factory

from equipoise.plots.forest_lines import (
    Line,
    cells_of,
    forest_lines,
    name_of,
    numbers_of,
    weights_of,
)
from equipoise.plots.judgement_dots import dot_titles, judgement_dot, key_of
from equipoise.plots.ratio_ticks import ratio_ticks
from equipoise.plots.style import ACTIVE, INK, MUTED, PAPER, WIDTH, shorten, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

SIZE, GAP, EDGE = 8.5, 9.0, 3.0
"""Points: size of text, space between columns, margin."""
PICTURE = 190.0
"""Points: width of the part with the intervals."""
DOT = 13.0
"""Points: width of a column of risk of bias."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where panels lie in a figure whose sizes are known in points.

    `text` and `mark` say where in its row, from -0.5 to 0.5, a line's words and interval are.
    """

    figure: Figure
    width: float
    height: float
    foot: float
    body: float
    rows: int
    text: float = 0.0
    mark: float = 0.0

    def panel(self, x: float, width: float) -> Axes:
        """Make axes of that width at x, one unit of y a row; y 0 is the heading."""
        box = (x / self.width, self.foot / self.height, width / self.width, self.body / self.height)
        ax = self.figure.add_axes(box)
        ax.set_ylim(self.rows + 0.5, 0.5 - self.top)
        ax.set_yticks([])
        for side in ("left", "right", "top", "bottom"):
            ax.spines[side].set_visible(False)
        ax.tick_params(axis="both", length=0)
        return ax

    @property
    def row(self) -> float:
        """Height of a row, points."""
        return (self.body - 16.0) / self.rows

    @property
    def top(self) -> float:
        """Height of the heading, rows."""
        return 16.0 / self.row

    def column(
        self,
        x: float,
        width: float,
        column: tuple[str, Sequence[str]],
        lines: Sequence[Line],
        align: Literal["left", "right"] = "left",
    ) -> None:
        """Write a column of text; on a phone over paper, since intervals' lines pass there."""
        title, cells = column
        behind = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.6} if self.mark else None
        ax = self.panel(x, width)
        ax.set_xlim(0, width)
        ax.set_xticks([])
        where = 0.0 if align == "left" else width
        ax.text(where, 0.5 - self.top / 2, title, ha=align, va="center", size=SIZE, color=MUTED)
        for y, (line, cell) in enumerate(zip(lines, cells, strict=True), start=1):
            weight = "bold" if line.kind in {"heading", "summary"} else "normal"
            if cell:
                ax.text(
                    where, y + self.text, cell, ha=align, va="center", size=SIZE, weight=weight,
                    bbox=behind,
                )  # fmt: skip


@styled
def forest(
    frame: pd.DataFrame,
    *,
    scale: str,
    summary: pd.DataFrame | None = None,
    prediction: tuple[float, float] | None = None,
    columns: Mapping[str, str] | Sequence[str] = (),
    rob: Mapping[str, str] | Sequence[str] = (),
    subgroup: str | None = None,
    favours: tuple[str, str] | None = None,
    exponentiate: bool = False,
    narrow: bool = False,
    heading: str = "Effect [interval]",
    note: str = "",
    digits: int = 2,
) -> Axes:
    """Draw studies, their weights, what is known of them, and what they say together.

    Parameters
    ----------
    frame : columns study, estimate, low, high; weight if known
        A row a study, on the scale of analysis (logarithms for ratios). Weights are shares or
        percentages: they are shown as percentages of their sum.
    scale
        What the numbers are; stands under the axis.
    summary : columns label, estimate, low, high; subgroup if there are several
        Diamonds: rows whose `subgroup` is empty stand at the foot, the others under theirs.
    prediction
        Low and high of the prediction interval, a bar under the diamond at the foot.
    columns
        Columns of text to show beside the names; a mapping gives their headings.
    rob
        Columns of judgements (low, some concerns, high, no information; ROBINS-I's too), drawn
        as dots with signs, in that order; a mapping gives headings of up to three letters.
    subgroup
        Column by which studies are grouped, in order of appearance.
    favours
        What values below and above no effect favour.
    exponentiate
        Estimates are logarithms of ratios: label the axis and the numbers with ratios.
    narrow
        For a phone: two lines a study, no wider than other figures. Else the width is what the
        columns need.
    heading, digits
        What stands over the numbers at the right, such as "g [95% CI]"; and their decimals.
    note
        A line at the foot, such as how far the studies differ.

    Returns
    -------
    matplotlib.axes.Axes
        The part with the intervals; the others are its neighbours in the figure.
    """
    lines = forest_lines(frame, summary, prediction, subgroup)
    if narrow:  # two lines a row are space enough
        lines = [line for line in lines if line.kind != "space"]
    texts = dict(columns) if isinstance(columns, Mapping) else {name: name for name in columns}
    dots = dot_titles(rob)
    left = [("", [name_of(line) for line in lines])]
    left += [(title, cells_of(frame, name, lines)) for name, title in texts.items()]
    right = [(heading, [numbers_of(line, digits, exponentiate=exponentiate) for line in lines])]
    if "weight" in frame:
        right.append(("Weight", weights_of(frame, lines)))
    under = bool(note) + bool(dots) if narrow else bool(note)  # lines below the axis and its title
    foot = 36.0 + 11.0 * (under + bool(favours))
    draw = _phone if narrow else _desk
    layout, ax, dots_at = draw(lines, left, right, DOT * len(dots), foot)
    if dots:
        base = 18.0 if narrow and note else 7.0  # on a desk, note and key stand side by side
        _risk_of_bias(
            layout.panel(dots_at, DOT * len(dots)), frame, lines, dots, layout, key_at=base
        )
    _intervals(ax, frame, lines, layout.mark)
    _axis(ax, len(lines), scale, favours, exponentiate=exponentiate)
    layout.figure.text(
        EDGE / layout.width, 7 / layout.height, note, va="center", size=SIZE - 1.5, color=MUTED
    )
    return ax


Columns = Sequence[tuple[str, list[str]]]


def _desk(
    lines: Sequence[Line], left: Columns, right: Columns, dots: float, foot: float
) -> tuple[_Layout, Axes, float]:
    """Lay columns side by side; return the part for intervals, and where dots begin."""
    widths = [_width(column) for column in (*left, *right)]
    total = 2 * EDGE + sum(widths) + GAP * len(widths) + PICTURE + (dots + GAP if dots else 0.0)
    body = 16.0 * (len(lines) + 1)
    height = body + foot + EDGE
    figure = Figure(figsize=(total / 72, height / 72))
    layout = _Layout(figure, total, height, foot, body, len(lines), text=0.06)
    x = EDGE
    for column, width in zip(left, widths, strict=False):
        layout.column(x, width, column, lines)
        x += width + GAP
    ax = layout.panel(x, PICTURE)
    x += PICTURE + GAP
    for column, width in zip(right, widths[len(left) :], strict=True):
        layout.column(x, width, column, lines, "right")
        x += width + GAP
    return layout, ax, x


def _phone(
    lines: Sequence[Line], left: Columns, right: Columns, dots: float, foot: float
) -> tuple[_Layout, Axes, float]:
    """Write what is known of a study in one line, and draw its interval below."""
    body = 16.0 + 28.0 * len(lines)
    height = body + foot + EDGE
    figure = Figure(figsize=(WIDTH / 72, height / 72))
    layout = _Layout(figure, WIDTH, height, foot, body, len(lines), text=-0.2, mark=0.22)
    effects = [
        " · ".join(filter(None, cells)) for cells in zip(*(c for _, c in right), strict=True)
    ]
    title = " · ".join(name for name, _ in right)
    taken = _width((title, effects))
    letters = int((WIDTH - 2 * EDGE - taken) / (0.6 * SIZE))
    known = [" · ".join(filter(None, cells)) for cells in zip(*(c for _, c in left), strict=True)]
    known = [shorten(text, max(letters, 12)) for text in known]
    ax = layout.panel(EDGE + 4, WIDTH - 2 * EDGE - 8 - (dots + GAP if dots else 0.0))
    layout.column(EDGE, WIDTH - 2 * EDGE, ("", known), lines)
    layout.column(EDGE, WIDTH - 2 * EDGE, (title, effects), lines, "right")
    return layout, ax, WIDTH - EDGE - dots


def _width(column: tuple[str, list[str]]) -> float:
    """Return the width of the widest cell, points, as if it were bold."""
    title, cells = column
    font = FontProperties(family="DejaVu Sans", weight="bold")
    widest = sorted({title, *cells}, key=len)[-5:]
    sizes = [TextPath((0, 0), t, size=SIZE, prop=font).get_extents().width for t in widest if t]
    return float(max(sizes, default=0.0))


def _limits(lines: Sequence[Line]) -> tuple[float, float]:
    """Show all estimates and summaries; cut intervals that reach far beyond (arrows tell)."""
    numbers = np.array([line.numbers for line in lines])
    studies = np.array([line.kind == "study" for line in lines])
    shown = [0.0, *numbers[:, 0], *numbers[~studies, 1], *numbers[~studies, 2]]
    low, high = float(np.nanmin(shown)), float(np.nanmax(shown))
    ends = numbers[studies][:, 1:]
    widths = (ends[:, 1] - ends[:, 0])[np.isfinite(ends).all(axis=1)]
    usual = float(np.median(widths)) if widths.size else 0.0  # studies much alike are shown whole
    reach = max(0.6 * ((high - low) or 1.0), usual)
    low = max(low - reach, min(low, float(np.nanmin(ends, initial=low))))
    high = min(high + reach, max(high, float(np.nanmax(ends, initial=high))))
    return low - 0.04 * (high - low), high + 0.04 * (high - low)


def _intervals(ax: Axes, frame: pd.DataFrame, lines: Sequence[Line], mark: float) -> None:
    left, right = _limits(lines)
    ax.set_xlim(left, right)
    weight = np.ones(len(frame))
    if "weight" in frame:
        weight = frame["weight"].to_numpy(dtype=np.float64, na_value=np.nan)
    sides = 2.5 + 5.5 * np.sqrt(weight / np.nanmax(weight))  # area goes with weight
    half = 0.32 if mark == 0 else 0.2
    for row, line in enumerate(lines, start=1):
        y = row + mark
        estimate, low, high = line.numbers
        if line.kind == "study" and np.isfinite(estimate):
            ax.hlines(y, max(low, left), min(high, right), color=INK, linewidth=1.1)
            for end, beyond, arrow in ((left, low < left, "<"), (right, high > right, ">")):
                if beyond:
                    ax.plot(end, y, arrow, color=INK, markersize=4, clip_on=False)
            side = sides[line.row] if np.isfinite(sides[line.row]) else 2.5
            ax.plot(estimate, y, "s", color=INK, markersize=side)
        elif line.kind == "summary":
            corners = [low, estimate, high, estimate], [y, y - half, y, y + half]
            ax.fill(*corners, facecolor=ACTIVE, edgecolor=ACTIVE, linewidth=0.8)
        elif line.kind == "prediction":
            ax.barh(y, high - low, half, left=low, facecolor=PAPER, edgecolor=ACTIVE, linewidth=1)
    for line in [line for line in lines if line.kind == "summary"][-1:]:
        ax.vlines(
            line.numbers[0], 0.5, len(lines) + 0.5, color=ACTIVE, linewidth=0.8,
            linestyle=(0, (3, 2)), zorder=0,
        )  # fmt: skip


def _axis(
    ax: Axes, rows: int, scale: str, favours: tuple[str, str] | None, *, exponentiate: bool
) -> None:
    ax.spines["bottom"].set_visible(True)
    ax.tick_params(axis="x", length=3, labelsize=SIZE, pad=2)
    ax.vlines(0, 0.5, rows + 0.5, color=MUTED, linewidth=0.8, zorder=0)
    left, right = ax.get_xlim()
    if exponentiate:
        ticks = ratio_ticks(left, right)
        ax.set_xticks(np.log(ticks), [f"{tick:g}" for tick in ticks])
    else:
        ax.locator_params(axis="x", nbins=5)
    ax.set_xlabel(scale, size=SIZE, labelpad=2)
    if favours is None:
        return
    below = blended_transform_factory(ax.transData, ax.transAxes)
    for text, align, side in ((f"← {favours[0]}", "right", -1), (f"{favours[1]} →", "left", 1)):
        ax.annotate(
            text, (0, 0), xycoords=below, xytext=(4 * side, -37), textcoords="offset points",
            ha=align, va="center", size=SIZE - 0.5, color=MUTED, annotation_clip=False,
        )  # fmt: skip


def _risk_of_bias(
    ax: Axes,
    frame: pd.DataFrame,
    lines: Sequence[Line],
    dots: Mapping[str, str],
    layout: _Layout,
    *,
    key_at: float,
) -> None:
    """Draw the dots, their headings, and the key of their signs, at that height in points."""
    ax.set_xlim(0, len(dots))
    ax.set_xticks([])
    phone = layout.mark != 0  # there, the heading stands above the effects: name dots at the foot
    y_title = layout.rows + 0.5 + 8 / layout.row if phone else 0.5 - layout.top / 2
    words = key_of(str(value) for name in dots for value in frame[name])
    ax.annotate(
        words, (1, 0), xycoords="axes fraction", xytext=(0, key_at - layout.foot),
        textcoords="offset points", ha="right", va="center", size=SIZE - 1.5, color=MUTED,
        annotation_clip=False,
    )  # fmt: skip
    for k, (name, title) in enumerate(dots.items()):
        ax.text(k + 0.5, y_title, title, ha="center", va="center", size=SIZE - 1.5, color=MUTED)
        cells = [str(value) for value in frame[name]]
        for y, line in enumerate(lines, start=1):
            if line.row >= 0:
                judgement_dot(ax, k + 0.5, y + layout.mark, cells[line.row])
