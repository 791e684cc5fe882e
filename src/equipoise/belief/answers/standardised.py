"""The belief-standardised effect by four estimators, and its bounds where it is not identified."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from equipoise.belief.answers.strata import contrast
from equipoise.belief.answers.wording import COLLIDER, CONDITIONS_ON_BELIEF
from equipoise.belief.contrast_row import contrast_row
from equipoise.belief.standardised_effect import (
    Observed,
    aipw,
    common_share_weights,
    g_formula,
    ipw,
)
from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from equipoise.belief.comparison import Comparison
    from equipoise.belief.stratum_means import Contrast

NAME = "belief-standardised-effect"


def answer(c: Comparison) -> Estimates:
    """Return plug-in, g-formula, IPW and AIPW at the pooled guess shares, then q = 1/2."""
    try:
        c.require_identified()
    except NotIdentifiedError as error:
        refusals = tuple(
            Refusal(NAME, str(error), label=label)
            for label in ("plug-in", "g-formula", "ipw", "aipw")
        )
        return Estimates((_bounds(c),), refusals)
    q = c.strata.pooled_share
    plug_in = _row(c, "plug-in", contrast(c, common_share_weights(q)), "Stratum means")
    rows, refused = [plug_in], []
    for label, estimator, method in _MODELS:
        try:
            rows.append(_modelled(c, q, label, estimator, method))
        except NotIdentifiedError as error:
            refused.append(Refusal(NAME, str(error), label=label))
    if c.guesses.repeated:
        try:
            method = "Random intercept, arm x guess, at the pooled guess shares; planned covariates"
            rows.append(_row(c, "mixed-model", c.bracket.standardised, method))
        except NotIdentifiedError as error:
            refused.append(Refusal(NAME, str(error), label="mixed-model"))
    if not c.rows.people[:, 2:].any() and (c.rows.people[:, :2] >= 2).all():
        half = np.array([0.5, 0.5] + [0.0] * (c.categories - 2))
        found = contrast(c, common_share_weights(half))
        rows.append(_row(c, "plug-in, q=0.500", found, "Stratum means, half of each arm believing"))
    return Estimates(tuple(rows), tuple(refused))


_MODELS: tuple[tuple[str, Callable[..., Contrast], str], ...] = (
    ("g-formula", lambda data, q, _: g_formula(data, q), "Outcome regression (g-formula)"),
    ("ipw", lambda data, q, _: ipw(data, q), "Inverse probability of the guess (Hajek)"),
    ("aipw", aipw, "Cross-fitted AIPW, 5 folds, 5 splits (Chernozhukov et al. 2018)"),
)


def _modelled(
    c: Comparison,
    q: NDArray[np.float64],
    label: str,
    estimator: Callable[..., Contrast],
    method: str,
) -> Estimate:
    names = c.planned_covariates
    x, complete = c.covariates(names)
    g = c.guesses.take(complete)
    data = Observed(c.y[complete], g.arm, g.guess, x[complete], g.person, c.categories)
    found = estimator(data, q, c.rng(label))
    using = f"covariates: {', '.join(names)}" if names else "no covariates planned"
    row = _row(c, label, found, f"{method}; {using}")
    if (lost := int((~complete).sum())) > 0:
        row = replace(
            row, warnings=(*row.warnings, f"{lost} rows without all covariates are left out.")
        )
    return row


def _row(c: Comparison, label: str, found: Contrast, method: str) -> Estimate:
    return contrast_row(
        NAME,
        found,
        c.level,
        label=label,
        unit=c.unit,
        estimand=f"{c.arms[0]} less {c.arms[1]} had both arms held the same beliefs",
        method=method,
        assumptions=CONDITIONS_ON_BELIEF,
        warnings=(COLLIDER, *c.guess_warnings),
    )


def _bounds(c: Comparison) -> Estimate:
    """Bound the plug-in by giving a stratum of fewer than two people any mean the scale allows."""
    instrument = c.records.protocol.instrument(c.outcome)
    scale_low, scale_high = instrument.low, instrument.high
    observed = scale_low is None or scale_high is None
    low_end = c.y.min() if scale_low is None else scale_low
    high_end = c.y.max() if scale_high is None else scale_high
    q = common_share_weights(c.strata.pooled_share)
    known = c.rows.people >= 2
    fixed = np.where(known & (q != 0), q * np.where(known, c.strata.mean, 0), 0).sum()
    free = q[~known]
    spread = np.stack([free * low_end, free * high_end])
    where = "observed scores" if observed else "the instrument's range"
    return Estimate(
        NAME,
        "bounds",
        low=float(fixed + spread.min(axis=0).sum()),
        high=float(fixed + spread.max(axis=0).sum()),
        unit=c.unit,
        estimand=f"{c.arms[0]} less {c.arms[1]} had both arms held the same beliefs",
        method=f"Strata of fewer than two people may have any mean within {where}",
        assumptions=(
            *CONDITIONS_ON_BELIEF[:2],
            f"The mean of an unseen stratum lies within {where}",
        ),
        warnings=(
            "Bounds, not an interval: sampling error comes on top.",
            COLLIDER,
            *c.guess_warnings,
        ),
    )
