"""A figure as a file of its own: SVG, PDF or PNG, on paper colour. Same figure, same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl

from equipoise.plots.style import PAPER, RC

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

NO_DATE = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {"Software": None}}


def to_file(ax: Axes, path: Path) -> None:
    """Write the figure of `ax`; the suffix of the path says in which format."""
    figure = ax.get_figure(root=True)
    kind = path.suffix.lower().removeprefix(".")
    if figure is None or kind not in NO_DATE:
        raise ValueError(f"a figure is written to {', '.join(NO_DATE)}, not to {path.name}")
    with mpl.rc_context(RC):
        figure.savefig(path, format=kind, dpi=200, facecolor=PAPER, metadata=NO_DATE[kind])
