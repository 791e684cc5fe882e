"""Numbers as a reader wants them: two digits of the uncertainty, a real minus, no false zero."""

from __future__ import annotations

import math

from equipoise.estimates import Estimate

MINUS = "\N{MINUS SIGN}"


def decimals(spread: float | None, value: float | None = None) -> int:
    """Return how many decimals show two digits of `spread`, or three of `value`."""
    size, digits = (spread, 2) if spread else (value, 3)
    if not size or not math.isfinite(size):
        return 2
    return min(6, max(0, digits - 1 - math.floor(math.log10(abs(size)))))


def number(value: float | None, places: int = 2) -> str:
    """Write a number with that many decimals; nothing for None."""
    if value is None:
        return ""
    if not math.isfinite(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    text = f"{value:.{places}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def is_count(row: Estimate) -> bool:
    """Whether a row is a whole number that nothing makes uncertain."""
    return row.estimate is not None and row.se is row.low is None and row.estimate.is_integer()


def places_of(row: Estimate) -> int:
    """Return the decimals that suit a row: by its standard error, or by its interval's width."""
    if is_count(row):
        return 0
    spread = row.se
    if not spread and row.low is not None and row.high is not None:
        spread = (row.high - row.low) / 4
    return decimals(spread, row.estimate)


def estimate(row: Estimate) -> str:
    """Write the estimate of a row."""
    return number(row.estimate, places_of(row))


def interval(row: Estimate, places: int | None = None) -> str:
    """Write "low to high" of a row; nothing where it has none."""
    if row.low is None or row.high is None:
        return ""
    places = places_of(row) if places is None else places
    return f"{number(row.low, places)} to {number(row.high, places)}"


def level(row: Estimate) -> str:
    """Write the coverage, e.g. "95%"."""
    return f"{100 * (row.level or 0.95):.3g}%"


def with_interval(row: Estimate) -> str:
    """Write "3.2 (95% interval 0.6 to 5.9)"."""
    limits = interval(row)
    return f"{estimate(row)} ({level(row)} interval {limits})" if limits else estimate(row)


def percent(value: float | None) -> str:
    """Write a share in per cent."""
    return "" if value is None else f"{number(100 * value, 0)}%"


def p_value(value: float | None) -> str:
    """Write a p value; never as zero."""
    if value is None:
        return ""
    return "<0.001" if value < 0.001 else f"{value:.3f}"
