"""One linear contrast: its estimate, standard error and degrees of freedom, and what they say.

The tail areas come from `scipy.special`: `scipy.stats` takes half a second to import.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from scipy.special import fdtrc, ndtr, ndtri, stdtr, stdtrit

from equipoise.errors import DataError


class Contrast(NamedTuple):
    """An estimate with a t distribution of `df` degrees of freedom; infinite means normal.

    Examples
    --------
    >>> estimate, se, df = effect = Contrast(3.0, 1.5, 20.0)
    >>> round(effect.p, 4), [round(limit, 4) for limit in effect.interval(0.95)]
    (0.0593, [-0.1289, 6.1289])
    """

    estimate: float
    se: float
    df: float

    @property
    def p(self) -> float:
        """Two-sided p value of a zero contrast."""
        ratio = -abs(self.estimate) / self.se
        return 2 * float(stdtr(self.df, ratio) if math.isfinite(self.df) else ndtr(ratio))

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the two limits of the confidence interval of that level."""
        if not 0 < level < 1:
            raise DataError(f"A confidence level lies between 0 and 1. Got {level}.")
        upper = (1 + level) / 2
        quantile = stdtrit(self.df, upper) if math.isfinite(self.df) else ndtri(upper)
        half = float(quantile) * self.se
        return self.estimate - half, self.estimate + half


class FTest(NamedTuple):
    """An F statistic with its degrees of freedom."""

    statistic: float
    numerator_df: float
    denominator_df: float

    @property
    def p(self) -> float:
        """Upper tail area."""
        return float(fdtrc(self.numerator_df, self.denominator_df, self.statistic))
