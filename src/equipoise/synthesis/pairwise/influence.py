"""What each study does to the answer: leave one out, residuals, influence, Baujat's two axes.

References
----------
Viechtbauer & Cheung (2010), Res Synth Methods 1:112-125. Baujat, Mahé, Pignon & Hill (2002),
Stat Med 21:2641-2652.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.effects import FloatArray
from equipoise.synthesis.pairwise.fit import RandomEffectsFit, refit
from equipoise.synthesis.pairwise.heterogeneity import cochran_q
from equipoise.synthesis.pairwise.weighted import at_tau2


@dataclass(frozen=True, slots=True, eq=False)
class Influence:
    """One value a study, all of shape (k,) but `dfbetas`, shape (k, p).

    Parameters
    ----------
    rstudent
        Residual from the fit without the study, over its standard error.
    dffits
        Change of the study's fitted value, in standard errors.
    cook_d
        Cook's distance of the coefficients.
    cov_ratio
        Determinant of their covariance without the study, over that with it.
    tau2_without, q_without
        tau2 and Cochran's Q without the study.
    hat, weight
        Leverage; weight in percent.
    baujat_x, baujat_y
        Squared residual over its variance; squared change of the study's own fitted value over
        the variance of that value without the study.
    influential
        By the rules of Viechtbauer & Cheung: |DFFITS| > 3 sqrt(p / (k - p)), Cook's distance
        beyond the median of chi-square, hat > 3 p / k, or |DFBETAS| > 1.
    """

    rstudent: FloatArray
    dffits: FloatArray
    cook_d: FloatArray
    cov_ratio: FloatArray
    tau2_without: FloatArray
    q_without: FloatArray
    hat: FloatArray
    weight: FloatArray
    dfbetas: FloatArray
    baujat_x: FloatArray
    baujat_y: FloatArray
    influential: NDArray[np.bool_]


def leave_one_out(fit: RandomEffectsFit) -> list[RandomEffectsFit]:
    """Fit without each study in turn; k fits.

    Raises
    ------
    NotIdentifiedError
        When too few studies would be left.
    """
    if fit.k < fit.p + 2:
        raise NotIdentifiedError(f"Leaving one of {fit.k} studies out leaves too few to pool.")
    return [refit(fit, np.arange(fit.k) != i) for i in range(fit.k)]


def influence(fit: RandomEffectsFit) -> Influence:
    """Return case-deletion diagnostics of every study."""
    from scipy.special import chdtri  # noqa: PLC0415

    without = leave_one_out(fit)
    same = [s for s, one in zip(fit.effects.study, without, strict=True) if one.se[0] == 0]
    if fit.se[0] == 0 or same:
        which = f" without {same[0]}" if fit.se[0] > 0 else ""
        raise NotIdentifiedError(
            f"The effects are all the same{which}: there is no standard error to measure with. "
            "Take --test hartung-knapp-adhoc."
        )
    y, v, x = fit.effects.y, fit.effects.v, fit.x
    beta = np.stack([one.beta for one in without])
    tau2 = np.array([one.tau2 for one in without])
    cov = np.stack([one.cov for one in without])
    moved = fit.beta - beta
    predicted = (x * beta).sum(1)
    predicted_variance = np.einsum("ip,ipq,iq->i", x, cov, x)
    hat = fit.solution.leverage
    shift = (x * moved).sum(1)
    cook = np.einsum("ip,pq,iq->i", moved, np.linalg.inv(fit.cov), moved)
    scale = cov[:, 0, 0] / np.array([one.plain_cov[0, 0] for one in without])
    variance = scale * (v + tau2)  # under Hartung-Knapp all variances share the factor
    dffits = shift / np.sqrt(hat * variance)
    dfbetas = moved / np.sqrt(np.stack([_coefficient_variance(fit, one) for one in without]))
    far = (np.abs(dffits) > 3 * np.sqrt(fit.p / (fit.k - fit.p))) | (hat > 3 * fit.p / fit.k)
    far |= (cook > chdtri(fit.p, 0.5)) | (np.abs(dfbetas) > 1).any(1)
    return Influence(
        rstudent=(y - predicted) / np.sqrt(variance + predicted_variance),
        dffits=dffits,
        cook_d=cook,
        cov_ratio=np.linalg.det(cov) / np.linalg.det(fit.cov),
        tau2_without=tau2,
        q_without=np.array([cochran_q(one).q for one in without]),
        hat=hat,
        weight=fit.weight_percent,
        dfbetas=dfbetas,
        baujat_x=fit.solution.residual**2 / (v + fit.tau2),
        baujat_y=shift**2 / predicted_variance,
        influential=far,
    )


def _coefficient_variance(fit: RandomEffectsFit, without: RandomEffectsFit) -> FloatArray:
    """Return the variances of all studies' coefficients at the tau2 found without one."""
    y, v = fit.effects.y, fit.effects.v
    scale = without.cov[0, 0] / without.plain_cov[0, 0]
    variances: FloatArray = scale * np.diagonal(at_tau2(y, v, fit.x, without.tau2).inverse)
    return variances


def cumulative(fit: RandomEffectsFit, order: Sequence[Any]) -> list[RandomEffectsFit]:
    """Fit to the first, the first two, ... studies in the order of a column; from p + 1 on.

    Parameters
    ----------
    order : length k
        Years, dates, sizes: anything that sorts; equal ones keep their order in the file.
    """
    if len(order) != fit.k:
        raise DataError(f"The order has {len(order)} values for {fit.k} studies.")
    rows = np.array(sorted(range(fit.k), key=lambda i: order[i]))
    return [refit(fit, rows[:m]) for m in range(fit.p + 1, fit.k + 1)]
