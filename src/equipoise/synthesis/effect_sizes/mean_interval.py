"""The interval of one group's mean, such as its mean change from its own start."""

from __future__ import annotations

from math import sqrt

from equipoise.errors import DataError


def mean_interval(mean: float, sd: float, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return low and high of Student's interval of a mean.

    Parameters
    ----------
    mean, sd
        In the unit of the measurement.
    n
        People; at least 2.

    Raises
    ------
    DataError
        When there are fewer than 2 people, or the SD is not above 0.

    Examples
    --------
    >>> low, high = mean_interval(10.0, 5.0, 25)
    >>> round(low, 3), round(high, 3)
    (7.936, 12.064)

    References
    ----------
    Student (1908), Biometrika 6:1-25. doi:10.1093/biomet/6.1.1
    """
    from scipy.stats import t  # noqa: PLC0415

    if n < 2 or not sd > 0:
        raise DataError(
            f"An interval of a mean needs at least 2 people and an SD above 0. Got n = {n}, "
            f"SD = {sd:g}."
        )
    half = float(t.ppf((1 + level) / 2, n - 1)) * sd / sqrt(n)
    return mean - half, mean + half
