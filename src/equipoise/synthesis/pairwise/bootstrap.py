"""Bootstrap of studies: mean and tau2 with nothing assumed normal between studies."""

from __future__ import annotations

import numpy as np

from equipoise.errors import NotIdentifiedError
from equipoise.synthesis.effects import FloatArray
from equipoise.synthesis.pairwise.fit import RandomEffectsFit
from equipoise.synthesis.pairwise.permutation import CHUNK
from equipoise.synthesis.pairwise.tau2 import METHODS
from equipoise.synthesis.pairwise.weighted import at_tau2


def bootstrap(
    fit: RandomEffectsFit, rng: np.random.Generator, draws: int = 10_000, *, kind: str = "cases"
) -> tuple[FloatArray, FloatArray]:
    """Refit a mean to resamples.

    Parameters
    ----------
    fit
        Of a mean alone.
    rng
    draws
    kind
        "cases": studies with replacement; "parametric": new effects from the fitted model.

    Returns
    -------
    means, tau2 : shape (draws,)

    References
    ----------
    van den Noortgate & Onghena (2005), Behav Res Methods 37:11-22. Viechtbauer (2007), Stat Med
    26:37-52, on intervals of tau2.
    """
    if fit.user_weights is not None or fit.p > 1:
        raise NotIdentifiedError("The bootstrap is for a mean with inverse-variance weights.")
    if kind not in ("cases", "parametric"):
        raise NotIdentifiedError(f"The bootstrap is of cases or parametric, not {kind!r}.")
    means, spreads = [], []
    for start in range(0, draws, CHUNK):
        y, v = _resampled(fit, rng, min(CHUNK, draws - start), kind)
        tau2 = METHODS[fit.method].estimate(y, v, fit.x)
        means.append(at_tau2(y, v, fit.x, tau2).beta[:, 0])
        spreads.append(tau2)
    return np.concatenate(means), np.concatenate(spreads)


def _resampled(
    fit: RandomEffectsFit, rng: np.random.Generator, size: int, kind: str
) -> tuple[FloatArray, FloatArray]:
    y, v = fit.effects.y, fit.effects.v
    if kind == "cases":
        rows = rng.integers(0, fit.k, (size, fit.k))
        return y[rows], v[rows]
    noise = rng.standard_normal((size, fit.k)) * np.sqrt(v + fit.tau2)
    return fit.beta[0] + noise, np.broadcast_to(v, (size, fit.k))
