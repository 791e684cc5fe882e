"""All lists of a few people with their exact probabilities: the check of everything else."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from equipoise.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from equipoise.allocation.spec import Person, Spec

MOST = 200_000
"""Lists that are worth listing."""


def sequence_probability(
    spec: Spec, arms: Sequence[int], people: Sequence[Person] | None = None
) -> Fraction:
    """Return the exact probability of one allocation, arms numbered in the spec's order.

    Examples
    --------
    >>> from equipoise.allocation import BigStickSpec
    >>> sequence_probability(BigStickSpec(limit=2), [0, 0, 1, 1, 0, 1])
    Fraction(1, 32)
    """
    known = people or [()] * len(arms)
    reached = {spec.start(): Fraction(1)}
    for arm, person in zip(arms, known, strict=True):
        moved: defaultdict[object, Fraction] = defaultdict(Fraction)
        for state, weight in reached.items():
            chances = spec.chances(state, person)
            for share, owner in enumerate(spec.shares):
                if owner == arm and chances[share]:
                    moved[spec.after(state, share, person)] += weight * chances[share]
        reached = dict(moved)
    return sum(reached.values(), Fraction(0))


def all_sequences(
    spec: Spec, n: int, people: Sequence[Person] | None = None
) -> dict[tuple[int, ...], Fraction]:
    """Return every allocation of n people that can come, with its exact probability.

    Raises
    ------
    DataError
        Where there are more than 200,000: a list of that many says nothing.

    Examples
    --------
    >>> from equipoise.allocation import BigStickSpec
    >>> found = all_sequences(BigStickSpec(limit=1), 2)
    >>> found == {(0, 1): Fraction(1, 2), (1, 0): Fraction(1, 2)}
    True
    """
    if len(spec.arms) ** n > MOST:
        raise DataError(f"{len(spec.arms)} arms and {n} people have more than {MOST:,} lists.")
    known = people or [()] * n
    reached: dict[tuple[int, ...], dict[object, Fraction]] = {(): {spec.start(): Fraction(1)}}
    for person in known:
        grown: dict[tuple[int, ...], dict[object, Fraction]] = {}
        for arms, states in reached.items():
            for state, weight in states.items():
                chances = spec.chances(state, person)
                for share, arm in enumerate(spec.shares):
                    if chances[share]:
                        after = spec.after(state, share, person)
                        where = grown.setdefault((*arms, arm), {})
                        where[after] = where.get(after, Fraction(0)) + weight * chances[share]
        reached = grown
    return {arms: sum(states.values(), Fraction(0)) for arms, states in reached.items()}
