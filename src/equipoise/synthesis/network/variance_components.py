"""Several variance components of a linear model by restricted maximum likelihood."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import NotIdentifiedError

FloatArray = NDArray[np.float64]
STEPS = 500


def restricted_components(
    z: FloatArray, X: FloatArray, known: FloatArray, shapes: Sequence[FloatArray]
) -> FloatArray:
    """Maximise the restricted likelihood of z ~ N(X b, known + sum f_i shapes_i) over f >= 0.

    Parameters
    ----------
    z, X, known : shapes (N,), (N, p), (N, N)
        Data, design of any rank, and the covariance that is known.
    shapes : arrays of shape (N, N)
        What each variance multiplies.

    Returns
    -------
    shape (m,)
        Variances, some of them 0. Fisher scoring on those that are free, to a score of 0.

    References
    ----------
    Patterson & Thompson (1971), Biometrika 58:545-554.
    """
    left, size, _ = np.linalg.svd(X, full_matrices=True)
    rank = int((size > 1e-10 * size[0]).sum())
    K = left[:, rank:].T  # contrasts free of b
    if len(K) == 0:
        return np.zeros(len(shapes))
    y, S0, S = K @ z, K @ known @ K.T, [K @ shape @ K.T for shape in shapes]
    unit = float(np.mean(y**2)) / np.array([max(float(np.trace(s)) / len(y), 1e-300) for s in S])
    starts = [0.5 * unit, 0.01 * unit, np.zeros(len(S))]
    found = [_climb(y, S0, S, start, unit) for start in starts]
    return max(found, key=lambda f: _likelihood(y, S0, S, f))


def _covariance(S0: FloatArray, S: Sequence[FloatArray], f: FloatArray) -> FloatArray:
    V: FloatArray = S0 + np.einsum("i,ijk->jk", f, np.array(S))
    return V


def _likelihood(y: FloatArray, S0: FloatArray, S: Sequence[FloatArray], f: FloatArray) -> float:
    V = _covariance(S0, S, f)
    return -float(np.linalg.slogdet(V)[1] + y @ np.linalg.solve(V, y)) / 2


def _climb(
    y: FloatArray, S0: FloatArray, S: Sequence[FloatArray], start: FloatArray, unit: FloatArray
) -> FloatArray:
    f, now = start, _likelihood(y, S0, S, start)
    for _ in range(STEPS):
        inverse = np.linalg.inv(_covariance(S0, S, f))
        r = inverse @ y
        parts = [inverse @ s for s in S]
        score = np.array([(r @ s @ r - np.trace(p)) / 2 for s, p in zip(S, parts, strict=True)])
        information = np.array([[np.einsum("ij,ji->", a, b) / 2 for a in parts] for b in parts])
        free = (f > 0) | (score > 0)
        if not free.any() or np.abs((score * unit)[free]).max() < 1e-11:
            return f
        step = np.zeros(len(f))
        step[free] = np.linalg.solve(information[np.ix_(free, free)], score[free])
        scale, slack = 1.0, 1e-12 * abs(now)  # below which the likelihood is rounding
        while (value := _likelihood(y, S0, S, np.maximum(f + scale * step, 0.0))) < now - slack:
            scale /= 2
            if scale < 1e-10:
                return f
        tried = np.maximum(f + scale * step, 0.0)
        if np.allclose(tried, f, rtol=1e-11, atol=1e-14 * float(unit.max())):
            return tried
        f, now = tried, max(value, now)
    raise NotIdentifiedError(
        f"The likelihood of {len(S)} variances did not settle in {STEPS} steps: the studies hardly "
        "tell them apart. Use common coefficients, or fewer covariates."
    )
