"""Thousands of trials at once: the same likelihood and the same search, on stacks of trials.

A simulation knows its design, so it hands over arrays, not tables. Trials are worked on in chunks
that fit the processor's cache; memory does not grow with their number beyond what is returned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from scipy.special import stdtr

from equipoise.analysis.mmrm.covariance_model import CovarianceModel
from equipoise.analysis.mmrm.definite import well_conditioned
from equipoise.analysis.mmrm.kenward_roger import adjustment
from equipoise.analysis.mmrm.newton import Kernel, Optimum, maximise, plain_kernel
from equipoise.analysis.mmrm.satterthwaite import satterthwaite_df
from equipoise.analysis.mmrm.stack import Stack, stacked
from equipoise.analysis.mmrm.structures import structure_named
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Engine = Literal["numpy", "fast"]
ManyDf = Literal["satterthwaite", "kenward-roger", "kenward-roger-linear", "residual"]
CHUNK = 64
SINGULAR = 1e-6

STATUS = (
    "fitted",
    "the design is rank-deficient in this trial",
    "two visits were never seen in the same people: the structure has parameters without data",
    "the maximum lies at the edge of what a covariance can be",
    "the search did not reach a maximum",
)


@dataclass(frozen=True, slots=True, eq=False)
class ManyFits:
    """N fitted trials, k contrasts of their p coefficients.

    Parameters
    ----------
    coefficients, covariance
        Shapes (N, p) and (N, p, p); the covariance is Kenward-Roger's where that was asked.
    estimate, se, df, p
        Of the contrasts, each (N, k).
    theta, log_likelihood
        Shapes (N, d) and (N,).
    status
        Shape (N,): index in `STATUS`; 0 is fitted. Numbers of other trials are NaN.
    iterations, decrement
        Shape (N,): Newton steps, and the squared distance to the optimum in standard errors.
    """

    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]
    estimate: NDArray[np.float64]
    se: NDArray[np.float64]
    df: NDArray[np.float64]
    p: NDArray[np.float64]
    theta: NDArray[np.float64]
    log_likelihood: NDArray[np.float64]
    status: NDArray[np.intp]
    iterations: NDArray[np.intp]
    decrement: NDArray[np.float64]

    @property
    def fitted(self) -> NDArray[np.bool_]:
        """Shape (N,): which trials have an answer."""
        return np.asarray(self.status == 0)

    def refusals(self) -> dict[str, int]:
        """Count the trials without an answer by reason: report them beside any rate."""
        counts = np.bincount(self.status, minlength=len(STATUS))
        return {STATUS[k]: int(counts[k]) for k in range(1, len(STATUS)) if counts[k]}


def fit_many(
    outcomes: ArrayLike,
    facts: ArrayLike,
    design: ArrayLike | None = None,
    *,
    contrasts: ArrayLike | None = None,
    covariance: str = "us",
    df: ManyDf = "satterthwaite",
    reml: bool = True,
    start: ArrayLike | None = None,
    engine: Engine = "numpy",
) -> ManyFits:
    """Fit a mixed model for repeated measures to each of N trials of n people and m visits.

    Parameters
    ----------
    outcomes : shape (N, n, m)
        Scores; NaN where missing.
    facts : shape (n, r) or (N, n, r)
        What the design uses of a person: a column of ones, the arm, the baseline, ...
    design : shape (m, r, p)
        Row x of a person at visit a is facts @ design[a]. None: every fact has a coefficient of
        its own at each visit (p = m r; facts vary fastest).
    contrasts : shape (k, p)
        Weights of the coefficients; None: each coefficient.
    covariance
        Slug of a structure that is not spatial.
    start : shape (m, m)
        A covariance matrix to start from, for instance the one simulated from.
    engine
        "numpy", or "fast" (Numba, the extra `fast`): the same numbers to 1e-10.

    Returns
    -------
    ManyFits

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> arm = np.repeat([0.0, 1.0], 30)
    >>> facts = np.column_stack((np.ones(60), arm))
    >>> many = fit_many(rng.normal(size=(5, 60, 3)), facts, contrasts=[[0, 0, 0, 0, 0, 1]])
    >>> many.estimate.shape, bool(many.fitted.all())
    ((5, 1), True)
    """
    y, u = np.asarray(outcomes, dtype=np.float64), np.asarray(facts, dtype=np.float64)
    A = _design(y, u, design)
    p = A.shape[2]
    L = np.eye(p) if contrasts is None else np.atleast_2d(np.asarray(contrasts, dtype=np.float64))
    if L.shape[1] != p:
        raise DataError(f"Contrasts need {p} weights, one a coefficient. Got shape {L.shape}.")
    if df not in get_args(ManyDf):
        raise DataError(f"`fit_many` has no df {df!r}: {', '.join(get_args(ManyDf))}.")
    structure = structure_named(covariance)
    if structure.spatial:
        raise DataError("`fit_many` has no spatial structures: fit such trials one by one.")
    model = CovarianceModel(structure, y.shape[2])
    given = None if start is None else np.asarray(start, dtype=np.float64)
    kernel = kernel_of(engine)
    parts = []
    for first in range(0, len(y), CHUNK):
        own = slice(first, first + CHUNK)
        stack = stacked(y[own], u[own] if u.ndim == 3 else u[None], A, model)
        optimum = _searched(stack, model, given, kernel, reml=reml)
        with np.errstate(all="ignore"):  # trials without an answer hold anything; then NaN
            parts.append(_answers(stack, model, optimum, L, df, reml=reml))
    names = ManyFits.__dataclass_fields__
    return ManyFits(**{name: np.concatenate([getattr(p, name) for p in parts]) for name in names})


def kernel_of(engine: str) -> Kernel:
    """Return the function that evaluates likelihood and derivatives.

    Raises
    ------
    DataError
        For an unknown engine, or "fast" without Numba.
    """
    if engine == "numpy":
        return plain_kernel
    if engine != "fast":
        raise DataError(f"There is no engine {engine!r}: numpy, fast.")
    try:
        from equipoise.analysis.mmrm.fast import fast_kernel  # noqa: PLC0415  (Numba is an extra)
    except ImportError as error:
        raise DataError(
            "The engine 'fast' needs Numba: pip install 'equipoise[fast]'. Without it use "
            "engine='numpy'."
        ) from error
    return fast_kernel


def _design(
    y: NDArray[np.float64], u: NDArray[np.float64], design: ArrayLike | None
) -> NDArray[np.float64]:
    """Check shapes; return the loading (m, r, p)."""
    if y.ndim != 3 or u.ndim not in (2, 3) or u.shape[-2] != y.shape[1] or not len(y):
        raise DataError(
            "`outcomes` needs shape (trials, people, visits) and `facts` (people, facts) or "
            f"(trials, people, facts). Got {y.shape} and {u.shape}."
        )
    if u.ndim == 3 and len(u) != len(y):
        raise DataError(f"{len(y)} trials have facts of {len(u)}.")
    if np.isinf(y).any() or not np.isfinite(u).all():
        raise DataError("Outcomes must be finite or NaN (missing), facts finite.")
    m, r = y.shape[2], u.shape[-1]
    if design is None:
        return np.eye(m * r).reshape(m, r, m * r)
    A = np.asarray(design, dtype=np.float64)
    if A.ndim != 3 or A.shape[:2] != (m, r):
        raise DataError(f"`design` needs shape ({m}, {r}, coefficients). Got {A.shape}.")
    return A


def _searched(
    stack: Stack,
    model: CovarianceModel,
    start: NDArray[np.float64] | None,
    kernel: Kernel,
    *,
    reml: bool,
) -> Optimum:
    """Search from the first start; trials that fail, from the others."""
    moments = stack.moments
    starts = model.starts(moments)
    if start is not None:
        scaled = start / np.square(stack.scale)[:, None, None]
        starts = [model.structure.starts(scaled)[0], *starts]
    usable = stack.status == 0
    optimum = maximise(model, moments, starts[0], reml=reml, kernel=kernel, usable=usable)
    for other in starts[1:]:
        failed = np.flatnonzero(~(optimum.converged & optimum.definite) & usable)
        if not failed.size:
            break
        again = maximise(model, moments.take(failed), other[failed], reml=reml, kernel=kernel)
        good = again.converged & again.definite
        optimum.put(failed[good], again, good)
    return optimum


def _answers(
    stack: Stack,
    model: CovarianceModel,
    optimum: Optimum,
    L: NDArray[np.float64],
    df: ManyDf,
    *,
    reml: bool,
) -> ManyFits:
    """Return to the user's units; contrasts with their degrees of freedom."""
    status = _status(stack, model, optimum)
    scale = stack.scale
    basis = stack.basis * scale[:, None, None]
    b = optimum.value.coefficients[:, :, None]
    coefficients = stack.coefficients + (basis @ b)[:, :, 0]
    root = basis @ optimum.value.root
    p = root.shape[1]
    information = np.where((status == 0)[:, None, None], optimum.information, np.eye(model.size))
    theta_covariance = np.linalg.inv(information)
    spread = optimum.derivatives.spread
    rows = L @ root
    middle = np.eye(p)
    if df.startswith("kenward-roger"):
        linear = df == "kenward-roger-linear"
        middle = middle + 2 * adjustment(
            model, stack.moments, optimum, theta_covariance, linear=linear
        )
    se = np.sqrt(((rows @ middle) * rows).sum(axis=2))
    if df == "residual":
        each = np.broadcast_to((stack.moments.observations - p)[:, None], se.shape).copy()
    else:
        each = satterthwaite_df(rows, spread, theta_covariance)
    estimate = coefficients @ L.T
    tails = 2 * stdtr(each, -np.abs(estimate) / se)
    constant = stack.constant_reml if reml else stack.constant_ml
    found = ManyFits(
        coefficients=coefficients,
        covariance=root @ middle @ root.swapaxes(1, 2),
        estimate=estimate,
        se=se,
        df=each,
        p=tails,
        theta=model.scaled(optimum.theta, scale**2),
        log_likelihood=-(optimum.deviance + constant) / 2,
        status=status,
        iterations=optimum.iterations,
        decrement=optimum.decrement,
    )
    nothing = status > 0
    if nothing.any():
        for name in ("coefficients", "covariance", "estimate", "se", "df", "p", "theta"):
            getattr(found, name)[nothing] = np.nan
        found.log_likelihood[nothing] = np.nan
    return found


def _status(stack: Stack, model: CovarianceModel, optimum: Optimum) -> NDArray[np.intp]:
    status = stack.status.copy()
    sigma = model.sigmas(optimum.theta)[:, 0]
    v = np.maximum(np.diagonal(sigma, axis1=1, axis2=2), 1e-300)
    C = sigma / np.sqrt(v[:, :, None] * v[:, None, :])
    finite = np.isfinite(C).all(axis=(1, 2))
    usable = np.where(finite[:, None, None], C, np.eye(C.shape[1]))
    edge = ~finite | ~well_conditioned(usable, SINGULAR) | (v.min(axis=1) < 1e-12)
    status[(status == 0) & edge] = 3
    status[(status == 0) & ~(optimum.converged & optimum.definite)] = 4
    return status
