"""How the harms table is made: which intervals, which unit of time; and where everybody stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import stdtrit

from equipoise.analysis.harms.clustered import Totals, totals
from equipoise.estimates import Estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.analysis.harms.exposed import Exposed
    from equipoise.analysis.harms.risk_difference import WithLimits

    FloatArray = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]

Interval = Literal["miettinen-nurminen", "newcombe"]
Test = Literal["fisher", "mid-p"]
Per = Literal["week", "year"]
DAYS: dict[Per, float] = {"week": 7.0, "year": 365.25}


@dataclass(frozen=True, eq=False)
class Question:
    """The safety set, and what is asked of it."""

    exposed: Exposed
    level: float
    interval: Interval
    test: Test | None
    per: Per

    def in_arm(self, arm: str) -> BoolArray:
        """Say which units are in an arm."""
        return np.asarray(self.exposed.units["arm"] == arm)

    @cached_property
    def person(self) -> NDArray[np.intp]:
        """Number of the person of each unit."""
        return np.unique(
            self.exposed.units["participant"].to_numpy(dtype=str), return_inverse=True
        )[1]

    @property
    def days(self) -> FloatArray:
        """Days of exposure of each unit, NaN where unknown."""
        return self.exposed.units["days"].to_numpy(dtype=np.float64)

    @property
    def time_name(self) -> str:
        """Unit of the time at risk."""
        return f"100 person-{self.per}s"

    def in_time_units(self, days: FloatArray) -> FloatArray:
        """Bring days to hundreds of person-weeks or person-years."""
        return days / DAYS[self.per] / 100

    def by_person(self, value: FloatArray, here: BoolArray, out_of: FloatArray) -> Totals:
        """Sum a value and what it is out of over each person's units in an arm."""
        size = int(self.person.max()) + 1
        count, amount = (
            np.bincount(self.person[here], v[here], minlength=size) for v in (value, out_of)
        )
        return totals(count, amount)

    def quantile(self, df: float) -> float:
        """Return the t quantile of the intervals."""
        return float(stdtrit(df, (1 + self.level) / 2))

    def row(
        self,
        name: str,
        found: WithLimits,
        *,
        unit: str,
        method: str,
        assumptions: tuple[str, ...] = (),
        warnings: tuple[str, ...] = (),
    ) -> Estimate:
        """Write an estimate with its limits."""
        estimate, low, high = (float(v) for v in found)
        return Estimate(
            name, estimate=estimate, low=low, high=high, level=self.level, unit=unit,
            method=method, assumptions=assumptions, warnings=warnings,
        )  # fmt: skip
