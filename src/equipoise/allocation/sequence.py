"""Drawing: one person after another, each with the chances that were in force.

The chances are kept with every allocation, so that a test by the design itself can draw again
without working them out anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from equipoise.allocation.draws import Draws, drawn
from equipoise.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from equipoise.allocation.exact import Chances
    from equipoise.allocation.spec import Person, Spec, State


class Step(NamedTuple):
    """One person's allocation: the arm, the share within it, the arms' chances, what follows."""

    arm: int
    share: int
    probabilities: Chances
    state: State

    def __repr__(self) -> str:
        """Nothing that could tell an arm to a log."""
        return "Step(arm hidden)"


@dataclass(frozen=True, slots=True, repr=False)
class AllocationSequence:
    """Who is to get what, in order: `arms` are numbers into the names of the spec.

    `probabilities` holds each person's chances of all arms, `shares` what a procedure with
    several shares an arm has to remember (elsewhere the arms again).
    """

    arms: tuple[int, ...]
    probabilities: tuple[Chances, ...]
    shares: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.arms)

    def __repr__(self) -> str:
        """Nothing that could tell an arm to a log."""
        return f"AllocationSequence({len(self.arms)} people, arms hidden)"


def next_step(spec: Spec, state: State, draws: Draws, person: Person = ()) -> Step:
    """Allocate the next person."""
    chances = spec.chances(state, person)
    share = drawn(chances, draws)
    after = spec.after(state, share, person)
    return Step(spec.shares[share], share, spec.in_arms(chances), after)


def allocate_sequence(
    spec: Spec,
    n: int,
    draws: Draws | Callable[[int], Draws],
    people: Sequence[Person] | None = None,
) -> AllocationSequence:
    """Draw the allocation of n people in order.

    Parameters
    ----------
    spec
        The procedure.
    n
        How many people.
    draws
        One source for all, or a function of the person's place in the order (from 0) that
        returns a source of its own.
    people : length n
        Everyone's levels, for a procedure with factors.

    Examples
    --------
    >>> import numpy as np
    >>> from equipoise.allocation import GeneratorDraws, PermutedBlocksSpec
    >>> drawn = allocate_sequence(PermutedBlocksSpec(size=4), 8, GeneratorDraws(
    ...     np.random.default_rng(1)))
    >>> sum(drawn.arms[:4]), sum(drawn.arms[4:]), drawn
    (2, 2, AllocationSequence(8 people, arms hidden))
    """
    if n < 1 or (people is not None and len(people) != n):
        raise DataError(f"A sequence has n >= 1 people, with levels for each. Got n = {n}.")
    if spec.length is not None and n > spec.length:
        raise DataError(f"This procedure was planned for {spec.length} people. Asked for {n}.")
    state, steps = spec.start(), []
    for index in range(n):
        source = draws(index) if callable(draws) else draws
        steps.append(next_step(spec, state, source, people[index] if people else ()))
        state = steps[-1].state
    return AllocationSequence(
        tuple(step.arm for step in steps),
        tuple(step.probabilities for step in steps),
        tuple(step.share for step in steps),
    )
