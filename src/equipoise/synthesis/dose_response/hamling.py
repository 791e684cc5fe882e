"""Covariance of reported log ratios by Hamling, Lee, Weitkunat & Ambühl (2008), Stat Med 27:954-70.

Effective counts are found that give the reported ratios and their variances exactly, with the
crude share of the referent among those not ill and the crude ratio of not ill to ill.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from equipoise.synthesis.dose_response.greenland_longnecker import Design

    FloatArray = NDArray[np.float64]
    Gap = Callable[[FloatArray], FloatArray | None]

STEPS = 200


def hamling(
    y: ArrayLike, v: ArrayLike, cases: ArrayLike, total: ArrayLike, design: Design
) -> FloatArray:
    """Return the covariance of a study's log ratios, shape (m, m).

    Parameters
    ----------
    y, v, cases, total, design
        As in `greenland_longnecker`.

    Raises
    ------
    DataError
        When no effective counts agree with what is reported.
    """
    v = np.asarray(v, dtype=np.float64)
    a, b = effective_counts(y, v, cases, total, design)
    shared = {"cc": 1 / a[0] + 1 / b[0], "ci": 1 / a[0] - 1 / b[0], "ir": 1 / a[0]}[design]
    S = np.full((len(v), len(v)), shared)
    np.fill_diagonal(S, v)
    return S


def effective_counts(
    y: ArrayLike, v: ArrayLike, cases: ArrayLike, total: ArrayLike, design: Design
) -> tuple[FloatArray, FloatArray]:
    """Return effective cases and comparators of each arm, shapes (m + 1,), the referent first.

    Comparators are controls (cc), people (ci) or person-time (ir).
    """
    y, v = np.asarray(y, dtype=np.float64), np.asarray(v, dtype=np.float64)
    crude, n = np.asarray(cases, dtype=np.float64), np.asarray(total, dtype=np.float64)
    other = n - crude if design == "cc" else n
    share, ratio = other[0] / other.sum(), other.sum() / crude.sum()

    def counts(x: FloatArray) -> tuple[FloatArray, FloatArray] | None:
        a0, b0 = np.exp(x)
        rest = _other_arms(a0, b0, y, v, design)
        if rest is None:
            return None
        return np.concatenate(([a0], rest[0])), np.concatenate(([b0], rest[1]))

    def gap(x: FloatArray) -> FloatArray | None:
        found = counts(x)
        if found is None:
            return None
        a, b = found
        return np.array([np.log(b[0] / b.sum() / share), np.log(b.sum() / a.sum() / ratio)])

    root = _newton(gap, _starts(crude, other, v))
    found = None if root is None else counts(root)
    if found is None:
        raise DataError(
            "No effective counts agree with the reported ratios and standard errors (Hamling 2008)."
            " Use the Greenland-Longnecker covariance, or look at counts and standard errors."
        )
    return found


def _other_arms(
    a0: float, b0: float, y: FloatArray, v: FloatArray, design: Design
) -> tuple[FloatArray, FloatArray] | None:
    """Solve each dose's two counts from its ratio and variance; None where one is not above 0."""
    k = np.exp(y) * a0 / b0  # A_j / B_j
    if design == "cc":
        left = v - 1 / a0 - 1 / b0
        a, b = (1 + k) / left, (1 + 1 / k) / left
    elif design == "ci":
        left = v - 1 / a0 + 1 / b0
        a, b = (1 - k) / left, (1 / k - 1) / left
    else:
        left = v - 1 / a0
        a, b = 1 / left, 1 / (k * left)
    return (a, b) if (left > 0).all() and (a > 0).all() and (b > 0).all() else None


def _starts(crude: FloatArray, other: FloatArray, v: FloatArray) -> list[FloatArray]:
    """Start from the crude counts, and from larger ones: variance must be left for every dose."""
    scale = max(1.0, float((1 / crude[0] + 1 / other[0]) / v.min()))
    return [
        np.log([crude[0] * f, other[0] * f]) for f in (1.0, scale * 1.01, scale * 1.5, scale * 4)
    ]


def _newton(gap: Gap, starts: list[FloatArray]) -> FloatArray | None:
    """Find a root in the logs of the referent's counts by Newton steps, halved where they fail."""
    for start in starts:
        x, value = start, gap(start)
        if value is None:
            continue
        for _ in range(STEPS):
            if np.abs(value).max() < 1e-14:
                return x
            J = _slopes(gap, x, value)
            if J is None or abs(np.linalg.det(J)) < 1e-300:
                break
            step, found = np.linalg.solve(J, -value), False
            for half in range(60):
                new = gap(x + step / 2**half)
                if new is not None and np.abs(new).sum() < np.abs(value).sum():
                    x, value, found = x + step / 2**half, new, True
                    break
            if not found:
                break
        if np.abs(value).max() < 1e-10:
            return x
    return None


def _slopes(gap: Gap, x: FloatArray, value: FloatArray) -> FloatArray | None:
    """Return the Jacobian by forward differences: only the way to the root depends on it."""
    J = np.empty((2, 2))
    for k in range(2):
        moved = x.copy()
        moved[k] += 1e-7
        new = gap(moved)
        if new is None:
            return None
        J[:, k] = (new - value) / 1e-7
    return J
