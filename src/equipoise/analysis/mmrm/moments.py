"""What the likelihood needs of the data: one small matrix for each pattern of missing visits.

Design rows are x[person, visit] = u[person] A[visit], with u the r facts of a person that the
design uses (intercept, arm, baseline, ...) and A the loading of each visit, (m, r, p). All people
who were seen at the same visits then enter through the cross products of [u, y] alone: a trial
of any size is a few kilobytes, and every later step costs the same whatever the number of people.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """N trials, each with up to K slots; a slot holds the people of one pattern (and group).

    Parameters
    ----------
    people
        Shape (N, K): the number (or sum of weights) of people in a slot; 0 where it is unused.
    mask
        Shape (N or 1, K, m): 1 at visits that these people were seen at, else 0.
    group
        Shape (K,): which group's covariance matrix a slot has.
    uu, yu, yy
        Cross products over the people of a slot: (N, K, r, r), (N, K, m, r), (N, K, m, m). Those
        with visits that were not seen are 0.
    loading
        Shape (N or 1, m, r, p).
    distance
        Shape (N or 1, K, m, m), for spatial structures: all people of a slot share it.
    """

    people: NDArray[np.float64]
    mask: NDArray[np.float64]
    group: NDArray[np.intp]
    uu: NDArray[np.float64]
    yu: NDArray[np.float64]
    yy: NDArray[np.float64]
    loading: NDArray[np.float64]
    distance: NDArray[np.float64] | None = None

    @property
    def trials(self) -> int:
        """N."""
        return len(self.people)

    @property
    def visits(self) -> int:
        """The number of visits, m."""
        return int(self.mask.shape[-1])

    @property
    def observations(self) -> NDArray[np.float64]:
        """How many scores each trial has, shape (N,)."""
        return np.asarray((self.people * self.mask.sum(axis=-1)).sum(axis=-1))

    def take(self, which: NDArray[np.intp]) -> Moments:
        """Keep the trials of these numbers, in that order; one trial may be taken repeatedly."""

        def of(array: NDArray[np.float64]) -> NDArray[np.float64]:
            return array[which] if len(array) == self.trials else array

        return replace(
            self,
            people=of(self.people),
            mask=of(self.mask),
            uu=of(self.uu),
            yu=of(self.yu),
            yy=of(self.yy),
            loading=of(self.loading),
            distance=None if self.distance is None else of(self.distance),
        )


def cross_products(
    facts: NDArray[np.float64],
    scores: NDArray[np.float64],
    slot: NDArray[np.intp],
    slots: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum the outer products of [u, y] over the people of each slot.

    Parameters
    ----------
    facts : shape (n, r)
    scores : shape (n, m)
        0 where not seen.
    slot : shape (n,)
        Slot of each person, 0 ... slots - 1.

    Returns
    -------
    people, products
        Shapes (slots,) and (slots, r + m, r + m).
    """
    table = np.concatenate((facts, scores), axis=1)
    width = table.shape[1]
    order = np.argsort(slot, kind="stable")
    people = np.bincount(slot, minlength=slots)
    products = np.zeros((slots, width, width))
    start = 0
    table = table[order]
    for k, size in enumerate(people.tolist()):
        if size:
            rows = table[start : start + size]
            np.matmul(rows.T, rows, out=products[k])
            start += size
    return people.astype(np.float64), products


def parts_of(
    products: NDArray[np.float64], facts: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Split cross products (..., r + m, r + m) of r facts and m scores into uu, yu and yy."""
    own, scores = slice(facts), slice(facts, None)
    parts = ((own, own), (scores, own), (scores, scores))
    uu, yu, yy = (np.ascontiguousarray(products[..., a, b]) for a, b in parts)
    return uu, yu, yy


def slots_of(
    observed: NDArray[np.bool_], group: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.bool_], NDArray[np.intp]]:
    """Give each pattern of seen visits a number, each group's apart.

    Parameters
    ----------
    observed : shape (n, m)
    group : shape (n,)

    Returns
    -------
    slot, patterns, groups
        Shapes (n,), (K, m) and (K,).
    """
    bits = np.packbits(observed, axis=1, bitorder="little")
    key = np.zeros(len(bits), dtype=np.uint64)
    for byte in bits.T[::-1][:7]:  # up to 56 visits in one number
        key = key * np.uint64(256) + byte
    key = key * np.uint64(int(group.max(initial=0)) + 1) + group.astype(np.uint64)
    _, first, slot = np.unique(key, return_index=True, return_inverse=True)
    return slot, observed[first], group[first]
