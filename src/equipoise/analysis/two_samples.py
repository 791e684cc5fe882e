"""Two independent samples: difference in means, pooled or Welch, and Hedges' g.

Every function takes the last axis as the sample and any leading axes as a batch of trials.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln

from equipoise.analysis.contrast import Contrast
from equipoise.analysis.rows import estimate_row
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimates

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

POOLED = "Difference in means, pooled-variance t, n - 2 df (Student 1908)"
WELCH = "Difference in means, unequal variances, Satterthwaite df (Welch 1947)"
HEDGES = (
    "Hedges' g: difference over the pooled SD with the exact small-sample factor (Hedges 1981); "
    "normal interval (Hedges & Olkin 1985)"
)
INDEPENDENT = "People are independent of each other: one score a person"


@dataclass(frozen=True, slots=True, eq=False)
class TwoSamples:
    """Active minus control in any batch shape; a scalar field has shape ()."""

    difference: NDArray[np.float64]
    pooled_se: NDArray[np.float64]
    pooled_df: int
    welch_se: NDArray[np.float64]
    welch_df: NDArray[np.float64]
    hedges_g: NDArray[np.float64]
    hedges_se: NDArray[np.float64]

    @property
    def pooled(self) -> Contrast:
        """The difference with its pooled-variance standard error (one trial only)."""
        return Contrast(float(self.difference), float(self.pooled_se), self.pooled_df)

    @property
    def welch(self) -> Contrast:
        """The difference with Welch's standard error and df (one trial only)."""
        return Contrast(float(self.difference), float(self.welch_se), float(self.welch_df))

    @property
    def standardised(self) -> Contrast:
        """Hedges' g (one trial only)."""
        return Contrast(float(self.hedges_g), float(self.hedges_se), float("inf"))


def two_samples(active: ArrayLike, control: ArrayLike) -> TwoSamples:
    """Compare the means of two samples.

    Parameters
    ----------
    active : shape (..., n1)
    control : shape (..., n0)
        Scores of the two arms; n1 and n0 at least 2, no missing values.

    Returns
    -------
    TwoSamples
        Active minus control.

    References
    ----------
    Welch (1947), Biometrika 34:28-35. Hedges (1981), J Educ Stat 6:107-128.
    """
    y1, y0 = _sample(active, "active"), _sample(control, "control")
    n1, n0 = y1.shape[-1], y0.shape[-1]
    v1, v0 = y1.var(axis=-1, ddof=1), y0.var(axis=-1, ddof=1)
    df = n1 + n0 - 2
    pooled_variance = ((n1 - 1) * v1 + (n0 - 1) * v0) / df
    if not np.all(pooled_variance > 0):
        raise NotIdentifiedError(
            "All scores within each arm are equal: a difference in means has no standard error. "
            "Look whether the outcome was recorded as intended."
        )
    difference = y1.mean(axis=-1) - y0.mean(axis=-1)
    part1, part0 = v1 / n1, v0 / n0
    welch_variance = part1 + part0
    exact = np.exp(gammaln(df / 2) - gammaln((df - 1) / 2)) / np.sqrt(df / 2)
    g = exact * difference / np.sqrt(pooled_variance)
    return TwoSamples(
        difference=difference,
        pooled_se=np.sqrt(pooled_variance * (1 / n1 + 1 / n0)),
        pooled_df=df,
        welch_se=np.sqrt(welch_variance),
        welch_df=welch_variance**2 / (part1**2 / (n1 - 1) + part0**2 / (n0 - 1)),
        hedges_g=g,
        hedges_se=np.sqrt(1 / n1 + 1 / n0 + g**2 / (2 * (n1 + n0))),
    )


def difference_in_means(
    active: ArrayLike, control: ArrayLike, *, unit: str | None = None, level: float = 0.95
) -> Estimates:
    """Report the difference in means of two arms with one score a person.

    Parameters
    ----------
    active, control : shape (n1,) and (n0,)
    unit
        Unit and direction of the scores.
    level
        Coverage of the intervals.

    Returns
    -------
    Estimates
        ``total-effect`` with the pooled standard error, the same labelled ``welch``, and
        ``standardised-mean-difference`` (Hedges' g).

    Examples
    --------
    >>> rows = difference_in_means([4, 6, 8, 9], [3, 4, 5, 5])
    >>> [(row.name, row.label, round(row.estimate, 2), round(row.p, 3)) for row in rows][:2]
    [('total-effect', None, 2.5, 0.084), ('total-effect', 'welch', 2.5, 0.106)]
    """
    result = two_samples(active, control)
    rows = (
        ("total-effect", None, result.pooled, unit, POOLED),
        ("total-effect", "welch", result.welch, unit, WELCH),
        ("standardised-mean-difference", None, result.standardised, "standard deviations", HEDGES),
    )
    return Estimates(
        tuple(
            estimate_row(name, effect, level=level, label=label, unit=scale, method=method)
            for name, label, effect, scale, method in rows
        )
    ).with_fields(assumptions=(INDEPENDENT,))


def _sample(scores: ArrayLike, which: str) -> NDArray[np.float64]:
    y = np.asarray(scores, dtype=np.float64)
    if y.ndim == 0 or not np.isfinite(y).all():
        raise DataError(f"The {which} sample must be finite numbers. Drop or impute missing ones.")
    if y.shape[-1] < 2:
        raise NotIdentifiedError(
            f"The {which} sample has {y.shape[-1]} score(s); a variance needs at least 2."
        )
    return y
