"""True effects of the studies themselves, drawn towards each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.synthesis.bayes.mixture import Mixture

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from equipoise.synthesis.bayes.posterior import Posterior


def study_effects(
    found: Posterior, y: ArrayLike, v: ArrayLike, X: ArrayLike | None = None
) -> tuple[Mixture, ...]:
    """Return the posterior of each independent study's true effect.

    Parameters
    ----------
    found
        Posterior of the model of y, v and X.
    y, v : shape (k,)
    X : shape (k, p)
        Ones if None.
    """
    data, variances = np.asarray(y, dtype=np.float64), np.asarray(v, dtype=np.float64)
    design = np.ones((len(data), 1)) if X is None else np.asarray(X, dtype=np.float64)
    effects = []
    for one, variance, row in zip(data, variances, design, strict=True):
        drawn = variance / (variance + found.tau**2)  # how far towards the mean
        mean = found.effect(row)
        centre = (1 - drawn) * one + drawn * mean.centre
        spread = np.sqrt((1 - drawn) * variance + (drawn * mean.spread) ** 2)
        effects.append(Mixture(found.weight, centre, spread))
    return tuple(effects)
