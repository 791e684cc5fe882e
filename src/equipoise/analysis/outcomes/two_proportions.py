"""Two independent proportions: score intervals of difference, ratio and odds ratio.

They invert the test, so that they stay in range and exist where a cell is empty.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.special import ndtri

from equipoise.errors import DataError

NEWCOMBE = "Square-and-add of two Wilson intervals (Newcombe 1998, method 10)"
MIETTINEN_NURMINEN = "Score interval with restricted maximum likelihood (Miettinen & Nurminen 1985)"
WILSON = "Score interval of one proportion (Wilson 1927)"

Counts = tuple[int, int, int, int]
Cut = Callable[[float], float]


def wilson(events: int, people: int, *, level: float = 0.95) -> tuple[float, float]:
    """Return the score interval of one proportion.

    References
    ----------
    Wilson (1927), J Am Stat Assoc 22:209-212.

    Examples
    --------
    >>> [round(limit, 4) for limit in wilson(0, 10)]
    [0.0, 0.2775]
    """
    _check(events, people)
    z = float(ndtri((1 + level) / 2))
    p = events / people
    centre = (p + z**2 / (2 * people)) / (1 + z**2 / people)
    half = z * math.sqrt(p * (1 - p) / people + z**2 / (4 * people**2)) / (1 + z**2 / people)
    return (0.0 if events == 0 else centre - half), (1.0 if events == people else centre + half)


def newcombe(
    events: int, people: int, control_events: int, control_people: int, *, level: float = 0.95
) -> tuple[float, float]:
    """Return Newcombe's interval of the difference in proportions, active less control.

    References
    ----------
    Newcombe (1998), Stat Med 17:873-890, method 10.

    Examples
    --------
    >>> [round(limit, 4) for limit in newcombe(56, 70, 48, 80)]
    [0.0524, 0.3339]
    """
    low1, high1 = wilson(events, people, level=level)
    low0, high0 = wilson(control_events, control_people, level=level)
    p1, p0 = events / people, control_events / control_people
    return (
        p1 - p0 - math.hypot(p1 - low1, high0 - p0),
        p1 - p0 + math.hypot(high1 - p1, p0 - low0),
    )


def score_difference(
    events: int, people: int, control_events: int, control_people: int, *, level: float = 0.95
) -> tuple[float, float]:
    """Return the score interval of the difference in proportions, active less control.

    References
    ----------
    Miettinen & Nurminen (1985), Stat Med 4:213-226.

    Examples
    --------
    >>> [round(limit, 4) for limit in score_difference(56, 70, 48, 80)]
    [0.0528, 0.3382]
    """
    counts = _counts(events, people, control_events, control_people)
    x, n, x0, n0 = counts
    observed = x / n - x0 / n0

    def z(d: float) -> float:
        p0 = _control_given_difference(counts, d)
        p = min(max(p0 + d, 0.0), 1.0)
        return _standardised(observed - d, p * (1 - p) / n + p0 * (1 - p0) / n0, n + n0)

    return _limits(z, observed, -1.0, 1.0, level)


def score_ratio(
    events: int, people: int, control_events: int, control_people: int, *, level: float = 0.95
) -> tuple[float, float]:
    """Return the score interval of the risk ratio; low is 0 or high is infinite at an empty cell.

    References
    ----------
    Miettinen & Nurminen (1985), Stat Med 4:213-226.
    """
    counts = _counts(events, people, control_events, control_people)
    x, n, x0, n0 = counts
    if x + x0 == 0:
        return 0.0, math.inf

    def z(u: float) -> float:
        ratio = _from_unit(u)
        p0 = _control_given_ratio(counts, ratio)
        p = min(ratio * p0, 1.0)
        variance = p * (1 - p) / n + ratio**2 * p0 * (1 - p0) / n0
        return _standardised(x / n - ratio * x0 / n0, variance, n + n0)

    return _on_ratio_scale(z, x * n0, x0 * n, level)


def score_odds_ratio(
    events: int, people: int, control_events: int, control_people: int, *, level: float = 0.95
) -> tuple[float, float]:
    """Return the score interval of the odds ratio; low is 0 or high is infinite at an empty cell.

    References
    ----------
    Miettinen & Nurminen (1985), Stat Med 4:213-226.
    """
    counts = _counts(events, people, control_events, control_people)
    x, n, x0, n0 = counts
    if x + x0 in (0, n + n0):
        return 0.0, math.inf

    def z(u: float) -> float:
        odds = _from_unit(u)
        p0 = _control_given_odds_ratio(counts, odds)
        p = odds * p0 / (1 + p0 * (odds - 1))
        information = [m * q * (1 - q) for m, q in ((n, p), (n0, p0))]
        if min(information) <= 0:
            return 0.0
        variance = 1 / information[0] + 1 / information[1]
        return (x - n * p) * math.sqrt(variance * (n + n0 - 1) / (n + n0))

    return _on_ratio_scale(z, x * (n0 - x0), x0 * (n - x), level)


def _control_given_difference(counts: Counts, d: float) -> float:
    """Maximise the likelihood over p0 with p = p0 + d: a root of the score in its range."""
    x, n, x0, n0 = counts

    def score(p0: float) -> float:
        p = p0 + d
        # times p q p0 q0: the cubic of the paper, which has one root in the range
        return (x - n * p) * p0 * (1 - p0) + (x0 - n0 * p0) * p * (1 - p)

    return _root(score, max(0.0, -d), min(1.0, 1 - d))


def _control_given_ratio(counts: Counts, ratio: float) -> float:
    x, n, x0, n0 = counts
    a = (n + n0) * ratio
    b = -(n * ratio + x + n0 + x0 * ratio)
    c = x + x0
    p0 = 2 * c / (-b + math.sqrt(max(b * b - 4 * a * c, 0.0)))
    return float(min(max(p0, 0.0), min(1.0, 1 / ratio) if ratio > 0 else 1.0))


def _control_given_odds_ratio(counts: Counts, odds: float) -> float:
    x, n, x0, n0 = counts
    a = n0 * (odds - 1)
    b = n * odds + n0 - (x + x0) * (odds - 1)
    c = -(x + x0)
    return float(-2 * c / (b + math.sqrt(max(b * b - 4 * a * c, 0.0))))


def _root(score: Cut, low: float, high: float) -> float:
    """Return the maximum of a concave likelihood on a range, from its derivative's sign."""
    inside = 1e-14
    left, right = low + inside, high - inside
    if left >= right or score(left) <= 0:
        return low
    if score(right) >= 0:
        return high
    from scipy.optimize import brentq  # noqa: PLC0415  (a quarter of a second)

    return float(brentq(score, left, right, xtol=1e-15, rtol=1e-14))


def _standardised(distance: float, variance: float, people: int) -> float:
    corrected = variance * people / (people - 1)  # the paper's factor N / (N - 1)
    if corrected <= 0:
        return 0.0 if distance == 0 else math.copysign(math.inf, distance)
    return distance / math.sqrt(corrected)


def _from_unit(u: float) -> float:
    return u / (1 - u)


def _on_ratio_scale(z: Cut, numerator: int, denominator: int, level: float) -> tuple[float, float]:
    """Search on u = ratio / (1 + ratio), where 0 to infinity is 0 to 1."""
    at = numerator / (numerator + denominator)
    low, high = _limits(z, at, 0.0, 1.0, level)
    return _from_unit(low), (math.inf if high >= 1 else _from_unit(high))


def _limits(z: Cut, at: float, low: float, high: float, level: float) -> tuple[float, float]:
    """Return where a statistic that falls in its argument crosses the normal quantiles."""
    from scipy.optimize import brentq  # noqa: PLC0415

    quantile = float(ndtri((1 + level) / 2))
    edge = 1e-12

    here = min(max(at, low + edge), high - edge)

    def crossing(target: float, far: float) -> float:
        outer = far + math.copysign(edge, here - far)
        if abs(here - far) <= edge or (z(outer) - target) * (z(here) - target) > 0:
            return far
        return float(brentq(lambda value: _finite(z(value)) - target, here, outer, xtol=1e-14))

    return crossing(quantile, low), crossing(-quantile, high)


def _finite(value: float) -> float:
    return float(np.clip(value, -1e9, 1e9))


def _counts(x: int, n: int, x0: int, n0: int) -> Counts:
    _check(x, n)
    _check(x0, n0)
    return x, n, x0, n0


def _check(events: int, people: int) -> None:
    if not 0 <= events <= people or people < 1:
        raise DataError(f"Events lie between 0 and the number of people. Got {events} of {people}.")
