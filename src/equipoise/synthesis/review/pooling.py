"""One planned analysis: its effects pooled, or why they are not.

The only place of this room that calls the pairwise engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import sqrt

import numpy as np

from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.effects import Effects, checked_effects
from equipoise.synthesis.pairwise.fit import random_effects
from equipoise.synthesis.pairwise.pool import pool
from equipoise.synthesis.pairwise.pool_table import LOGS, ratio
from equipoise.synthesis.pairwise.regression import regression
from equipoise.synthesis.pairwise.study_rows import cumulative_rows, leave_one_out_rows
from equipoise.synthesis.pairwise.subgroups import subgroups
from equipoise.synthesis.review.plan import Review, ReviewAnalysis
from equipoise.synthesis.review.selection import Row, Selection
from equipoise.synthesis.review.study_effects import RATIOS

NUMERIC: dict[str, Callable[[Row], float | None]] = {
    "year": lambda row: float(row.study.year),
    "days": lambda row: row.outcome.days,
    "dose": lambda row: row.study.dose_amount(row.contrast[0]),
}
LEVELS: dict[str, Callable[[Row], str | None]] = {
    "substance": lambda row: row.study.arm(row.contrast[0]).substance,
    "comparator": lambda row: row.study.kind_of(row.contrast[1]),
    "condition": lambda row: row.study.population.condition,
    "instrument": lambda row: row.outcome.instrument,
    "year": lambda row: str(row.study.year),
    "days": lambda row: _number(row.outcome.days),
    "dose": lambda row: _number(row.study.dose_amount(row.contrast[0])),
}
NAMES = {
    "SMD": "SD units (Hedges' g)", "MD": "points", "OR": "log odds ratio", "RR": "log risk ratio",
    "HR": "log hazard ratio", "ROM": "log ratio of means", "RD": "risk difference",
    "COR": "correlation",
}  # fmt: skip


def pooled(
    review: Review, analysis: ReviewAnalysis, selection: Selection, *, level: float = 0.95
) -> Estimates:
    """Pool one analysis: a row a study, the pooled rows, subgroups, moderators, refusals.

    Labels start with the analysis: ``primary``, ``primary: smith2020``, ``primary, classic``.
    """
    rows = selection.rows
    effects = effects_of(rows, unit_of(review, analysis)) if rows else None
    found = Estimates(tuple(_study_row(row, effects, level) for row in rows))
    if effects is None:
        found += Estimates(refused=(Refusal("pooled-effect", "no study can be pooled"),))
    else:
        found += _or_refusal("pooled-effect", lambda: _pool(effects, analysis, level))
        for more in _more(rows, effects, analysis, level):
            found += more
    if analysis.measure in RATIOS:
        found = _as_ratios(found)
    refused = tuple(
        Refusal("study-effect", out.reason, f": {out.study.id}") for out in selection.left_out
    )
    told = labelled(found + Estimates(refused=refused), analysis.name)
    status = "planned" if review.registration else "exploratory"
    return told.with_fields(outcome=analysis.outcome, status=status)


def unit_of(review: Review, analysis: ReviewAnalysis) -> str:
    """Return the unit of an analysis with its direction: which side of 0 favours what."""
    side = "below" if review.outcomes[analysis.outcome].higher == "worse" else "above"
    return f"{NAMES[analysis.measure]} ({side} 0 favours {review.question.intervention})"


def effects_of(rows: Sequence[Row], unit: str | None = None) -> Effects:
    """Return rows as the checked column of effects."""
    y, v = [row.effect.y for row in rows], [row.effect.v for row in rows]
    return checked_effects(y, v, [row.study.id for row in rows], scale=unit)


def _pool(effects: Effects, analysis: ReviewAnalysis, level: float) -> Estimates:
    if len(effects) < 2:
        raise NotIdentifiedError(f"one study ({effects.study[0]}): its own effect is shown")
    return pool(effects, method=analysis.method, test=analysis.test, level=level)


def _or_refusal(name: str, asked: Callable[[], Estimates]) -> Estimates:
    try:
        return asked()
    except NotIdentifiedError as error:
        return Estimates(refused=(Refusal(name, str(error)),))


def labelled(found: Estimates, analysis: str) -> Estimates:
    """Put the name of the analysis before each label."""

    def label(own: str | None) -> str:
        if own is None:
            return analysis
        return f"{analysis}{own}" if own.startswith(":") else f"{analysis}, {own}"

    return Estimates(
        tuple(replace(row, label=label(row.label)) for row in found),
        tuple(replace(row, label=label(row.label)) for row in found.refused),
    )


def _as_ratios(found: Estimates) -> Estimates:
    logs = (*LOGS, "study-effect", "cumulative-effect", "leave-one-out")
    rows = (ratio(row) if row.name in logs else row for row in found)
    return Estimates(tuple(rows), found.refused)


def _study_row(row: Row, effects: Effects | None, level: float) -> Estimate:
    from scipy.special import ndtri  # noqa: PLC0415

    se = sqrt(row.effect.v)
    half = float(ndtri((1 + level) / 2)) * se
    warnings = []
    if not row.verified:
        warnings.append(f"{row.study.id}: unverified facts are pooled, as the analysis asks.")
    if row.outcome.repeated:
        warnings.append(f"{row.study.id}: observations are repeated within people.")
    return Estimate(
        "study-effect", f": {row.study.id}", visit=row.outcome.visit, arm=row.contrast[0],
        estimate=row.effect.y, se=se, low=row.effect.y - half, high=row.effect.y + half,
        level=level, unit=effects.scale if effects else None,
        estimand=f"{row.contrast[0]} against {row.contrast[1]}, "
        f"{row.outcome.instrument or 'instrument not named'}, {row.outcome.visit}",
        method=row.effect.how, assumptions=row.effect.assumptions, warnings=tuple(warnings),
    )  # fmt: skip


def _more(
    rows: Sequence[Row], effects: Effects, analysis: ReviewAnalysis, level: float
) -> list[Estimates]:
    found = []
    how = {"method": analysis.method, "test": analysis.test, "level": level}
    if analysis.subgroup is not None:
        groups = [LEVELS[analysis.subgroup](row) or "not reported" for row in rows]
        found.append(
            _or_refusal("subgroup-effect", lambda: subgroups(effects, groups, **how))  # type: ignore[arg-type]
        )
    found += [_moderator(rows, effects, moderator, how) for moderator in analysis.moderators]
    if len(effects) > 1:
        found += _one_by_one(rows, effects, analysis, level)
    return found


def _one_by_one(
    rows: Sequence[Row], effects: Effects, analysis: ReviewAnalysis, level: float
) -> list[Estimates]:
    fit = random_effects(effects, method=analysis.method, test=analysis.test)
    found = []
    if analysis.cumulative:
        years = [row.study.year for row in rows]
        found.append(_or_refusal("cumulative-effect", lambda: cumulative_rows(fit, years, level)))
    if analysis.leave_one_out:
        found.append(_or_refusal("leave-one-out", lambda: leave_one_out_rows(fit, level)))
    return found


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:g}"


def _moderator(
    rows: Sequence[Row], effects: Effects, moderator: str, how: Mapping[str, object]
) -> Estimates:
    if moderator not in NUMERIC:
        why = f"{moderator} is no number: plan it as `subgroup`"
        return Estimates(refused=(Refusal("coefficient", why, moderator),))
    values = [NUMERIC[moderator](row) for row in rows]
    kept = [i for i, value in enumerate(values) if value is not None]
    known = [value for value in values if value is not None]
    if len(kept) < 3 or len(set(known)) < 2:
        why = f"{len(kept)} studies report {moderator}, {len(set(known))} values: no slope"
        return Estimates(refused=(Refusal("coefficient", why, moderator),))
    names = ("intercept", moderator)
    x = np.column_stack([np.ones(len(known)), np.array(known)])
    found = regression(effects.take(kept), x, names, **how)  # type: ignore[arg-type]
    lost = [row.study.id for i, row in enumerate(rows) if i not in kept]
    told = (f"Without {moderator} and left out of the regression: {', '.join(lost)}",) * bool(lost)
    told_rows = (
        replace(row, label=", ".join(part for part in (f"by {moderator}", row.label) if part),
                warnings=(*row.warnings, *told))
        for row in found
    )  # fmt: skip
    return Estimates(tuple(told_rows), found.refused)
