"""A spec applied to the people of a trial, so that an analysis can draw it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.allocation.judgement.simulated import simulated_arms
from equipoise.allocation.judgement.simulated_minimisation import minimised
from equipoise.allocation.minimisation_spec import MinimisationSpec
from equipoise.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from equipoise.allocation.spec import Person, Spec, State

CHUNK = 4096


@dataclass(frozen=True, slots=True, eq=False)
class AppliedSpec:
    """A procedure of these people in this order; what `randomisation_test` asks for.

    `levels` (people, factors) numbers everyone's levels.
    """

    spec: Spec
    levels: NDArray[np.int8]

    @property
    def people(self) -> int:
        """How many people were allocated."""
        return len(self.levels)

    @property
    def arms(self) -> int:
        """How many arms there are."""
        return len(self.spec.arms)

    @property
    def symmetric(self) -> bool:
        """Whether every exchange of arms leaves the procedure as it is."""
        return self.spec.symmetric

    @property
    def description(self) -> str:
        """The procedure with its parameters."""
        return self.spec.describe()

    def redraw(self, rng: np.random.Generator, draws: int) -> NDArray[np.int8]:
        """Return the arm of everyone in `draws` repetitions, shape (draws, people)."""
        out = np.empty((draws, self.people), dtype=np.int8)
        for start in range(0, draws, CHUNK):
            size = min(CHUNK, draws - start)
            people = np.broadcast_to(self.levels, (size, *self.levels.shape))
            if isinstance(self.spec, MinimisationSpec):
                out[start : start + size] = minimised(self.spec, people, rng)
            else:
                out[start : start + size] = simulated_arms(self.spec, people, rng)
        return out

    def impossible(self, arm: NDArray[np.int8]) -> str | None:
        """Return at whom the procedure has no chance of this allocation, or None."""
        reached: set[State] = {self.spec.start()}
        for place, given in enumerate(arm.tolist()):
            person = tuple(self.levels[place].tolist())
            moved: set[State] = set()
            for state in reached:
                chances = self.spec.chances(state, person)
                for share, owner in enumerate(self.spec.shares):
                    if owner == given and chances[share] > 0:
                        moved.add(self.spec.after(state, share, person))
            if not moved:
                return (
                    f"person {place + 1} (in order of entry) could not have got arm {given} after "
                    f"the arms of those before, by {self.description}"
                )
            reached = moved
        return None


def apply_spec(spec: Spec, people: int | Sequence[Person]) -> AppliedSpec:
    """Apply a spec to people in order: how many, or everyone's levels.

    Raises
    ------
    DataError
        For an outcome-adaptive procedure, and for people without the levels that it needs.

    Examples
    --------
    >>> from equipoise.allocation import BigStickSpec
    >>> procedure = apply_spec(BigStickSpec(limit=1), 4)
    >>> arm = procedure.redraw(np.random.default_rng(1), 100)
    >>> bool((arm[:, 0] != arm[:, 1]).all()), procedure.impossible(np.array([0, 0, 1, 1]))[:8]
    (True, 'person 2')
    """
    if spec.kind == "outcome-adaptive":
        raise DataError(f"{spec.title} follows outcomes and cannot be drawn again without them.")
    factors = getattr(spec, "factors", ())
    if isinstance(people, int):
        if factors:
            raise DataError(f"{spec.title} needs everyone's levels, not only their number.")
        people = [()] * people
    if not len(people) or any(len(person) != len(factors) for person in people):
        raise DataError(f"Give one or more people, each with {len(factors)} levels.")
    if spec.length is not None and len(people) > spec.length:
        raise DataError(f"{spec.title} was planned for {spec.length} people. Got {len(people)}.")
    levels = np.array(people, dtype=np.int8).reshape(len(people), len(factors))
    for k, factor in enumerate(factors):
        if not ((levels[:, k] >= 0) & (levels[:, k] < len(factor.levels))).all():
            raise DataError(
                f"A level of {factor.name!r} lies outside 0 .. {len(factor.levels) - 1}."
            )
    return AppliedSpec(spec, levels)
