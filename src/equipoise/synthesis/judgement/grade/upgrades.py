"""GRADE: three reasons to raise the certainty of observational studies (Guyatt et al. 2011).

J Clin Epidemiol 64:1311-1316. None counts where anything has lowered the certainty.
"""

from __future__ import annotations

from equipoise.errors import DataError
from equipoise.synthesis.judgement.grade.decision_zones import Interval, checked_interval, written
from equipoise.synthesis.judgement.grade.settings import GradeSettings
from equipoise.synthesis.judgement.record import Judgement


def large_effect(
    about: str, risk_ratio: float, *, settings: GradeSettings | None = None
) -> Judgement:
    """Suggest 1 for a risk ratio above 2 or below 1/2, 2 for one above 5 or below 1/5."""
    limits = settings or GradeSettings()
    if not risk_ratio > 0:
        raise DataError(f"{about}: a risk ratio is above 0, not {risk_ratio:g}.")
    size = max(risk_ratio, 1 / risk_ratio)
    suggestion = int(size > limits.large_effect) + int(size > limits.very_large_effect)
    return Judgement(
        "large-effect",
        about,
        {"risk_ratio": risk_ratio},
        f"risk ratio above {limits.large_effect:g} or below 1/{limits.large_effect:g}: +1; above "
        f"{limits.very_large_effect:g} or below 1/{limits.very_large_effect:g}: +2",
        suggestion,
        reason=f"risk ratio {risk_ratio:.3g}",
    )


def dose_gradient(
    about: str, slope: Interval, *, settings: GradeSettings | None = None
) -> Judgement:
    """Suggest 1 where the interval of the slope on dose excludes 0."""
    del settings  # all rules are called alike
    low, high = checked_interval(slope)
    clear = low > 0 or high < 0
    return Judgement(
        "dose-gradient",
        about,
        {"slope": slope},
        "the interval of the slope on dose excludes 0: +1",
        int(clear),
        reason=f"slope {written(slope)} a unit of dose",
    )


def opposing_confounding(
    about: str, *, would_reduce: bool, reason: str, settings: GradeSettings | None = None
) -> Judgement:
    """Suggest 1 where plausible confounding would have made the effect smaller: a person says."""
    del settings
    if would_reduce and not reason.strip():
        raise DataError(f"{about}: say which confounding would have reduced the effect, and why.")
    return Judgement(
        "opposing-confounding",
        about,
        {"would_reduce": would_reduce},
        "plausible confounding would have reduced the effect seen: +1",
        int(would_reduce),
        reason=reason.strip() or "none is plausible",
    )
