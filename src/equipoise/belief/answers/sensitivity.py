"""What if the guess is confounded: direct effects, an unmeasured cause, expectancy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from equipoise.belief.after_treatment import after_treatment
from equipoise.belief.answers.strata import contrast
from equipoise.belief.controlled_direct_effect import controlled_direct_effect_estimates
from equipoise.belief.expectancy_moderation import expectancy_moderation_estimates
from equipoise.belief.standardised_effect import common_share_weights
from equipoise.belief.unmeasured_cause import unmeasured_cause_estimates
from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimates, Refusal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.belief.comparison import Comparison

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.intp]


def answer(c: Comparison) -> Estimates:
    """Return E4, E5 (unmeasured cause) and E7 of the rows compared."""
    return _direct(c) + _unmeasured(c) + _expectancy(c)


def _cluster(c: Comparison) -> IntArray | None:
    return c.guesses.person if c.guesses.repeated else None


def _direct(c: Comparison) -> Estimates:
    two = c.two_beliefs
    frame = c.frame.loc[c.compared].loc[two]
    x, _ = c.covariates(c.planned_covariates)
    person = _cluster(c)
    found = controlled_direct_effect_estimates(
        c.y[two],
        c.guesses.arm[two],
        c.guesses.guess[two].astype(np.float64),
        after=after_treatment(c.records, frame),
        baseline=x[two] if x.shape[1] else None,
        cluster=None if person is None else person[two],
        level=c.level,
        arms=c.arms,
        unit=c.unit,
    )
    rows = tuple(replace(row, warnings=(*row.warnings, *c.guess_warnings)) for row in found.rows)
    return Estimates(rows, found.refused)


def _unmeasured(c: Comparison) -> Estimates:
    try:
        c.require_identified()
    except NotIdentifiedError as error:
        names = ("unmeasured-cause", "e-value")
        return Estimates(refused=tuple(Refusal(name, str(error)) for name in names))
    effect = contrast(c, common_share_weights(c.strata.pooled_share))
    low, high = effect.interval(c.level)
    within = np.concatenate(
        [c.y[c.guesses.arm == a] - c.y[c.guesses.arm == a].mean() for a in (0, 1)]
    )
    sd = float(np.sqrt((within**2).sum() / (len(within) - 2)))
    return unmeasured_cause_estimates(
        float(effect.estimate),
        float(low),
        float(high),
        sd=sd,
        level=c.level,
        unit=c.unit,
    )


def _expectancy(c: Comparison) -> Estimates:
    hoped = _expected(c)
    if hoped is None:
        reason = "No expectancy was recorded before randomisation; ask it at baseline."
        return Estimates(refused=(Refusal("expectancy-moderation", reason),))
    rows = (c.all_guesses.arm < 2) & c.frame["score"].notna().to_numpy(dtype=bool)
    return expectancy_moderation_estimates(
        c.frame["score"].to_numpy(dtype=np.float64)[rows],
        c.all_guesses.arm[rows],
        hoped[rows],
        cluster=c.all_guesses.person[rows] if c.all_guesses.repeated else None,
        level=c.level,
        unit=c.unit,
    )


def _expected(c: Comparison) -> FloatArray | None:
    """Return each row's expectancy before treatment: the named covariate, else the table's mean."""
    plan, table = c.records.protocol, c.records.expectancy
    if plan.expectancy is not None and plan.expectancy in c.frame.columns:
        return c.frame[plan.expectancy].to_numpy(dtype=np.float64, na_value=np.nan)
    before = [visit.name for visit in plan.visits if visit.baseline]
    asked = table[table["visit"].isna() | table["visit"].isin(before)]
    if asked.empty:
        return None
    mean = asked.groupby("participant", observed=True)["value"].mean()
    return c.frame["participant"].map(mean).to_numpy(dtype=np.float64, na_value=np.nan)
