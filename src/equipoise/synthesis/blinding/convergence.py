"""Whether chains agree: split R-hat and the effective number of draws, on ranks.

Vehtari, Gelman, Simpson, Carpenter & Bürkner (2021), Bayesian Analysis 16:667-718.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

RHAT_BOUND = 1.01
ESS_BOUND = 400


def split_rhat(draws: ArrayLike) -> float:
    """Return the larger R-hat of ranks and of folded ranks, each chain split in two.

    Parameters
    ----------
    draws : shape (n, chains)

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> split_rhat(rng.standard_normal((1000, 4))) < 1.01
    True
    """
    halves = _split(np.asarray(draws, dtype=np.float64))
    folded = np.abs(halves - np.median(halves))
    return max(_rhat(_normal_scores(halves)), _rhat(_normal_scores(folded)))


def bulk_ess(draws: ArrayLike) -> float:
    """Return the effective number of draws for the middle of the distribution.

    Parameters
    ----------
    draws : shape (n, chains)
    """
    return _ess(_normal_scores(_split(np.asarray(draws, dtype=np.float64))))


def _split(draws: FloatArray) -> FloatArray:
    half = len(draws) // 2
    return np.concatenate([draws[:half], draws[len(draws) - half :]], axis=1)


def _normal_scores(draws: FloatArray) -> FloatArray:
    from scipy.stats import rankdata  # noqa: PLC0415  (heavy)

    ranks = rankdata(draws, method="average", axis=None).reshape(draws.shape)
    scores: FloatArray = ndtri((ranks - 3 / 8) / (draws.size + 1 / 4))
    return scores


def _rhat(z: FloatArray) -> float:
    n = len(z)
    within = z.var(axis=0, ddof=1).mean()
    between = n * z.mean(axis=0).var(ddof=1)
    return float(np.sqrt(((n - 1) / n * within + between / n) / within))


def _ess(z: FloatArray) -> float:
    """Sum autocorrelations over lags by Geyer's initial monotone sequence."""
    n, chains = z.shape
    centred = z - z.mean(axis=0)
    size = 1 << (2 * n - 1).bit_length()
    spectrum = np.fft.rfft(centred, size, axis=0)
    covariance = np.fft.irfft(spectrum * np.conj(spectrum), size, axis=0)[:n] / n
    within = float((covariance[0] * n / (n - 1)).mean())
    total = within * (n - 1) / n + (float(z.mean(axis=0).var(ddof=1)) if chains > 1 else 0.0)
    rho = 1 - (within - covariance.mean(axis=1) * n / (n - 1)) / total
    rho[0] = 1.0
    pairs = rho[: n - n % 2].reshape(-1, 2).sum(axis=1)
    last = int(np.argmax(pairs <= 0)) if (pairs <= 0).any() else len(pairs)
    monotone = np.minimum.accumulate(pairs[:last])
    tau = max(-1 + 2 * float(monotone.sum()), 1 / np.log10(n * chains))
    return float(min(n * chains / tau, n * chains * np.log10(n * chains)))
