"""Covariance of reported log ratios by Greenland & Longnecker (1992), Am J Epidemiol 135:1301-1309.

An adjusted ratio of each dose is reported with its standard error, and crude counts. Cell counts
are fitted that keep the margins and give the adjusted ratios; their correlations are put on the
reported standard errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

Design = Literal["cc", "ci", "ir"]
DESIGNS: tuple[Design, ...] = ("cc", "ci", "ir")
"""Case-control (odds ratios), cumulative incidence (risk ratios), incidence rates."""
STEPS = 100


def greenland_longnecker(
    y: ArrayLike, v: ArrayLike, cases: ArrayLike, total: ArrayLike, design: Design
) -> FloatArray:
    """Return the covariance of a study's log ratios, shape (m, m).

    Parameters
    ----------
    y, v : shape (m,)
        Reported log ratios against the referent, and their variances.
    cases, total : shape (m + 1,)
        Crude counts, the referent first. `total` is cases and controls (cc), people (ci) or
        person-time (ir).

    Raises
    ------
    DataError
        When no cell counts agree with the ratios.
    """
    y, v = np.asarray(y, dtype=np.float64), np.asarray(v, dtype=np.float64)
    fitted = fitted_cases(y, cases, total, design)
    own, shared = _cell_variances(fitted, np.asarray(total, dtype=np.float64), design)
    r = shared / np.sqrt(np.outer(own + shared, own + shared))
    np.fill_diagonal(r, 1.0)
    return np.asarray(r * np.sqrt(np.outer(v, v)))


def fitted_cases(y: ArrayLike, cases: ArrayLike, total: ArrayLike, design: Design) -> FloatArray:
    """Return the cases of each arm, shape (m + 1,), that have these log ratios and this sum."""
    y = np.asarray(y, dtype=np.float64)
    n, sum_cases = np.asarray(total, dtype=np.float64), float(np.sum(cases))
    if design != "cc":  # ratios of A / N: proportional to N exp(y)
        share = n * np.exp(np.concatenate(([0.0], y)))
        return np.asarray(sum_cases * share / share.sum())
    return _newton_cases(y, n, sum_cases)


def _newton_cases(y: FloatArray, n: FloatArray, sum_cases: float) -> FloatArray:
    """Solve for the log odds of the referent: each arm's cases rise with it, so one root is there.

    The m equations of the paper say that A_j = N_j expit(x + y_j) with one x; what is left is that
    the cases add up.
    """
    if not 0 < sum_cases < n.sum():
        raise DataError(f"{sum_cases:g} cases of {n.sum():g}: cases are above 0 and below the sum.")
    shift = np.concatenate(([0.0], y))
    low, high = -750.0, 750.0
    x = float(np.log(sum_cases / (n.sum() - sum_cases)))
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(x + shift, -700, 700)))
        excess = float(n @ p - sum_cases)
        low, high = (low, x) if excess > 0 else (x, high)
        slope = float(n @ (p * (1 - p)))
        new = x - excess / slope if slope > 0 else (low + high) / 2
        new = new if low < new < high else (low + high) / 2
        if abs(new - x) <= 1e-15 * max(1.0, abs(x)):
            break
        x = new
    return np.asarray(n / (1 + np.exp(-np.clip(x + shift, -700, 700))))


def _cell_variances(a: FloatArray, n: FloatArray, design: Design) -> tuple[FloatArray, float]:
    """Return the variance that each dose adds, shape (m,), and that of the referent."""
    if design == "cc":
        each = 1 / a + 1 / (n - a)
    elif design == "ir":
        each = 1 / a
    else:
        each = 1 / a - 1 / n
    if not (each > 0).all():
        raise DataError(
            f"The fitted cases {np.round(a, 2).tolist()} exceed the people {n.tolist()}: the "
            "ratios and the counts cannot belong together. Look at the design (cc, ci or ir)."
        )
    return each[1:], float(each[0])
