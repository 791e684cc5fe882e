"""What drift and favouring do to the t test: chronological bias and selection bias.

Outcomes have standard deviation 1. Given an allocation, the t statistic of two arms is doubly
non-central t under a trend, so that only allocations are simulated, never outcomes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import gammaln, nctdtr, stdtrit

from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Trend = Literal["linear", "log", "step"]
TRENDS: tuple[Trend, ...] = ("linear", "log", "step")


def trend(kind: Trend, n: int, size: float) -> NDArray[np.float64]:
    """Return how far the outcome has drifted at each person, 0 at the first, `size` at the last.

    Linear, in the logarithm of the place in the order, or a step after the first half.

    References
    ----------
    Tamm & Hilgers (2014), Methods Inf Med 53:501-510 (the three shapes).

    Examples
    --------
    >>> trend("linear", 5, 1.0).tolist(), trend("step", 4, 0.5).tolist()
    ([0.0, 0.25, 0.5, 0.75, 1.0], [0.0, 0.0, 0.5, 0.5])
    """
    if n < 2:
        raise DataError(f"A trend needs two or more people. Got {n}.")
    place = np.arange(n)
    if kind == "linear":
        return size * place / (n - 1)
    if kind == "log":
        return np.asarray(size * np.log(place + 1) / np.log(n))
    if kind == "step":
        return np.where(place >= n / 2, size, 0.0)
    raise DataError(f"A trend is linear, log or step. Got {kind!r}.")


def favouring(arm: NDArray[np.int8], ratio: tuple[int, ...], size: float) -> NDArray[np.float64]:
    """Return the shift of each outcome by an enroller who guesses, shape (trials, n).

    Where arm 1 is further behind its share than arm 0, the enroller expects it and picks somebody
    whose outcome is better by `size`; where arm 0 is behind, worse; where neither, nothing.

    References
    ----------
    Proschan (1994), Stat Sinica 4:219-231. Kennes, Cramer, Hilgers & Heussen (2011), Stat Med
    30:2573-2581.

    Examples
    --------
    >>> favouring(np.array([[0, 1, 1]], dtype=np.int8), (1, 1), 0.2).tolist()
    [[0.0, 0.2, 0.0]]
    """
    ones = np.cumsum(arm, axis=1) - arm
    place = np.arange(arm.shape[1])
    behind = np.sign(place * ratio[1] - ones * sum(ratio))
    return np.asarray(size * behind)


def rejection(
    arm: NDArray[np.int8], shift: NDArray[np.float64], effect: float = 0.0, alpha: float = 0.05
) -> NDArray[np.float64]:
    """Return each allocation's probability that the two-sided t test rejects.

    Parameters
    ----------
    arm : shape (trials, n)
        0 or 1. An allocation with fewer than one person in an arm cannot be tested and counts
        as never rejected.
    shift : shape (n,) or (trials, n)
        Of the expected outcome, whatever the arm; in standard deviations.
    effect
        Of arm 1, in standard deviations.
    alpha
        Two-sided.

    References
    ----------
    Kennes, Cramer, Hilgers & Heussen (2011), Stat Med 30:2573-2581. The distribution: Johnson,
    Kotz & Balakrishnan (1995), Continuous Univariate Distributions, vol. 2, ch. 31, Wiley.

    Examples
    --------
    >>> arm = np.array([[0, 1] * 32], dtype=np.int8)
    >>> round(float(rejection(arm, np.zeros(64))[0]), 9)
    0.05
    >>> round(float(rejection(arm, np.zeros(64), effect=0.7)[0]), 3)
    0.787
    """
    mean = shift + effect * arm
    n = arm.shape[1]
    if n < 4:
        raise DataError(f"The t test needs four or more people. Got {n}.")
    ones = arm.sum(axis=1)
    testable = (ones > 0) & (ones < n)
    one, zero = np.maximum(ones, 1), np.maximum(n - ones, 1)
    mean_one = (mean * arm).sum(axis=1) / one
    mean_zero = (mean * (1 - arm)).sum(axis=1) / zero
    delta = (mean_one - mean_zero) / np.sqrt(1 / one + 1 / zero)
    centred = np.where(arm == 1, mean - mean_one[:, None], mean - mean_zero[:, None])
    spread = (centred**2).sum(axis=1)
    critical = float(stdtrit(n - 2, 1 - alpha / 2))
    inside = doubly_noncentral_t(critical, n - 2, delta, spread)
    inside -= doubly_noncentral_t(-critical, n - 2, delta, spread)
    return np.where(testable, 1 - inside, 0.0)


def doubly_noncentral_t(
    t: float, df: int, delta: NDArray[np.float64], spread: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return P(T <= t) of (Z + delta) / sqrt(non-central chi-square(df, spread) / df).

    The chi-square is a Poisson mixture: with j extra pairs of degrees of freedom T is a
    non-central t, up to a factor.

    Examples
    --------
    >>> round(float(doubly_noncentral_t(2.0, 10, np.zeros(1), np.zeros(1))[0]), 6)
    0.963306
    """
    mean = spread / 2
    reach = 9 * np.sqrt(mean.max() + 1)
    pairs = np.arange(max(0, np.floor(mean.min() - reach)), np.ceil(mean.max() + reach) + 10)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_weight = pairs * np.log(mean[:, None]) - mean[:, None] - gammaln(pairs + 1)
    weight = np.where(mean[:, None] > 0, np.exp(log_weight), pairs == 0)
    total = np.zeros(len(delta))
    for j, column in zip(pairs, weight.T, strict=True):
        if (used := column > 1e-12).any():
            scaled = t * np.sqrt((df + 2 * j) / df)
            total[used] += column[used] * nctdtr(df + 2 * j, delta[used], scaled)
    return np.clip(total, 0, 1)
