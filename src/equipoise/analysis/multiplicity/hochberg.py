"""Hochberg: Holm's levels stepped up. More rejections, at the price of an assumption."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.multiplicity.p_values import checked_p

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

HOCHBERG = "Step-up Bonferroni (Hochberg 1988, Biometrika 75:800-802)"
SIMES_HOLDS = (
    "The p values are independent or positively dependent so that Simes' inequality holds "
    "(Sarkar 1998), as for one-sided tests of positively correlated estimates; with negative "
    "dependence use Holm"
)


def hochberg(p: ArrayLike) -> NDArray[np.float64]:
    """Adjust p values by Hochberg's step-up procedure.

    Parameters
    ----------
    p : shape (m,)
        Independent, or positively dependent so that Simes' inequality holds (Sarkar 1998, Ann
        Stat 26:494-504). Otherwise the familywise error can exceed alpha: use `holm`.

    Examples
    --------
    >>> print(hochberg([0.01, 0.04, 0.03]).round(3))
    [0.03 0.04 0.04]

    References
    ----------
    Hochberg (1988), Biometrika 75:800-802.
    """
    values = checked_p(p)
    order = np.argsort(-values, kind="stable")
    stepped = np.minimum.accumulate(values[order] * np.arange(1, values.size + 1))
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted
