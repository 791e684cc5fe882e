"""How far a long work is, on standard error: a bar on a terminal, else a plain line a step."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import click

Step = Callable[[int, int, str], None]
"""Called with how many steps are done, how many there are, and what comes now."""

LABEL_WIDTH = 28  # so that the bar does not jump from step to step


@contextmanager
def steps() -> Iterator[Step]:
    """Give a function that shows each step as it begins."""
    if not sys.stderr.isatty():
        yield _line
        return
    with click.progressbar(length=1, file=sys.stderr, show_eta=False) as bar:

        def show(done: int, total: int, label: str) -> None:
            bar.length = total
            bar.label = label.ljust(LABEL_WIDTH)
            bar.update(done - bar.pos)
            bar.render_progress()

        yield show


def _line(done: int, total: int, label: str) -> None:
    if done < total:
        of = f" ({done + 1} of {total})" if total > 1 else " …"
        click.echo(f"{label}{of}", err=True)


@contextmanager
def downloading() -> Iterator[Callable[[int, int | None], None]]:
    """Give a function that shows the bytes that came; nothing is shown until some come."""
    with ExitStack() as stack:
        bars: list[Any] = []

        def show(done: int, total: int | None) -> None:
            if not bars and total:
                bar = click.progressbar(length=total, label="Downloading", file=sys.stderr)
                bars.append(stack.enter_context(bar))
            if bars:
                bars[0].update(done - bars[0].pos)

        yield show
