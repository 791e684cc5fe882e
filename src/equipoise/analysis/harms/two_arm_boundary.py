"""Stopping for harm in comparison with control: when excess risk has become too probable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betainc, betaln

from equipoise.analysis.harms.one_arm_boundary import NEVER, binomial_pmf, check_looks
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

POSTERIOR = (
    "Beta-binomial monitoring by the posterior probability of excess risk (after Thall & Simon "
    "1994, Biometrics 50:337-349)"
)


@dataclass(frozen=True, slots=True, eq=False)
class TwoArmBoundary:
    """At each look and count in control, the count in the active arm that stops (-1: none)."""

    active: IntArray
    control: IntArray
    stop_at: tuple[IntArray, ...]
    margin: float
    cut: float

    def probability(self, active_risk: float, control_risk: float) -> float:
        """Return how often the trial stops under true risks of the two arms."""
        return float(self.by_look(active_risk, control_risk).sum())

    def by_look(self, active_risk: float, control_risk: float) -> FloatArray:
        """Return the probability of stopping first at each look."""
        alive = np.array([[1.0]])
        before, stopped = (0, 0), np.zeros(len(self.active))
        looks = zip(self.active, self.control, self.stop_at, strict=True)
        for look, (n1, n0, stop) in enumerate(looks):
            more1 = binomial_pmf(int(n1) - before[0], active_risk)
            more0 = binomial_pmf(int(n0) - before[1], control_risk)
            alive = _spread(_spread(alive, more1).T, more0).T
            crossed = (np.arange(n1 + 1)[:, None] >= stop) & (stop != NEVER)
            stopped[look] = alive[crossed].sum()
            alive = np.where(crossed, 0.0, alive)
            before = int(n1), int(n0)
        return stopped


def two_arm_boundary(
    active: ArrayLike,
    control: ArrayLike,
    *,
    margin: float = 0.0,
    cut: float = 0.95,
    prior: tuple[float, float] = (0.5, 0.5),
) -> TwoArmBoundary:
    """Find the Bayesian boundary that compares the active arm with control.

    Parameters
    ----------
    active, control : shape (looks,)
        People observed in each arm at each look, rising.
    margin
        Excess risk that would be accepted.
    cut
        Stop when P(risk in active > risk in control + margin | data) exceeds it.
    prior
        Parameters of the beta prior of either risk; Jeffreys' by default.

    References
    ----------
    After Thall & Simon (1994), Biometrics 50:337-349, with a concurrent control.
    """
    n1, n0 = np.asarray(active, dtype=np.int64), np.asarray(control, dtype=np.int64)
    if n1.shape != n0.shape:
        raise DataError(f"Each look needs both arms: {n1.size} and {n0.size} looks were given.")
    for n in (n1, n0):
        check_looks(n, 0.5, 1 - cut)
    if not 0 <= margin < 1 or min(prior) <= 0:
        raise DataError("The margin lies between 0 and 1, and a beta prior has numbers above 0.")
    stop = tuple(
        _first_beyond(int(a), int(b), margin, cut, prior) for a, b in zip(n1, n0, strict=True)
    )
    return TwoArmBoundary(n1, n0, stop, margin, cut)


def _first_beyond(
    n1: int, n0: int, margin: float, cut: float, prior: tuple[float, float]
) -> IntArray:
    """Return for each count in control the least count in active whose posterior is beyond."""
    stop = np.full(n0 + 1, NEVER, dtype=np.int64)
    for x0 in range(n0 + 1):
        beyond = excess_probability(np.arange(n1 + 1), n1, x0, n0, margin=margin, prior=prior) > cut
        if beyond.any():
            stop[x0] = int(np.argmax(beyond))  # the posterior rises with the count
    return stop


def excess_probability(
    events1: ArrayLike, people1: int, events0: int, people0: int, *,
    margin: float = 0.0, prior: tuple[float, float] = (0.5, 0.5),
) -> FloatArray:  # fmt: skip
    """Return P(risk in active > risk in control + margin | data), independent beta priors.

    Parameters
    ----------
    events1 : any shape
        People with the event of `people1` in the active arm.
    events0, people0
        The same of the control arm.

    Examples
    --------
    >>> print(excess_probability(5, 20, 1, 20).round(4))
    0.9649
    """
    x1 = np.asarray(events1, dtype=np.float64)
    a0, b0 = prior[0] + events0, prior[1] + people0 - events0
    node, weight = np.polynomial.legendre.leggauss(400)
    angle = (node + 1) * np.pi / 4  # risk = sin^2: takes the poles off a beta(0.5, 0.5) density
    risk = np.sin(angle) ** 2
    log = (2 * a0 - 1) * np.log(np.sin(angle)) + (2 * b0 - 1) * np.log(np.cos(angle))
    density = weight * np.pi / 4 * 2 * np.exp(log - betaln(a0, b0))
    over = np.minimum(risk + margin, 1.0)
    a1, b1 = prior[0] + x1[..., None], prior[1] + people1 - x1[..., None]
    return np.asarray((1 - betainc(a1, b1, over)) @ density)


def _spread(alive: FloatArray, more: FloatArray) -> FloatArray:
    """Add a binomial count to the first of two counts."""
    out = np.zeros((alive.shape[0] + more.size - 1, alive.shape[1]))
    for extra, chance in enumerate(more):
        out[extra : extra + alive.shape[0]] += chance * alive
    return out
