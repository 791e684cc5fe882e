"""What a mixed model of dose-response needs of its studies: weighted cross products.

Study i has y_i = X_i beta + Z_i b_i + e_i, e_i ~ N(0, S_i), b_i ~ N(0, Psi). With W_i = inverse of
S_i all likelihoods depend on Z'WZ, Z'WX, X'WX, Z'Wy, X'Wy, y'Wy alone, of the size of the
coefficients and not of the study, so that k studies are one array.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One study: y (m,), S (m, m), X (m, q) of the fixed and Z (m, r) of the random effects."""

    y: FloatArray
    S: FloatArray
    X: FloatArray
    Z: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class CrossProducts:
    """Cross products of k studies.

    `zz` (k, r, r), `zx` (k, r, q), `zy` (k, r) by study; `xx` (q, q), `xy` (q,), `yy` and
    `log_det` (of the S_i) summed over studies; `rows` is the number of contrasts.
    """

    zz: FloatArray
    zx: FloatArray
    zy: FloatArray
    xx: FloatArray
    xy: FloatArray
    yy: float
    log_det: float
    rows: int


def cross_products(blocks: Sequence[Block]) -> CrossProducts:
    """Return the cross products of studies."""
    zz, zx, zy, xx, xy, yy, log_det = [], [], [], [], [], 0.0, 0.0
    for block in blocks:
        L = np.linalg.cholesky(block.S)
        y, X, Z = (np.linalg.solve(L, part) for part in (block.y, block.X, block.Z))
        zz.append(Z.T @ Z)
        zx.append(Z.T @ X)
        zy.append(Z.T @ y)
        xx.append(X.T @ X)
        xy.append(X.T @ y)
        yy += float(y @ y)
        log_det += 2 * float(np.log(np.diag(L)).sum())
    return CrossProducts(
        np.array(zz), np.array(zx), np.array(zy), np.sum(xx, axis=0), np.sum(xy, axis=0),
        yy, log_det, sum(len(block.y) for block in blocks),
    )  # fmt: skip


def one_slope_a_study(blocks: Sequence[Block]) -> list[Block]:
    """Return the first stage of two: each study's coefficients with their covariance.

    Raises
    ------
    NotIdentifiedError
        When a study has fewer distinct doses than the curve has terms.
    """
    out = []
    for k, block in enumerate(blocks):
        L = np.linalg.cholesky(block.S)
        y, X = np.linalg.solve(L, block.y), np.linalg.solve(L, block.X)
        q = X.shape[1]
        scaled = X / np.maximum(np.sqrt((X**2).sum(axis=0)), 1e-300)
        if np.linalg.matrix_rank(scaled, tol=1e-9) < q:
            raise NotIdentifiedError(f"study {k + 1} has too few doses for {q} coefficients.")
        Q, R = np.linalg.qr(X)
        back = np.linalg.solve(R, np.eye(q))
        out.append(Block(back @ (Q.T @ y), back @ back.T, np.eye(q), np.eye(q)))
    return out


def whitened(blocks: Sequence[Block]) -> tuple[list[Block], FloatArray, FloatArray, FloatArray]:
    """Return blocks whose columns have mean cross products of 1, with y less its common-effect fit.

    Returns
    -------
    blocks
        With X Kx^-T, Z Kz^-T, and y - X start.
    Kx, Kz : shapes (q, q), (r, r)
        Lower triangular: beta = start + Kx^-T beta*, Psi = Kz^-T Psi* Kz^-1.
    start : shape (q,)

    Raises
    ------
    NotIdentifiedError
        When the studies' doses cannot tell the coefficients apart.
    """
    plain = cross_products(blocks)
    Kx, Kz = _root(plain.xx / len(blocks)), _root(plain.zz.mean(axis=0))
    start = np.linalg.solve(Kx @ Kx.T, plain.xy / len(blocks))
    out = [
        Block(
            b.y - b.X @ start, b.S, _divided(b.X, Kx), _divided(b.Z, Kz)
        )
        for b in blocks
    ]  # fmt: skip
    again = cross_products(out)  # what rounding left of the common-effect fit
    more = np.linalg.solve(again.xx, again.xy)
    out = [Block(b.y - b.X @ more, b.S, b.X, b.Z) for b in out]
    return out, Kx, Kz, np.asarray(start + np.linalg.solve(Kx.T, more))


def _divided(X: FloatArray, K: FloatArray) -> FloatArray:
    """Return X K^-T."""
    return np.asarray(np.linalg.solve(K, X.T).T)


def _root(A: FloatArray) -> FloatArray:
    size = np.sqrt(np.diag(A))
    if not (size > 0).all() or np.linalg.eigvalsh(A / np.outer(size, size))[0] < 1e-12:
        raise NotIdentifiedError(
            "The studies have too few distinct doses to tell the coefficients of this curve apart. "
            "Take a simpler shape, or fewer knots."
        )
    return np.asarray(np.linalg.cholesky(A))
