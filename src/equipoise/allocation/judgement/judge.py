"""Judging a procedure before anybody is enrolled, and comparing several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.allocation.judgement.chain import chain_properties
from equipoise.allocation.judgement.drift import TRENDS, Trend, favouring, rejection, trend
from equipoise.allocation.judgement.simulated import random_people, simulated_arms
from equipoise.allocation.judgement.simulated_properties import simulated_properties
from equipoise.allocation.judgement.two_arms import two_arm_properties
from equipoise.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from equipoise.allocation.judgement.properties import Properties
    from equipoise.allocation.spec import Spec

FORESEEN = 0.3
"""Share of what the ratio leaves unforeseeable that guessing may take away before we warn: a rate
of .65 with two equal arms, .77 at 2:1, .53 with three equal arms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BiasOfTest:
    """The two-sided t test at `alpha`, averaged over allocations; outcomes have SD 1.

    `drift` is how far the outcome moves from the first person to the last, `favour` how much
    better the people are whom a guessing enroller picks for arm 1, `effect` that of arm 1.
    """

    alpha: float
    drift: float
    favour: float
    effect: float
    error_drift: Mapping[Trend, float]
    """Type I error under each shape of drift."""
    error_favour: float
    """Type I error under favouring."""
    power: float
    power_drift: Mapping[Trend, float]
    allocations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A procedure, its properties for n people, its test under bias, and what to beware of."""

    spec: Spec
    properties: Properties
    test: BiasOfTest | None
    warnings: tuple[str, ...]

    def row(self) -> dict[str, Any]:
        """Return the numbers of a comparison table."""
        found, test = self.properties, self.test
        row = {
            "procedure": self.spec.describe(),
            "guess": found.guess,
            "best_guess": found.best_guess,
            "certain": found.certain,
            "imbalance": found.imbalance,
            "loss": found.loss,
            "worst": found.worst,
            "how": found.how,
        }
        if test is not None:
            row |= {f"error_{kind}": value for kind, value in test.error_drift.items()}
            row |= {"error_favour": test.error_favour, "power": test.power}
            row |= {f"power_{kind}": value for kind, value in test.power_drift.items()}
        return row


def judge(
    spec: Spec,
    n: int,
    *,
    rng: np.random.Generator,
    people: NDArray[np.int8] | None = None,
    trials: int = 5_000,
    drift: float = 0.5,
    favour: float = 0.2,
    effect: float = 0.5,
    alpha: float = 0.05,
) -> Judgement:
    """Judge a procedure for n people.

    Parameters
    ----------
    spec
        The procedure. Outcome-adaptive ones are refused: they need outcomes.
    n
        How many people; for a stratified list, in all strata together.
    rng
        For what has to be simulated: procedures that look at people, and the test.
    people : shape (trials, n, factors)
        Levels to simulate with; by default `trials` trials in which all levels are equally
        likely.
    trials
        Simulated trials.
    drift, favour, effect, alpha
        Of `BiasOfTest`, which is for two arms; three or more have none.

    Examples
    --------
    >>> from equipoise.allocation import PermutedBlocksSpec
    >>> found = judge(PermutedBlocksSpec(size=4), 48, rng=np.random.default_rng(1), trials=100)
    >>> round(found.properties.guess, 3), len(found.warnings)
    (0.708, 1)
    """
    if spec.kind == "outcome-adaptive":
        raise DataError(
            f"{spec.title} follows outcomes: its properties depend on what they will be. Simulate "
            "it with outcome_adaptive_trials."
        )
    if spec.length is not None and spec.length < n:
        raise DataError(f"{spec.title} was planned for {spec.length} people, fewer than {n}.")
    known = random_people(spec, n, trials, rng) if people is None else people
    if known.shape[1] != n:
        raise DataError(f"`people` has {known.shape[1]} people a trial, and n is {n}.")
    exact = exact_properties(spec, n)
    if exact is None:
        found, arms = simulated_properties(spec, known, rng)
    else:
        found = exact
        arms = simulated_arms(spec, known, rng) if n >= 4 else np.zeros((1, n), np.int8)
    test = None
    if len(spec.arms) == 2 and n >= 4:
        test = bias_of_test(
            arms, spec.ratio, drift=drift, favour=favour, effect=effect, alpha=alpha
        )
    return Judgement(spec=spec, properties=found, test=test, warnings=warnings_of(spec, found))


def judge_all(
    specs: Sequence[Spec], n: int, *, rng: np.random.Generator, **settings: Any
) -> list[Judgement]:
    """Judge several procedures for n people, with the settings of `judge`."""
    return [judge(spec, n, rng=rng, **settings) for spec in specs]


def exact_properties(spec: Spec, n: int) -> Properties | None:
    """Return the exact properties where there is a recursion that ends, else None."""
    if spec.kind != "list" or hasattr(spec, "factors"):
        return None
    table = getattr(spec, "table", None)
    if len(spec.arms) == 2 and table is not None:
        return two_arm_properties(table(n), float(spec.target[1]))
    return chain_properties(spec, n)


def bias_of_test(
    arms: NDArray[np.int8],
    ratio: tuple[int, ...],
    *,
    drift: float,
    favour: float,
    effect: float,
    alpha: float,
) -> BiasOfTest:
    """Return error and power of the t test, averaged over these allocations (trials, n)."""
    n = arms.shape[1]
    moved = {kind: trend(kind, n, drift) for kind in TRENDS}
    still = np.zeros(n)

    def share(shift: NDArray[np.float64], effect: float = 0.0) -> float:
        return float(rejection(arms, shift, effect, alpha).mean())

    return BiasOfTest(
        alpha=alpha,
        drift=drift,
        favour=favour,
        effect=effect,
        error_drift={kind: share(shift) for kind, shift in moved.items()},
        error_favour=share(favouring(arms, ratio, favour)),
        power=share(still, effect),
        power_drift={kind: share(shift, effect) for kind, shift in moved.items()},
        allocations=len(arms),
    )


def guessable_above(spec: Spec) -> float:
    """Return the guess rate above which we advise against a procedure.

    Examples
    --------
    >>> from equipoise.allocation import BigStickSpec
    >>> round(guessable_above(BigStickSpec()), 12)
    0.65
    """
    blind = float(max(spec.target))
    return blind + FORESEEN * (1 - blind)


def warnings_of(spec: Spec, found: Properties) -> tuple[str, ...]:
    """Return what to beware of before using the procedure."""
    above, blind, told = guessable_above(spec), max(spec.target), []
    guess = found.guess
    if spec.kind == "list" and found.best_guess is not None:
        guess = max(guess, found.best_guess)  # at unequal ratios the two strategies differ
    if guess > above:
        told.append(
            f"{spec.describe()}: somebody who sees past allocations guesses {guess:.1%} of the "
            f"arms right (by the ratio alone {float(blind):.1%}). Above {above:.1%} we advise "
            "against it: where blinding can fail, past allocations are partly known."
        )
    if spec.kind == "covariate-adaptive" and getattr(spec, "probability", None) == 1:
        told.append(
            f"{spec.describe()}: without a random element, whoever keeps a record of the factors "
            "knows the next arm. Give a probability below 1."
        )
    drifts = getattr(spec, "unequal", "") == "biased-coin" or getattr(spec, "sets", 1) > 1
    if drifts and not spec.equal:
        told.append(
            f"{spec.describe()}: the unconditional chance of an arm is not the ratio at each place "
            "in the order. With a drift over time, arms then differ without any effect: test by "
            "re-randomisation, or take permuted blocks, the brick tunnel or minimisation by shares."
        )
    return tuple(told)


def to_frame(judged: list[Judgement]) -> pd.DataFrame:
    """Return a comparison table, one row a procedure."""
    import pandas as pd  # noqa: PLC0415

    return pd.DataFrame([judgement.row() for judgement in judged])
