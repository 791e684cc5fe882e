"""The list, derived from the opening: the same bytes for anybody who has it.

Kit codes come from streams that no arm touches, so that they cannot tell one.
"""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.allocation import allocate_sequence
from equipoise.allocation.exact import Chances
from equipoise.concealment.kit_codes import kit_code
from equipoise.concealment.randomness import Key
from equipoise.concealment.seal.opening import Opening
from equipoise.concealment.seal.plan import POOL, SealPlan, Stratum

ARMS, KIT_CODES, KIT_ARMS = "allocation", "kit-code", "kit-arm"
"""Purposes of streams. `ARMS` draws the arms of a list (its index is the slot, from 0) and, in the
allocator, those of a covariate-adaptive procedure (stratum `POOL`, index the order of entry)."""


@dataclass(frozen=True, slots=True, repr=False)
class DrawnKit:
    """One kit: where it lies, its code, and its arm. It never shows itself.

    `index` counts from 0 within the pool; of a list it is the order of use, and `chances` are the
    exact chances of the arms, in the plan's order, with which this place was drawn. Kits of a heap
    have none: there the chances are those of the person.
    """

    pool: str
    index: int
    code: str
    arm: str
    chances: Chances = ()


def draw_kits(opening: Opening) -> tuple[DrawnKit, ...]:
    """Derive every kit of a trial: pools in their order, then by index."""
    plan, key = opening.plan, opening.list_key
    codes = _codes(plan, key)
    drawn = []
    for pool in plan.pools:
        arms = _list(plan, key, pool) if plan.by_slot else _heap(plan, key)
        drawn += [
            DrawnKit(pool.code, place, codes[pool.code, place], arm, chances)
            for place, (arm, chances) in enumerate(arms)
        ]
    return tuple(drawn)


def _codes(plan: SealPlan, key: Key) -> dict[tuple[str, int], str]:
    """Draw the code of each kit; one that is taken already is drawn again from its own stream."""
    codes: dict[tuple[str, int], str] = {}
    seen: set[str] = set()
    for pool in plan.pools:
        for index in range(pool.kits):
            stream = key.stream(KIT_CODES, plan.trial, pool.name, index)
            while (code := kit_code(stream)) in seen:
                pass
            seen.add(code)
            codes[pool.code, index] = code
    return codes


def _list(plan: SealPlan, key: Key, stratum: Stratum) -> list[tuple[str, Chances]]:
    """Draw the arms of a stratum, each slot from a stream of its own."""
    sequence = allocate_sequence(
        plan.spec, stratum.kits, lambda i: key.stream(ARMS, plan.trial, stratum.name, i)
    )
    names = (plan.arms[arm] for arm in sequence.arms)
    return list(zip(names, sequence.probabilities, strict=True))


def _heap(plan: SealPlan, key: Key) -> list[tuple[str, Chances]]:
    """Mix the kits of all arms (Fisher and Yates), so that no place tells an arm."""
    arms = [arm for arm in plan.arms for _ in range((plan.kits or {})[arm])]
    stream = key.stream(KIT_ARMS, plan.trial, POOL, 0)
    for last in range(len(arms) - 1, 0, -1):
        other = stream.below(last + 1)
        arms[last], arms[other] = arms[other], arms[last]
    return [(arm, ()) for arm in arms]
