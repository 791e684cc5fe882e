"""Bounds without assumptions on why people guess: principal strata, missing guesses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.belief.missing_guesses import missing_guesses_estimates
from equipoise.belief.principal_strata import principal_strata_estimates
from equipoise.belief.resamples import person_weights

if TYPE_CHECKING:
    from equipoise.belief.comparison import Comparison
    from equipoise.estimates import Estimates

DRAWS = 2_000  # each sorts and trims whole rows; 2,000 settle a standard error to 2 %


def answer(c: Comparison) -> Estimates:
    """Return the bounds of E6, then what the missing guesses could change."""
    return _principal_strata(c) + _missing(c)


def _principal_strata(c: Comparison) -> Estimates:
    two = c.two_beliefs
    g = c.guesses
    weights = person_weights(
        c.rng("resamples"), min(c.draws, DRAWS), int(g.person.max()) + 1, c.person_arm
    )
    return principal_strata_estimates(
        c.y[two],
        g.arm[two],
        (g.guess[two] == 1).astype(np.float64),
        weights=weights[:, g.person[two]],
        level=c.level,
        active=c.arms[0],
        unit=c.unit,
    )


def _missing(c: Comparison) -> Estimates:
    rows = c.all_guesses.arm < 2
    return missing_guesses_estimates(
        c.frame["score"].to_numpy(dtype=np.float64)[rows],
        c.all_guesses.arm[rows],
        c.all_guesses.guess[rows],
        cluster=c.all_guesses.person[rows] if c.all_guesses.repeated else None,
        categories=c.possible_answers,
        level=c.level,
        arms=c.arms,
        unit=c.unit,
    )
