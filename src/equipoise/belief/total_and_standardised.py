"""The total effect E1 and the belief-standardised effect E2 of the same rows, jointly.

Both are averages of the same outcomes, so whatever compares them (belief part, belief share,
tipping point) needs their covariance. Here: the variance of E(lambda) = lambda E1 +
(1 - lambda) E2 for any lambda, in closed form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.belief.standardised_effect import common_share_weights
from equipoise.belief.stratum_means import Contrast, StratumMeans

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class EffectPath:
    """E(lambda) of rows of different people, q held at its observed value.

    Parameters
    ----------
    strata
        Counts, means, variances by arm and guess; leading axes are trials.
    q : shape (..., C)
        Common guess shares of E2.
    """

    strata: StratumMeans
    q: FloatArray

    def at(self, mix: ArrayLike) -> Contrast:
        """Return E(mix), mix of shape (k,); each field of the result has shape (..., k)."""
        lam = np.asarray(mix, dtype=np.float64)
        own = _signed(self.strata.guess_share)[..., None, :, :]
        common = common_share_weights(self.q)[..., None, :, :]
        weights = lam[:, None, None] * own + (1 - lam[:, None, None]) * common
        strata = StratumMeans(
            self.strata.n[..., None, :, :],
            self.strata.mean[..., None, :, :],
            self.strata.variance[..., None, :, :],
        )
        within = strata.contrast(weights)
        between, spread = self._between(lam)
        variance = within.se**2 + between
        with np.errstate(divide="ignore", invalid="ignore"):
            df = variance**2 / (within.se**4 / within.df + spread)
        return Contrast(within.estimate, np.sqrt(variance), df)

    def _between(self, lam: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Variance of E1 from which guess a person makes, and its Satterthwaite part.

        An arm's mean varies through its residuals within strata and through its stratum counts;
        the two are uncorrelated, and only E1 depends on the counts.
        """
        share = self.strata.guess_share
        size = self.strata.n.sum(axis=-1)
        mean = np.where(self.strata.n > 0, self.strata.mean, 0)
        centre = (share * mean).sum(axis=-1, keepdims=True)
        part = (share * (mean - centre) ** 2).sum(axis=-1) / (size - 1)
        scaled = lam[:, None] ** 2 * part[..., None, :]
        return scaled.sum(axis=-1), (scaled**2 / (size[..., None, :] - 1)).sum(axis=-1)

    def covariance(self) -> FloatArray:
        """Return the 2 x 2 covariance of (E1, E2), from the variances at lambda 1, 0 and 1/2."""
        one, zero, half = np.moveaxis(self.at([1.0, 0.0, 0.5]).se ** 2, -1, 0)
        cross = 2 * half - (one + zero) / 2
        return np.stack([np.stack([one, cross], -1), np.stack([cross, zero], -1)], -2)


def _signed(share: FloatArray) -> FloatArray:
    """Give the control arm's weights a minus sign."""
    signed: FloatArray = share * np.array([-1.0, 1.0])[:, None]
    return signed
