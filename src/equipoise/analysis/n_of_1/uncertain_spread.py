"""The next person, and each one seen, when the spread between people is itself uncertain.

The usual prediction and shrinkage take the estimated tau2 as the truth. With few people it is
often estimated as 0 while it is not, and then their intervals are far too narrow. Here tau2 runs
through its confidence distribution, the one whose quantiles are the limits of the Q profile.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import chdtrc, chdtri, ndtr, stdtr, stdtrit

from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

SPREAD_UNCERTAIN = (
    "Prediction over the confidence distribution of the spread (after Nagashima, Noma & Furukawa "
    "2019), here that of the Q profile"
)
SHRINKAGE_UNCERTAIN = (
    "Best linear unbiased prediction at the estimated spread; its interval runs over the "
    "confidence distribution of the spread (compare Laird & Louis 1987)"
)
NODES = 200
HALVINGS = 100


def uncertain_prediction(
    effects: ArrayLike, variances: ArrayLike, level: float = 0.95
) -> tuple[float, float]:
    """Return where the true effect of a new participant is expected, the spread being uncertain.

    theta_new = mu(tau2) + tau Z - se(tau2) T with Z normal, T of k - 1 df, se that of Hartung and
    Knapp, and Q(tau2) distributed as chi-squared with k - 1 df; integrated, not sampled.

    Parameters
    ----------
    effects, variances : shape (k,)
        Each participant's effect and the square of its standard error; k at least 3.

    References
    ----------
    Nagashima, Noma & Furukawa (2019), Stat Methods Med Res 28:1689-1702.
    """
    y, v, at = _checked(effects, variances, level)
    df, share = len(y) - 1, (np.arange(NODES) + 0.5) / NODES
    se = np.sqrt(at.q / df / at.total)  # Hartung and Knapp's
    tau = np.maximum(np.sqrt(at.tau2), 1e-12 * (se + np.sqrt(at.tau2)))
    t = stdtrit(df, share)

    def below(x: float) -> float:
        z = (x - at.mean[1:, None] + se[1:, None] * t) / tau[1:, None]
        alone = float(stdtr(df, (x - at.mean[0]) / se[0])) if se[0] > 0 else float(x >= at.mean[0])
        return at.zero * alone + (1 - at.zero) * float(ndtr(z).mean())

    return _limits(below, float(y.mean()), float(np.sqrt(v.max()) + np.ptp(y)), level)


def uncertain_shrinkage(
    effects: ArrayLike, variances: ArrayLike, level: float = 0.95
) -> NDArray[np.float64]:
    """Return limits (2, k) of each participant's true effect, given everybody's.

    Given tau2 it is normal about the shrunken effect; tau2 runs through its confidence
    distribution.

    Parameters
    ----------
    effects, variances : shape (k,)
        As for `uncertain_prediction`.

    References
    ----------
    Laird & Louis (1987), J Am Stat Assoc 82:739-750, on why the spread's uncertainty counts.
    """
    y, v, at = _checked(effects, variances, level)
    weight = np.concatenate(([at.zero], np.full(NODES, (1 - at.zero) / NODES)))
    limits = []
    for own, variance in zip(y, v, strict=True):
        kept = at.tau2 / (at.tau2 + variance)
        centre = at.mean + kept * (own - at.mean)
        sd = np.sqrt(kept * variance + (1 - kept) ** 2 / at.total)

        below = partial(_mixed, weight=weight, centre=centre, sd=sd)
        limits.append(_limits(below, float(own), float(np.sqrt(v.max()) + np.ptp(y)), level))
    return np.array(limits).T


def _mixed(
    x: float, *, weight: NDArray[np.float64], centre: NDArray[np.float64], sd: NDArray[np.float64]
) -> float:
    """Return the chance below x of a mixture of normal distributions."""
    return float(weight @ ndtr((x - centre) / sd))


class _Nodes(NamedTuple):
    """The fit at values of tau2: first 0, which has chance `zero`, then equally likely ones."""

    tau2: NDArray[np.float64]
    mean: NDArray[np.float64]
    total: NDArray[np.float64]
    q: NDArray[np.float64]
    zero: float


def _checked(
    effects: ArrayLike, variances: ArrayLike, level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], _Nodes]:
    y, v = np.asarray(effects, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    if not 0 < level < 1:
        raise DataError(f"A confidence level lies between 0 and 1. Got {level}.")
    if len(y) < 3:
        raise NotIdentifiedError(f"A prediction interval needs 3 participants; got {len(y)}.")
    df, share = len(y) - 1, (np.arange(NODES) + 0.5) / NODES
    zero = float(chdtrc(df, _spread(y, v, np.zeros(1))[0][0]))
    tau2 = np.concatenate(([0.0], _solved(y, v, chdtri(df, 1 - share * (1 - zero)))))
    q, mean, total = _spread(y, v, tau2)
    return y, v, _Nodes(tau2, mean, total, q, zero)


def _limits(
    below: Callable[[float], float], middle: float, half: float, level: float
) -> tuple[float, float]:
    """Return the two quantiles of a distribution function, searched around `middle`."""
    from scipy.optimize import brentq  # noqa: PLC0415  (heavy)

    tail = (1 - level) / 2
    limits = []
    for aim in (tail, 1 - tail):
        reach = half
        while below(middle - reach) > aim or below(middle + reach) < aim:
            reach *= 2
        low, high = middle - reach, middle + reach
        limits.append(float(brentq(lambda x, aim=aim: below(x) - aim, low, high, xtol=1e-12)))
    return limits[0], limits[1]


def _spread(
    y: NDArray[np.float64], v: NDArray[np.float64], tau2: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the generalised Q, the mean and the sum of weights at each tau2."""
    w = 1 / (v + tau2[:, None])
    total = w.sum(axis=1)
    mean = (w @ y) / total
    return (w * (y - mean[:, None]) ** 2).sum(axis=1), mean, total


def _solved(
    y: NDArray[np.float64], v: NDArray[np.float64], q: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Find the tau2 at which the generalised Q takes each value: bisection, as it only falls."""
    low, high = np.zeros_like(q), np.full_like(q, float(v.max() + y.var()))
    for _ in range(HALVINGS):
        short = _spread(y, v, high)[0] > q
        if not short.any():
            break
        high = np.where(short, 4 * high, high)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        above = _spread(y, v, middle)[0] > q
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.asarray((low + high) / 2, dtype=np.float64)
