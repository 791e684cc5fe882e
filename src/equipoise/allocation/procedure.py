"""What every allocation procedure can do: draw again who might have got what.

A procedure is a value that knows the people in their order of entry with what was known of them
then (stratum, factors). It never knows an outcome, nor who really got what.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Procedure(Protocol):
    """An allocation procedure applied to these people in this order."""

    @property
    def people(self) -> int:
        """How many people were allocated."""

    @property
    def arms(self) -> int:
        """How many arms there are; they are coded 0, 1, ..."""

    @property
    def symmetric(self) -> bool:
        """Whether every exchange of arms leaves the procedure as it is."""

    @property
    def description(self) -> str:
        """The procedure with its parameters, as a methods section would say it."""

    def redraw(self, rng: np.random.Generator, draws: int) -> NDArray[np.int8]:
        """Return the arm of everyone in `draws` independent repetitions, shape (draws, people)."""

    def impossible(self, arm: NDArray[np.int8]) -> str | None:
        """Return why the procedure cannot give this allocation, or None where it can."""


def strata_members(people: int, stratum: ArrayLike | None) -> list[NDArray[np.intp]]:
    """Return the people of each stratum, in their order of entry; one stratum for None.

    Examples
    --------
    >>> [who.tolist() for who in strata_members(4, ["north", "south", "north", "south"])]
    [[0, 2], [1, 3]]
    """
    if people < 1:
        raise DataError(f"An allocation needs at least one person. Got {people}.")
    if stratum is None:
        return [np.arange(people)]
    _, code = np.unique(np.asarray(stratum), return_inverse=True)
    if code.shape != (people,):
        raise DataError(f"`stratum` needs one value a person ({people}). Got {code.shape}.")
    order = np.argsort(code, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(code[order])) + 1)


def checked_ratio(ratio: tuple[int, ...]) -> tuple[int, ...]:
    """Return the allocation ratio after checking it."""
    whole = tuple(int(part) for part in ratio)
    if len(whole) < 2 or min(whole) < 1 or whole != tuple(ratio):
        raise DataError(
            f"An allocation ratio is a whole number >= 1 for each of two or more arms, such as "
            f"(1, 1) or (2, 1). Got {ratio}."
        )
    return whole


def ratio_words(ratio: tuple[int, ...]) -> str:
    """Write a ratio in the order of the arms: 1:1."""
    return ":".join(map(str, ratio))
