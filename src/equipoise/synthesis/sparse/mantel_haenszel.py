"""Mantel and Haenszel's pooled odds ratio, risk ratio, risk difference, and of rates.

Sums over studies, not weights of logarithms: a study with one empty cell needs no correction.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.errors import NotIdentifiedError
from equipoise.synthesis.sparse.study_effects import Measure, RateMeasure
from equipoise.synthesis.sparse.tables import PersonTime, TwoByTwo


@dataclass(frozen=True, slots=True)
class Pooled:
    """A pooled effect (logarithm for ratios) and its standard error."""

    estimate: float
    se: float


def pooled_two_by_two(table: TwoByTwo, measure: Measure) -> Pooled:
    """Pool tables of k studies by Mantel and Haenszel's sums.

    Returns
    -------
    Pooled
        Log odds ratio, log risk ratio or risk difference.

    Raises
    ------
    NotIdentifiedError
        When no study has events in one arm (ratios).

    Examples
    --------
    >>> from equipoise.synthesis.sparse.tables import two_by_two
    >>> both = pooled_two_by_two(two_by_two([4, 6], [20, 30], [8, 9], [20, 30]), "RD")
    >>> round(both.estimate, 6)
    -0.14

    References
    ----------
    Mantel & Haenszel (1959), J Natl Cancer Inst 22:719-748. Robins, Breslow & Greenland (1986),
    Biometrics 42:311-323. Greenland & Robins (1985), Biometrics 41:55-68. Sato, Greenland &
    Robins (1989), Biometrics 45:1323-1324.
    """
    return {"OR": _odds_ratio, "RR": _risk_ratio, "RD": _risk_difference}[measure](table)


def _odds_ratio(t: TwoByTwo) -> Pooled:
    n = t.total
    r, s = t.a * t.d / n, t.b * t.c / n
    p, q = (t.a + t.d) / n, (t.b + t.c) / n
    R, S = r.sum(), s.sum()
    _need_both(R, S, "odds")
    variance = (p * r).sum() / R**2 + (p * s + q * r).sum() / (R * S) + (q * s).sum() / S**2
    return Pooled(float(np.log(R / S)), float(np.sqrt(variance / 2)))


def _risk_ratio(t: TwoByTwo) -> Pooled:
    n = t.total
    R, S = (t.a * t.n2 / n).sum(), (t.c * t.n1 / n).sum()
    _need_both(R, S, "risk")
    spread = ((t.n1 * t.n2 * (t.a + t.c) - t.a * t.c * n) / n**2).sum()
    return Pooled(float(np.log(R / S)), float(np.sqrt(spread / (R * S))))


def _risk_difference(t: TwoByTwo) -> Pooled:
    n, n1, n2 = t.total, t.n1, t.n2
    weight = (n1 * n2 / n).sum()
    estimate = ((t.a * n2 - t.c * n1) / n).sum() / weight
    one = ((n1**2 * t.c - n2**2 * t.a + n1 * n2 * (n2 - n1) / 2) / n**2).sum()
    two = ((t.a * t.d + t.c * t.b) / n).sum() / 2
    return Pooled(float(estimate), float(np.sqrt(estimate * one + two) / weight))


def pooled_person_time(table: PersonTime, measure: RateMeasure) -> Pooled:
    """Pool rates of k studies: log rate ratio, or rate difference per unit of time.

    References
    ----------
    Rothman & Greenland (1998), Modern Epidemiology, 2nd edition, chapter 15.
    """
    a, c, t1, t2 = table.a, table.c, table.t1, table.t2
    time = t1 + t2
    if measure == "IRR":
        R, S = (a * t2 / time).sum(), (c * t1 / time).sum()
        _need_both(R, S, "rate")
        spread = ((t1 / time) * (t2 / time) * (a + c)).sum()
        return Pooled(float(np.log(R / S)), float(np.sqrt(spread / (R * S))))
    weight = (t1 * t2 / time).sum()
    spread = ((t1 * t2 / time) ** 2 * (a / t1**2 + c / t2**2)).sum()
    return Pooled(float((a * t2 - c * t1) @ (1 / time) / weight), float(np.sqrt(spread) / weight))


def _need_both(R: float, S: float, what: str) -> None:
    if R <= 0 or S <= 0:
        raise NotIdentifiedError(
            f"The {what} ratio is 0 or infinite: over all studies one arm has no event (or only "
            "events). Ask for a risk difference, or for an exact interval."
        )
