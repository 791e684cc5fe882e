"""Which way each outcome runs: declared by people, never guessed from numbers.

Scales differ in direction (a low HAM-D and a high WHO-5 are good). Effects of both kinds may be
pooled only after the sign of one kind is turned, and only when each is declared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from equipoise.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.synthesis.effect_sizes.checks import Mask

Direction = Literal["lower is better", "higher is better"]
DIRECTIONS: tuple[Direction, ...] = ("lower is better", "higher is better")


def as_direction(text: str) -> Direction | None:
    """Return the direction that a cell says, None when it says neither."""
    word = " ".join(str(text).casefold().split()).removesuffix(" is better")
    return {"lower": DIRECTIONS[0], "higher": DIRECTIONS[1]}.get(word)


def declared_directions(
    frame: pd.DataFrame,
    direction: str | Mapping[str, str] | None,
    outcome: str | None,
    studies: Sequence[str],
) -> tuple[Direction, ...] | None:
    """Return the direction of each row, None where none was declared and none is needed.

    Parameters
    ----------
    direction
        One direction for all rows, a mapping of outcomes to directions, or the column that
        holds each row's.
    outcome
        Column of outcomes (instruments).

    Raises
    ------
    DataError
        When several outcomes have no declaration, a row has none, or one outcome has two.
    """
    if outcome is not None and outcome not in frame.columns:
        raise DataError(f"There is no column {outcome!r} of outcomes.")
    outcomes = None if outcome is None else [str(name) for name in frame[outcome]]
    if direction is None:
        if outcomes is not None and len(set(outcomes)) > 1:
            raise DataError(
                f"The rows measure several outcomes ({', '.join(sorted(set(outcomes)))}). Declare "
                'for each whether "lower is better" or "higher is better": effects of scales '
                "that run in different directions must not be pooled as they are."
            )
        return None
    said = _said(frame, direction, outcomes)
    lost = [studies[k] for k, cell in enumerate(said) if as_direction(cell) is None]
    if lost:
        raise DataError(
            f"No direction is declared for {'; '.join(dict.fromkeys(lost))}: write "
            '"lower is better" or "higher is better".'
        )
    found = tuple(way for way in map(as_direction, said) if way is not None)
    if outcomes is not None:
        _one_each(outcomes, found, studies)
    return found


def _said(
    frame: pd.DataFrame, direction: str | Mapping[str, str], outcomes: Sequence[str] | None
) -> list[str]:
    if isinstance(direction, Mapping):
        if outcomes is None:
            raise DataError("Directions by outcome need the column of outcomes.")
        return [str(direction.get(name, "")) for name in outcomes]
    if as_direction(direction) is not None:
        return [direction] * len(frame)
    if direction not in frame.columns:
        raise DataError(
            f'{direction!r} is neither "lower is better" nor "higher is better", nor a column.'
        )
    return [str(cell) for cell in frame[direction]]


def _one_each(
    outcomes: Sequence[str], directions: Sequence[Direction], studies: Sequence[str]
) -> None:
    first: dict[str, tuple[Direction, str]] = {}
    for name, way, study in zip(outcomes, directions, studies, strict=True):
        known, where = first.setdefault(name, (way, study))
        if known != way:
            raise DataError(
                f"{name} is declared {known!r} in {where} but {way!r} in {study}: an outcome has "
                "one direction. If a paper reversed the scale, turn its means first and say so."
            )


def rows_to_flip(
    directions: Sequence[Direction], pool_as: str | None, *, flips: bool, measure: str
) -> tuple[Direction, Mask]:
    """Say in which direction effects are pooled, and which rows change their sign for it.

    Raises
    ------
    DataError
        When directions differ and `pool_as` does not say which to keep, or the measure is not
        symmetric (a risk ratio of events is not one of their absence turned over).
    """
    wanted = directions[0] if pool_as is None else as_direction(pool_as)
    if wanted is None:
        raise DataError(f"`pool_as` is {' or '.join(map(repr, DIRECTIONS))}. Got {pool_as!r}.")
    other = np.array([way != wanted for way in directions])
    if other.any() and pool_as is None:
        raise DataError(
            "Some outcomes are better when lower, some when higher. Say with `pool_as` in which "
            "direction to pool: effects of the other kind then change their sign."
        )
    if other.any() and not flips:
        raise DataError(
            f"{measure} cannot be turned over: the ratio of a reversed scale is another number. "
            "Count the same event in all studies, or take OR, RD or SMD."
        )
    return wanted, other
