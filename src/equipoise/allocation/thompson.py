"""Tempered Thompson sampling with a floor: the likelier an arm is best, the more people it gets."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

import numpy as np

from equipoise.allocation.exact import as_fraction, whole_number
from equipoise.allocation.outcome_adaptive import OutcomeAdaptiveSpec
from equipoise.allocation.spec import Holds
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Control = Literal["adaptive", "fixed", "matched"]
NODES = 400


@dataclass(frozen=True, kw_only=True)
class ThompsonSpec(OutcomeAdaptiveSpec):
    """Chances in proportion to P(best)^c, at least `floor` each; rates have uniform priors.

    c is `power`, or n / (2 `people`) where `people` is given: little at first, 1/2 at the end.
    The first arm is the control. "fixed" leaves it its part of the ratio, "matched" gives it as
    much as the arm with most, "adaptive" treats it as the others.

    References
    ----------
    Thall & Wathen (2007), Eur J Cancer 43:859-866.
    """

    name: ClassVar[str] = "thompson"
    title: ClassVar[str] = "tempered Thompson sampling"
    source: ClassVar[str] = "Thall & Wathen 2007"
    holds: ClassVar[Holds] = "equal"

    power: Fraction | float | str = Fraction(1, 2)
    people: int | None = None
    floor: Fraction | float | str = Fraction(1, 10)
    control: Control = "adaptive"

    def check(self) -> None:
        """Check power, floor and control."""
        super().check()
        if self.people is not None:
            whole_number(self.people, "planned number `people`")
        self._set(power=as_fraction(self.power, "power"), floor=as_fraction(self.floor, "floor"))
        if Fraction(self.power) < 0 or not 0 <= Fraction(self.floor) <= Fraction(1, len(self.arms)):
            raise DataError(
                f"The power is >= 0 and the floor lies between 0 and 1/{len(self.arms)}. Got "
                f"{self.power}, {self.floor}."
            )
        if self.control not in get_args(Control) or (
            self.control != "adaptive" and len(self.arms) < 3
        ):
            raise DataError(
                "The control arm is adaptive, fixed or matched; the last two need two or more "
                f"arms beside it. Got {self.control!r} with {len(self.arms)} arms."
            )

    def adapted(self, state: Any) -> NDArray[np.float64]:
        """Return the tempered chances, then the control's rule, then the floor."""
        successes = np.array([arm.successes for arm in state])
        failures = np.array([arm.known for arm in state]) - successes
        n = sum(arm.people for arm in state)
        c = float(Fraction(self.power)) if self.people is None else n / (2 * self.people)
        chances = probability_best(successes, failures) ** c
        if self.control == "adaptive":
            chances /= chances.sum()
        elif self.control == "fixed":
            own = float(self.target[0])
            chances[1:] *= (1 - own) / chances[1:].sum()
            chances[0] = own
        else:
            chances[0] = chances[1:].max()
            chances /= chances.sum()
        return floored(chances, float(Fraction(self.floor)))


def probability_best(
    successes: NDArray[np.int64], failures: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the probability that each arm has the largest rate, uniform priors, by quadrature.

    Examples
    --------
    >>> probability_best(np.array([1, 0]), np.array([0, 0])).round(9).tolist()  # 2/3 by hand
    [0.666666667, 0.333333333]
    """
    from scipy.special import betainc, betaln, roots_legendre  # noqa: PLC0415  (heavy)

    node, weight = roots_legendre(NODES)
    x, weight = (node + 1) / 2, weight / 2
    a, b = successes[:, None] + 1.0, failures[:, None] + 1.0
    density = np.exp((a - 1) * np.log(x) + (b - 1) * np.log1p(-x) - betaln(a, b))
    below = betainc(a, b, x)
    best = np.empty(len(successes))
    for arm in range(len(best)):
        best[arm] = weight @ (density[arm] * np.delete(below, arm, axis=0).prod(axis=0))
    return np.asarray(best / best.sum())


def floored(chances: NDArray[np.float64], floor: float) -> NDArray[np.float64]:
    """Raise chances to the floor, and scale the others down by what that takes.

    Examples
    --------
    >>> floored(np.array([0.02, 0.38, 0.6]), 0.1).round(6).tolist()
    [0.1, 0.34898, 0.55102]
    """
    low = np.zeros(len(chances), dtype=np.bool_)
    out = chances.copy()
    while (new := (out < floor) & ~low).any():
        low |= new
        out[low] = floor
        if low.all():
            return np.full(len(chances), 1 / len(chances))
        out[~low] = chances[~low] * (1 - floor * low.sum()) / chances[~low].sum()
    return out
