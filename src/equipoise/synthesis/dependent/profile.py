"""Profile-likelihood intervals of components of variance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri

from equipoise.synthesis.dependent.fit import MixedFit
from equipoise.synthesis.dependent.maximise import Map, Maximum, maximise

FloatArray = NDArray[np.float64]


def profile_interval(fit: MixedFit, component: int, level: float = 0.95) -> tuple[float, float]:
    """Return where twice the drop of the profiled (restricted) likelihood is within chi-squared.

    For models whose theta are standard deviations of their components. 0 is within the interval
    where the likelihood does not fall far enough; infinity where it never falls on the far side.

    References
    ----------
    Hardy & Thompson (1996), Stat Med 15:619-629; Viechtbauer (2007), Stat Med 26:37-52.
    """
    allowed = float(chdtri(1, 1 - level)) / 2
    top = fit.log_likelihood
    centre = float(fit.phi[component])
    last = [np.delete(fit.maximum.theta, component)]

    def drop(value: float) -> float:
        found = profiled(fit, component, value, last[0])
        if found is None:
            return float("inf")
        if (np.abs(found.theta) > 0).all():
            last[0] = found.theta
        return top - found.at.log_likelihood - allowed

    low = 0.0 if centre <= 0 or drop(0.0) <= 0 else _root(drop, 0.0, centre)
    far = max(2 * centre, 0.01 * float(fit.phi.sum() + fit.y.var()))
    for _ in range(60):
        if drop(far) > 0:
            return low, _root(drop, centre, far)
        far *= 2
    return low, float("inf")


def profiled(fit: MixedFit, component: int, value: float, start: FloatArray) -> Maximum | None:
    """Maximise over the other components with one held at a value."""
    spread = max(float(np.abs(fit.maximum.theta).max()), 1e-3)
    starts = [np.where(np.abs(start) < 1e-3 * spread, 0.3 * spread, start)]
    starts.append(np.full(len(start), 0.1 * spread))
    return maximise(fit.problem, _held(fit.to_phi, component, value), starts, fit.criterion)


def _held(to_phi: Map, component: int, value: float) -> Map:
    def held(theta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        whole = np.insert(theta, component, np.sqrt(value))
        phi, J, bend = to_phi(whole)
        phi[component] = value
        J = np.delete(J, component, axis=1)
        bend = np.delete(np.delete(bend, component, axis=1), component, axis=2)
        return phi, J, bend

    return held


def _root(f: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq  # noqa: PLC0415  (heavy)

    return float(brentq(f, low, high, xtol=1e-12, rtol=1e-11))
