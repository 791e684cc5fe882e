"""Covariate-adaptive procedures: the allocator draws the arm itself, and finds a kit of it.

Every draw is from the trial's key and the order of entry, so that after the lock anybody can make
each of them again. The state lives in memory only and is worked out from the order of entry.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, cast

from equipoise.allocation.sequence import Step, next_step
from equipoise.concealment.allocator.allocator import Chooser
from equipoise.concealment.database import Database
from equipoise.concealment.live_draws import live_draws
from equipoise.concealment.seal.opening import Opening
from equipoise.errors import DataError


class Minimiser(Chooser):
    """Chooses by a covariate-adaptive procedure.

    Parameters
    ----------
    opening
        Plan and key: the allocator has to draw with it.
    arm_of
        Place in the pool to arm, out of the boxes. Neither is ever shown.
    """

    def __init__(self, opening: Opening, arm_of: Mapping[int, str]) -> None:
        self._opening, self._spec = opening, cast("Any", opening.plan.spec)  # it reads levels
        self._state, self._entered = self._spec.start(), 0
        self._given: dict[int, int] = defaultdict(int)
        self._places: dict[str, list[int]] = defaultdict(list)
        for place in sorted(arm_of):
            self._places[arm_of[place]].append(place)

    def __repr__(self) -> str:
        return "Minimiser(arms hidden)"

    def place(
        self, database: Database, stratum: str, entry: int, levels: Mapping[str, str]
    ) -> int | None:
        """Return the place of the kit; None where no kit of the drawn arm is left."""
        self._catch_up(database, stratum, entry)
        step = self._step(levels, entry)
        places = self._places[self._opening.plan.arms[step.arm]]
        given = self._given[step.arm]  # as quick for either arm, however many were given
        return places[given] if given < len(places) else None

    def _catch_up(self, database: Database, stratum: str, entry: int) -> None:
        """Replay those who entered since: by this process, by another, or before a restart."""
        if self._entered > entry:
            raise DataError("The order of entry went back: the database was replaced. Stop here.")
        rows = database.execute(
            "SELECT entry, levels FROM allocations WHERE stratum = ? AND entry >= ? ORDER BY entry",
            (stratum, self._entered),
        )
        for number, levels in rows:
            step = self._step(json.loads(levels), number)
            self._state = step.state
            self._given[step.arm] += 1
            self._entered = number + 1

    def _step(self, levels: Mapping[str, str], entry: int) -> Step:
        person = self._spec.person(levels)
        return next_step(self._spec, self._state, live_draws(self._opening, entry), person)
