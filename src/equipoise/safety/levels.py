"""Stop, talk first, record: how strict a rule is, and what the facts' words mean in these terms."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from equipoise.errors import DataError
from equipoise.safety.part import FOLDER, Part, Text, read_yaml

Level = Literal["stop", "talk first", "record"]
LEVELS: tuple[Level, ...] = ("stop", "talk first", "record")
"""From the strictest to the mildest."""


class Handling(Part):
    """What a fact says to do, and the level that it means here."""

    handling: Text
    level: Level
    if_not: Level | None = None


def strictest(levels: list[Level]) -> Level | None:
    """Return the strictest of several levels; None for none.

    Examples
    --------
    >>> strictest(["record", "stop", "talk first"])
    'stop'
    """
    return min(levels, key=LEVELS.index, default=None)


@cache
def handlings(path: Path = FOLDER / "handling.yaml") -> dict[str, Handling]:
    """Return the table of handling texts.

    Raises
    ------
    DataError
        When a text stands there twice.
    """
    found = [Handling.model_validate(row) for row in read_yaml(path)]
    table = {row.handling: row for row in found}
    if len(table) < len(found):
        raise DataError(f"{path.name} has a handling text twice.")
    return table


def level_of(handling: str) -> Level:
    """Return the level of a handling text.

    Examples
    --------
    >>> level_of("exclude or clinician review")
    'stop'

    Raises
    ------
    DataError
        When the text is not in the table.
    """
    row = handlings().get(handling)
    if row is None:
        raise DataError(
            f"No level is set for the handling {handling!r}. Add a row to safety/handling.yaml."
        )
    return row.level
