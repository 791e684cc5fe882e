"""One fitted mixed model for repeated measures, on arrays: what it found, any contrast of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import numpy as np

from equipoise.analysis.contrast import FTest
from equipoise.analysis.mmrm import between_within, empirical
from equipoise.analysis.mmrm.covariance_model import CovarianceModel
from equipoise.analysis.mmrm.identification import refuse_unidentified, refuse_unreached
from equipoise.analysis.mmrm.kenward_roger import adjustment, scaled_f
from equipoise.analysis.mmrm.newton import Optimum, maximise
from equipoise.analysis.mmrm.problem import Problem, problem_of
from equipoise.analysis.mmrm.satterthwaite import fai_cornelius, satterthwaite_df
from equipoise.analysis.mmrm.structures import structure_named
from equipoise.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from equipoise.analysis.sandwich import ClusterRobust, CrKind

DfMethod = Literal[
    "satterthwaite", "kenward-roger", "kenward-roger-linear", "between-within", "residual"
]
DF_METHODS: tuple[str, ...] = get_args(DfMethod)
DF_SOURCES: dict[DfMethod, str] = {
    "satterthwaite": "Satterthwaite (1946) df, observed information",
    "kenward-roger": (
        "Kenward & Roger (1997) covariance and df in the natural parameters of the structure (SAS)"
    ),
    "kenward-roger-linear": (
        "Kenward & Roger (1997) covariance and df without second derivatives of Sigma"
    ),
    "between-within": "between-within df (Schluchter & Elashoff 1990)",
    "residual": "residual df",
}


class Linear(NamedTuple):
    """Contrasts: estimates, standard errors and degrees of freedom, each shape (k,)."""

    estimate: NDArray[np.float64]
    se: NDArray[np.float64]
    df: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MmrmFit:
    """A fitted model: n people, m visits, p coefficients, G groups with a Sigma of their own.

    Parameters
    ----------
    df_method
        Which covariance of the coefficients and which degrees of freedom contrasts have.
    robust
        Sandwich covariance "CR0", "CR2" or "CR3" (clusters: people), or None.
    """

    problem: Problem
    model: CovarianceModel
    optimum: Optimum
    columns: tuple[str, ...]
    visits: tuple[str, ...]
    groups: tuple[str, ...]
    reml: bool
    df_method: DfMethod
    robust: CrKind | None = None

    @cached_property
    def coefficients(self) -> NDArray[np.float64]:
        """Shape (p,), in the user's units."""
        p = self.problem
        return np.asarray(p.coefficients + p.scale * (p.basis @ self.optimum.value.coefficients[0]))

    @cached_property
    def covariance(self) -> NDArray[np.float64]:
        """Covariance of the coefficients, shape (p, p), by `df_method` and `robust`."""
        if self._sandwich is not None:
            return self._sandwich.covariance
        root = self._root
        if self._lambda is None:
            return np.asarray(root @ root.T)
        return np.asarray(root @ (np.eye(len(root)) + 2 * self._lambda) @ root.T)

    @cached_property
    def sigma(self) -> NDArray[np.float64]:
        """Covariance of the visits by group, shape (G, m, m); not for spatial structures."""
        return np.asarray(self.model.sigmas(self.theta[None])[0])

    @cached_property
    def theta(self) -> NDArray[np.float64]:
        """Covariance parameters, shape (d,), in the user's units: see `theta_labels`."""
        variance = np.array([self.problem.scale**2])
        return np.asarray(self.model.scaled(self.optimum.theta, variance)[0])

    @cached_property
    def theta_labels(self) -> tuple[str, ...]:
        """What each parameter is called."""
        own = [parameter.label for parameter in self.model.structure.parameters(self.visits)]
        if len(self.groups) < 2:
            return tuple(own)
        return tuple(f"{label}, {group}" for group in self.groups for label in own)

    @property
    def log_likelihood(self) -> float:
        """The maximised (restricted) log-likelihood, with all its constants."""
        p = self.problem
        constant = p.constant_reml if self.reml else p.constant_ml
        return -(float(self.optimum.deviance[0]) + constant) / 2

    @property
    def score_norm(self) -> float:
        """How far from the optimum, in standard errors of the covariance parameters."""
        return float(np.sqrt(self.optimum.decrement[0]))

    @property
    def iterations(self) -> int:
        """Newton steps taken."""
        return int(self.optimum.iterations[0])

    @property
    def people(self) -> int:
        """People with at least one score."""
        return len(self.problem.slot)

    @property
    def rows(self) -> int:
        """Scores analysed."""
        return len(self.problem.person)

    @property
    def aic(self) -> float:
        """-2 log-likelihood plus twice the covariance parameters (and, for ML, coefficients)."""
        free = self.model.size + (0 if self.reml else len(self.columns))
        return -2 * self.log_likelihood + 2 * free

    @property
    def bic(self) -> float:
        """As `aic` with log(people) for 2, as SAS does."""
        free = self.model.size + (0 if self.reml else len(self.columns))
        return -2 * self.log_likelihood + float(np.log(self.people)) * free

    def contrasts(self, weights: ArrayLike) -> Linear:
        """Estimate k linear combinations of the coefficients.

        Parameters
        ----------
        weights : shape (k, p) or (p,)
        """
        L = self._checked(weights)
        estimate = L @ self.coefficients
        se = np.sqrt(((L @ self.covariance) * L).sum(axis=1))
        return Linear(estimate, se, self._df(L))

    def test(self, weights: ArrayLike, values: ArrayLike = 0.0) -> FTest:
        """Test that contrasts, shape (q, p), have these values, shape (q,) or scalar."""
        L = self._checked(weights)
        wanted = np.broadcast_to(np.asarray(values, dtype=np.float64), (len(L),))
        met, *_ = np.linalg.lstsq(L, wanted, rcond=None)
        if not np.allclose(L @ met, wanted, atol=1e-9):
            raise DataError("The hypothesis contradicts itself: no coefficients could meet it.")
        distance = L @ self.coefficients - wanted
        if not L.any():
            raise DataError("A hypothesis needs a weight that is not 0.")
        if self._sandwich is not None or self._lambda is None:
            return fai_cornelius(L, distance, self.covariance, self._df)
        spread = self.optimum.derivatives.spread[0]
        rows, covariance = L @ self._root, self._theta_covariance
        return scaled_f(distance, rows, spread, covariance, self._lambda)

    def _df(self, L: NDArray[np.float64]) -> NDArray[np.float64]:
        if self._sandwich is not None:
            return np.array([self._sandwich.satterthwaite(row) for row in L])
        if self.df_method == "residual":
            return np.full(len(L), float(self.rows - len(self.columns)))
        if self.df_method == "between-within":
            return between_within.degrees_of_freedom(self.problem, L)
        spread = self.optimum.derivatives.spread[0]
        return satterthwaite_df(L @ self._root, spread, self._theta_covariance)

    def _checked(self, weights: ArrayLike) -> NDArray[np.float64]:
        L = np.atleast_2d(np.asarray(weights, dtype=np.float64))
        if L.ndim != 2 or L.shape[1] != len(self.columns):
            raise DataError(
                f"A contrast needs a weight for each of the {len(self.columns)} coefficients "
                f"({', '.join(self.columns)}). Got shape {L.shape}."
            )
        return L

    @cached_property
    def _root(self) -> NDArray[np.float64]:
        return np.asarray(self.problem.scale * (self.problem.basis @ self.optimum.value.root[0]))

    @cached_property
    def _theta_covariance(self) -> NDArray[np.float64]:
        return np.asarray(np.linalg.inv(self.optimum.information[0]), dtype=np.float64)

    @cached_property
    def _lambda(self) -> NDArray[np.float64] | None:
        if not self.df_method.startswith("kenward-roger"):
            return None
        linear = self.df_method == "kenward-roger-linear"
        moments, covariance = self.problem.moments, self._theta_covariance[None]
        found = adjustment(self.model, moments, self.optimum, covariance, linear=linear)
        return np.asarray(found[0])

    @cached_property
    def _sandwich(self) -> ClusterRobust | None:
        if self.robust is None:
            return None
        sigma = self.model.sigma(self.optimum.theta, self.problem.moments)[0]
        return empirical.sandwich(self.problem, sigma, self.columns, self.robust)


def fit_mmrm(
    response: ArrayLike,
    design: ArrayLike,
    person: ArrayLike,
    visit: ArrayLike,
    *,
    columns: Sequence[str],
    visits: Sequence[str],
    covariance: str = "us",
    df: DfMethod = "kenward-roger",
    robust: CrKind | None = None,
    reml: bool = True,
    group: ArrayLike | None = None,
    groups: Sequence[str] = ("all",),
    weights: ArrayLike | None = None,
    coordinates: ArrayLike | None = None,
) -> MmrmFit:
    """Fit a mixed model for repeated measures to complete rows.

    Parameters
    ----------
    response, design : shapes (rows,), (rows, p)
    person, visit : shape (rows,)
        Numbers 0 ... people - 1 and 0 ... m - 1; no pair twice.
    columns, visits : lengths p, m
        Names, for messages and results.
    covariance
        Slug of a structure: us, ar1, arh1, cs, csh, toep, toeph, ad, adh, sp_exp.
    group : shape (people,)
        Index in `groups`: which covariance matrix a person has.
    weights : shape (rows,)
        Positive; the variance of a row is its visit's divided by its weight.
    coordinates : shape (rows, k)
        For sp_exp: where (when) each row lies.

    Raises
    ------
    NotIdentifiedError
        When the data cannot tell the coefficients or the covariance, or the maximum lies on the
        boundary of what a covariance can be.
    """
    _refuse_unknown(df, robust)
    structure = structure_named(covariance)
    if structure.spatial and coordinates is None:
        raise DataError(
            f"The structure {structure.slug} needs coordinates: the columns that say where or "
            "when each row lies."
        )
    people = np.asarray(person, dtype=np.intp)
    problem = problem_of(
        np.asarray(response, dtype=np.float64),
        np.asarray(design, dtype=np.float64),
        people,
        np.asarray(visit, dtype=np.intp),
        people=int(people.max()) + 1,
        visits=len(visits),
        columns=columns,
        group=None if group is None else np.asarray(group, dtype=np.intp),
        weights=None if weights is None else np.asarray(weights, dtype=np.float64),
        coordinates=(np.asarray(coordinates, dtype=np.float64) if structure.spatial else None),
    )
    model = CovarianceModel(structure, len(visits), len(groups))
    refuse_unidentified(problem, model, visits, groups)
    optimum = best_optimum(problem, model, reml=reml)
    refuse_unreached(problem, model, optimum, visits, groups)
    return MmrmFit(
        problem=problem,
        model=model,
        optimum=optimum,
        columns=tuple(columns),
        visits=tuple(visits),
        groups=tuple(groups),
        reml=reml,
        df_method=df,
        robust=robust,
    )


def best_optimum(problem: Problem, model: CovarianceModel, *, reml: bool) -> Optimum:
    """Search from the best start; from all of them where the structure may have several maxima."""
    starts = model.starts(problem.moments)
    first = maximise(model, problem.moments, starts[0], reml=reml)
    certain = model.structure.linear and model.structure.always_definite
    if certain and first.converged[0] and first.definite[0]:
        return first
    others = np.concatenate(starts[1:])
    copies = problem.moments.take(np.zeros(len(others), dtype=np.intp))
    rest = maximise(model, copies, others, reml=reml)
    good = rest.converged & rest.definite
    deviance = np.where(good, rest.deviance, np.inf)
    best = int(np.argmin(deviance))
    fails = not (first.converged[0] and first.definite[0])
    if deviance[best] < np.inf and (fails or deviance[best] < first.deviance[0] - 1e-9):
        return rest.one(best)
    return first


def _refuse_unknown(df: str, robust: str | None) -> None:
    if robust not in (None, "CR0", "CR2", "CR3"):
        raise DataError(f"There is no sandwich {robust!r}. These are: CR0, CR2, CR3.")
    if df not in DF_METHODS:
        raise DataError(f"There is no df method {df!r}. These are: {', '.join(DF_METHODS)}.")
