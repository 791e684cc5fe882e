"""The correct-guess-rate curve, its bands, its symmetric twin, and the blinding surface."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.belief.answers.wording import COLLIDER, CONDITIONS_ON_BELIEF
from equipoise.belief.guess_rate_curve import (
    GRID,
    SMALL_STRATUM,
    Curve,
    closed_form,
    curve,
    surface_effect,
    surface_weights,
)
from equipoise.belief.resamples import Resamples
from equipoise.belief.standardised_effect import Observed
from equipoise.belief.stratum_means import StratumMeans
from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal

if TYPE_CHECKING:
    from equipoise.belief.comparison import Comparison

ORIGINAL = (
    "All-proportional path of the correct-guess-rate curve (Szigeti et al. 2023) in closed form"
)
SYMMETRIC = (
    "Symmetric path of the blinding surface: P(guess active) is c on active, 1 - c on control"
)
EDGE = "Rests on two of the four strata: an extrapolation, not a trial that could be run."
NOT_BLIND = (
    "On this path a correct-guess rate of 0.5 does not make the arms believe alike: there P(guess "
    "active) is {pi1:.3f} on active and {pi0:.3f} on control. The belief-standardised effect does."
)
SURFACE_GRID = np.linspace(0, 1, 5)


def answer(c: Comparison) -> Estimates:
    """Return the two curves with pointwise limits, the simultaneous bands, and the surface."""
    names = ("correct-guess-rate-curve", "correct-guess-rate-curve-symmetric", "blinding-surface")
    strata = StratumMeans(*(v[:, :2] for v in (c.strata.n, c.strata.mean, c.strata.variance)))
    try:
        c.require_identified(both_beliefs=True)
    except NotIdentifiedError as error:
        return Estimates(refused=tuple(Refusal(name, str(error)) for name in names))
    resamples = Resamples(c.resamples.n[:, :, :2], c.resamples.mean[:, :, :2])
    rows = _rows_of_two_beliefs(c) if c.guesses.repeated else None
    original = curve(strata, resamples, level=c.level, rows=rows)
    symmetric = curve(strata, resamples, symmetric=True, level=c.level, rows=rows)
    middle = len(GRID) // 2
    unequal = NOT_BLIND.format(pi1=original.pi1[middle], pi0=original.pi0[middle])
    warnings = (COLLIDER, *c.guess_warnings, *_left_out(c))
    return Estimates(
        (
            *_curve_rows(c, names[0], original, ORIGINAL, (unequal, *warnings)),
            *_curve_rows(c, names[1], symmetric, SYMMETRIC, warnings),
            *_surface_rows(c, strata, resamples, rows, warnings),
        )
    )


def _rows_of_two_beliefs(c: Comparison) -> Observed:
    two, g = c.two_beliefs, c.guesses
    y = c.y[two]
    return Observed(y, g.arm[two], g.guess[two], np.empty((len(y), 0)), g.person[two])


def _left_out(c: Comparison) -> tuple[str, ...]:
    other = int((~c.two_beliefs).sum())
    if not other:
        return ()
    return (f"{other} rows whose guess is neither {c.arms[0]} nor {c.arms[1]} are left out here.",)


def _curve_rows(
    c: Comparison, name: str, found: Curve, method: str, warnings: tuple[str, ...]
) -> list[Estimate]:
    limits = (
        f"closed-form t limits (a stratum holds fewer than {SMALL_STRATUM} people)"
        if found.small
        else f"percentile limits of {c.draws:,} resamples of people"
    )
    if found.lost > 0:
        warnings = (*warnings, f"{found.lost:.1%} of resamples had an empty stratum: left out.")
    rows = []
    for slug, low, high, interval in (
        (name, found.low, found.high, limits),
        (f"{name}-band", found.band_low, found.band_high, "simultaneous bootstrap band"),
    ):
        for k, rate in enumerate(found.rate):
            edge = (EDGE,) if rate in (0, 1) else ()
            rows.append(
                Estimate(
                    slug,
                    f"{rate:.3f}",
                    estimate=float(found.effect[k]),
                    se=float(found.se[k]),
                    low=float(low[k]),
                    high=float(high[k]),
                    level=c.level,
                    unit=c.unit,
                    estimand=f"{c.arms[0]} less {c.arms[1]} at a correct-guess rate of {rate:.3f}",
                    method=f"{method}; {interval}",
                    assumptions=CONDITIONS_ON_BELIEF,
                    warnings=(*edge, *warnings),
                )
            )
    return rows


def _surface_rows(
    c: Comparison,
    strata: StratumMeans,
    resamples: Resamples,
    rows: Observed | None,
    warnings: tuple[str, ...],
) -> list[Estimate]:
    pi1, pi0 = (grid.ravel() for grid in np.meshgrid(SURFACE_GRID, SURFACE_GRID, indexing="ij"))
    share = strata.guess_share[:, 1]
    labels = [f"{one:.3f},{zero:.3f}" for one, zero in zip(pi1, pi0, strict=True)]
    pi1, pi0 = np.append(pi1, share[1]), np.append(pi0, share[0])
    labels.append("observed")
    effect = surface_effect(strata.mean, pi1, pi0)
    people = strata.n if rows is None else rows.people
    if people.min() < SMALL_STRATUM:  # as on the curve
        exact = closed_form(strata, surface_weights(pi1, pi0), rows)
        se, (low, high), limits = exact.se, exact.interval(c.level), "closed-form t limits"
    else:
        draws = surface_effect(resamples.mean, pi1, pi0)
        draws = draws[np.isfinite(draws).all(axis=1)]
        low, high = np.quantile(draws, [(1 - c.level) / 2, (1 + c.level) / 2], axis=0)
        se, limits = draws.std(axis=0, ddof=1), "percentile limits"
    return [
        Estimate(
            "blinding-surface",
            label,
            estimate=float(effect[k]),
            se=float(se[k]),
            low=float(low[k]),
            high=float(high[k]),
            level=c.level,
            unit=c.unit,
            estimand=(
                f"{c.arms[0]} less {c.arms[1]} were P(guess {c.arms[0]}) {pi1[k]:.3f} on "
                f"{c.arms[0]} and {pi0[k]:.3f} on {c.arms[1]}"
            ),
            method=f"Blinding surface, linear in four stratum means; {limits}",
            assumptions=CONDITIONS_ON_BELIEF,
            warnings=warnings,
        )
        for k, label in enumerate(labels)
    ]
