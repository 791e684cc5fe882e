"""The Gaussian (restricted) likelihood of repeated measures with its derivatives, in batches.

With W the inverse of the observed block of Sigma in each slot, every term is a contraction of the
slots' cross products: nothing here sees a person. Notation as in Kenward & Roger (1997),
Biometrics 53:983-997: P_s = X'W E_s W X with E_s = dSigma / dtheta_s. Deviance, score and both
informations are those of Harville (1977), JASA 72:320-338.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from equipoise.analysis.mmrm.definite import cholesky
from equipoise.analysis.mmrm.sweep import observed_inverse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.analysis.mmrm.moments import Moments


class Value(NamedTuple):
    """What is known once Sigma is: N trials, K slots, p coefficients.

    `deviance` (N,) lacks its constant and is infinite where Sigma is not positive definite.
    `root` (N, p, p) is upper triangular with root root' = (X'WX)^-1, the covariance of
    `coefficients` (N, p). `crossed` (N, K, m, r) are the cross products of residuals and facts.
    """

    deviance: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    root: NDArray[np.float64]
    W: NDArray[np.float64]
    crossed: NDArray[np.float64]
    residual: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Derivatives:
    """Of the deviance, in d parameters; the second derivatives of Sigma are left out.

    `slope` (N, K, m, m) is the derivative in the elements of each slot's Sigma, which is what
    those second derivatives are multiplied with. `spread` (N, d, p, p) is root' P_s root.
    """

    score: NDArray[np.float64]
    observed: NDArray[np.float64]
    slope: NDArray[np.float64]
    spread: NDArray[np.float64]


def value_at(moments: Moments, sigma: NDArray[np.float64], *, reml: bool) -> Value:
    """Evaluate the deviance at Sigma, shape (N, K or 1, m, m)."""
    inverse = observed_inverse(sigma, moments.mask)
    W = inverse.matrix
    bad = ~inverse.definite.all(axis=1)
    if bad.any():
        W[bad] = (
            np.eye(moments.visits) * moments.mask[bad if len(moments.mask) > 1 else 0][..., None]
        )
    N, K, m, r = moments.yu.shape
    A = moments.loading.reshape(-1, m * r, moments.loading.shape[-1])
    At = A.swapaxes(1, 2)
    whole = W.reshape(N, K, m * m).swapaxes(1, 2) @ moments.uu.reshape(N, K, r * r)
    whole = whole.reshape(N, m, m, r, r).swapaxes(2, 3).reshape(N, m * r, m * r)
    information = At @ (whole @ A)
    right = At @ (W @ moments.yu).sum(axis=1).reshape(N, m * r, 1)
    lower, whole_rank = cholesky(information)
    bad |= ~whole_rank
    root = np.asarray(np.linalg.inv(lower).swapaxes(1, 2), dtype=np.float64)
    coefficients = root @ (root.swapaxes(1, 2) @ right)
    gamma = (A @ coefficients).reshape(N, 1, m, r)
    crossed = moments.yu - gamma @ moments.uu
    residual = moments.yy - gamma @ moments.yu.swapaxes(2, 3) - crossed @ gamma.swapaxes(2, 3)
    deviance = (moments.people * inverse.log_determinant).sum(axis=1) + (W * residual).sum(
        axis=(1, 2, 3)
    )
    if reml:
        deviance += 2 * np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
    deviance[bad] = np.inf
    return Value(deviance, coefficients[..., 0], root, W, crossed, residual)


def derivatives_at(
    moments: Moments, at: Value, slopes: NDArray[np.float64], *, reml: bool
) -> Derivatives:
    """Differentiate the deviance.

    Parameters
    ----------
    slopes : shape (N or 1, K or 1, d, m, m)
        dSigma / dtheta of each slot, or one for all slots (and trials).
    """
    N, K, m, r = moments.yu.shape
    d, shared = slopes.shape[2], slopes.shape[1]
    Av = _turned_loading(moments, at)
    p, W = Av.shape[-1], at.W
    n = moments.people[:, :, None, None]
    M = W @ at.residual @ W
    if reml:
        M = M + W @ _leverage(moments, Av) @ W
    slope = n * W - M
    flat = slopes.reshape(len(slopes), shared, d, m * m)
    score = _over_slots(flat, slope.reshape(N, K, m * m, 1), shared)[:, :, 0]
    EW = (slopes.reshape(len(slopes), shared, d * m, m) @ W).reshape(N, K, d, m, m)
    # W E_s W as [a, (s, b)], one product a slot
    WEW = W @ EW.swapaxes(2, 3).reshape(N, K, m, d * m)
    spread = _spread(WEW, moments.uu, Av, d)
    pulled = WEW.reshape(N, K, m, d, m).transpose(0, 3, 2, 1, 4).reshape(N, d * m, K * m)
    pulled = (pulled @ at.crossed.reshape(N, K * m, r)).reshape(N, d, m * r) @ Av
    observed = _traces(flat, EW, 2 * M - n * W) - 2 * pulled @ pulled.swapaxes(1, 2)
    if reml:
        every = spread.reshape(N, d, p * p)
        observed -= every @ every.swapaxes(1, 2)
    return Derivatives(score, observed, slope, spread)


def expected_at(
    moments: Moments,
    at: Value,
    slopes: NDArray[np.float64],
    spread: NDArray[np.float64],
    *,
    reml: bool,
) -> NDArray[np.float64]:
    """Return the expected second derivatives of the deviance, shape (N, d, d).

    `slopes` as in `derivatives_at`, `spread` as it found it.
    """
    N, K, m, _ = moments.yu.shape
    d, W = slopes.shape[2], at.W
    L = moments.people[:, :, None, None] * W
    if reml:
        L = L - 2 * W @ _leverage(moments, _turned_loading(moments, at)) @ W
    EW = (slopes.reshape(len(slopes), -1, d * m, m) @ W).reshape(N, K, d, m, m)
    expected = _traces(slopes.reshape(len(slopes), -1, d, m * m), EW, L)
    if reml:
        every = spread.reshape(N, d, -1)
        expected += every @ every.swapaxes(1, 2)
    return expected


def _turned_loading(moments: Moments, at: Value) -> NDArray[np.float64]:
    """Return the loading times the root of the coefficients' covariance, shape (N, m r, p)."""
    m, r, p = moments.loading.shape[1:]
    return np.asarray(moments.loading.reshape(-1, m * r, p) @ at.root)


def _leverage(moments: Moments, Av: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum over people of X (X'WX)^-1 X', shape (N, K, m, m)."""
    N, K, m, r = moments.yu.shape
    V = (Av @ Av.swapaxes(1, 2)).reshape(N, m, r, m, r).swapaxes(2, 3).reshape(N, m * m, r * r)
    return np.asarray(moments.uu.reshape(N, K, r * r) @ V.swapaxes(1, 2)).reshape(N, K, m, m)


def _traces(
    flat: NDArray[np.float64], EW: NDArray[np.float64], L: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the sum over slots of tr(E_s W E_t L), made symmetric, shape (N, d, d)."""
    N, K, d, m, _ = EW.shape
    X = EW.swapaxes(3, 4).reshape(N, K, d * m, m) @ L
    return _symmetric(_over_slots(flat, X.reshape(N, K, d, m * m).swapaxes(2, 3), flat.shape[1]))


def _over_slots(
    flat: NDArray[np.float64], X: NDArray[np.float64], shared: int
) -> NDArray[np.float64]:
    """Sum flat (N or 1, K or 1, d, m m) times X (N, K, m m, e) over slots, shape (N, d, e)."""
    if shared == 1:
        return np.asarray(flat[:, 0] @ X.sum(axis=1))
    return np.asarray((flat @ X).sum(axis=1))


def _spread(
    WEW: NDArray[np.float64], uu: NDArray[np.float64], Av: NDArray[np.float64], d: int
) -> NDArray[np.float64]:
    """Return root' P_s root, shape (N, d, p, p)."""
    N, K, m, _ = WEW.shape
    r = uu.shape[-1]
    P = WEW.reshape(N, K, -1).swapaxes(1, 2) @ uu.reshape(N, K, r * r)
    P = P.reshape(N, m, d, m, r, r).transpose(0, 2, 1, 4, 3, 5).reshape(N, d * m * r, m * r)
    half = (P @ Av).reshape(N, d, m * r, -1)
    return np.asarray(Av[:, None].swapaxes(2, 3) @ half)


def _symmetric(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    return (matrix + matrix.swapaxes(1, 2)) / 2
