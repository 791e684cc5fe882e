"""Several groups taken as one, so that a trial with several arms enters once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import DataError
from equipoise.synthesis.effect_sizes.checks import FloatArray, refuse
from equipoise.synthesis.effect_sizes.conversions.converted import Converted, GroupSummary

ONE_GROUP = "The groups are one population: what tells them apart does not matter to the question."
SPLIT = (
    "The shared group's people were divided among the comparisons; their correlation is then "
    "ignored rather than modelled (a network or multivariate model keeps it)."
)


def combine_groups(
    mean: ArrayLike, sd: ArrayLike, n: ArrayLike, *, study: Sequence[str] | None = None
) -> GroupSummary:
    """Return mean and standard deviation of all people of several groups, exactly.

    Parameters
    ----------
    mean, sd, n : shape (groups,) or (groups, k)
        n of 0 leaves a group out of that study.

    Examples
    --------
    >>> print(combine_groups([10, 14], [4, 5], [20, 30]))
    mean 12.4, SD 4.99183, n 50
    Assumes: The groups are one population: what tells them apart does not matter to the question.

    References
    ----------
    Cochrane Handbook for Systematic Reviews of Interventions, table 6.5.a.
    """
    arrays = np.broadcast_arrays(*(np.asarray(a, dtype=np.float64) for a in (mean, sd, n)))
    if not 1 <= arrays[0].ndim <= 2:
        raise DataError(f"Groups lie along the first axis. Got shape {arrays[0].shape}.")
    m, s, size = (np.atleast_2d(a.T).T if a.ndim == 2 else a[:, None] for a in arrays)
    used = size > 0
    N = size.sum(axis=0)
    refuse(np.asarray(N < 2), study, "fewer than 2 people in all groups together.")
    refuse(np.asarray((used & ~(s > 0)).any(axis=0)), study, "a standard deviation is not above 0.")
    refuse(np.asarray((used & ~np.isfinite(m)).any(axis=0)), study, "a mean is missing.")
    m, s = np.where(used, m, 0.0), np.where(used, s, 0.0)
    grand = (size * m).sum(axis=0) / N
    squares = (np.maximum(size - 1, 0) * s**2 + size * (m - grand) ** 2).sum(axis=0)
    return GroupSummary(grand, np.sqrt(squares / (N - 1)), N, (ONE_GROUP,))


def split_shared(n: ArrayLike, comparisons: ArrayLike) -> FloatArray:
    """Divide the people (or events) of a shared arm among its comparisons.

    Means and standard deviations stay. See `SPLIT` for what it costs.
    """
    n, parts = np.asarray(n, dtype=np.float64), np.asarray(comparisons, dtype=np.float64)
    refuse(np.atleast_1d(parts < 1), None, "an arm is shared by 1 comparison or more.")
    return n / parts


def design_effect(
    cluster_size: ArrayLike, icc: ArrayLike, *, size_variation: ArrayLike = 0.0
) -> FloatArray:
    """Return 1 + ((1 + cv²) m - 1) ICC, by which clusters inflate the variance.

    Parameters
    ----------
    cluster_size
        Mean people a cluster, m.
    icc
        Intracluster correlation, 0 to 1.
    size_variation
        Coefficient of variation of cluster sizes; 0 gives 1 + (m - 1) ICC.

    References
    ----------
    Eldridge, Ashby & Kerry (2006), Int J Epidemiol 35:1292-1300. doi:10.1093/ije/dyl129
    """
    m, rho = np.asarray(cluster_size, dtype=np.float64), np.asarray(icc, dtype=np.float64)
    cv = np.asarray(size_variation, dtype=np.float64)
    refuse(np.atleast_1d(m < 1), None, "the mean cluster size is below 1.")
    refuse(np.atleast_1d((rho < 0) | (rho > 1)), None, "an ICC lies between 0 and 1.")
    return np.asarray(1 + ((1 + cv**2) * m - 1) * rho)


def inflate_for_clusters(
    value: ArrayLike, se: ArrayLike, cluster_size: ArrayLike, icc: ArrayLike
) -> Converted:
    """Correct the standard error of an analysis that took people of clusters as independent."""
    value, se = np.atleast_1d(np.asarray(value, float)), np.atleast_1d(np.asarray(se, float))
    inflation = np.sqrt(design_effect(cluster_size, icc))
    told = (
        f"The analysis took people as independent; clusters of {_shown(cluster_size)} with an "
        f"ICC of {_shown(icc)} inflate its standard error by {_shown(inflation)}.",
    )
    return Converted(value, se * inflation, told)


def effective_size(n: ArrayLike, cluster_size: ArrayLike, icc: ArrayLike) -> FloatArray:
    """Return people (or events) divided by the design effect, for counts and means by arm."""
    return np.asarray(np.asarray(n, dtype=np.float64) / design_effect(cluster_size, icc))


def _shown(values: ArrayLike) -> str:
    unique = np.unique(np.round(np.asarray(values, dtype=np.float64), 3))
    return f"{unique[0]:g}" if unique.size == 1 else f"{unique[0]:g} to {unique[-1]:g}"
