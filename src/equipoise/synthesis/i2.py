"""I2 from Cochran's Q, in percent: the share of Q beyond what chance alone would give."""

from __future__ import annotations

import math

from equipoise.synthesis.normal_or_t import quantile


def i2_of_q(q: float, df: int) -> float:
    """Return I2 as (Q - df) / Q in percent, not below 0.

    >>> round(i2_of_q(23.84361, 11), 1)
    53.9

    References
    ----------
    Higgins, Thompson, Deeks & Altman (2003), BMJ 327:557-560.
    """
    return 100 * max(0.0, (q - df) / q) if q > 0 else 0.0


def i2_interval(q: float, df: int, level: float = 0.95) -> tuple[float, float] | None:
    """Return the test-based interval of that I2 in percent; None with 1 df and a small Q.

    References
    ----------
    Higgins & Thompson (2002), Stat Med 21:1539-1558, section 3.1 and appendix A2.
    """
    k = df + 1
    if q > k:
        se = 0.5 * (math.log(q) - math.log(df)) / (math.sqrt(2 * q) - math.sqrt(2 * k - 3))
    elif k > 2:
        se = math.sqrt((1 - 1 / (3 * (k - 2) ** 2)) / (2 * (k - 2)))
    else:
        return None
    half = quantile(level, None) * se
    log_h = max(0.0, 0.5 * math.log(q / df)) if q > 0 else 0.0
    low, high = (max(0.0, 100 * (1 - math.exp(-2 * (log_h + side)))) for side in (-half, half))
    return low, high
