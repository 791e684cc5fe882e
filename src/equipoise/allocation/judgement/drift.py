"""What drift and favouring do to the t test: chronological bias and selection bias.

Outcomes have standard deviation 1. Given an allocation, the t statistic of two arms is doubly
non-central t under a trend, so that only allocations are simulated, never outcomes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

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
    from scipy.special import stdtrit  # noqa: PLC0415  (heavy)

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

    Examples
    --------
    >>> round(float(doubly_noncentral_t(2.0, 10, np.zeros(1), np.zeros(1))[0]), 6)
    0.963306
    """
    pairs, where = np.unique(np.column_stack([delta, spread]), axis=0, return_inverse=True)
    found = by_quadrature if df >= SMOOTH else by_density
    return np.clip(found(t, df, *pairs.T), 0, 1)[where.ravel()]


SMOOTH = 20
"""Degrees of freedom from which the quadrature is right to 1e-8."""


def by_quadrature(
    t: float, df: int, delta: NDArray[np.float64], spread: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Average Phi(t sqrt(W / df) - delta), W = (Z + sqrt(spread))^2 + chi-square(df - 1).

    Gauss-Hermite for Z; for the chi-square Gauss-Laguerre, from its three-term recurrence.
    """
    from scipy.linalg import eigh_tridiagonal  # noqa: PLC0415  (heavy)
    from scipy.special import ndtr  # noqa: PLC0415

    z, z_weight = np.polynomial.hermite_e.hermegauss(16)
    k, shape = np.arange(16), (df - 1) / 2
    node, vector = eigh_tridiagonal(2 * k + shape, np.sqrt(k[1:] * (k[1:] + shape - 1)))
    total = np.zeros(len(delta))
    for start, share in zip(z, z_weight / z_weight.sum(), strict=True):
        inside = (start + np.sqrt(spread)) ** 2
        for chi, weight in zip(2 * node, vector[0] ** 2, strict=True):
            if share * weight > 1e-13:
                total += share * weight * ndtr(t * np.sqrt((inside + chi) / df) - delta)
    return total


def by_density(
    t: float, df: int, delta: NDArray[np.float64], spread: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Integrate Phi(t u / sqrt(df) - delta) over the density of u = sqrt(W), by Gauss-Legendre.

    For few degrees of freedom, where the square root of W is not smooth at 0 but u is.
    """
    from scipy.special import gammaln, ive, ndtr  # noqa: PLC0415  (heavy)

    node, weight = np.polynomial.legendre.leggauss(160)
    root = np.sqrt(spread)[:, None]
    centre = np.sqrt(df + spread)[:, None]
    low = np.maximum(centre - 10, 0)
    half = (centre + 10 - low) / 2
    u = low + half * (node + 1)
    order = df / 2 - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        log_central = (df - 1) * np.log(u) - u**2 / 2 - order * np.log(2) - gammaln(df / 2)
        log_shifted = (
            np.log(u) - (u - root) ** 2 / 2 + order * np.log(u / root)
            + np.log(ive(order, root * u))
        )  # fmt: skip
    density = np.exp(np.where(root > 1e-8, log_shifted, log_central))
    inside = ndtr(t * u / np.sqrt(df) - delta[:, None])
    return np.asarray(((weight * half) * density * inside).sum(axis=1))
