"""The properties of a procedure that are worth a number, and where each number comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

How = Literal["exact", "simulated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """Of n people allocated by one procedure. D is the imbalance.

    The imbalance is the sum over arms of |people in the arm less its exact share|; with two arms
    at 1:1 that is |N_A - N_B|.
    """

    n: int
    guess: float
    """Expected share of right guesses of somebody who always names the arm furthest behind its
    share, and tosses the ratio's coin where arms tie (the convergence strategy)."""
    best_guess: float | None
    """The same of somebody who knows the procedure, and everything it goes by; None where
    part of that is hidden (block sizes)."""
    certain: float | None
    """Expected share of people whose arm such a person could be certain of."""
    imbalance: float
    """Expected final imbalance."""
    loss: float
    """Expected number of people that the final imbalance wastes, as if not enrolled: the mean of
    chi-square over its degrees of freedom, E[D^2]/n with two arms at 1:1."""
    worst: float
    """Largest imbalance that came up at any time: that can, where `how` is exact."""
    final: dict[float, float] = field(repr=False)
    """Final imbalance: its probability."""
    how: How
    guess_se: float = 0.0
    """Simulation error of `guess`; 0 where exact."""
    imbalance_se: float = 0.0
