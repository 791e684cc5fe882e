"""Wei's urn: every allocation adds balls of the other arm."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from equipoise.allocation.exact import Chances, as_fraction
from equipoise.allocation.imbalance_walk import ImbalanceWalk, Walk
from equipoise.allocation.procedure import ratio_words, strata_members
from equipoise.allocation.spec import CountSpec, Holds, Person
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def wei_urn(
    people: int, *, alpha: float = 0, beta: float = 1, stratum: ArrayLike | None = None
) -> ImbalanceWalk:
    """Draw from an urn that starts with `alpha` balls of each arm.

    The ball goes back with `beta` balls of the other arm.

    Parameters
    ----------
    people
        How many, in order of entry; two arms.
    alpha, beta
        Of the urn design UD(alpha, beta), each >= 0; an empty urn is a fair coin.
    stratum : length people
        Any labels; None for one stratum.

    References
    ----------
    Wei (1978), J Am Stat Assoc 73:559-563.

    Examples
    --------
    >>> arm = wei_urn(2).redraw(np.random.default_rng(1), 1000)  # UD(0, 1): the second is sure
    >>> bool((arm[:, 0] != arm[:, 1]).all())
    True
    """
    if alpha < 0 or beta < 0:
        raise DataError(f"The urn has alpha, beta >= 0. Got {alpha}, {beta}.")
    walks = []
    strata = strata_members(people, stratum)
    for members in strata:
        m = len(members)
        before, imbalance = np.arange(m)[:, None], np.arange(-m, m + 1)[None, :]
        ones = alpha + beta * (before - imbalance) / 2  # beta for each earlier person in arm 0
        balls = np.broadcast_to(2 * alpha + beta * before, ones.shape)
        chance = np.full(ones.shape, 0.5)
        np.divide(ones, balls, out=chance, where=balls > 0)
        walks.append(Walk(members, np.clip(chance, 0, 1)))
    within = f", within {len(strata)} strata" if len(strata) > 1 else ""
    return ImbalanceWalk(people, f"Wei's urn UD({alpha:g}, {beta:g}){within}", tuple(walks))


@dataclass(frozen=True, kw_only=True)
class UrnSpec(CountSpec):
    """An urn with `alpha` balls of each arm; each draw adds `beta` of every other arm.

    References
    ----------
    Wei (1978), J Am Stat Assoc 73:559-563.

    Examples
    --------
    >>> UrnSpec(alpha=1, beta=1).probabilities([0])
    (Fraction(1, 3), Fraction(2, 3))
    """

    name: ClassVar[str] = "urn"
    title: ClassVar[str] = "Wei's urn"
    source: ClassVar[str] = "Wei 1978"
    holds: ClassVar[Holds] = "equal"

    alpha: Fraction | float | str = Fraction(1)
    beta: Fraction | float | str = Fraction(1)

    def check(self) -> None:
        """Refuse negative balls."""
        alpha, beta = as_fraction(self.alpha, "urn's alpha"), as_fraction(self.beta, "urn's beta")
        if alpha < 0 or beta < 0:
            raise DataError(f"The urn has alpha, beta >= 0. Got {alpha}, {beta}.")
        self._set(alpha=alpha, beta=beta)

    def chances(self, state: Any, person: Person = ()) -> Chances:  # noqa: ARG002
        """Return the share of each arm's balls; an empty urn is a fair die."""
        alpha, beta = Fraction(self.alpha), Fraction(self.beta)
        people, arms = sum(state), len(state)
        balls = arms * alpha + (arms - 1) * beta * people
        if balls == 0:
            return self.target
        return tuple((alpha + beta * (people - own)) / balls for own in state)

    def table(self, n: int) -> NDArray[np.float64]:
        """Return the chance of arm 1 by step and number in arm 1, shape (n, n + 1)."""
        alpha, beta = float(Fraction(self.alpha)), float(Fraction(self.beta))
        step, ones = np.arange(n)[:, None], np.arange(n + 1)[None, :]
        balls = np.broadcast_to(2 * alpha + beta * step, (n, n + 1))
        chance = np.full((n, n + 1), 0.5)
        np.divide(alpha + beta * (step - ones), balls, out=chance, where=balls > 0)
        return np.asarray(np.clip(chance, 0, 1))

    def describe(self) -> str:
        """Return the procedure with its balls."""
        return f"Wei's urn UD({self.alpha}, {self.beta}), {ratio_words(self.ratio)}"
