"""A plan of sachets before it is used: what shuffling gives, and how far it can be guessed.

Drawing n of the packed sachets without putting back is the random allocation rule (Lachin 1988),
cut off after n: the numbers drawn are hypergeometric, and every order of what was drawn is equally
likely. Whoever feels what was in the first sachets can guess the next from what must be left. Hands
that shuffle badly give less; this counts with a thorough shuffle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from math import comb, gcd
from typing import TYPE_CHECKING

from equipoise.allocation import RandomAllocationRuleSpec
from equipoise.allocation.judgement import exact_properties, guessable_above
from equipoise.concealment.self_blinding.plan import SachetPlan
from equipoise.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_SEQUENCES = 1_000_000


@dataclass(frozen=True, slots=True)
class PlanJudgement:
    """How far the contents of one participant's dose days can be guessed.

    Parameters
    ----------
    packed, drawn
        Sachets in the pool, and taken.
    by_ratio
        Share of right guesses of somebody who knows nothing but the plan: the commonest content.
    guess
        Expected share of right guesses by the convergence strategy: whoever knows what all past
        sachets held names the content that is furthest behind its share.
    best_guess
        The same of whoever names the content of which most are left.
    last_guess
        The share on the last dose day, when most is known.
    certain
        Expected share of dose days whose content such a person could be sure of.
    all_alike
        Chance that every drawn sachet holds the same.
    warnings
        What to beware of, in words.
    """

    packed: int
    drawn: int
    by_ratio: float
    guess: float
    best_guess: float
    last_guess: float
    certain: float
    all_alike: float
    warnings: tuple[str, ...]


def judge_plan(plan: SachetPlan) -> PlanJudgement:
    """Judge a plan exactly, before anything is printed.

    References
    ----------
    Convergence strategy: Blackwell & Hodges (1957), Ann Math Stat 28:449-460.

    Examples
    --------
    >>> from datetime import date
    >>> days = tuple(date(2027, 1, day) for day in (4, 7, 11, 14))
    >>> found = judge_plan(SachetPlan({"sort 1": 3, "sort 2": 3}, days))
    >>> round(found.guess, 9)  # days 1 to 4: 1/2, 3/5, 2/5 3/4 + 3/5 1/2, 1/10 + 9/10 2/3
    0.6
    """
    spec, drawn = spec_of(plan), len(plan.dose_days)
    found = _exact(spec, drawn)
    if found is None:
        raise DataError(
            f"A plan of {plan.packed} sachets of {len(plan.contents)} contents has too many states "
            "to be judged exactly. Pack fewer contents."
        )
    guess, best, last, certain = found
    return PlanJudgement(
        packed=plan.packed,
        drawn=drawn,
        by_ratio=max(plan.counts) / plan.packed,
        guess=guess,
        best_guess=best,
        last_guess=last,
        certain=certain,
        all_alike=sum(comb(count, drawn) for count in plan.counts) / comb(plan.packed, drawn),
        warnings=_warnings(plan, max(guess, best), last, guessable_above(spec)),
    )


def spec_of(plan: SachetPlan) -> RandomAllocationRuleSpec:
    """Return the allocation procedure that packing, shuffling and drawing are."""
    return RandomAllocationRuleSpec(
        arms=tuple(plan.contents), ratio=plan.counts, people=plan.packed
    )


def drawn_counts(plan: SachetPlan) -> dict[tuple[int, ...], float]:
    """Return the exact chance of each composition of what is drawn (hypergeometric).

    Returns
    -------
    dict
        How many of each content, in the plan's order: its chance.
    """
    n = len(plan.dose_days)
    whole = comb(plan.packed, n)
    ways: dict[tuple[int, ...], int] = {(): 1}
    for count in plan.counts:
        ways = {
            (*before, k): chance * comb(count, k)
            for before, chance in ways.items()
            for k in range(min(count, n - sum(before)) + 1)
        }
    return {counts: chance / whole for counts, chance in ways.items() if sum(counts) == n}


def simulated_sequences(
    plan: SachetPlan, *, draws: int, rng: np.random.Generator
) -> NDArray[np.int8]:
    """Shuffle and draw again and again.

    Returns
    -------
    shape (draws, dose days)
        Which content, numbered in the plan's order, each dose day got.
    """
    import numpy as np  # noqa: PLC0415  (the rest of this file needs no arrays)

    if not 1 <= draws <= MOST_SEQUENCES:
        raise DataError(f"`draws` is from 1 to {MOST_SEQUENCES:,}. Got {draws}.")
    pool = np.repeat(np.arange(len(plan.counts), dtype=np.int8), plan.counts)
    every = np.tile(pool, (draws, 1))
    shuffled: NDArray[np.int8] = rng.permuted(every, axis=1)
    return shuffled[:, : len(plan.dose_days)]


def sequence_chance(plan: SachetPlan, sequence: tuple[int, ...]) -> float:
    """Return the exact chance of one order of contents, numbered in the plan's order."""
    left, chance = list(plan.counts), 1.0
    for content in sequence:
        chance *= left[content] / sum(left)
        left[content] -= 1
    return chance


def smallest_pool(contents: Mapping[str, int], days: int) -> int | None:
    """Return how many times the ratio must be packed for guessing to stay within the bound.

    Returns
    -------
    int or None
        Multiples of the contents' ratio in lowest terms; None if 200 sachets are not enough.
    """
    from equipoise.concealment.self_blinding.plan import MOST_SACHETS  # noqa: PLC0415

    unit = reduce(gcd, contents.values())
    ratio = tuple(count // unit for count in contents.values())
    for times in range(1, MOST_SACHETS // sum(ratio) + 1):
        people = times * sum(ratio)
        if people <= days:
            continue
        spec = RandomAllocationRuleSpec(arms=tuple(contents), ratio=ratio, people=people)
        found = _exact(spec, days)
        if found and max(found[:3]) <= guessable_above(spec):
            return times
    return None


def _exact(spec: RandomAllocationRuleSpec, days: int) -> tuple[float, float, float, float] | None:
    """Return guess, best guess, best guess on the last day, share of certain days."""
    found = exact_properties(spec, days)
    if found is None or found.best_guess is None or found.certain is None:
        return None
    before = exact_properties(spec, days - 1) if days > 1 else None
    known = (days - 1) * (before.best_guess or 0.0) if before else 0.0
    return found.guess, found.best_guess, days * found.best_guess - known, found.certain


def _warnings(plan: SachetPlan, guess: float, last: float, above: float) -> tuple[str, ...]:
    if max(guess, last) <= above:
        return ()
    times = smallest_pool(plan.contents, len(plan.dose_days))
    unit = reduce(gcd, plan.counts)
    pool = (
        [f"{times * n // unit} of {name!r}" for name, n in plan.contents.items()] if times else []
    )
    return (
        f"Whoever knows what past sachets held guesses {guess:.1%} of the dose days right, and "
        f"{last:.1%} of the last one. Above {above:.1%} we advise against it: "
        + (f"pack {' and '.join(pool)}, and throw more away." if pool else "take fewer dose days."),
    )
