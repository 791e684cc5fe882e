"""One set of bootstrap resamples of people, shared by every quantity that is reported together.

Sharing makes blinding, effect and belief comparable draw by draw: the interval of a difference
or ratio of two of them carries their correlation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

BLOCK = 2_000  # draws held in memory at once: 2,000 x 600 people x 8 bytes is 10 MB


def person_weights(
    rng: np.random.Generator, draws: int, people: int, stratum: ArrayLike | None = None
) -> FloatArray:
    """Draw how often each person stands in each resample, shape (draws, people).

    Parameters
    ----------
    stratum : shape (people,), optional
        People are resampled within strata (the arm, where a person has one arm only).
    """
    weights = np.zeros((draws, people))
    labels = np.zeros(people, dtype=int) if stratum is None else np.asarray(stratum)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        size = len(members)
        picks = rng.integers(0, size, (draws, size)) + size * np.arange(draws)[:, None]
        counts = np.bincount(picks.ravel(), minlength=draws * size)
        weights[:, members] = counts.reshape(draws, size)
    return weights


@dataclass(frozen=True, slots=True, eq=False)
class Resamples:
    """Stratum counts and means of every resample, shape (draws, 2, C)."""

    n: FloatArray
    mean: FloatArray

    @property
    def arm_mean(self) -> FloatArray:
        """Mean outcome of each arm among those who answered, shape (draws, 2)."""
        total: FloatArray = np.where(self.n > 0, self.n * self.mean, 0).sum(axis=-1)
        mean: FloatArray = total / self.n.sum(axis=-1)
        return mean

    @property
    def pooled_share(self) -> FloatArray:
        """P(guess) over both arms, shape (draws, C)."""
        share: FloatArray = self.n.sum(axis=-2) / self.n.sum(axis=(-2, -1))[..., None]
        return share


def resample(
    y: ArrayLike,
    arm: ArrayLike,
    guess: ArrayLike,
    person: ArrayLike,
    *,
    draws: int,
    rng: np.random.Generator,
    categories: int = 2,
) -> Resamples:
    """Resample people (within arm where each has one arm) and group their rows.

    Parameters
    ----------
    y, arm, guess, person : shape (n,)
        As in `stratum_means`; rows of one person move together.
    """
    y, arm, guess = np.asarray(y, dtype=np.float64), np.asarray(arm), np.asarray(guess)
    person = np.asarray(person)
    people = int(person.max()) + 1
    cell = arm * categories + guess
    count, total = np.zeros((people, 2 * categories)), np.zeros((people, 2 * categories))
    np.add.at(count, (person, cell), 1.0)
    np.add.at(total, (person, cell), y)
    stratum = one_arm(arm, person)
    n, mean = [], []
    for start in range(0, draws, BLOCK):
        weights = person_weights(rng, min(BLOCK, draws - start), people, stratum)
        k = weights @ count
        with np.errstate(divide="ignore", invalid="ignore"):
            mean.append((weights @ total) / k)
        n.append(k)
    shape = (draws, 2, categories)
    return Resamples(np.concatenate(n).reshape(shape), np.concatenate(mean).reshape(shape))


def one_arm(arm: NDArray[np.intp], person: NDArray[np.intp]) -> NDArray[np.intp] | None:
    """Return each person's arm, or None where some person was observed under both."""
    first = np.zeros(int(person.max()) + 1, dtype=np.intp)
    first[person] = arm
    return first if (first[person] == arm).all() else None
