"""Where the true effect of a new study would lie: intervals of two kinds, each by its name."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from equipoise.synthesis.effects import FloatArray
from equipoise.synthesis.normal_or_t import quantile
from equipoise.synthesis.pairwise.fit import RandomEffectsFit


class Prediction(NamedTuple):
    """A mean with its standard error, and where a new study's true effect would lie."""

    mean: float
    se: float
    low: float
    high: float
    df: int | None


def prediction_of_test(
    fit: RandomEffectsFit, at: ArrayLike | None = None, level: float = 0.95
) -> Prediction:
    """Predict with the standard error and distribution of the fit's own test.

    Parameters
    ----------
    at : shape (p,)
        Values of the moderators; 1 for a mean.

    References
    ----------
    Riley, Higgins & Deeks (2011), BMJ 342:d549. With the Hartung-Knapp standard error:
    Partlett & Riley (2017), Stat Med 36:301-317.
    """
    return _prediction(fit, fit.cov, fit.df, at, level)


def prediction_classic(
    fit: RandomEffectsFit,
    at: ArrayLike | None = None,
    level: float = 0.95,
    *,
    df: int | None = None,
) -> Prediction:
    """Predict with the inverse-variance standard error and t of k - p df, or of `df`.

    References
    ----------
    Higgins, Thompson & Spiegelhalter (2009), J R Stat Soc A 172:137-159, who take k - 2 df;
    Veroniki et al. (2019), Res Synth Methods 10:23-43, on k - 1.
    """
    return _prediction(fit, fit.plain_cov, fit.k - fit.p if df is None else df, at, level)


def _prediction(
    fit: RandomEffectsFit,
    cov: FloatArray,
    df: int | None,
    at: ArrayLike | None,
    level: float,
) -> Prediction:
    row = np.ones(fit.p) if at is None else np.asarray(at, dtype=np.float64)
    mean, variance = float(row @ fit.beta), float(row @ cov @ row)
    half = quantile(level, df) * math.sqrt(fit.tau2 + variance)
    return Prediction(mean, math.sqrt(variance), mean - half, mean + half, df)
