"""The lines of a forest plot, top to bottom, and what is written in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.plots.style import shorten

if TYPE_CHECKING:
    import pandas as pd

LONGEST = 30
"""Letters of a study's name; the rest is cut."""


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


def forest_lines(
    frame: pd.DataFrame,
    summary: pd.DataFrame | None,
    prediction: tuple[float, float] | None,
    subgroup: str | None,
) -> list[Line]:
    """Put studies, headings of subgroups, summaries and the prediction interval in order."""
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


def name_of(line: Line) -> str:
    """Return what stands at the left of a line."""
    return shorten(line.text, LONGEST if line.kind == "study" else 2 * LONGEST)


def cells_of(frame: pd.DataFrame, name: str, lines: Sequence[Line]) -> list[str]:
    """Return a column of the frame as text, one a line."""
    cells = ["" if value is None or value != value else value for value in frame[name]]  # noqa: PLR0124
    shown = [f"{c:g}" if isinstance(c, float) else shorten(str(c), 22) for c in cells]
    return [shown[line.row] if line.row >= 0 else "" for line in lines]


def numbers_of(line: Line, digits: int, *, exponentiate: bool) -> str:
    """Return an estimate with its interval."""
    estimate, low, high = (np.exp(line.numbers) if exponentiate else line.numbers) + np.zeros(3)
    limits = f"[{low:.{digits}f}, {high:.{digits}f}]".replace("-", "−")
    if line.kind == "prediction":
        return limits
    if not np.isfinite(estimate):
        return ""
    return f"{estimate:.{digits}f} ".replace("-", "−") + limits


def weights_of(frame: pd.DataFrame, lines: Sequence[Line]) -> list[str]:
    """Return weights as percentages of their sum, one a line."""
    weight = frame["weight"].to_numpy(dtype=np.float64, na_value=np.nan)
    percent = 100 * weight / np.nansum(weight)
    known = [f"{share:.1f}%" if np.isfinite(share) else "" for share in percent]
    return [known[line.row] if line.row >= 0 else "" for line in lines]
