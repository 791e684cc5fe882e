"""The limits of the GRADE rules: defaults, and how a review changes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from equipoise.errors import DataError


@dataclass(frozen=True, slots=True)
class GradeSettings:
    """Limits of the computable rules. Those without a source are this project's proposals.

    Parameters
    ----------
    high_risk_share, high_risk_share_serious
        Weight of studies at high risk of bias from which on certainty falls by one, by two.
    inconsistency_p
        Of the design-by-treatment test of a network.
    i2_large
        I2, in percent, that lowers by one where there is no prediction interval to look at.
    indirect_share, indirect_share_serious
        Weight of studies whose people, treatment, comparator or outcome differ from the question.
    bang_limit
        Mean blinding index of the two arms above which the blind counts as lost.
    least_studies
        Studies below which a test of small-study effects is not read.
    egger_p
        Of Egger's test.
    selection_shift
        Shift of the pooled effect under a selection model that matters, on the effect's scale.
    unpublished_share
        Share of registered trials that are finished and without results that matters.
    far_below_size
        Share of the optimal information size below which a body of evidence is far too small.
    large_effect, very_large_effect
        Risk ratio (or its inverse) that raises by one, by two (Guyatt et al. 2011, J Clin
        Epidemiol 64:1311-1316).
    """

    high_risk_share: float = 0.30
    high_risk_share_serious: float = 0.60
    inconsistency_p: float = 0.10
    i2_large: float = 75.0
    indirect_share: float = 0.30
    indirect_share_serious: float = 0.60
    bang_limit: float = 0.5
    least_studies: int = 10
    egger_p: float = 0.10
    selection_shift: float = 0.10
    unpublished_share: float = 0.20
    far_below_size: float = 0.20
    large_effect: float = 2.0
    very_large_effect: float = 5.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
                raise DataError(
                    f"The GRADE setting {field.name} is {value!r}: give a number that is not "
                    "negative."
                )
        for low, high in (
            ("high_risk_share", "high_risk_share_serious"),
            ("indirect_share", "indirect_share_serious"),
            ("large_effect", "very_large_effect"),
        ):
            if getattr(self, low) > getattr(self, high):
                raise DataError(
                    f"The GRADE setting {low} ({getattr(self, low):g}) lies above {high} "
                    f"({getattr(self, high):g}): swap them."
                )


def grade_settings(given: Mapping[str, Any] | None) -> GradeSettings:
    """Return the defaults with what a review's mapping changes.

    >>> grade_settings({"egger_p": 0.05}).egger_p
    0.05
    """
    given = given or {}
    known = [field.name for field in fields(GradeSettings)]
    if unknown := sorted(set(given) - set(known)):
        raise DataError(
            f"GRADE has no setting {', '.join(map(str, unknown))}. Settings: {', '.join(known)}."
        )
    return replace(GradeSettings(), **given)
