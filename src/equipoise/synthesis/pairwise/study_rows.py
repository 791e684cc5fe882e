"""Rows about single studies: without each, in their order, and how much each one pulls."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import Any

from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.labels import written
from equipoise.synthesis.pairwise.fit import RandomEffectsFit
from equipoise.synthesis.pairwise.influence import cumulative, influence, leave_one_out
from equipoise.synthesis.pairwise.rows import effect_row

DELETION = "Viechtbauer & Cheung 2010"
MEASURES = {
    "rstudent": "standardised deleted residual",
    "dffits": "standard errors",
    "cook_d": "chi-square scale",
    "cov_ratio": "ratio of determinants",
    "tau2_without": "tau2 without the study",
    "q_without": "Cochran's Q without the study",
    "hat": "leverage",
    "weight": "percent",
}


def study_rows(fit: RandomEffectsFit, level: float = 0.95) -> Estimates:
    """Write each study as it came, with its weight: `study-effect` and `study-weight`."""
    from scipy.special import ndtri  # noqa: PLC0415

    half = float(ndtri((1 + level) / 2)) * fit.effects.se
    rows: list[Estimate] = []
    for i, study in enumerate(fit.effects.study):
        y, se = fit.effects.y[i], fit.effects.se[i]
        rows.append(
            Estimate(
                "study-effect",
                label=study,
                estimate=y,
                se=se,
                low=y - half[i],
                high=y + half[i],
                level=level,
                unit=fit.effects.scale,
                method="As reported; normal interval",
            )
        )
    for study, weight in zip(fit.effects.study, fit.weight_percent, strict=True):
        rows.append(
            Estimate(
                "study-weight",
                label=study,
                estimate=weight,
                unit="percent",
                method="Inverse variance" if fit.user_weights is None else "Weights given",
            )
        )
    return Estimates(tuple(rows))


def leave_one_out_rows(fit: RandomEffectsFit, level: float = 0.95) -> Estimates:
    """Write the pooled effect without each study: `leave-one-out`."""
    rows = [
        effect_row(one, "leave-one-out", level=level, label=f"without {study}")
        for study, one in zip(fit.effects.study, leave_one_out(fit), strict=True)
    ]
    return Estimates(tuple(rows))


def influence_rows(fit: RandomEffectsFit) -> Estimates:
    """Write case-deletion diagnostics: `influence-...` by study, with a warning where one pulls."""
    found = influence(fit)
    rows = []
    for field, unit in MEASURES.items():
        values = getattr(found, field)
        for i, study in enumerate(fit.effects.study):
            warned = (f"{study} pulls the result: see it left out",) if found.influential[i] else ()
            rows.append(
                Estimate(
                    f"influence-{field.replace('_', '-')}",
                    label=study,
                    estimate=values[i],
                    unit=unit,
                    method=DELETION,
                    warnings=warned,
                )
            )
    for axis, unit in (("baujat_x", "part in heterogeneity"), ("baujat_y", "pull on the result")):
        for study, value in zip(fit.effects.study, getattr(found, axis), strict=True):
            rows.append(
                Estimate(
                    axis.replace("_", "-"),
                    label=study,
                    estimate=value,
                    unit=unit,
                    method="Baujat et al. 2002, on the fitted model",
                )
            )
    return Estimates(tuple(rows))


def cumulative_rows(fit: RandomEffectsFit, order: Sequence[Any], level: float = 0.95) -> Estimates:
    """Write the pooled effect as studies came in: `cumulative-effect`."""
    pairs = zip(fit.effects.study, order, strict=True)
    lost = [study for study, at in pairs if at is None or (isinstance(at, float) and isnan(at))]
    if lost:
        reason = f"These have no place in the order: {', '.join(lost)}. Fill it, or leave them out."
        return Estimates(refused=(Refusal("cumulative-effect", reason),))
    rank = sorted(range(fit.k), key=lambda i: order[i])
    rows = []
    for one in cumulative(fit, order):
        last = rank[one.k - 1]
        label = f"{one.k} studies, {written(order[last])} ({fit.effects.study[last]})"
        rows.append(effect_row(one, "cumulative-effect", level=level, label=label))
    reason = f"Pooling begins with {fit.p + 1} studies."
    return Estimates(tuple(rows), (Refusal("cumulative-effect", reason, label="1 study"),))
