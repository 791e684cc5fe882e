"""The likelihood's kernel compiled by Numba: the extra `fast`, for simulation.

The formulas are those of `likelihood`, written as loops over one trial after another, in terms of
C_ka = W_k[:, a] x Av: root' P_s root is the sum over slots of C_ka U_k C_kb' where E_s is not 0.
Compiled once on each machine (about half a minute), then read from a cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from equipoise.analysis.mmrm.likelihood import Derivatives, Value
from equipoise.analysis.mmrm.newton import plain_kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.analysis.mmrm.moments import Moments


def fast_kernel(
    moments: Moments, sigma: NDArray[np.float64], slopes: NDArray[np.float64], *, reml: bool
) -> tuple[Value, Derivatives]:
    """Evaluate with Numba; with NumPy where slots have covariances of their own (groups)."""
    if sigma.shape[1] != 1 or slopes.shape[1] != 1:
        return plain_kernel(moments, sigma, slopes, reml=reml)
    N, K, m, r = moments.yu.shape
    d, p = slopes.shape[2], moments.loading.shape[3]
    mask = np.broadcast_to(moments.mask, (N, K, m)).copy()  # copies are of one compiled type
    loading = np.broadcast_to(moments.loading, (N, m, r, p)).copy()
    value = Value(
        deviance=np.empty(N),
        coefficients=np.empty((N, p)),
        root=np.zeros((N, p, p)),
        W=np.zeros((N, K, m, m)),
        crossed=np.empty((N, K, m, r)),
        residual=np.empty((N, K, m, m)),
    )
    found = Derivatives(
        score=np.empty((N, d)),
        observed=np.empty((N, d, d)),
        slope=np.empty((N, K, m, m)),
        spread=np.zeros((N, d, p, p)),
    )
    _evaluate(
        moments.people,
        mask,
        moments.uu,
        moments.yu,
        moments.yy,
        loading,
        np.array(sigma[:, 0], order="C"),
        np.array(slopes[:, 0], order="C"),
        reml,
        tuple(value),
        (found.score, found.observed, found.slope, found.spread),
    )
    return value, found


@njit(cache=True)
def _evaluate(
    people: Any,
    mask: Any,
    uu: Any,
    yu: Any,
    yy: Any,
    loading: Any,
    sigma: Any,
    slopes: Any,
    reml: Any,
    value: Any,
    found: Any,
) -> None:
    deviance, coefficients, root, W, crossed, residual = value
    score, observed, slope, spread = found
    N = people.shape[0]
    for t in range(N):
        log_determinant, definite = _inverses(sigma[t], mask[t], people[t], W[t])
        log_information = _coefficients(
            people[t], uu[t], yu[t], loading[t], W[t], coefficients[t], root[t]
        )
        fit = _residuals(
            uu[t],
            yu[t],
            yy[t],
            loading[t],
            W[t],
            coefficients[t],
            crossed[t],
            residual[t],
        )
        deviance[t] = log_determinant + fit
        if reml:
            deviance[t] += log_information
        if not definite or log_information == np.inf:
            deviance[t] = np.inf
        _derivatives(
            people[t],
            uu[t],
            loading[t],
            slopes[t if len(slopes) > 1 else 0],
            reml,
            root[t],
            W[t],
            crossed[t],
            residual[t],
            score[t],
            observed[t],
            slope[t],
            spread[t],
        )


@njit(cache=True)
def _inverses(sigma: Any, mask: Any, people: Any, W: Any) -> Any:
    """Invert the observed block in every slot by sweeping; return sum n log|.| and definiteness."""
    K, m = mask.shape
    total = 0.0
    definite = True
    row = np.empty(m)
    for k in range(K):
        A = W[k]
        for a in range(m):
            for b in range(m):
                A[a, b] = sigma[a, b] * mask[k, a] * mask[k, b]
        log_determinant = 0.0
        good = True
        for a in range(m):
            if mask[k, a] == 0:
                continue
            pivot = A[a, a]
            if not pivot > 0:
                good = False
                break
            log_determinant += np.log(pivot)
            for b in range(m):
                row[b] = A[a, b] / pivot
            for b in range(m):
                if b != a:
                    f = A[b, a]
                    for c in range(m):
                        A[b, c] -= f * row[c]
            for b in range(m):
                A[a, b] = row[b]
                A[b, a] = row[b]
            A[a, a] = -1 / pivot
        if not good:
            definite = False
            log_determinant = 0.0
            A[:, :] = 0.0
            for a in range(m):
                A[a, a] = -mask[k, a]
        for a in range(m):
            for b in range(m):
                A[a, b] = -A[a, b]
        total += people[k] * log_determinant
    return total, definite


@njit(cache=True)
def _coefficients(
    people: Any, uu: Any, yu: Any, loading: Any, W: Any, coefficients: Any, root: Any
) -> Any:
    """Solve the normal equations; return log|X'WX|, infinite where it is singular."""
    K, m, r = yu.shape
    p = loading.shape[2]
    whole = np.zeros((m, r, m, r))
    right = np.zeros((m, r))
    for k in range(K):
        if people[k] == 0:
            continue
        for a in range(m):
            for b in range(m):
                w = W[k, a, b]
                for c in range(r):
                    right[a, c] += w * yu[k, b, c]
                    for e in range(r):
                        whole[a, c, b, e] += w * uu[k, c, e]
    A = loading.reshape(m * r, p)
    flat = whole.reshape(m * r, m * r)
    information = A.T @ (flat @ A)
    lower = np.zeros((p, p))
    log_determinant = 0.0
    for j in range(p):
        for i in range(j, p):
            total = information[i, j]
            for l in range(j):  # noqa: E741
                total -= lower[i, l] * lower[j, l]
            if i > j:
                lower[i, j] = total / lower[j, j]
            elif total > 1e-14 * information[j, j]:
                lower[j, j] = np.sqrt(total)
            else:
                return np.inf
        log_determinant += 2 * np.log(lower[j, j])
    for j in range(p):  # root = inverse of lower, transposed
        root[j, j] = 1 / lower[j, j]
        for i in range(j + 1, p):
            total = 0.0
            for l in range(j, i):  # noqa: E741
                total += lower[i, l] * root[j, l]
            root[j, i] = -total / lower[i, i]
    coefficients[:] = root @ (root.T @ (A.T @ right.reshape(m * r)))
    return log_determinant


@njit(cache=True)
def _residuals(
    uu: Any,
    yu: Any,
    yy: Any,
    loading: Any,
    W: Any,
    coefficients: Any,
    crossed: Any,
    residual: Any,
) -> Any:
    """Return the sum over slots of <W, residual cross products>."""
    K, m, r = yu.shape
    gamma = (loading.reshape(m * r, loading.shape[2]) @ coefficients).reshape(m, r)
    total = 0.0
    for k in range(K):
        for a in range(m):
            for c in range(r):
                fitted = 0.0
                for e in range(r):
                    fitted += gamma[a, e] * uu[k, e, c]
                crossed[k, a, c] = yu[k, a, c] - fitted
        for a in range(m):
            for b in range(m):
                left = yy[k, a, b]
                for c in range(r):
                    left -= gamma[a, c] * yu[k, b, c] + crossed[k, a, c] * gamma[b, c]
                residual[k, a, b] = left
                total += W[k, a, b] * left
    return total


@njit(cache=True)
def _derivatives(
    people: Any,
    uu: Any,
    loading: Any,
    slopes: Any,
    reml: Any,
    root: Any,
    W: Any,
    crossed: Any,
    residual: Any,
    score: Any,
    observed: Any,
    slope: Any,
    spread: Any,
) -> None:
    K, m, r = crossed.shape
    p = root.shape[0]
    Av = (loading.reshape(m * r, p) @ root).reshape(m, r, p)
    pulls, pushes = np.zeros((K * r, m * p)), np.zeros((K * r, m * p))
    pulled = np.zeros((m, m, p))
    curved = np.zeros((m, m, m, m))
    total = np.zeros((m, m))
    F = np.empty((m, r))
    M, half = np.empty((m, m)), np.empty((m, m))
    for k in range(K):
        n = people[k]
        if n == 0:
            slope[k] = 0.0
            continue
        Wk = W[k]
        C = pulls[k * r : (k + 1) * r].reshape(r, m, p)
        D = pushes[k * r : (k + 1) * r].reshape(r, m, p)
        F[:] = 0.0
        for a in range(m):
            for b in range(m):
                w = Wk[a, b]
                if w == 0:
                    continue
                for c in range(r):
                    F[a, c] += w * crossed[k, b, c]
                    for j in range(p):
                        C[c, a, j] += w * Av[b, c, j]
        for c in range(r):
            for e in range(r):
                u = uu[k, c, e]
                for a in range(m):
                    for j in range(p):
                        D[c, a, j] += u * C[e, a, j]
        for a in range(m):
            for b in range(m):
                for c in range(r):
                    f = F[b, c]
                    for j in range(p):
                        pulled[a, b, j] += f * C[c, a, j]
        _between(Wk, residual[k], half, M)
        if reml:
            for a in range(m):  # W H W = sum_c C_a U C_b'
                for b in range(a + 1):
                    value = 0.0
                    for c in range(r):
                        for j in range(p):
                            value += C[c, a, j] * D[c, b, j]
                    M[a, b] += value
                    if a != b:
                        M[b, a] += value
        for a in range(m):
            for b in range(m):
                slope[k, a, b] = n * Wk[a, b] - M[a, b]
                total[a, b] += slope[k, a, b]
        _curve(Wk, M, n, curved)
    gram = (pulls.T @ pushes).reshape(m, p, m, p)
    _assemble(slopes, total, gram, pulled, curved, reml, score, observed, spread)


@njit(cache=True)
def _curve(W: Any, M: Any, n: Any, curved: Any) -> None:
    """Add a pattern's second derivative in Sigma alone to `curved`."""
    m = len(W)
    for a in range(m):
        for b in range(m):
            w = W[a, b]
            for c in range(m):
                for e in range(m):
                    curved[a, b, c, e] += w * (2 * M[c, e] - n * W[c, e])


@njit(cache=True)
def _between(W: Any, R: Any, half: Any, out: Any) -> None:
    """Write W R W into `out`."""
    m = len(W)
    for a in range(m):
        for b in range(m):
            value = 0.0
            for c in range(m):
                value += W[a, c] * R[c, b]
            half[a, b] = value
    for a in range(m):
        for b in range(m):
            value = 0.0
            for c in range(m):
                value += half[a, c] * W[c, b]
            out[a, b] = value


@njit(cache=True)
def _assemble(
    slopes: Any,
    total: Any,
    gram: Any,
    pulled: Any,
    curved: Any,
    reml: Any,
    score: Any,
    observed: Any,
    spread: Any,
) -> None:
    """Contract everything with the slopes E_s, skipping their zeros."""
    d, m = slopes.shape[0], slopes.shape[1]
    p = gram.shape[1]
    h = np.zeros((d, p))
    for s in range(d):
        value = 0.0
        for a in range(m):
            for b in range(m):
                e = slopes[s, a, b]
                if e == 0:
                    continue
                value += e * total[a, b]
                for i in range(p):
                    h[s, i] += e * pulled[a, b, i]
                    for j in range(p):
                        spread[s, i, j] += e * gram[a, i, b, j]
        score[s] = value
    flat = spread.reshape(d, p * p)
    traces, crosses = flat @ flat.T, h @ h.T
    for s in range(d):
        for u in range(s + 1):
            value = 0.0
            for a in range(m):
                for b in range(m):
                    e = slopes[s, a, b]
                    if e == 0:
                        continue
                    for c in range(m):
                        for g in range(m):
                            f = slopes[u, c, g]
                            if f != 0:  # tr(E_s W E_u L)
                                value += e * f * 0.5 * (curved[b, c, g, a] + curved[a, g, c, b])
            value -= 2 * crosses[s, u]
            if reml:
                value -= traces[s, u]
            observed[s, u] = observed[u, s] = value
