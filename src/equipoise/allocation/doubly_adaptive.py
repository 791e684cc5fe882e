"""The doubly adaptive biased coin: steer what was allocated towards what outcomes suggest."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

import numpy as np

from equipoise.allocation.exact import as_fraction
from equipoise.allocation.outcome_adaptive import OutcomeAdaptiveSpec
from equipoise.allocation.spec import Holds
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Aim = Literal["neyman", "rsihr", "urn"]


@dataclass(frozen=True, kw_only=True)
class DoublyAdaptiveSpec(OutcomeAdaptiveSpec):
    """Hu & Zhang's allocation function towards an estimated target.

    The target of an arm with success rate p is in proportion to sqrt(p (1 - p)) ("neyman"),
    sqrt(p) ("rsihr") or 1 / (1 - p) ("urn"); rates are estimated as (successes + 1/2) / (n + 1).

    References
    ----------
    Hu & Zhang (2004), Ann Stat 32:268-301. "rsihr": Rosenberger, Stallard, Ivanova, Harper &
    Ricks (2001), Biometrics 57:909-913.
    """

    name: ClassVar[str] = "doubly-adaptive"
    title: ClassVar[str] = "doubly adaptive biased coin"
    source: ClassVar[str] = "Hu & Zhang 2004"
    holds: ClassVar[Holds] = "equal"

    gamma: Fraction | float | str = Fraction(2)
    aim: Aim = "rsihr"

    def check(self) -> None:
        """Check gamma and the aim."""
        super().check()
        self._set(gamma=as_fraction(self.gamma, "gamma"))
        if Fraction(self.gamma) < 0 or self.aim not in get_args(Aim):
            raise DataError(
                f"gamma is >= 0 and the aim neyman, rsihr or urn. Got {self.gamma}, {self.aim!r}."
            )

    def adapted(self, state: Any) -> NDArray[np.float64]:
        """Return Hu and Zhang's chances."""
        people = np.array([arm.people for arm in state], dtype=np.float64)
        rate = np.array([(arm.successes + 0.5) / (arm.known + 1) for arm in state])
        wanted = {
            "neyman": np.sqrt(rate * (1 - rate)), "rsihr": np.sqrt(rate), "urn": 1 / (1 - rate),
        }[self.aim]  # fmt: skip
        share = people / people.sum()
        return doubly_adaptive_chances(share, wanted / wanted.sum(), float(Fraction(self.gamma)))


def doubly_adaptive_chances(
    share: NDArray[np.float64], target: NDArray[np.float64], gamma: float
) -> NDArray[np.float64]:
    """Return g_k = y_k (y_k / x_k)^gamma over their sum; x what is, y what is wanted.

    Examples
    --------
    >>> doubly_adaptive_chances(np.array([0.5, 0.5]), np.array([0.6, 0.4]), 2).round(6).tolist()
    [0.771429, 0.228571]
    """
    pull = target * (target / share) ** gamma
    return np.asarray(pull / pull.sum())
