"""The raw difference of two means, for outcomes that all studies measured in the same units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from numpy.typing import ArrayLike

from equipoise.synthesis.effect_sizes.checks import (
    EffectSize,
    FloatArray,
    aligned,
    need_people,
    need_positive,
)


def mean_difference(
    mean1: ArrayLike,
    sd1: ArrayLike,
    n1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    n2: ArrayLike,
    *,
    variance: Literal["LS", "HO"] = "LS",
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return mean1 - mean2 (MD) with its sampling variance.

    Parameters
    ----------
    mean1, sd1, n1, mean2, sd2, n2 : shape (k,)
        Means, standard deviations (not standard errors) and people of two independent groups.
    variance
        "LS": each group its own standard deviation; "HO": one that they share.
    study : length k
        Names, for messages.

    Raises
    ------
    DataError
        For a standard deviation that is not above 0, or fewer than 2 people in a group.

    References
    ----------
    Borenstein (2009), in Cooper, Hedges & Valentine (eds), The Handbook of Research Synthesis
    and Meta-Analysis, 2nd ed., eq. 12.3 and 12.5.
    """
    mean1, sd1, n1, mean2, sd2, n2 = two_groups(mean1, sd1, n1, mean2, sd2, n2, study)
    if variance == "HO":
        return EffectSize(mean1 - mean2, pooled_variance(sd1, n1, sd2, n2) * (1 / n1 + 1 / n2))
    return EffectSize(mean1 - mean2, sd1**2 / n1 + sd2**2 / n2)


def pooled_variance(sd1: FloatArray, n1: FloatArray, sd2: FloatArray, n2: FloatArray) -> FloatArray:
    """Return the variance within groups, pooled over both."""
    return ((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / (n1 + n2 - 2)


def two_groups(
    mean1: ArrayLike,
    sd1: ArrayLike,
    n1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    n2: ArrayLike,
    study: Sequence[str] | None,
) -> tuple[FloatArray, ...]:
    """Check means, standard deviations and sizes of two groups."""
    columns = aligned(study, mean1=mean1, sd1=sd1, n1=n1, mean2=mean2, sd2=sd2, n2=n2)
    need_positive(study, "a standard deviation", sd1=columns[1], sd2=columns[4])
    need_people(study, n1=columns[2], n2=columns[5])
    return columns
