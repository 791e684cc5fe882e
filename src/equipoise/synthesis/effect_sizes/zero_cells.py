"""What to add to tables with empty cells before a logarithm is taken, and which studies to drop.

A constant pulls ratios towards 1 and its choice can decide a result when events are rare: prefer
methods that need none (Mantel-Haenszel without correction, Peto, binomial-normal models) there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from equipoise.errors import DataError
from equipoise.synthesis.effect_sizes.checks import FloatArray, Mask

To = Literal["only0", "all", "if0all", "none"]


@dataclass(frozen=True, slots=True)
class ZeroCells:
    """A rule for zero cells.

    Parameters
    ----------
    add
        The number added to each cell; "treatment-arm" adds n1/N in group 1 and n2/N in group 2,
        which sum to 1 and are 1/2 where groups are equal (Sweeting, Sutton & Lambert 2004,
        Stat Med 23:1351-1375).
    to
        "only0" to studies with a zero cell, "all" to all studies, "if0all" to all studies when
        one has a zero cell, "none" to none.
    drop00
        Drop studies with no events in both groups, or events in everyone: their effect is NaN.
    """

    add: float | Literal["treatment-arm"] = 0.5
    to: To = "only0"
    drop00: bool = False

    def __post_init__(self) -> None:
        if self.add != "treatment-arm" and not (
            isinstance(self.add, int | float) and np.isfinite(self.add) and self.add >= 0
        ):
            raise DataError(f'`add` is a number, 0 or more, or "treatment-arm". Got {self.add!r}.')
        if self.to not in ("only0", "all", "if0all", "none"):
            raise DataError(f"`to` is only0, all, if0all or none. Got {self.to!r}.")

    def rows(self, has_zero: Mask) -> Mask:
        """Say which rows are corrected, given which have a zero cell."""
        if self.to == "none":
            return np.zeros_like(has_zero)
        if self.to == "only0":
            return has_zero
        return np.full_like(has_zero, self.to == "all" or bool(has_zero.any()))

    def amounts(self, n1: FloatArray, n2: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return what is added to a cell of group 1 and of group 2, shape (k,) each."""
        if self.add == "treatment-arm":
            return n1 / (n1 + n2), n2 / (n1 + n2)
        return np.full_like(n1, self.add), np.full_like(n2, self.add)


HALF = ZeroCells()
NOTHING = ZeroCells(add=0.0, to="none")
