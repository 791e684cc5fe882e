"""Trimmed means: failures are the worst of all, and each arm is cut by the same share at that end.

Permutt & Li (2017), Pharm Stat 16:20-28: no score need be made up for a failure, as long as no arm
has more failures than are cut.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from equipoise.analysis.contrast import Contrast
from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

TRIMMED = (
    "Difference of means after the worst {share} of each arm, failures first, was cut (Permutt "
    "& Li 2017, Pharm Stat 16:20-28); Winsorised variances, Welch df of the scores kept (Yuen "
    "1974, Biometrika 61:165-170)"
)


@dataclass(frozen=True, slots=True)
class TrimmedMean:
    """Mean of one arm without its worst share, its standard error, and how many were kept."""

    mean: float
    se: float
    kept: float


def trimmed_mean(scores: ArrayLike, share: float, *, worst: Literal["high", "low"]) -> TrimmedMean:
    """Cut the worst share of one arm; the score at the edge counts with the fraction that is left.

    Parameters
    ----------
    scores : shape (n,)
        NaN is a failure: worse than every score.
    share
        To be cut, between 0 and 1.
    worst
        Which scores are bad.

    Raises
    ------
    NotIdentifiedError
        When more than `share` are failures, or fewer than two scores are kept.
    """
    y = np.asarray(scores, dtype=np.float64) * (1 if worst == "high" else -1)
    n, failures = len(y), int(np.isnan(y).sum())
    kept = (1 - share) * n
    if failures > share * n + 1e-9 or kept < 2:
        raise NotIdentifiedError(_too_many(f"{failures} of {n}", failures / max(n, 1), share))
    y = np.sort(np.where(np.isnan(y), np.inf, y))
    weight = np.clip(kept - np.arange(n), 0, 1)
    edge = y[math.ceil(kept - 1e-9) - 1]  # the worst score that counts
    used = weight > 0
    mean = float((weight[used] * y[used]).sum() / kept)
    winsorised = np.minimum(y, edge)
    se = float(winsorised.std(ddof=1) / ((1 - share) * math.sqrt(n)))
    return TrimmedMean(mean if worst == "high" else -mean, se, kept)


def difference_in_trimmed_means(
    active: ArrayLike, control: ArrayLike, share: float, *, worst: Literal["high", "low"]
) -> Contrast:
    """Return active minus control after the same share of both was cut at the worst end.

    Examples
    --------
    >>> round(difference_in_trimmed_means([1, 2, 3, None], [2, 4, 6, 9], 0.25, worst="high")[0], 3)
    -2.0
    """
    arms = [np.asarray(arm, dtype=np.float64) for arm in (active, control)]
    failed = [float(np.isnan(arm).mean()) for arm in arms]
    if max(failed) > share + 1e-9:
        told = " and ".join(f"{np.isnan(arm).sum()} of {len(arm)}" for arm in arms)
        raise NotIdentifiedError(_too_many(told, max(failed), share))
    one, zero = (trimmed_mean(arm, share, worst=worst) for arm in arms)
    v1, v0 = one.se**2, zero.se**2
    if not v1 + v0 > 0:
        raise NotIdentifiedError("All scores that were kept are equal: no standard error.")
    df = (v1 + v0) ** 2 / (v1**2 / (one.kept - 1) + v0**2 / (zero.kept - 1))
    return Contrast(one.mean - zero.mean, math.sqrt(v1 + v0), df)


def _too_many(failed: str, needed: float, share: float) -> str:
    return (
        f"{failed} failed, and {share:.3g} of an arm is cut: a trimmed mean needs every failure "
        f"cut and two scores left. Cut at least {math.ceil(1000 * needed) / 1000}."
    )
