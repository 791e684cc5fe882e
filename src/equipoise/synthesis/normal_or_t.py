"""Limits and p values by the normal distribution (df None) or Student's."""

from __future__ import annotations

from scipy.special import ndtr, ndtri, stdtr, stdtrit


def quantile(level: float, df: float | None) -> float:
    """Return the two-sided critical value."""
    tail = (1 + level) / 2
    return float(ndtri(tail) if df is None else stdtrit(df, tail))


def limits(estimate: float, se: float, df: float | None, level: float) -> tuple[float, float]:
    """Return the interval of an estimate."""
    half = quantile(level, df) * se
    return float(estimate - half), float(estimate + half)


def two_sided(statistic: float, df: float | None) -> float:
    """Return the two-sided p value."""
    size = -abs(statistic)
    return float(2 * (ndtr(size) if df is None else stdtr(df, size)))
