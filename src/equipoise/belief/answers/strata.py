"""The strata themselves: mean outcome by arm and guess, and their simple contrasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.belief.answers.wording import COLLIDER
from equipoise.belief.contrast_row import contrast_row
from equipoise.belief.standardised_effect import influence_contrast
from equipoise.estimates import Estimate, Estimates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.belief.comparison import Comparison
    from equipoise.belief.stratum_means import Contrast

METHOD = "Means of arm-by-guess strata, unpooled SE, Satterthwaite df"


def answer(c: Comparison) -> Estimates:
    """Return stratum means, drug contrasts within guess and belief contrasts within arm."""
    used = [g for g in range(c.categories) if c.strata.n[:, g].any()]
    rows = [_mean(c, a, g) for a in (1, 0) for g in used if c.strata.n[a, g] > 0]
    enough = c.rows.people >= 2
    rows += [
        _contrast(c, "within-guess-effect", {(1, g): 1.0, (0, g): -1.0}, c.says(g))
        for g in used
        if enough[:, g].all()
    ]
    for a in (1, 0):
        if enough[a, :2].all():
            weights = {(a, 1): 1.0, (a, 0): -1.0}
            arm = c.every_arm[a]
            rows.append(_contrast(c, "within-arm-belief-effect", weights, None, arm=arm))
    return Estimates(tuple(rows))


def contrast(c: Comparison, weights: NDArray[np.float64]) -> Contrast:
    """Return a linear combination of stratum means; people who repeat are clustered."""
    if not c.guesses.repeated:
        return c.strata.contrast(weights)
    return influence_contrast(c.rows, weights)


def _mean(c: Comparison, a: int, g: int) -> Estimate:
    weights = np.zeros_like(c.strata.n)
    weights[a, g] = 1
    n = int(c.strata.n[a, g])
    found = contrast(c, weights) if c.rows.people[a, g] > 1 else None
    low, high = map(float, found.interval(c.level)) if found else (None, None)
    return Estimate(
        "stratum-mean",
        c.says(g),
        arm=c.every_arm[a],
        estimate=float(c.strata.mean[a, g]),
        se=float(found.se) if found else None,
        low=low,
        high=high,
        level=c.level if found else None,
        df=float(found.df) if found else None,
        unit=c.records.protocol.instrument(c.outcome).unit,
        estimand=f"Mean of those in the {c.every_arm[a]} arm with {c.says(g)} ({n} rows)",
        method=METHOD,
    )


def _contrast(
    c: Comparison,
    name: str,
    cells: dict[tuple[int, int], float],
    label: str | None,
    arm: str | None = None,
) -> Estimate:
    weights = np.zeros_like(c.strata.n)
    for cell, weight in cells.items():
        weights[cell] = weight
    drug = name == "within-guess-effect"
    return contrast_row(
        name,
        contrast(c, weights),
        c.level,
        label=label,
        arm=arm,
        unit=c.unit if drug else c.records.protocol.instrument(c.outcome).unit,
        estimand=(
            f"{c.arms[0]} less {c.arms[1]} among those with {label}"
            if drug
            else f"guess {c.arms[0]} less guess {c.arms[1]} within the {arm} arm"
        ),
        method=METHOD,
        warnings=(COLLIDER, *c.guess_warnings),
    )
