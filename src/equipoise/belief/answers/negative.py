"""Negative controls: outcomes that belief should not move, tested as a set."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from equipoise.belief.negative_control import (
    BeliefEffect,
    belief_effect,
    negative_control_estimates,
)
from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from equipoise.belief.comparison import Comparison
    from equipoise.estimates import Estimates


def answer(c: Comparison) -> Estimates:
    """Return the belief effect on every negative-control outcome of the protocol.

    It is the same for every outcome of a trial: `assess_each` asks once.
    """
    plan = c.records.protocol
    effects: dict[str, BeliefEffect] = {}
    refused: dict[str, str] = {}
    names = [name for name, measure in plan.instruments.items() if measure.negative_control]
    for name in names:
        try:
            control = replace(c, outcome=name)
            two, g = control.two_beliefs, control.guesses
            effects[name] = belief_effect(
                control.y[two],
                g.arm[two],
                (g.guess[two] == 1).astype(np.float64),
                g.person[two] if g.repeated else None,
                level=c.level,
            )
        except (DataError, NotIdentifiedError) as error:
            refused[name] = str(error)
    units = {name: plan.instrument(name).unit for name in effects}
    return negative_control_estimates(effects, refused, units=units)
