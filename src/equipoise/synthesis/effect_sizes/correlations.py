"""Correlations: as they are, corrected for bias, or in Fisher's z."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import hyp2f1

from equipoise.synthesis.effect_sizes.checks import (
    EffectSize,
    FloatArray,
    aligned,
    need_correlation,
    need_people,
)


def correlation(
    r: ArrayLike,
    n: ArrayLike,
    *,
    corrected: bool = False,
    variance: Literal["LS", "AV", "UB"] = "LS",
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return correlations (COR), or with their bias taken out (`corrected`: UCOR).

    Parameters
    ----------
    r, n : shape (k,)
        Correlations, and people.
    variance
        "LS" (1 - r²)² / (n - 1); "AV" the same at the mean of r, weighted by n; "UB" unbiased,
        for `corrected`.

    References
    ----------
    Olkin & Pratt (1958), Ann Math Stat 29:201-211. doi:10.1214/aoms/1177706717
    """
    r, n = _checked(r, n, study)
    y = r * _hypergeometric(0.5, (n - 2) / 2, 1 - r**2) if corrected else r
    if variance == "UB":
        rest = 1 - r**2
        v = y**2 - 1 + (n - 3) / (n - 2) * rest * _hypergeometric(1.0, n / 2, rest)
    else:
        at = np.average(y, weights=n) if variance == "AV" else y
        v = (1 - at**2) ** 2 / (n - 1)
    return EffectSize(y, v)


def fisher_z(r: ArrayLike, n: ArrayLike, *, study: Sequence[str] | None = None) -> EffectSize:
    """Return Fisher's z of correlations (ZCOR), variance 1 / (n - 3).

    Examples
    --------
    >>> fisher_z(0.3, 10).y.round(5)
    array([0.30952])
    """
    r, n = _checked(r, n, study)
    return EffectSize(np.arctanh(r), 1 / (n - 3))


def _hypergeometric(a: float, c: FloatArray, x: FloatArray) -> FloatArray:
    """Return 2F1(a, a; c; x); for larger c by its series, where SciPy's may be NaN."""
    k = np.arange(300.0)
    ratios = (a + k) ** 2 / ((c[:, None] + k) * (1 + k)) * x[:, None]
    series = 1 + np.cumprod(ratios, axis=1).sum(axis=1)  # terms fall like k to the power -c
    return np.where(c >= 12, series, hyp2f1(a, a, np.minimum(c, 12), x))


def _checked(
    r: ArrayLike, n: ArrayLike, study: Sequence[str] | None
) -> tuple[FloatArray, FloatArray]:
    r, n = aligned(study, r=r, n=n)
    need_correlation(study, r)
    need_people(study, 4, n=n)
    return r, n
