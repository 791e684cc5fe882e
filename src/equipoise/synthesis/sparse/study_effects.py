"""Log odds ratios, log risk ratios and risk differences of single studies with their variances.

They serve Cochran's Q around a pooled effect that was not made from them.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from equipoise.synthesis.sparse.tables import PersonTime, TwoByTwo

FloatArray = NDArray[np.float64]
Measure = Literal["OR", "RR", "RD"]
RateMeasure = Literal["IRR", "IRD"]


def study_effects(table: TwoByTwo, measure: Measure) -> tuple[FloatArray, FloatArray]:
    """Return effects and sampling variances, each (k,); not finite where a cell forbids it."""
    a, b, c, d, n1, n2 = table.a, table.b, table.c, table.d, table.n1, table.n2
    with np.errstate(divide="ignore", invalid="ignore"):
        if measure == "OR":
            return np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d
        if measure == "RR":
            return np.log(a / n1) - np.log(c / n2), 1 / a - 1 / n1 + 1 / c - 1 / n2
        return a / n1 - c / n2, a * b / n1**3 + c * d / n2**3


def rate_effects(table: PersonTime, measure: RateMeasure) -> tuple[FloatArray, FloatArray]:
    """Return log rate ratios or rate differences and their variances, each (k,)."""
    a, c, t1, t2 = table.a, table.c, table.t1, table.t2
    with np.errstate(divide="ignore", invalid="ignore"):
        if measure == "IRR":
            return np.log(a / t1) - np.log(c / t2), 1 / a + 1 / c
        return a / t1 - c / t2, a / t1**2 + c / t2**2


def q_about(centre: float, y: FloatArray, v: FloatArray) -> tuple[float, int]:
    """Return Cochran's Q about a given centre and its df; studies without an effect stay out."""
    use = np.isfinite(y) & np.isfinite(v) & (v > 0)
    return float(((y[use] - centre) ** 2 / v[use]).sum()), int(use.sum()) - 1
