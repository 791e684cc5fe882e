"""Efron's biased coin: the arm that is behind gets the next person with probability p."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from equipoise.allocation.exact import HALF, Chances, as_fraction
from equipoise.allocation.imbalance_walk import ImbalanceSpec, ImbalanceWalk, Walk
from equipoise.allocation.procedure import strata_members
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def biased_coin(
    people: int, *, probability: float = 2 / 3, stratum: ArrayLike | None = None
) -> ImbalanceWalk:
    """Favour the arm with fewer people; toss a fair coin when they are equal.

    Parameters
    ----------
    people
        How many, in order of entry; two arms.
    probability
        Of the arm that is behind, from 1/2 (complete randomisation) to 1 (blocks of two).
    stratum : length people
        Any labels; None for one stratum.

    References
    ----------
    Efron (1971), Biometrika 58:403-417.

    Examples
    --------
    >>> arm = biased_coin(2, probability=0.75).redraw(np.random.default_rng(1), 40_000)
    >>> bool(abs((arm[:, 0] != arm[:, 1]).mean() - 0.75) < 0.01)
    True
    """
    if not 0.5 <= probability <= 1:
        raise DataError(f"The coin's probability lies between 0.5 and 1. Got {probability}.")
    walks = []
    strata = strata_members(people, stratum)
    for members in strata:
        imbalance = np.sign(np.arange(-len(members), len(members) + 1))
        row = np.choose(imbalance + 1, [probability, 0.5, 1 - probability])
        walks.append(Walk(members, np.broadcast_to(row, (len(members), len(row)))))
    within = f", within {len(strata)} strata" if len(strata) > 1 else ""
    text = f"Efron's biased coin with probability {probability:.4g}{within}"
    return ImbalanceWalk(people, text, tuple(walks))


@dataclass(frozen=True, kw_only=True)
class BiasedCoinSpec(ImbalanceSpec):
    """Favour the arm that is behind with `probability`, from 1/2 to 1.

    References
    ----------
    Efron (1971), Biometrika 58:403-417.

    Examples
    --------
    >>> BiasedCoinSpec(probability="3/4").probabilities([0])
    (Fraction(1, 4), Fraction(3, 4))
    """

    name: ClassVar[str] = "biased-coin"
    title: ClassVar[str] = "Efron's biased coin"
    source: ClassVar[str] = "Efron 1971"

    probability: Fraction | float | str = Fraction(2, 3)

    def check(self) -> None:
        """Refuse a coin that favours the arm ahead."""
        coin = as_fraction(self.probability, "coin's probability")
        if not HALF <= coin <= 1:
            raise DataError(f"The coin's probability lies between 1/2 and 1. Got {coin}.")
        self._set(probability=coin)

    def chance(self, step: int, ahead: int) -> Chances:  # noqa: ARG002
        """Return p for the arm behind, 1/2 each where they are even."""
        coin = Fraction(self.probability)
        one = HALF if ahead == 0 else coin if ahead < 0 else 1 - coin
        return 1 - one, one

    def walk(self, n: int) -> NDArray[np.float64]:
        """Return the chance of arm 1 by step and imbalance, shape (n, 2 n + 1)."""
        coin = float(Fraction(self.probability))
        row = np.choose(np.sign(np.arange(-n, n + 1)) + 1, [coin, 0.5, 1 - coin])
        return np.broadcast_to(row, (n, len(row)))

    def describe(self) -> str:
        """Return the procedure with its coin."""
        return f"Efron's biased coin with probability {self.probability}, 1:1"
