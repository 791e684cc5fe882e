"""Options that several verbs share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Command = TypeVar("Command", bound=Callable[..., Any])

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object and nothing else."
)
seed_option = click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Random seed."
)
draws_option = click.option(
    "--draws",
    type=click.IntRange(min=100),
    default=20_000,
    show_default=True,
    help="Bootstrap resamples of people.",
)
level_option = click.option(
    "--level",
    type=click.FloatRange(0.5, 0.9999),
    default=0.95,
    show_default=True,
    help="Coverage of the intervals.",
)
visit_option = click.option(
    "--visit", metavar="VISIT", help="One visit only; by default all after baseline."
)
interval_option = click.option(
    "--interval",
    type=click.Choice(["default", "wald"]),
    default="default",
    show_default=True,
    help="Blinding indices: intervals that stay in range, or estimate ± z se.",
)


def writable(path: Path) -> Path:
    """Return the path if a file can be written there: asked before the work, not after it.

    Raises
    ------
    click.BadParameter
        When its folder is missing, or may not be written to.
    """
    folder = path.absolute().parent
    if not folder.is_dir():
        raise click.BadParameter(f"There is no folder {folder}. Make it, or name another.")
    if path.is_dir():
        raise click.BadParameter(f"{path} is a folder. Name a file in it.")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise click.BadParameter(f"{path} may not be written. Name another file.")
    return path


def _writable(_ctx: click.Context, _param: click.Parameter, value: Path | None) -> Path | None:
    return value if value is None else writable(value)


def output_option(**settings: Any) -> Callable[[Command], Command]:
    """Add --output: the page, where it can be written."""
    kind = click.Path(dir_okay=False, path_type=Path)
    return click.option("--output", "-o", type=kind, callback=_writable, **settings)


FIGURES = (".svg", ".pdf", ".png")


def _figure(_ctx: click.Context, _param: click.Parameter, value: Path | None) -> Path | None:
    if value is None:
        return None
    if value.suffix.lower() not in FIGURES:
        raise click.BadParameter(f"{value.name} must end in {', '.join(FIGURES)}.")
    return writable(value)


def plot_option(help_text: str, name: str = "--plot") -> Callable[[Command], Command]:
    """Add --plot: a figure in the format that its name ends in, where it can be written."""
    kind = click.Path(dir_okay=False, path_type=Path)
    text = f"{help_text}: {', '.join(FIGURES[:-1])} or {FIGURES[-1]}."
    return click.option(name, type=kind, callback=_figure, metavar="FILE", help=text)


def write_figure(ax: Axes, path: Path) -> None:
    """Write a figure, and say so."""
    from equipoise.plots import to_file  # noqa: PLC0415  (matplotlib is heavy)

    to_file(ax, path)
    click.echo(f"Wrote {path}", err=True)
