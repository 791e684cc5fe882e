"""Hommel: the closed test with Simes on every intersection; at least as good as Hochberg."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.multiplicity.p_values import checked_p

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

HOMMEL = "Closed Simes test (Hommel 1988, Biometrika 75:383-386)"


def hommel(p: ArrayLike) -> NDArray[np.float64]:
    """Adjust p values by Hommel's procedure.

    Parameters
    ----------
    p : shape (m,)
        Under the same assumption as `hochberg`.

    Notes
    -----
    Simes' p value rises with each of its p values. So of all intersections of size k that hold a
    hypothesis, the one with the k - 1 largest other p values decides, and m of them suffice.

    Examples
    --------
    >>> print(hommel([0.01, 0.04, 0.03]).round(3))
    [0.03 0.04 0.04]

    References
    ----------
    Hommel (1988), Biometrika 75:383-386.
    """
    values = checked_p(p)
    m = values.size
    adjusted = np.empty(m)
    for i in range(m):
        others = np.sort(np.delete(values, i))
        sets = (np.append(others[m - k :], values[i]) for k in range(1, m + 1))
        adjusted[i] = max(_simes(chosen) for chosen in sets)
    return np.minimum(adjusted, 1.0)


def _simes(p: NDArray[np.float64]) -> float:
    return float((p.size * np.sort(p) / np.arange(1, p.size + 1)).min())
