"""Minimisation: the arm that keeps the factors' margins even is favoured, person by person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from equipoise.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

Measure = Literal["range", "variance"]
CHUNK = 4096
"""Repetitions replayed together: their counts stay in the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Minimisation:
    """Minimisation over these people.

    `level` (people, factors) numbers the levels of all factors through; `weights` (factors,).
    """

    description: str
    arms: int
    level: NDArray[np.intp]
    weights: NDArray[np.float64]
    probability: float
    measure: Measure

    @property
    def people(self) -> int:
        """How many people were allocated."""
        return len(self.level)

    @property
    def symmetric(self) -> bool:
        """Allocation is at equal ratio."""
        return True

    def redraw(self, rng: np.random.Generator, draws: int) -> NDArray[np.int8]:
        """Return the arm of everyone in `draws` repetitions, shape (draws, people)."""
        out = np.empty((draws, self.people), dtype=np.int8)
        replay = self._replay_two if self.arms == 2 else self._replay
        for start in range(0, draws, CHUNK):
            size = min(CHUNK, draws - start)
            out[start : start + size] = replay(rng, size).T
        return out

    def impossible(self, arm: NDArray[np.int8]) -> str | None:
        """Return at whom minimisation left no choice and another arm was given, or None."""
        if self.probability < 1:
            return None
        counts = np.zeros((int(self.level.max()) + 1, self.arms, 1))
        for person, level in enumerate(self.level):
            imbalance = self._imbalance(counts[level])[:, 0]
            if imbalance[arm[person]] > imbalance.min() + 1e-9:
                return (
                    f"person {person + 1} (in order of entry) got arm {arm[person]}, which was not "
                    "the one with the least imbalance"
                )
            counts[level, arm[person]] += 1
        return None

    def _replay_two(self, rng: np.random.Generator, draws: int) -> NDArray[np.int8]:
        """Allocate everyone in turn between two arms: only their differences matter."""
        ahead = np.zeros((int(self.level.max()) + 1, draws))  # arm 1 less arm 0, by level
        out = np.empty((self.people, draws), dtype=np.int8)
        for person, level in enumerate(self.level):
            gain = self._gain(ahead[level])
            chance = np.where(gain < 0, self.probability, 1 - self.probability)
            chance[np.abs(gain) < self._tie] = 0.5
            arm = rng.random(draws) < chance
            step = 2.0 * arm - 1
            for row in level:
                ahead[row] += step
            out[person] = arm
        return out

    def _gain(self, ahead: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how much more imbalance arm 1 would bring than arm 0, up to a factor.

        |d + 1| - |d - 1| is twice the sign of a whole number d, and (d + 1)^2 - (d - 1)^2 is 4 d.
        """
        return np.asarray(self.weights @ (np.sign(ahead) if self.measure == "range" else ahead))

    def _replay(self, rng: np.random.Generator, draws: int) -> NDArray[np.int8]:
        """Allocate everyone in turn; shape (people, draws)."""
        counts = np.zeros((int(self.level.max()) + 1, self.arms, draws))
        out = np.empty((self.people, draws), dtype=np.int8)
        everyone = np.arange(draws)
        for person, level in enumerate(self.level):
            total = self._imbalance(counts[level])
            # ties are broken at random: weights are whole multiples far above this noise
            total += rng.random(total.shape) * self._tie
            arm = total.argmin(axis=0)
            if self.probability < 1:
                other = rng.random(draws) >= self.probability
                step = rng.integers(1, self.arms, size=draws) if self.arms > 2 else 1
                arm = np.where(other, (arm + step) % self.arms, arm)
            for row in level:
                counts[row, arm, everyone] += 1
            out[person] = arm
        return out

    @property
    def _tie(self) -> float:
        return 1e-7 * float(self.weights[self.weights > 0].min())

    def _imbalance(self, counts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the weighted imbalance if each arm were given; (factors, arms, draws) in."""
        total = np.empty(counts.shape[1:])
        for arm in range(self.arms):
            after = counts.copy()
            after[:, arm] += 1
            spread = np.ptp(after, axis=1) if self.measure == "range" else after.var(axis=1)
            total[arm] = np.tensordot(self.weights, spread, 1)
        return total


def minimisation(
    factors: Mapping[str, ArrayLike],
    *,
    arms: int = 2,
    probability: float = 0.8,
    weights: Mapping[str, float] | None = None,
    measure: Measure = "range",
) -> Minimisation:
    """Allocate each person to the arm with the least imbalance over the factors' margins.

    Parameters
    ----------
    factors
        Name to the level of each person, in order of entry.
    arms
        How many, at equal allocation. (At unequal ratios plain minimisation is biased; it is
        not offered.)
    probability
        Of the arm with the least imbalance; the other arms share the rest. 1 is deterministic
        but for ties, which are broken at random.
    weights
        Of the factors; 1 each where None.
    measure
        Of the imbalance in a margin: range or variance of the arms' counts.

    References
    ----------
    Pocock & Simon (1975), Biometrics 31:103-115. Taves (1974), Clin Pharmacol Ther 15:443-453.

    Examples
    --------
    >>> procedure = minimisation({"sex": ["f", "f", "m", "m"]}, probability=1)
    >>> arm = procedure.redraw(np.random.default_rng(1), 100)
    >>> bool((arm[:, 0] != arm[:, 1]).all()), bool((arm[:, 2] != arm[:, 3]).all())
    (True, True)
    """
    names, codes, first, counts = list(factors), [], 0, {}
    for name in names:
        levels, code = np.unique(np.asarray(factors[name]), return_inverse=True)
        codes.append(code + first)
        counts[name] = len(levels)
        first += len(levels)
    if not names or len({len(code) for code in codes}) > 1 or not len(codes[0]):
        raise DataError("Minimisation needs one or more factors, each with a level a person.")
    if arms < 2 or not 1 / arms < probability <= 1:
        raise DataError(
            f"Minimisation needs two or more arms and a probability above 1/arms, at most 1. "
            f"Got {arms} arms, probability {probability}."
        )
    given = dict.fromkeys(names, 1.0) | dict(weights or {})
    if set(given) != set(names) or min(given.values()) < 0 or not any(given.values()):
        raise DataError(f"Weights are >= 0, not all 0, of the factors {names}. Got {weights}.")
    listed = ", ".join(f"{n} ({counts[n]} levels, weight {given[n]:g})" for n in names)
    text = (
        f"minimisation of {listed}, {measure} measure, the favoured arm with probability "
        f"{probability:.4g}"
    )
    weight = np.array([given[name] for name in names], dtype=np.float64)
    return Minimisation(text, arms, np.column_stack(codes), weight, float(probability), measure)
