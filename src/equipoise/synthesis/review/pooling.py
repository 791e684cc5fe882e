"""One planned analysis: its effects pooled, or why they are not.

The only place of this room that calls the pairwise engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, sqrt
from typing import Any

import numpy as np

from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.effects import Effects, checked_effects
from equipoise.synthesis.pairwise import RandomEffectsFit, random_effects
from equipoise.synthesis.review.plan import Review, ReviewAnalysis
from equipoise.synthesis.review.selection import Row, Selection
from equipoise.synthesis.review.study_effects import RATIOS

NUMERIC: dict[str, Callable[[Row], float | None]] = {
    "year": lambda row: float(row.study.year),
    "days": lambda row: row.outcome.days,
    "dose": lambda row: _dose(row),
}
LEVELS: dict[str, Callable[[Row], str | None]] = {
    "substance": lambda row: row.study.arm(row.contrast[0]).substance,
    "comparator": lambda row: row.study.kind_of(row.contrast[1]),
    "condition": lambda row: row.study.population.condition,
    "instrument": lambda row: row.outcome.instrument,
    "year": lambda row: str(row.study.year),
    "days": lambda row: None if row.outcome.days is None else f"{row.outcome.days:g}",
    "dose": lambda row: None if _dose(row) is None else f"{_dose(row):g}",
}


def pooled(
    review: Review, analysis: ReviewAnalysis, selection: Selection, *, level: float = 0.95
) -> Estimates:
    """Pool one analysis: a row a study, the pooled rows, subgroups, moderators, refusals."""
    unit = unit_of(review, analysis)
    studies = [_study_row(row, analysis, unit, level) for row in selection.rows]
    refused = [
        Refusal("study-effect", out.reason, f"{analysis.name}: {out.study.id}", analysis.outcome)
        for out in selection.left_out
    ]
    found = Estimates(tuple(studies), tuple(refused))
    found += _pool(selection.rows, analysis, analysis.name, unit, level)
    if analysis.subgroup is not None:
        found += _subgroups(selection.rows, analysis, unit, level)
    for moderator in analysis.moderators:
        found += _moderator(selection.rows, analysis, moderator, unit, level)
    status = "planned" if review.registration else "exploratory"
    return found.with_fields(outcome=analysis.outcome, status=status)


def unit_of(review: Review, analysis: ReviewAnalysis) -> str:
    """Return the unit of an analysis with its direction: which side of 0 favours what."""
    names = {
        "SMD": "SD units (Hedges' g)", "MD": "points", "OR": "odds ratio", "RR": "risk ratio",
        "HR": "hazard ratio", "ROM": "ratio of means", "RD": "risk difference",
        "COR": "correlation",
    }  # fmt: skip
    null = "1" if analysis.measure in RATIOS else "0"
    side = "below" if review.outcomes[analysis.outcome].higher == "worse" else "above"
    return f"{names[analysis.measure]} ({side} {null} favours {review.question.intervention})"


def _shown(measure: str) -> Callable[[float], float]:
    return exp if measure in RATIOS else float


def _study_row(row: Row, analysis: ReviewAnalysis, unit: str, level: float) -> Estimate:
    from scipy.special import ndtri  # noqa: PLC0415

    shown, se = _shown(analysis.measure), sqrt(row.effect.v)
    half = float(ndtri((1 + level) / 2)) * se
    warnings = []
    if not row.verified:
        warnings.append(f"{row.study.id}: unverified facts are pooled, as the analysis asks.")
    if row.outcome.repeated:
        warnings.append(f"{row.study.id}: observations are repeated within people.")
    return Estimate(
        "study-effect", f"{analysis.name}: {row.study.id}", visit=row.outcome.visit,
        arm=row.contrast[0], estimate=shown(row.effect.y), se=se,
        low=shown(row.effect.y - half), high=shown(row.effect.y + half), level=level, unit=unit,
        estimand=f"{row.contrast[0]} against {row.contrast[1]}, "
        f"{row.outcome.instrument or 'instrument not named'}",
        method=row.effect.how, assumptions=row.effect.assumptions, warnings=tuple(warnings),
    )  # fmt: skip


def effects_of(rows: Sequence[Row], unit: str | None = None) -> Effects:
    """Return rows as the checked column of effects."""
    y, v = [row.effect.y for row in rows], [row.effect.v for row in rows]
    return checked_effects(y, v, [row.study.id for row in rows], scale=unit)


def _pool(
    rows: Sequence[Row], analysis: ReviewAnalysis, label: str, unit: str, level: float
) -> Estimates:
    if len(rows) < 2:
        only = f" ({rows[0].study.id}): its own effect is shown" if rows else ""
        reason = f"{len(rows)} stud{'y' if len(rows) == 1 else 'ies'} can be pooled{only}"
        return Estimates(refused=(Refusal("pooled-effect", reason, label),))
    try:
        fit = random_effects(effects_of(rows, unit), method=analysis.method, test=analysis.test)
    except NotIdentifiedError as error:
        return Estimates(refused=(Refusal("pooled-effect", str(error), label),))
    return Estimates(tuple(_pooled_rows(fit, analysis, label, unit, level)))


def _pooled_rows(
    fit: RandomEffectsFit, analysis: ReviewAnalysis, label: str, unit: str, level: float
) -> list[Estimate]:
    from scipy.special import ndtri, stdtrit  # noqa: PLC0415

    shown = _shown(analysis.measure)
    y, se = float(fit.beta[0]), float(fit.se[0])
    quantile = ndtri((1 + level) / 2) if fit.df is None else stdtrit(fit.df, (1 + level) / 2)
    p = _p(y / se, fit.df)
    how = f"{fit.method} random effects, {fit.test}"
    spread = float(fit.tau2)
    around = float(stdtrit(fit.k - 1, (1 + level) / 2)) * sqrt(spread + se**2)
    q, typical = _q_and_typical(fit)
    warnings = _pool_warnings(fit)
    common: dict[str, Any] = {"label": label, "level": level, "method": how}
    rows = [
        Estimate("pooled-effect", estimate=shown(y), se=se, low=shown(y - quantile * se),
                 high=shown(y + quantile * se), df=fit.df, p=p, unit=unit, warnings=warnings,
                 estimand=f"mean effect of {fit.k} studies", **common),
        Estimate("tau2", label, estimate=spread, unit="variance of true effects", method=how),
        Estimate("i2-tau2", label, estimate=100 * spread / (spread + typical), unit="percent",
                 method="tau2 against the typical variance (Higgins & Thompson 2002)"),
        Estimate("i2-q", label, estimate=100 * max(0.0, 1 - (fit.k - 1) / q) if q > 0 else 0.0,
                 unit="percent", method="from Cochran's Q (Higgins & Thompson 2002)"),
    ]  # fmt: skip
    if fit.method != "EE":
        rows.append(
            Estimate("prediction-interval", estimate=shown(y), low=shown(y - around),
                     high=shown(y + around), df=fit.k - 1, unit=unit, **common)
        )  # fmt: skip
    return rows


def _pool_warnings(fit: RandomEffectsFit) -> tuple[str, ...]:
    if fit.k >= 5:
        return ()
    return (f"{fit.k} studies: tau2 is hardly known, and the interval leans on its estimate.",)


def _p(statistic: float, df: int | None) -> float:
    from scipy.special import ndtr, stdtr  # noqa: PLC0415

    tail = ndtr(-abs(statistic)) if df is None else stdtr(df, -abs(statistic))
    return 2 * float(tail)


def _q_and_typical(fit: RandomEffectsFit) -> tuple[float, float]:
    w = 1 / fit.effects.v
    mean = float((w * fit.effects.y).sum() / w.sum())
    q = float((w * (fit.effects.y - mean) ** 2).sum())
    typical = (fit.k - 1) * float(w.sum()) / float(w.sum() ** 2 - (w**2).sum())
    return q, typical


def _dose(row: Row) -> float | None:
    dose = row.study.arm(row.contrast[0]).dose
    return dose.amount if dose else None


def _subgroups(
    rows: Sequence[Row], analysis: ReviewAnalysis, unit: str, level: float
) -> Estimates:
    assert analysis.subgroup is not None  # noqa: S101  (asked for above)
    level_of = LEVELS[analysis.subgroup]
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(level_of(row) or "not reported", []).append(row)
    found = Estimates()
    for name, members in sorted(groups.items()):
        label = f"{analysis.name}, {analysis.subgroup} = {name}"
        found += _pool(members, analysis, label, unit, level)
    return found


def _moderator(
    rows: Sequence[Row], analysis: ReviewAnalysis, moderator: str, unit: str, level: float
) -> Estimates:
    label = f"{analysis.name}, {moderator}"
    if moderator not in NUMERIC:
        why = f"{moderator} is no number: plan it as `subgroup`"
        return Estimates(refused=(Refusal("moderator-slope", why, label),))
    values = [NUMERIC[moderator](row) for row in rows]
    kept = [(r, x) for r, x in zip(rows, values, strict=True) if x is not None]
    if len(kept) < 3:
        why = f"{len(kept)} studies report {moderator}: a slope needs at least 3"
        return Estimates(refused=(Refusal("moderator-slope", why, label),))
    effects = effects_of([row for row, _ in kept], unit)
    x = np.column_stack([np.ones(len(kept)), [value for _, value in kept]])
    try:
        fit = random_effects(effects, x, names=("intercept", moderator), method=analysis.method,
                             test=analysis.test)  # fmt: skip
    except (NotIdentifiedError, np.linalg.LinAlgError) as error:
        return Estimates(refused=(Refusal("moderator-slope", str(error), label),))
    lost = len(rows) - len(kept)
    warnings = (f"{lost} studies without {moderator} are not in the slope.",) if lost else ()
    return Estimates((_slope(fit, analysis, label, unit, level, warnings),))


def _slope(
    fit: RandomEffectsFit, analysis: ReviewAnalysis, label: str, unit: str, level: float,
    warnings: tuple[str, ...],
) -> Estimate:  # fmt: skip
    from scipy.special import ndtri, stdtrit  # noqa: PLC0415

    slope, se = float(fit.beta[1]), float(fit.se[1])
    quantile = ndtri((1 + level) / 2) if fit.df is None else stdtrit(fit.df, (1 + level) / 2)
    scale = f"log of {unit}" if analysis.measure in RATIOS else unit
    return Estimate(
        "moderator-slope", label, estimate=slope, se=se, low=slope - quantile * se,
        high=slope + quantile * se, level=level, df=fit.df, p=_p(slope / se, fit.df),
        unit=f"per unit of {fit.names[1]}: {scale}", method=f"meta-regression, {fit.method}",
        warnings=warnings,
    )  # fmt: skip
