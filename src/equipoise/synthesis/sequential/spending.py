"""How much error a sequential analysis may have spent at each share of the information.

Lan & DeMets (1983), Biometrika 70:659-663. Two-sided: each side spends its half.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import ndtr, ndtri

from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

Spending = Literal["obrien-fleming", "pocock"]
SPENDINGS: tuple[Spending, ...] = ("obrien-fleming", "pocock")


def spent(share: ArrayLike, error: float, spending: Spending = "obrien-fleming") -> FloatArray:
    """Return the one-sided error spent at shares of the information, all of it from 1 on.

    Parameters
    ----------
    share : shape (k,)
        Above 0.
    error
        One-sided: alpha / 2 of a two-sided test.

    Examples
    --------
    >>> print(spent([0.5, 1.0], 0.025).round(6))
    [0.001525 0.025   ]
    """
    t = np.minimum(np.asarray(share, dtype=np.float64), 1.0)
    if not (t > 0).all() or not 0 < error < 1:
        raise DataError(f"Shares of information are above 0, errors in (0, 1). Got {t}, {error}.")
    if spending == "obrien-fleming":
        return np.asarray(2 * ndtr(ndtri(error / 2) / np.sqrt(t)))
    if spending == "pocock":
        return np.asarray(error * np.log(1 + (math.e - 1) * t))
    raise DataError(f"No spending is named {spending!r}: {', '.join(SPENDINGS)}.")
