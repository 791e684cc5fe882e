"""What GRADE's rules read of one analysis: intervals, weights, who took part, who could tell."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import NotIdentifiedError
from equipoise.synthesis.judgement.grade import Evidence, optimal_size_of_means
from equipoise.synthesis.normal_or_t import quantile
from equipoise.synthesis.pairwise.fit import RandomEffectsFit, random_effects, refit
from equipoise.synthesis.pairwise.heterogeneity import i2_tau2
from equipoise.synthesis.pairwise.prediction import prediction_of_test
from equipoise.synthesis.review.analysis_table import guesses_of, people_of
from equipoise.synthesis.review.pooling import effects_of
from equipoise.synthesis.small_study import funnel_regression, selection_model

if TYPE_CHECKING:
    from equipoise.synthesis.review.plan import Review, ReviewAnalysis
    from equipoise.synthesis.review.selection import Row

Interval = tuple[float, float]
AT_RISK = ("high", "serious", "critical")
FELT = "full"
"""Class of doses that people feel."""
INERT = "inert-placebo"
FUNNEL = 10
"""Studies from which on asymmetry is read (Sterne et al. 2011, BMJ 343:d4002)."""


def evidence_of(
    review: Review, analysis: ReviewAnalysis, rows: Sequence[Row], levels: Sequence[str]
) -> Evidence:
    """Gather what the rules read.

    Parameters
    ----------
    rows : length k
        What the analysis pools, at least one study; on its scale, logarithms for ratios.
    levels : length k
        Risk of bias of each study, in words.
    """
    thresholds = review.outcomes[analysis.outcome].thresholds
    assert thresholds is not None  # noqa: S101  (`graded` asked)
    limit = float(getattr(thresholds, review.grade.important))
    fit = _fit(analysis, rows)
    sizes = [_people(row) for row in rows]
    active, control = (_mean_bang(rows, side) for side in (0, 1))
    several = fit is not None and fit.k > 2 and fit.method != "EE"
    prediction = prediction_of_test(fit, level=review.level) if fit and several else None
    egger, shift = _funnel(fit)
    return Evidence(
        levels=levels,
        weights=np.ones(1) if fit is None else fit.weight_percent,
        matches=[_match(review, row) for row in rows],
        interval=_interval(fit, rows, review.level),
        thresholds=(-limit, limit),
        interval_without_high=_without(fit, levels, review.level),
        prediction=None if prediction is None else (prediction.low, prediction.high),
        i2=None if fit is None else i2_tau2(fit),
        tau=None if fit is None else sqrt(fit.tau2),
        bang_active=active,
        bang_control=control,
        inert_control=_most(fit, [row.study.kind_of(row.contrast[1]) == INERT for row in rows]),
        perceptible_drug=_most(fit, [_dose_class(row) == FELT for row in rows]),
        participants=None if None in sizes else float(sum(n for n in sizes if n is not None)),
        optimal_size=review.grade.information_size or _optimal(analysis, limit),
        egger_p=egger,
        selection_shift=shift,
    )


def _fit(analysis: ReviewAnalysis, rows: Sequence[Row]) -> RandomEffectsFit | None:
    if len(rows) < 2:
        return None
    return random_effects(effects_of(rows), method=analysis.method, test=analysis.test)


def _interval(fit: RandomEffectsFit | None, rows: Sequence[Row], level: float) -> Interval:
    if fit is None:
        (row,) = rows
        half = quantile(level, None) * sqrt(row.effect.v)
        return row.effect.y - half, row.effect.y + half
    half = quantile(level, fit.df) * float(fit.se[0])
    return float(fit.beta[0]) - half, float(fit.beta[0]) + half


def _without(fit: RandomEffectsFit | None, levels: Sequence[str], level: float) -> Interval | None:
    """Return the interval without the studies at high risk of bias, where two are left."""
    kept = np.array([one not in AT_RISK for one in levels])
    if fit is None or kept.all() or kept.sum() < 2:
        return None
    return _interval(refit(fit, kept), (), level)


def _funnel(fit: RandomEffectsFit | None) -> tuple[float | None, float | None]:
    """Return p of Egger's test, and how far a selection model moves the effect."""
    if fit is None or fit.k < FUNNEL:
        return None, None
    try:
        egger = funnel_regression(fit.effects.y, fit.effects.v).slope.p
    except NotIdentifiedError:  # all studies as precise: no trend can be seen, none is suspected
        egger = None
    try:
        model = selection_model(fit.effects, alternative="greater" if fit.beta[0] > 0 else "less")
    except NotIdentifiedError:
        return egger, None
    return egger, float(fit.beta[0] - model.coefficients[0].estimate)


def _match(review: Review, row: Row) -> dict[str, str]:
    """Say which parts of the question a study answers directly.

    Intervention, comparator and outcome are what the analysis selects by; people are direct
    where the plan names their condition, or names none.
    """
    wanted = {one.casefold() for one in review.grade.conditions}
    condition = (row.study.population.condition or "").casefold()
    people = "direct" if not wanted or condition in wanted else "indirect"
    rest = dict.fromkeys(("intervention", "comparator", "outcome"), "direct")
    return {"population": people, **rest}


def _people(row: Row) -> int | None:
    both = [people_of(row, arm) for arm in row.contrast]
    return None if None in both else sum(n for n in both if n is not None)


def _mean_bang(rows: Sequence[Row], side: int) -> float | None:
    """Return Bang's index of that arm, averaged over the studies that counted guesses."""
    found = []
    for row in rows:
        told = guesses_of(row, row.contrast[side])
        if told is not None and told.right is not None and told.wrong is not None:
            asked = told.right + told.wrong + (told.unsure or 0)
            if asked:
                found.append((told.right - told.wrong) / asked)
    return sum(found) / len(found) if found else None


def _most(fit: RandomEffectsFit | None, marks: Sequence[bool]) -> bool:
    """Say whether the marked studies hold more than half of the weight."""
    if fit is None:
        return marks[0]
    return bool(fit.weight_percent[np.array(marks, dtype=bool)].sum() > 50)


def _dose_class(row: Row) -> str | None:
    dose = row.study.arm(row.contrast[0]).dose
    return None if dose is None else dose.dose_class


def _optimal(analysis: ReviewAnalysis, limit: float) -> float | None:
    """Return the people that a trial of that difference needs; for differences in SD units."""
    return optimal_size_of_means(limit) if analysis.measure == "SMD" else None
