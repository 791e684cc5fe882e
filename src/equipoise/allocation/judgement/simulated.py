"""Many trials at once by any procedure, person by person: chances, then arms."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from equipoise.allocation.d_optimal import DOptimalSpec
from equipoise.allocation.hu_hu import HuHuSpec
from equipoise.allocation.judgement.simulated_covariate_adaptive import (
    d_optimal_steps,
    hu_hu_steps,
)
from equipoise.allocation.judgement.simulated_minimisation import minimisation_steps
from equipoise.allocation.minimisation_spec import MinimisationSpec
from equipoise.allocation.stratified import StratifiedSpec
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.allocation.spec import Spec, State


class SimulatedStep(NamedTuple):
    """One person of every trial: `chances` (trials, arms) and the `arm` (trials,) drawn."""

    chances: NDArray[np.float64]
    arm: NDArray[np.intp]


def random_people(spec: Spec, n: int, trials: int, rng: np.random.Generator) -> NDArray[np.int8]:
    """Return levels of n people of each trial, shape (trials, n, factors), all equally likely."""
    sizes = [len(factor.levels) for factor in getattr(spec, "factors", ())]
    levels = [rng.integers(0, size, size=(trials, n), dtype=np.int8) for size in sizes]
    return np.stack(levels, axis=2) if levels else np.zeros((trials, n, 0), dtype=np.int8)


def simulate_steps(
    spec: Spec, people: NDArray[np.int8], rng: np.random.Generator
) -> Iterator[SimulatedStep]:
    """Allocate the people of many trials in order, yielding one person of each at a time.

    Parameters
    ----------
    spec
        Any procedure but an outcome-adaptive one.
    people : shape (trials, n, factors)
        Everyone's levels; no factors for a plain list.

    Examples
    --------
    >>> from equipoise.allocation import PermutedBlocksSpec
    >>> rng = np.random.default_rng(1)
    >>> steps = simulate_steps(PermutedBlocksSpec(size=2), np.zeros((5, 2, 0), np.int8), rng)
    >>> (sum(step.arm for step in steps) == 1).all()
    np.True_
    """
    rule: Generator[NDArray[np.float64], NDArray[np.intp], None]
    if isinstance(spec, MinimisationSpec):
        rule = minimisation_steps(spec, people)
    elif isinstance(spec, HuHuSpec):
        rule = hu_hu_steps(spec, people)
    elif isinstance(spec, DOptimalSpec):
        rule = d_optimal_steps(spec, people)
    elif spec.kind == "list":
        rule = _list_steps(spec, people)
    else:
        raise DataError(f"{spec.name} needs outcomes: simulate it with its own function.")
    owner = np.array(spec.shares)
    chances = next(rule)
    try:
        for _ in range(people.shape[1]):
            share = draw_shares(chances, rng)
            in_arms = np.stack(
                [chances[:, owner == k].sum(axis=1) for k in range(len(spec.arms))], 1
            )
            yield SimulatedStep(in_arms, owner[share])
            chances = rule.send(share)
    except StopIteration:
        return


def simulated_arms(
    spec: Spec, people: NDArray[np.int8], rng: np.random.Generator
) -> NDArray[np.int8]:
    """Return the arm of everyone in every trial, shape (trials, n)."""
    steps = [step.arm.astype(np.int8) for step in simulate_steps(spec, people, rng)]
    return np.stack(steps, axis=1)


def draw_shares(chances: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.intp]:
    """Draw one share a row."""
    point = rng.random(len(chances))
    upper = np.cumsum(chances, axis=1)
    share = (point[:, None] >= upper[:, :-1]).sum(axis=1)
    # rounding never gives an arm that has no chance
    none = chances[np.arange(len(share)), share] <= 0
    share[none] = chances[none].argmax(axis=1)
    return np.asarray(share)


def _list_steps(
    spec: Spec, people: NDArray[np.int8]
) -> Generator[NDArray[np.float64], NDArray[np.intp], None]:
    """Step through the procedure's own states, each looked at once for all trials."""
    within: Spec = spec.within if isinstance(spec, StratifiedSpec) else spec
    trials, n, _ = people.shape
    stratum = np.zeros((trials, n), dtype=np.intp)
    for k, factor in enumerate(getattr(spec, "factors", ())):
        stratum = stratum * len(factor.levels) + people[:, :, k]
    machine = _Machine(within)
    state = np.zeros((trials, int(stratum.max()) + 1), dtype=np.intp)
    everyone = np.arange(trials)
    for step in range(n):
        now = state[everyone, stratum[:, step]]
        machine.look(np.flatnonzero(np.bincount(now)))
        share = yield machine.chances[now]
        machine.move(now, share)
        state[everyone, stratum[:, step]] = machine.after[now, share]


class _Machine:
    """States of a spec, numbered as they come up, with chances and what follows them."""

    def __init__(self, spec: Spec) -> None:
        self.spec, arms = spec, len(spec.arms)
        start = spec.start()
        self.states: list[State] = [start]
        self.number: dict[State, int] = {start: 0}
        self.chances = np.full((1, arms), np.nan)
        self.after = np.full((1, arms), -1, dtype=np.intp)

    def look(self, numbers: NDArray[np.intp]) -> None:
        """Work out the chances of states that are new."""
        for k in numbers:
            if np.isnan(self.chances[k, 0]):
                self.chances[k] = [float(chance) for chance in self.spec.chances(self.states[k])]

    def move(self, now: NDArray[np.intp], share: NDArray[np.intp]) -> None:
        """Find what follows each pair of state and share that came up."""
        unknown = self.after[now, share] < 0
        for k, arm in np.unique(np.column_stack([now[unknown], share[unknown]]), axis=0):
            after = self.spec.after(self.states[k], int(arm))
            if after not in self.number:
                self.number[after] = len(self.states)
                self.states.append(after)
            self.after[k, arm] = self.number[after]
        if (missing := len(self.states) - len(self.chances)) > 0:
            room = max(missing, len(self.chances))  # doubling: few copies
            arms = self.chances.shape[1]
            self.chances = np.vstack([self.chances, np.full((room, arms), np.nan)])
            self.after = np.vstack([self.after, np.full((room, arms), -1, dtype=np.intp)])
