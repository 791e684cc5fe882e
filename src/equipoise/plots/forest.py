"""The forest plot: every study with its interval and weight, what else is known of it, the pool.

Columns of text stand left of the intervals, the weight right of them, and further right the
judgements of risk of bias, each a coloured dot with a sign, so that colour is not the only carrier.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from equipoise.plots.style import ACTIVE, FAINT, INK, MUTED, PAPER, shorten, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

ROW, SIZE, GAP = 16.0, 8.5, 9.0
"""Points: height of a row, size of its text, space between columns."""
PICTURE = 190.0
"""Points: width of the part with the intervals."""
DOT = 13.0
"""Points: width of a column of risk of bias."""
LONGEST = 30
"""Letters of a study's name; the rest is cut."""

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


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the plot: a study, a heading, a summary, or the prediction interval.

    Parameters
    ----------
    kind
        "study", "heading", "summary", "prediction" or "space".
    text
        What stands at its left.
    numbers
        Estimate, low and high, on the scale of analysis; NaN where it has none.
    row
        Which row of the frame it is; -1 if none.
    """

    kind: str
    text: str = ""
    numbers: tuple[float, float, float] = (np.nan, np.nan, np.nan)
    row: int = -1


@styled
def forest(
    frame: pd.DataFrame,
    *,
    scale: str,
    summary: pd.DataFrame | None = None,
    prediction: tuple[float, float] | None = None,
    columns: Mapping[str, str] | Sequence[str] = (),
    rob: Sequence[str] = (),
    subgroup: str | None = None,
    favours: tuple[str, str] | None = None,
    exponentiate: bool = False,
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
        Columns of text to show left of the picture; a mapping gives their headings.
    rob
        Columns of judgements, drawn as dots with signs, in that order; headed by their names.
    subgroup
        Column by which studies are grouped, in order of appearance.
    favours
        What values below and above no effect favour.
    exponentiate
        Estimates are logarithms of ratios: label the axis and the numbers with ratios.
    digits
        Decimals of the numbers at the right.

    Returns
    -------
    matplotlib.axes.Axes
        The part with the intervals; the others are its neighbours in the figure.
    """
    lines = _lines(frame, summary, prediction, subgroup)
    titles = dict(columns) if isinstance(columns, Mapping) else {name: name for name in columns}
    left = [("", [_name(line) for line in lines])]
    left += [(title, _cells(frame, name, lines)) for name, title in titles.items()]
    right = [("Effect [interval]", [_numbers(line, digits, exponentiate) for line in lines])]
    if "weight" in frame:
        right.append(("Weight", _weights(frame, lines)))
    widths = [_width(column) for column in (*left, *right)]
    total = sum(widths) + GAP * len(widths) + PICTURE + DOT * len(rob) + GAP
    foot = 34.0 + (11.0 if favours else 0.0)
    height = ROW * (len(lines) + 1) + foot + 4.0
    figure = Figure(figsize=(total / 72, height / 72))
    at = _Layout(figure, total, height, foot, ROW * (len(lines) + 1))
    x = at.texts(left, widths[: len(left)], lines, 0.0, align="left")
    ax = at.panel(x, PICTURE, len(lines))
    x = at.texts(right, widths[len(left) :], lines, x + PICTURE + GAP, align="right")
    if len(rob):
        _risk_of_bias(at.panel(x, DOT * len(rob), len(lines)), frame, lines, rob)
    _intervals(ax, frame, lines)
    _axis(ax, frame, lines, scale=scale, favours=favours, exponentiate=exponentiate)
    return ax


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where panels lie in a figure whose sizes are known in points."""

    figure: Figure
    width: float
    height: float
    foot: float
    body: float

    def panel(self, x: float, width: float, rows: int) -> Axes:
        """Make axes of that width at x, one unit of y a row, the heading on top."""
        box = (x / self.width, self.foot / self.height, width / self.width, self.body / self.height)
        ax = self.figure.add_axes(box)
        ax.set_ylim(rows + 0.5, -0.5 - 0.5)
        ax.set_yticks([])
        for side in ("left", "right", "top", "bottom"):
            ax.spines[side].set_visible(False)
        ax.tick_params(axis="both", length=0)
        return ax

    def texts(
        self,
        columns: Sequence[tuple[str, list[str]]],
        widths: Sequence[float],
        lines: Sequence[Line],
        x: float,
        *,
        align: str,
    ) -> float:
        """Write columns of text from x on; return where they end."""
        for (title, cells), width in zip(columns, widths, strict=True):
            ax = self.panel(x, width, len(lines))
            ax.set_xlim(0, width)
            ax.set_xticks([])
            where = 0.0 if align == "left" else width
            ax.text(where, -0.1, title, ha=align, va="center", size=SIZE, color=MUTED)  # type: ignore[arg-type]
            for y, (line, cell) in enumerate(zip(lines, cells, strict=True)):
                bold = line.kind in {"heading", "summary"}
                ax.text(
                    where, y + 1, cell, ha=align, va="center", size=SIZE, color=INK,  # type: ignore[arg-type]
                    weight="bold" if bold else "normal",
                )  # fmt: skip
            x += width + GAP
        return x


def _lines(
    frame: pd.DataFrame,
    summary: pd.DataFrame | None,
    prediction: tuple[float, float] | None,
    subgroup: str | None,
) -> list[Line]:
    values = frame[["estimate", "low", "high"]].to_numpy(dtype=np.float64, na_value=np.nan)
    names = [str(name) for name in frame["study"]]

    def study(row: int) -> Line:
        estimate, low, high = values[row]
        return Line("study", names[row], (estimate, low, high), row)

    if subgroup is None:
        lines = [study(row) for row in range(len(frame))]
    else:
        groups = [str(value) for value in frame[subgroup]]
        lines = []
        for group in dict.fromkeys(groups):
            lines += [Line("space")] if lines else []
            lines.append(Line("heading", group))
            lines += [study(row) for row in range(len(frame)) if groups[row] == group]
            lines += _summaries(summary, group)
    whole = _summaries(summary, None)
    lines += [Line("space"), *whole] if whole else []
    if prediction is not None:
        low, high = prediction
        lines.append(Line("prediction", "Prediction interval", (np.nan, low, high)))
    return lines


def _summaries(summary: pd.DataFrame | None, group: str | None) -> list[Line]:
    if summary is None:
        return []
    found = []
    for row in summary.to_dict("records"):
        own = row.get("subgroup")
        own = None if own is None or own != own or own == "" else str(own)  # noqa: PLR0124  (NaN)
        if own == group:
            numbers = (float(row["estimate"]), float(row["low"]), float(row["high"]))
            found.append(Line("summary", str(row["label"]), numbers))
    return found


def _name(line: Line) -> str:
    return shorten(line.text, LONGEST if line.kind == "study" else 2 * LONGEST)


def _cells(frame: pd.DataFrame, name: str, lines: Sequence[Line]) -> list[str]:
    cells = ["" if value is None or value != value else value for value in frame[name]]  # noqa: PLR0124
    shown = [f"{c:g}" if isinstance(c, float) else shorten(str(c), 22) for c in cells]
    return [shown[line.row] if line.row >= 0 else "" for line in lines]


def _numbers(line: Line, digits: int, exponentiate: bool) -> str:
    estimate, low, high = (np.exp(line.numbers) if exponentiate else line.numbers) + np.zeros(3)
    limits = f"[{low:.{digits}f}, {high:.{digits}f}]".replace("-", "−")
    if line.kind == "prediction":
        return limits
    if not np.isfinite(estimate):
        return ""
    return f"{estimate:.{digits}f} ".replace("-", "−") + limits


def _weights(frame: pd.DataFrame, lines: Sequence[Line]) -> list[str]:
    weight = frame["weight"].to_numpy(dtype=np.float64, na_value=np.nan)
    percent = 100 * weight / np.nansum(weight)
    return [f"{percent[line.row]:.1f}%" if line.row >= 0 else "" for line in lines]


def _width(column: tuple[str, list[str]]) -> float:
    """Return the width of the widest cell, points; bold ones are taken as such."""
    title, cells = column
    font = FontProperties(family="DejaVu Sans", weight="bold")
    widest = max([title, *cells], key=len)
    longest = sorted({widest, *sorted(cells, key=len)[-4:]}, key=len)
    return max(
        float(TextPath((0, 0), text, size=SIZE, prop=font).get_extents().width) if text else 0.0
        for text in longest
    )


def _limits(frame: pd.DataFrame, lines: Sequence[Line]) -> tuple[float, float]:
    """Show all estimates and summaries; cut intervals that reach far beyond (arrows tell)."""
    numbers = np.array([line.numbers for line in lines])
    studies = np.array([line.kind == "study" for line in lines])
    whole = numbers[~studies][:, 1:]
    points = numbers[:, 0]
    low, high = np.nanmin([*points, 0.0]), np.nanmax([*points, 0.0])
    if np.isfinite(whole).any():
        low, high = min(low, np.nanmin(whole)), max(high, np.nanmax(whole))
    span = high - low or 1.0
    reach = 0.6 * span
    ends = numbers[studies][:, 1:]
    low = max(low - reach, min(low, float(np.nanmin(ends))))
    high = min(high + reach, max(high, float(np.nanmax(ends))))
    return low - 0.04 * (high - low), high + 0.04 * (high - low)


def _intervals(ax: Axes, frame: pd.DataFrame, lines: Sequence[Line]) -> None:
    left, right = _limits(frame, lines)
    ax.set_xlim(left, right)
    weight = np.ones(len(frame))
    if "weight" in frame:
        weight = frame["weight"].to_numpy(dtype=np.float64, na_value=np.nan)
    side = 2.5 + 5.5 * np.sqrt(weight / np.nanmax(weight))  # area goes with weight
    for y, line in enumerate(lines, start=1):
        estimate, low, high = line.numbers
        if line.kind == "study" and np.isfinite(estimate):
            ax.hlines(y, max(low, left), min(high, right), color=INK, linewidth=1.1)
            for end, beyond, mark in ((left, low < left, "<"), (right, high > right, ">")):
                if beyond:
                    ax.plot(end, y, mark, color=INK, markersize=4, clip_on=False)
            ax.plot(estimate, y, "s", color=INK, markersize=side[line.row])
        elif line.kind == "summary":
            ax.fill(
                [low, estimate, high, estimate], [y, y - 0.32, y, y + 0.32], facecolor=ACTIVE,
                edgecolor=ACTIVE, linewidth=0.8,
            )  # fmt: skip
        elif line.kind == "prediction":
            ax.barh(y, high - low, 0.26, left=low, facecolor=PAPER, edgecolor=ACTIVE, linewidth=1)
    last = [line for line in lines if line.kind == "summary"][-1:]
    for line in last:
        ax.axvline(line.numbers[0], color=ACTIVE, linewidth=0.8, linestyle=(0, (3, 2)), zorder=0)


def _axis(
    ax: Axes,
    frame: pd.DataFrame,
    lines: Sequence[Line],
    *,
    scale: str,
    favours: tuple[str, str] | None,
    exponentiate: bool,
) -> None:
    bottom = len(lines) + 0.5
    ax.spines["bottom"].set_visible(True)
    ax.tick_params(axis="x", length=3, labelsize=SIZE, pad=2)
    ax.vlines(0, 0.5, bottom, color=MUTED, linewidth=0.8, zorder=0)
    left, right = ax.get_xlim()
    if exponentiate:
        ticks = _ratio_ticks(left, right)
        ax.set_xticks(np.log(ticks), [f"{tick:g}" for tick in ticks])
    else:
        ax.locator_params(axis="x", nbins=5)
    ax.set_xlabel(scale, size=SIZE, labelpad=2)
    if favours is None:
        return
    from matplotlib.transforms import blended_transform_factory  # noqa: PLC0415

    below = blended_transform_factory(ax.transData, ax.transAxes)
    height = ax.bbox.height * 72 / ax.figure.dpi
    for text, align, arrow in ((f"← {favours[0]}", "right", -1), (f"{favours[1]} →", "left", 1)):
        ax.annotate(
            text, (0, -33.0 / height), xycoords=below, xytext=(4 * arrow, 0),
            textcoords="offset points", ha=align, va="center", size=SIZE - 0.5, color=MUTED,
            annotation_clip=False,
        )  # fmt: skip


def _ratio_ticks(left: float, right: float) -> list[float]:
    """Return round ratios within two logarithms, at most six."""
    fine = [m * 10.0**e for e in range(-4, 5) for m in (1, 2, 5)]
    inside = [tick for tick in fine if left <= np.log(tick) <= right]
    if len(inside) > 6:
        inside = [10.0**e for e in range(-4, 5) if left <= e * np.log(10) <= right]
    if len(inside) < 3:
        more = [m / 100 for m in (50, 60, 70, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300, 400)]
        inside = [tick for tick in more if left <= np.log(tick) <= right]
        inside = inside[:: max(1, len(inside) // 5)] if 1.0 not in inside[::2] else inside[::2]
    return inside or [1.0]


def _risk_of_bias(ax: Axes, frame: pd.DataFrame, lines: Sequence[Line], rob: Sequence[str]) -> None:
    ax.set_xlim(0, len(rob))
    ax.set_xticks([])
    for k, name in enumerate(rob):
        title = name if len(name) <= 3 else name[:2]
        ax.text(k + 0.5, -0.1, title.upper(), ha="center", va="center", size=SIZE - 1, color=MUTED)
        cells = [str(value).strip().casefold() for value in frame[name]]
        for y, line in enumerate(lines, start=1):
            if line.row < 0:
                continue
            sign, colour = _judgement(cells[line.row])
            ax.plot(k + 0.5, y, "o", color=colour, markersize=10, markeredgewidth=0)
            ax.text(
                k + 0.5, y, sign, ha="center", va="center_baseline", size=SIZE, color="white",
                weight="bold",
            )  # fmt: skip
    ax.vlines(0, 0.5, len(lines) + 0.5, color=FAINT, linewidth=0.5)


def _judgement(cell: str) -> tuple[str, str]:
    words = cell.removesuffix(" risk").removesuffix(" of bias").removesuffix(" risk")
    return JUDGEMENTS.get(words, JUDGEMENTS["no information"])
