"""Mixed models of dose-response: slopes that differ between studies, by ML or REML.

Maximised over factors L of Psi = L L' by Newton steps with the exact score and Hessian, from
several starts; accepted when the conditions of a maximum hold, also on the boundary where slopes
do not differ in some direction (a variance of 0, a correlation of 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from equipoise.errors import DataError
from equipoise.synthesis.dose_response.cross_products import (
    Block,
    CrossProducts,
    cross_products,
    whitened,
)
from equipoise.synthesis.dose_response.slope_likelihood import (
    at_psi,
    factor_hessian,
    factor_score,
    log_likelihood,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

Method = Literal["fixed", "ml", "reml"]
STARTS = (0.01, 0.3, 3.0, 30.0)
"""Psi in units of a typical study's sampling covariance."""
STEPS = 300
TOLERANCE = 1e-8
"""Of the conditions of a maximum, per study, in the whitened scale."""
FLAT = 1e-9
"""An eigenvalue of Psi below it, in units of sampling covariance, is 0: the boundary."""


@dataclass(frozen=True, slots=True, eq=False)
class RandomSlopes:
    """A fit to k studies.

    `beta` (q,) and its `covariance` (q, q), which takes Psi as known; `psi` (r, r) between
    studies; `q` is Cochran's multivariate Q about the common-effect fit with `df`.
    `converged`: the conditions of a maximum hold. `on_boundary`: Psi is singular there.
    `rival`: another start ended in a lower maximum.
    """

    beta: FloatArray
    covariance: FloatArray
    psi: FloatArray
    log_likelihood: float
    q: float
    df: int
    studies: int
    converged: bool
    on_boundary: bool
    rival: bool


def random_slopes(blocks: Sequence[Block], method: Method = "reml") -> RandomSlopes:
    """Fit y_i = X_i beta + Z_i b_i + e_i, b_i ~ N(0, Psi), e_i ~ N(0, S_i).

    Parameters
    ----------
    blocks
        The studies: contrasts of doses (one stage), or each study's coefficients (two stages).
    method
        ``fixed`` sets Psi to 0; ``ml``; ``reml``.

    References
    ----------
    Crippa, Discacciati, Bottai, Spiegelman & Orsini (2019), Stat Methods Med Res 28:1579-1596.
    Sera, Armstrong, Blangiardo & Gasparrini (2019), Stat Med 38:5429-5444.
    """
    if method not in ("fixed", "ml", "reml"):
        raise DataError(f"No method is named {method!r}: fixed, ml or reml.")
    own, Kx, Kz, start = whitened(blocks)
    data = cross_products(own)
    r = data.zz.shape[-1]
    q = float(data.yy - data.xy @ np.linalg.solve(data.xx, data.xy))
    restricted = method == "reml"
    psi, state = np.zeros((r, r)), (True, False, False)
    if method != "fixed":
        psi, state = _maximum(data, len(blocks), restricted=restricted)
    at = at_psi(data, psi, restricted=restricted)
    back_x, back_z = np.linalg.inv(Kx), np.linalg.inv(Kz)
    value = log_likelihood(data, psi, restricted=restricted)
    if restricted:  # the restricted likelihood depends on the scale of X
        value -= float(np.log(np.diag(Kx)).sum())
    return RandomSlopes(
        beta=start + back_x.T @ at.beta,
        covariance=back_x.T @ np.linalg.inv(at.information) @ back_x,
        psi=back_z.T @ psi @ back_z,
        log_likelihood=value,
        q=max(q, 0.0),
        df=data.rows - len(start),
        studies=len(blocks),
        converged=state[0],
        on_boundary=state[1],
        rival=state[2],
    )


def _maximum(
    data: CrossProducts, k: int, *, restricted: bool
) -> tuple[FloatArray, tuple[bool, bool, bool]]:
    """Return the best Psi of all starts, and whether it converged, is singular, has rivals."""
    r = data.zz.shape[-1]
    found = []
    for size in (*STARTS, 0.0):
        L = np.sqrt(size) * np.eye(r) if size else 1e-4 * np.tril(np.ones((r, r)))
        psi = _climb(data, L, k, restricted=restricted)
        found.append((log_likelihood(data, psi, restricted=restricted), psi))
    values = np.array([value for value, _ in found])
    best, psi = found[int(values.argmax())]
    eigen, vectors = np.linalg.eigh(psi)
    flat = eigen < FLAT * max(1.0, float(eigen.max()))
    if flat.any():  # on the boundary exactly
        psi = (vectors * np.where(flat, 0.0, eigen)) @ vectors.T
    ends = [_is_maximum(data, p, k, restricted=restricted) for _, p in found]
    rival = bool((np.array(ends) & (values < best - 1e-6)).any())
    return psi, (
        _is_maximum(data, psi, k, restricted=restricted),
        bool(flat.any()),
        rival,
    )


def _climb(data: CrossProducts, L: FloatArray, k: int, *, restricted: bool) -> FloatArray:
    """Climb from a factor to a maximum; leave saddles along the score in the flat directions."""
    for _ in range(10):
        L = _newton(data, L, restricted=restricted)
        psi = L @ L.T
        score = at_psi(data, psi, restricted=restricted).score
        steepest, direction = np.linalg.eigh((score + score.T) / 2)
        if steepest[-1] <= TOLERANCE * k:
            return psi
        gain = np.outer(direction[:, -1], direction[:, -1])
        L = np.asarray(np.linalg.cholesky(psi + 0.01 * gain + 1e-12 * np.eye(len(psi))))
    return psi


def _newton(data: CrossProducts, L: FloatArray, *, restricted: bool) -> FloatArray:
    """Climb by Newton steps with the size of every curvature, halved until the likelihood rises."""
    value, last_steps = log_likelihood(data, L @ L.T, restricted=restricted), 0
    for _ in range(STEPS):
        step, gain = _newton_step(data, L, restricted=restricted)
        if gain <= 1e-11:  # quadratic from here on; the likelihood itself is too coarse to judge by
            L, last_steps = L + step, last_steps + 1
            if gain <= 1e-22 or last_steps == 4:
                break
            continue
        for half in range(40):
            new = L + step / 2**half
            better = log_likelihood(data, new @ new.T, restricted=restricted)
            if better > value:
                break
        else:
            break
        L, value = new, better
    return L


def _newton_step(
    data: CrossProducts, L: FloatArray, *, restricted: bool
) -> tuple[FloatArray, float]:
    """Return the step in L and twice the gain it promises."""
    score = factor_score(data, L, restricted=restricted)
    curve, axes = np.linalg.eigh(-factor_hessian(data, L, restricted=restricted))
    along = axes.T @ score
    size = np.maximum(np.abs(curve), 1e-10 * max(float(np.abs(curve).max()), 1e-10))
    step = np.zeros_like(L)
    step[np.tril_indices(len(L))] = axes @ (along / size)
    most = max(1.0, 2 * float(np.abs(L).max()))  # in units of sampling SDs
    step *= min(1.0, most / max(float(np.abs(step).max()), 1e-300))
    return step, float(along @ (along / size))


def _is_maximum(data: CrossProducts, psi: FloatArray, k: int, *, restricted: bool) -> bool:
    """Whether no admissible move of Psi raises the likelihood: G Psi = 0 and G has none above 0."""
    score = at_psi(data, psi, restricted=restricted).score
    size = max(1.0, float(np.abs(psi).max()))
    steepest = float(np.linalg.eigvalsh((score + score.T) / 2)[-1])
    return bool(np.abs(score @ psi).max() <= TOLERANCE * k * size and steepest <= TOLERANCE * k)
