"""Properties by simulation, for procedures that look at people or have too many states."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.allocation.judgement.properties import Properties
from equipoise.allocation.judgement.simulated import SimulatedStep, simulate_steps
from equipoise.allocation.stratified import StratifiedSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.allocation.spec import Spec

TINY = 1e-9


def simulated_properties(
    spec: Spec, people: NDArray[np.int8], rng: np.random.Generator
) -> tuple[Properties, NDArray[np.int8]]:
    """Return the properties and the arms, shape (trials, n), that they were found on.

    Of each person the chance of a right guess counts, not whether it came right: less noise. The
    guesser watches the whole trial; under stratified allocation the person's own stratum.
    """
    trials, n, _ = people.shape
    record = _Record(spec, people)
    arms = np.empty((trials, n), dtype=np.int8)
    for place, step in enumerate(simulate_steps(spec, people, rng)):
        record.add(place, step)
        arms[:, place] = step.arm
    return record.properties(), arms


class _Record:
    """What a guesser sees, trial by trial, and what comes of it."""

    def __init__(self, spec: Spec, people: NDArray[np.int8]) -> None:
        self.trials, self.n, _ = people.shape
        self.target = np.array([float(share) for share in spec.target])
        self.stratum = np.zeros((self.trials, self.n), dtype=np.intp)
        if isinstance(spec, StratifiedSpec):
            for k, factor in enumerate(spec.factors):
                self.stratum = self.stratum * len(factor.levels) + people[:, :, k]
        cells = int(self.stratum.max()) + 1
        self.seen = np.zeros((self.trials, cells, len(self.target)))
        self.total = np.zeros((self.trials, len(self.target)))
        self.guess, self.best, self.certain = (np.zeros(self.trials) for _ in range(3))
        self.worst = 0.0
        self.everyone = np.arange(self.trials)

    def add(self, place: int, step: SimulatedStep) -> None:
        """Guess one person of each trial, then see the arm."""
        own = self.seen[self.everyone, self.stratum[:, place]]
        behind = own.sum(axis=1, keepdims=True) * self.target - own
        tied = (behind >= behind.max(axis=1, keepdims=True) - TINY) * self.target
        self.guess += (tied * step.chances).sum(axis=1) / tied.sum(axis=1)
        self.best += step.chances.max(axis=1)
        self.certain += step.chances.max(axis=1) >= 1
        self.seen[self.everyone, self.stratum[:, place], step.arm] += 1
        self.total[self.everyone, step.arm] += 1
        distance = np.abs(self.total - (place + 1) * self.target).sum(axis=1)
        self.worst = max(self.worst, float(distance.max()))

    def properties(self) -> Properties:
        """Average over the trials."""
        short = self.n * self.target
        distance = np.abs(self.total - short).sum(axis=1)
        chi = ((self.total - short) ** 2 / short).sum(axis=1) / (len(self.target) - 1)
        values, count = np.unique(np.round(distance, 9), return_counts=True)
        root = np.sqrt(self.trials)
        return Properties(
            n=self.n,
            guess=float(self.guess.mean()) / self.n,
            best_guess=float(self.best.mean()) / self.n,
            certain=float(self.certain.mean()) / self.n,
            imbalance=float(distance.mean()),
            loss=float(chi.mean()),
            worst=round(self.worst, 9),
            final={float(v): int(c) / self.trials for v, c in zip(values, count, strict=True)},
            how="simulated",
            guess_se=float(self.guess.std()) / self.n / float(root),
            imbalance_se=float(distance.std() / root),
        )
