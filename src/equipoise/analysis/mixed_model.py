"""Linear mixed model with a random intercept per participant, by REML or ML.

The covariance of one participant's n rows, s2 I + s2b J, has two eigenspaces: differences
between their rows (variance s2) and their mean (s2 + n s2b). So the data enter only through one
cross-product matrix within participants and one for each number of rows a participant has:
the strata of `_Strata`. Deviance, score and observed information follow in closed form, and the
optimum is found in one dimension (s2b / s2) to machine precision. Degrees of freedom are
Satterthwaite's with the observed information, as in Kuznetsova, Brockhoff & Christensen (2017),
J Stat Softw 82(13).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from equipoise.analysis.clusters import clusters_of
from equipoise.analysis.contrast import Contrast
from equipoise.analysis.linear_model import checked_qr
from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

MIXED_MODEL = (
    "Linear mixed model with a random intercept per participant, Satterthwaite df "
    "(Kuznetsova et al. 2017)"
)
BOUNDARY_WARNING = (
    "The variance between participants was estimated as 0, the edge of its range: this is "
    "ordinary least squares with residual df, and its interval may be too narrow"
)
# Shares of variance between participants at which the search for the optimum starts.
ICC_GRID = np.concatenate((np.linspace(0, 0.95, 39), [0.975, 0.99, 0.999, 0.9999, 1 - 1e-6]))


@dataclass(frozen=True, slots=True, eq=False)
class MixedModelFit:
    """A fitted model with p coefficients.

    Parameters
    ----------
    coefficients, covariance
        Shapes (p,) and (p, p).
    s2, s2b
        Residual variance, and variance between participants.
    deviance
        -2 log (restricted) likelihood at the optimum.
    gradient
        Its derivative in (s2b, s2): the residual score, 0 at an interior optimum.
    boundary
        Whether s2b was estimated as 0: then this is ordinary least squares with n - p df.
    variance_covariance
        Covariance (2, 2) of the estimates of (s2b, s2).
    covariance_gradient
        Derivative (2, p, p) of `covariance` in (s2b, s2).
    """

    columns: tuple[str, ...]
    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]
    s2: float
    s2b: float
    deviance: float
    gradient: NDArray[np.float64]
    boundary: bool
    rows: int
    clusters: int
    variance_covariance: NDArray[np.float64]
    covariance_gradient: NDArray[np.float64]

    @property
    def icc(self) -> float:
        """Intraclass correlation: the share of variance that lies between participants."""
        return self.s2b / (self.s2b + self.s2)

    @property
    def score_norm(self) -> float:
        """Length of the gradient in (log s2b, log s2): free of units, near 0 if converged."""
        return float(np.linalg.norm(self.gradient * (self.s2b, self.s2)))

    def contrast(self, weights: ArrayLike) -> Contrast:
        """Estimate `weights` times the coefficients, with Satterthwaite degrees of freedom."""
        l = np.asarray(weights, dtype=np.float64)  # noqa: E741  (the l of the papers)
        variance = float(l @ self.covariance @ l)
        slope = self.covariance_gradient @ l @ l
        df = 2 * variance**2 / float(slope @ self.variance_covariance @ slope)
        return Contrast(float(l @ self.coefficients), math.sqrt(variance), df)


def random_intercept_fit(
    response: ArrayLike,
    design: ArrayLike,
    cluster: ArrayLike,
    *,
    columns: Sequence[str] | None = None,
    reml: bool = True,
) -> MixedModelFit:
    """Fit y = X b + u[cluster] + e, with u ~ N(0, s2b) and e ~ N(0, s2).

    Parameters
    ----------
    response : shape (n,)
    design : shape (n, p)
    cluster : shape (n,)
        Which participant each row belongs to, any labels; at least one has two rows.
    columns : length p
        Names for messages.
    reml
        Restricted maximum likelihood; False for maximum likelihood.
    """
    y = np.asarray(response, dtype=np.float64)
    X = np.asarray(design, dtype=np.float64)
    q, r, names = checked_qr(y, X, columns)
    strata = _strata(y, q, cluster, reml=reml)
    ratio = _best_ratio(strata)
    s2 = _profiled_s2(strata, ratio)
    theta = np.array([ratio * s2, s2])
    at = _derivatives(strata, theta)
    inverse_r = np.linalg.inv(r)
    boundary = ratio == 0
    information = at.hessian / 2
    edge = np.diag([0.0, 1 / information[1, 1]])  # at s2b = 0 only s2 has information
    spread = np.asarray(edge if boundary else np.linalg.inv(information), dtype=np.float64)
    jacobian = 2 * np.log(np.abs(np.diagonal(r))).sum() if reml else 0.0
    return MixedModelFit(
        columns=names,
        coefficients=inverse_r @ (q.T @ y + at.coefficients),
        covariance=inverse_r @ at.covariance @ inverse_r.T,
        s2=s2,
        s2b=float(theta[0]),
        deviance=at.deviance + jacobian,
        gradient=at.gradient,
        boundary=boundary,
        rows=len(y),
        clusters=strata.clusters,
        variance_covariance=spread,
        covariance_gradient=inverse_r @ at.covariance_gradient @ inverse_r.T,
    )


class _Strata(NamedTuple):
    """Cross products of [Q, least-squares residual of y] in each eigenspace k of the covariance.

    The variance there is v_k = loading_k . (s2b, s2), its dimension is m_k, and `degrees` is
    what the residual sum of squares is divided by: n - p for REML, n for ML.
    """

    products: NDArray[np.float64]  # (k, p + 1, p + 1)
    loading: NDArray[np.float64]  # (k, 2)
    dimension: NDArray[np.float64]  # (k,)
    degrees: int
    clusters: int
    reml: bool


def _strata(
    y: NDArray[np.float64], q: NDArray[np.float64], cluster: ArrayLike, *, reml: bool
) -> _Strata:
    rest = y - q @ (q.T @ y)  # of y only what least squares leaves: free of cancellation
    order, starts, sizes = clusters_of(cluster)
    n, clusters = len(y), len(sizes)
    if len(order) != n:
        raise DataError(f"{len(order)} cluster labels for {n} rows.")
    if clusters < 2 or clusters == n:
        raise NotIdentifiedError(
            f"A random intercept needs at least 2 participants and one with several rows. "
            f"Got {n} rows of {clusters} participant(s). Use a difference in means or ANCOVA."
        )
    table = np.column_stack((q, rest))[order]
    means = np.add.reduceat(table, starts, axis=0) / sizes[:, None]
    within = table - np.repeat(means, sizes, axis=0)
    products, loading, dimension = [within.T @ within], [(0.0, 1.0)], [float(n - clusters)]
    for size in np.unique(sizes):
        block = means[sizes == size]
        products.append(size * block.T @ block)
        loading.append((float(size), 1.0))
        dimension.append(float(len(block)))
    _refuse_exact_fit(float(y @ y), rest, products[0])
    degrees = n - q.shape[1] if reml else n
    return _Strata(
        np.array(products), np.array(loading), np.array(dimension), degrees, clusters, reml
    )


def _refuse_exact_fit(size: float, rest: NDArray[np.float64], within: NDArray[np.float64]) -> None:
    """Refuse data without residual variance, or none within participants."""
    own = within[-1, -1]  # sum of squares within participants, then what the model leaves of it
    solved, *_ = np.linalg.lstsq(within[:-1, :-1], within[:-1, -1], rcond=1e-12)
    unexplained = own - within[:-1, -1] @ solved
    if rest @ rest <= 1e-20 * size or own <= 1e-20 * size or unexplained <= 1e-12 * own:
        raise NotIdentifiedError(
            "The scores do not vary within participants beyond what the model explains exactly, "
            "so there is no residual variance. Look whether rows were copied, or drop covariates."
        )


def _profiled_s2(strata: _Strata, ratio: float) -> float:
    """Return the s2 that is best for that s2b / s2."""
    M = np.tensordot(1 / (strata.loading @ (ratio, 1.0)), strata.products, axes=1)
    A, b = M[:-1, :-1], M[:-1, -1]
    return float((M[-1, -1] - b @ np.linalg.solve(A, b)) / strata.degrees)


def _profile(strata: _Strata, ratios: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the deviance, less a constant, at each s2b / s2 with the best s2 for it."""
    v = strata.loading @ np.stack((ratios, np.ones_like(ratios)))  # (k, grid)
    M = np.tensordot(1 / v.T, strata.products, axes=1)
    determinant = np.linalg.slogdet(M[:, :-1, :-1])[1]
    residual = np.linalg.slogdet(M)[1] - determinant  # log of the weighted residual sum
    value = strata.degrees * residual + strata.dimension @ np.log(v)
    return np.asarray(value + determinant if strata.reml else value)


class _Derivatives(NamedTuple):
    """Deviance and its derivatives in (s2b, s2), and what the contrasts need."""

    deviance: float
    gradient: NDArray[np.float64]
    hessian: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]
    covariance_gradient: NDArray[np.float64]


def _derivatives(strata: _Strata, theta: NDArray[np.float64]) -> _Derivatives:
    """Differentiate m.log v + log|A| + y'Py, first in the variances v of the strata.

    With A = sum_k A_k / v_k and C = A^-1: d log|A| / dv_k = -tr(C A_k) / v_k^2, and the residual
    sum of squares has derivative -r_k / v_k^2; the chain rule to theta is linear.
    """
    v, m = strata.loading @ theta, strata.dimension
    A, b, c = strata.products[:, :-1, :-1], strata.products[:, :-1, -1], strata.products[:, -1, -1]
    total = np.tensordot(1 / v, A, axes=1)
    C = np.asarray(np.linalg.inv(total), dtype=np.float64)
    beta = C @ (b.T @ (1 / v))
    g = b - A @ beta  # (k, p): each stratum's normal equations at beta
    r = c - 2 * b @ beta + A @ beta @ beta
    CA = C @ A
    penalty = np.trace(CA, axis1=1, axis2=2) if strata.reml else np.zeros_like(v)
    cross = np.einsum("kij,lji->kl", CA, CA) if strata.reml else np.zeros((len(v), len(v)))
    gradient_v = m / v - (r + penalty) / v**2
    hessian_v = np.diag(-m / v**2 + 2 * (r + penalty) / v**3)
    hessian_v -= (cross + 2 * g @ C @ g.T) / np.outer(v**2, v**2)
    determinant = float(np.linalg.slogdet(total)[1]) if strata.reml else 0.0
    constant = strata.degrees * math.log(2 * math.pi)
    L = strata.loading
    return _Derivatives(
        deviance=float(m @ np.log(v) + determinant + (r / v).sum() + constant),
        gradient=L.T @ gradient_v,
        hessian=L.T @ hessian_v @ L,
        coefficients=beta,
        covariance=C,
        covariance_gradient=np.tensordot(L.T / v**2, CA @ C, axes=1),
    )


def _best_ratio(strata: _Strata) -> float:
    """Find s2b / s2 at the lowest deviance: a grid for the basin, Newton for the digits."""
    grid = ICC_GRID / (1 - ICC_GRID)
    best = int(np.argmin(_profile(strata, grid)))
    if best == len(grid) - 1:
        raise NotIdentifiedError(
            "Nearly all variance lies between participants: the variance within them cannot be "
            "told from 0. Look whether scores were copied from visit to visit."
        )
    low, high = grid[max(best - 1, 0)], grid[best + 1]
    ratio = float(grid[best])
    if best == 0 and _profile_slope(strata, 0.0)[0] >= 0:
        return 0.0
    for _ in range(100):
        slope, curvature = _profile_slope(strata, ratio)
        low, high = (ratio, high) if slope < 0 else (low, ratio)
        newton = ratio - slope / curvature if curvature > 0 else math.nan
        step_to = newton if low <= newton <= high else (low + high) / 2
        if abs(step_to - ratio) <= 4 * np.finfo(float).eps * ratio:
            break
        ratio = step_to
    return float(ratio)


def _profile_slope(strata: _Strata, ratio: float) -> tuple[float, float]:
    """Return first and second derivative of the profiled deviance in s2b / s2."""
    s2 = _profiled_s2(strata, ratio)
    at = _derivatives(strata, np.array([ratio * s2, s2]))
    (gb, _), ((hbb, hbs), (_, hss)) = at.gradient, at.hessian
    mixed = gb + s2 * (ratio * hbb + hbs)
    own = ratio**2 * hbb + 2 * ratio * hbs + hss
    return float(s2 * gb), float(s2**2 * hbb - mixed**2 / own)
