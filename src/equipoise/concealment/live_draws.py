"""Arms that are drawn live, by a covariate-adaptive procedure, and drawn again afterwards.

The allocator draws each arm from a stream of the committed key, and hands out the first kit of
that arm that nobody has. So whoever knows the key and everybody's levels derives every kit again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from equipoise.allocation import Draws, allocate_sequence
from equipoise.concealment.seal.drawing import ARMS, draw_kits
from equipoise.concealment.seal.plan import POOL
from equipoise.errors import DataError

if TYPE_CHECKING:
    from equipoise.concealment.seal.opening import Opening


def live_draws(opening: Opening, index: int) -> Draws:
    """Return the randomness of the person who came at that place in the order of entry, from 0."""
    return opening.list_key.stream(ARMS, opening.plan.trial, POOL, index)


def live_kits(opening: Opening, levels: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Derive the kit of each person in order of entry.

    Parameters
    ----------
    opening
        Of a covariate-adaptive procedure.
    levels
        Each person's level of every factor.

    Raises
    ------
    DataError
        If the procedure makes lists, a level is unknown, or an arm has no kit left.
    """
    plan = opening.plan
    if plan.by_slot:
        raise DataError(f"{plan.spec.title} has a list: nothing was drawn live.")
    spec: Any = plan.spec  # covariate-adaptive specs read levels
    people = [spec.person(levels_of_one) for levels_of_one in levels]
    if not people:
        return
    sequence = allocate_sequence(
        plan.spec, len(people), lambda index: live_draws(opening, index), people
    )
    heap: dict[str, list[str]] = {arm: [] for arm in plan.arms}
    for kit in draw_kits(opening):
        heap[kit.arm].append(kit.code)
    for place, arm in enumerate(sequence.arms, start=1):
        kits = heap[plan.arms[arm]]
        if not kits:  # which arm it is stays unsaid
            raise DataError(f"No kit is left for person {place}: an arm has run out of kits.")
        yield kits.pop(0)
