"""One participant's cycles: the paired t, and the exact test of the order within cycles.

When the order of active and control is randomised within each of k cycles, and treatment does
nothing, each cycle's difference is as likely to have come out with the other sign. The 2^k sign
patterns are the whole reference distribution, so no p value can be below 2^-k one-sided, twice
that two-sided.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.linear_model import least_squares
from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from equipoise.analysis.linear_model import LeastSquares

MOST_CYCLES = 40  # two halves of 2^20 sums each


@dataclass(frozen=True, slots=True)
class OrderTest:
    """Exact two-sided p of no effect in any cycle, and the smallest that k cycles can give."""

    p: float
    smallest_p: float
    cycles: int


def order_test(differences: ArrayLike) -> OrderTest:
    """Test one participant's differences against every order that could have been drawn.

    Parameters
    ----------
    differences : shape (k,)
        Active minus control of each cycle; the order was drawn cycle by cycle.

    Examples
    --------
    >>> order_test([3, 1, 2, 4])
    OrderTest(p=0.125, smallest_p=0.125, cycles=4)

    References
    ----------
    Edgington & Onghena (2007), Randomization Tests, 4th ed., CRC Press.
    """
    d = _checked(differences)
    if len(d) > MOST_CYCLES:
        raise NotIdentifiedError(
            f"The exact test counts 2^k orders and stops at {MOST_CYCLES} cycles; got {len(d)}. "
            "Take the paired t test."
        )
    size = float(np.abs(d).sum())
    least = abs(float(d.sum())) - 1e-12 * size  # sums that differ by rounding alone are as far
    half = len(d) // 2
    left, right = _signed_sums(d[:half]), np.sort(_signed_sums(d[half:]))
    above = len(right) - np.searchsorted(right, least - left, side="left")
    below = np.searchsorted(right, -least - left, side="right")
    count = 2 ** len(d) if least <= 0 else int(above.sum()) + int(below.sum())
    return OrderTest(count / 2 ** len(d), min(1.0, 2.0 ** (1 - len(d))), len(d))


def paired_fit(differences: ArrayLike, elapsed: ArrayLike | None = None) -> LeastSquares:
    """Estimate one participant's effect by the paired t: the first coefficient.

    Parameters
    ----------
    differences : shape (k,)
        Active minus control of each cycle, k at least 2.
    elapsed : shape (k,)
        Time of active minus time of control: takes out a linear trend, the second coefficient.

    Examples
    --------
    >>> fit = paired_fit([3, 1, 2, 4])
    >>> round(fit.contrast([1]).estimate, 3), round(fit.contrast([1]).se, 3), fit.df
    (2.5, 0.645, 3)
    """
    d = _checked(differences)
    columns, names = [np.ones(len(d))], ["effect"]
    if elapsed is not None:
        columns.append(np.asarray(elapsed, dtype=np.float64))
        names.append("time trend")
    if len(d) <= len(columns):
        raise NotIdentifiedError(
            f"{len(d)} cycle(s) cannot tell {' and '.join(names)} from the variation between "
            "cycles: more are needed."
        )
    fit = least_squares(d, np.column_stack(columns), names)
    if not fit.s2 > 1e-24 * max(1.0, float(np.square(d).max())):
        raise NotIdentifiedError("The difference is the same in every cycle: it has no error.")
    return fit


def within_variance(differences: list[NDArray[np.float64]]) -> tuple[float, int]:
    """Pool the variance of cycle differences over participants; return it with its df."""
    squares = sum(float(np.square(d - d.mean()).sum()) for d in differences)
    df = sum(len(d) - 1 for d in differences)
    if df == 0:
        raise NotIdentifiedError(
            "Everybody had one cycle. How people differ in response then cannot be told from how "
            "one person varies from cycle to cycle (Senn 2016): that takes repeated cycles."
        )
    if not squares > 1e-24 * max(1.0, *(float(np.square(d).max()) for d in differences)):
        raise NotIdentifiedError("The differences do not vary from cycle to cycle in anybody.")
    return squares / df, df


def _signed_sums(d: NDArray[np.float64]) -> NDArray[np.float64]:
    sums = np.zeros(1)
    for value in d:
        sums = np.concatenate((sums - value, sums + value))
    return sums


def _checked(differences: ArrayLike) -> NDArray[np.float64]:
    d = np.asarray(differences, dtype=np.float64)
    if d.ndim != 1 or not len(d) or not all(map(math.isfinite, d)):
        raise DataError("Differences are one finite number a cycle: leave out unfinished cycles.")
    return d
