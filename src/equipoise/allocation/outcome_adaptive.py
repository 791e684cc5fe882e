"""What outcome-adaptive procedures share. They are for simulation: `seal` refuses them.

Allocation that follows outcomes needs somebody who sees outcomes by arm while the trial runs, and
a drift of the population over time looks to it like a better arm.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from equipoise.allocation.draws import GeneratorDraws
from equipoise.allocation.exact import Chances, in_ratio, on_grid, whole_number
from equipoise.allocation.sequence import AllocationSequence, Step, next_step
from equipoise.allocation.spec import Kind, Person, Spec
from equipoise.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class ArmSoFar(NamedTuple):
    """People of an arm, those whose outcome is known, and successes among them."""

    people: int
    known: int
    successes: int


@dataclass(frozen=True, kw_only=True)
class OutcomeAdaptiveSpec(Spec):
    """A procedure that follows success or failure; everyone's first `burn_in` an arm do not.

    During the burn-in an arm that has its share is left out, and the others are drawn in the
    ratio. Chances are floats rounded down to multiples of 2**-53; the last arm gets the rest.
    """

    kind: ClassVar[Kind] = "outcome-adaptive"

    burn_in: int = 5

    def check(self) -> None:
        """Refuse a start without anybody."""
        whole_number(self.burn_in, "number of people an arm in `burn_in`")

    def start(self) -> tuple[ArmSoFar, ...]:
        """Nobody in any arm."""
        return (ArmSoFar(0, 0, 0),) * len(self.arms)

    def after(self, state: Any, share: int, person: Person = ()) -> tuple[ArmSoFar, ...]:  # noqa: ARG002
        """One more person, whose outcome is not known yet."""
        arm = state[share]
        return (*state[:share], arm._replace(people=arm.people + 1), *state[share + 1 :])

    def observe(self, state: Any, arm: int, success: bool) -> tuple[ArmSoFar, ...]:
        """Take in one person's outcome."""
        own = state[arm]
        if own.known >= own.people:
            raise DataError("An outcome came of an arm whose people all have theirs.")
        seen = own._replace(known=own.known + 1, successes=own.successes + int(success))
        return (*state[:arm], seen, *state[arm + 1 :])

    def chances(self, state: Any, person: Person = ()) -> Chances:  # noqa: ARG002
        """Return the chances: in the ratio at first, then as outcomes say."""
        short = [
            arm.people < self.burn_in * part for arm, part in zip(state, self.ratio, strict=True)
        ]
        if any(short):
            return in_ratio(tuple(p * int(s) for p, s in zip(self.ratio, short, strict=True)))
        return rounded(self.adapted(state))

    @abstractmethod
    def adapted(self, state: Any) -> NDArray[np.float64]:
        """Return the chances that follow the outcomes; they add up to 1."""


def rounded(chances: NDArray[np.float64]) -> Chances:
    """Return fractions that add up to 1 exactly: the last arm has the rest.

    Examples
    --------
    >>> sum(rounded(np.array([0.1, 0.2, 0.7])))
    Fraction(1, 1)
    """
    first = tuple(on_grid(float(min(max(chance, 0.0), 1.0))) for chance in chances[:-1])
    rest = 1 - sum(first, Fraction(0))
    return (*first, max(rest, Fraction(0)))


class OutcomeAdaptiveTrial(NamedTuple):
    """One simulated trial: its allocation and everyone's success."""

    allocation: AllocationSequence
    success: NDArray[np.bool_]


def outcome_adaptive_trial(
    spec: OutcomeAdaptiveSpec,
    rates: Sequence[float],
    n: int,
    rng: np.random.Generator,
    *,
    delay: int = 0,
) -> OutcomeAdaptiveTrial:
    """Simulate one trial in which an outcome is known once `delay` further people have come.

    Examples
    --------
    >>> from equipoise.allocation import ThompsonSpec
    >>> trial = outcome_adaptive_trial(ThompsonSpec(), (0.2, 0.9), 60, np.random.default_rng(1))
    >>> sum(trial.allocation.arms) > 30
    True
    """
    if len(rates) != len(spec.arms) or not all(0 <= rate <= 1 for rate in rates):
        raise DataError(f"Give a success rate in [0, 1] of each of {len(spec.arms)} arms.")
    draws, state = GeneratorDraws(rng), spec.start()
    steps: list[Step] = []
    success = np.zeros(n, dtype=np.bool_)
    for person in range(n):
        if person > delay:
            known = person - delay - 1
            state = spec.observe(state, steps[known].arm, bool(success[known]))
        steps.append(next_step(spec, state, draws))
        state = spec.after(state, steps[-1].share)
        success[person] = rng.random() < rates[steps[-1].arm]
    allocation = AllocationSequence(
        tuple(step.arm for step in steps),
        tuple(step.probabilities for step in steps),
        tuple(step.share for step in steps),
    )
    return OutcomeAdaptiveTrial(allocation, success)
