"""Tests over strata: of no effect (CMH), of one odds ratio (Breslow-Day, Tarone)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from equipoise.errors import NotIdentifiedError
from equipoise.synthesis.sparse.tables import PersonTime, TwoByTwo


@dataclass(frozen=True, slots=True)
class ChiSquare:
    """A chi-squared statistic with its df."""

    statistic: float
    df: int

    @property
    def p(self) -> float:
        """Upper tail."""
        return float(chdtrc(self.df, self.statistic)) if self.df > 0 else float("nan")


def hypergeometric_moments(t: TwoByTwo) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and variance, each (k,), of events in the first arm if arms do not differ."""
    n, events = t.total, t.a + t.c
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = t.n1 * t.n2 * events * (n - events) / (n**2 * (n - 1))
    return events * t.n1 / n, np.where(n > 1, variance, 0.0)


def cmh_test(t: TwoByTwo, *, correct: bool = True) -> ChiSquare:
    """Test conditional independence over the studies, with Yates' half by default.

    References
    ----------
    Mantel & Haenszel (1959), J Natl Cancer Inst 22:719-748.
    """
    mean, variance = hypergeometric_moments(t)
    return _one_df(float((t.a - mean).sum()), float(variance.sum()), correct=correct)


def cmh_rate_test(t: PersonTime, *, correct: bool = True) -> ChiSquare:
    """Test equal rates over the studies, given each one's number of events."""
    events, share = t.a + t.c, t.t1 / (t.t1 + t.t2)
    variance = float((events * share * (1 - share)).sum())
    return _one_df(float((t.a - events * share).sum()), variance, correct=correct)


def _one_df(excess: float, variance: float, *, correct: bool) -> ChiSquare:
    if variance <= 0:
        raise NotIdentifiedError("No study has both events and people without one: no test.")
    size = max(abs(excess) - 0.5, 0.0) if correct else abs(excess)
    return ChiSquare(size**2 / variance, 1)


def breslow_day_test(t: TwoByTwo, log_odds_ratio: float) -> tuple[ChiSquare, ChiSquare]:
    """Test that all studies share one odds ratio; returns Breslow-Day's and Tarone's statistic.

    Parameters
    ----------
    log_odds_ratio
        Mantel and Haenszel's. Breslow and Day's statistic takes it as efficient; Tarone subtracts
        what it is not.

    References
    ----------
    Breslow & Day (1980), Statistical methods in cancer research I, IARC. Tarone (1985),
    Biometrika 72:91-95.
    """
    t = t.take(~t.uninformative)
    expected = fitted_events(t, float(np.exp(log_odds_ratio)))
    m = t.a + t.c
    cells = (expected, m - expected, t.n1 - expected, t.n2 - m + expected)
    variance = 1 / np.sum([1 / x for x in cells], axis=0)
    excess = t.a - expected
    raw = float((excess**2 / variance).sum())
    shift = float(excess.sum()) ** 2 / float(variance.sum())
    return ChiSquare(raw, len(t) - 1), ChiSquare(max(raw - shift, 0.0), len(t) - 1)


def fitted_events(t: TwoByTwo, odds_ratio: float) -> NDArray[np.float64]:
    """Return the events of the first arm, (k,), at which the margins give that odds ratio.

    The root within the margins of (1 - psi) x^2 + (n2 - m + psi (n1 + m)) x - psi n1 m = 0, in the
    form that loses no digits at psi near 1.
    """
    m = t.a + t.c
    b = t.n2 - m + odds_ratio * (t.n1 + m)
    c = odds_ratio * t.n1 * m
    root = np.sqrt(b**2 + 4 * (1 - odds_ratio) * c)
    return np.asarray(2 * c / (b + root))
