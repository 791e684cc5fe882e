"""Means and standard deviations from medians, quartiles and ranges.

They hold for symmetric, near normal data: where the quantiles themselves say that the data are
skewed, that is a warning. Trials report medians because data are skewed, so heed it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from equipoise.synthesis.effect_sizes.checks import (
    FloatArray,
    Mask,
    aligned,
    need_people,
    refuse,
)
from equipoise.synthesis.effect_sizes.conversions.converted import GroupSummary

Mean = Literal["Luo", "Wan"]
NORMAL = "The data are normal in each group, since its mean and SD were made from quantiles"


def from_quartiles(
    q1: ArrayLike,
    median: ArrayLike,
    q3: ArrayLike,
    n: ArrayLike,
    *,
    mean: Mean = "Luo",
    study: Sequence[str] | None = None,
) -> GroupSummary:
    """Make mean and standard deviation from quartiles and median.

    Parameters
    ----------
    q1, median, q3, n : shape (k,)
        n at least 5.
    mean
        "Luo": weights that depend on n and are best for normal data; "Wan": the plain average.

    Examples
    --------
    >>> print(from_quartiles(8, 12, 15, 40))
    mean 11.6451, SD 5.38251, n 40
    Assumes: The data are normal in each group, since its mean and SD were made from quantiles \
(median and IQR: Luo et al. 2018, Wan et al. 2014).

    References
    ----------
    Luo, Wan, Liu & Tong (2018), Stat Methods Med Res 27:1785-1805. doi:10.1177/0962280216669183
    Wan, Wang, Liu & Tong (2014), BMC Med Res Methodol 14:135. doi:10.1186/1471-2288-14-135
    Shi et al. (2023), Stat Methods Med Res 32:1338-1360. doi:10.1177/09622802231172043
    """
    q1, median, q3, n = _ordered(study, n, q1=q1, median=median, q3=q3)
    w = 0.7 + 0.39 / n if mean == "Luo" else np.full_like(n, 2 / 3)
    m = w * (q1 + q3) / 2 + (1 - w) * median
    skew = np.abs(q1 + q3 - 2 * median) / (q3 - q1)
    skewed = skew > 2.65 / np.sqrt(n) - 6 / n**2
    return _summary(m, (q3 - q1) / (2 * _quartile(n)), n, mean, "median and IQR", skewed, study)


def from_range(
    minimum: ArrayLike,
    median: ArrayLike,
    maximum: ArrayLike,
    n: ArrayLike,
    *,
    mean: Mean = "Luo",
    study: Sequence[str] | None = None,
) -> GroupSummary:
    """Make mean and standard deviation from median and range; papers as in `from_quartiles`."""
    a, median, b, n = _ordered(study, n, minimum=minimum, median=median, maximum=maximum)
    w = 4 / (4 + n**0.75) if mean == "Luo" else np.full_like(n, 0.5)
    m = w * (a + b) / 2 + (1 - w) * median
    skew = np.abs(a + b - 2 * median) / (b - a)
    skewed = skew > 1 / np.log(n + 9) + 2.5 / (n + 1)
    return _summary(m, (b - a) / (2 * _extreme(n)), n, mean, "median and range", skewed, study)


def from_five_numbers(
    minimum: ArrayLike,
    q1: ArrayLike,
    median: ArrayLike,
    q3: ArrayLike,
    maximum: ArrayLike,
    n: ArrayLike,
    *,
    mean: Mean = "Luo",
    study: Sequence[str] | None = None,
) -> GroupSummary:
    """Make mean and standard deviation from minimum, quartiles, median and maximum.

    With "Luo" the standard deviation is that of Shi et al. (2020), whose weights depend on n.

    References
    ----------
    Shi et al. (2020), Res Synth Methods 11:641-654. doi:10.1002/jrsm.1429
    """
    a, q1, median, q3, b, n = _ordered(
        study, n, minimum=minimum, q1=q1, median=median, q3=q3, maximum=maximum
    )
    if mean == "Luo":
        of_range, of_quartiles = 2.2 / (2.2 + n**0.75), 0.7 - 0.72 / n**0.55
        by_range = (2 + 0.14 * n**0.6) * _extreme(n)
        by_quartiles = (2 + 2 / (0.07 * n**0.6)) * _quartile(n)
    else:
        of_range, of_quartiles = np.full_like(n, 0.25), np.full_like(n, 0.5)
        by_range, by_quartiles = 4 * _extreme(n), 4 * _quartile(n)
    rest = 1 - of_range - of_quartiles
    m = of_range * (a + b) / 2 + of_quartiles * (q1 + q3) / 2 + rest * median
    sd = (b - a) / by_range + (q3 - q1) / by_quartiles
    outer = 2.65 * np.log(0.6 * n) / np.sqrt(n) * np.abs(a + b - 2 * median) / (b - a)
    skew = np.maximum(outer, np.abs(q1 + q3 - 2 * median) / (q3 - q1))
    skewed = skew > 3 / np.sqrt(n) - 40 / n**3
    return _summary(m, sd, n, mean, "five-number summary", skewed, study)


def _extreme(n: FloatArray) -> FloatArray:
    """Return the expected maximum of n standard normal values, nearly."""
    return np.asarray(ndtri((n - 0.375) / (n + 0.25)))


def _quartile(n: FloatArray) -> FloatArray:
    """Return the expected upper quartile of n standard normal values, nearly."""
    return np.asarray(ndtri((0.75 * n - 0.125) / (n + 0.25)))


def _ordered(
    study: Sequence[str] | None, n: ArrayLike, **quantiles: ArrayLike
) -> tuple[FloatArray, ...]:
    *values, n = aligned(study, **quantiles, n=n)
    need_people(study, 5, n=n)
    names = list(quantiles)
    for k in range(len(values) - 1):
        text = f"{names[k]} {{x}} is above {names[k + 1]} {{y}}: quantiles rise."
        refuse(values[k] > values[k + 1], study, text, x=values[k], y=values[k + 1])
    ends = [(names[0], values[0], names[-1], values[-1])]
    if len(values) == 5:
        ends.append((names[1], values[1], names[3], values[3]))
    for lower, x, upper, y in ends:
        text = f"{lower} and {upper} are both {{x}}: the spread cannot be told."
        refuse(x == y, study, text, x=x)
    return (*values, n)


def _summary(
    mean: FloatArray,
    sd: FloatArray,
    n: FloatArray,
    method: Mean,
    source: str,
    skewed: Mask,
    study: Sequence[str] | None,
) -> GroupSummary:
    papers = "Wan et al. 2014"
    if method == "Luo":
        of_sd = "Shi et al. 2020" if source.startswith("five") else "Wan et al. 2014"
        papers = f"Luo et al. 2018, {of_sd}"
    rows = np.flatnonzero(skewed)
    who = [study[i] if study is not None else f"row {i + 1}" for i in map(int, rows)]
    warnings = (
        f"{name}: the {source} speaks of skewed data (test of Shi et al. 2023 at 5%), for which "
        "mean and SD from quantiles mislead."
        for name in who
    )
    return GroupSummary(mean, sd, n, (f"{NORMAL} ({source}: {papers}).",), tuple(warnings))
