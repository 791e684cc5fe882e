"""Random effects of p outcomes: y_i ~ N(X_i b, S_i + T), S_i known, T estimated.

A study may lack outcomes; those it has inform the others through the correlations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.dependent.fit import MixedFit, checked_design
from equipoise.synthesis.dependent.likelihood import Criterion, Problem, evaluate, stacked
from equipoise.synthesis.dependent.maximise import maximise
from equipoise.synthesis.dependent.working_covariance import (
    correlated_errors,
    given_errors,
    study_blocks,
)
from equipoise.synthesis.effects import Effects
from equipoise.synthesis.multivariate.structures import StructureName, entries, structure

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class MultivariateFit:
    """A fit with its outcomes; `T` (p, p) is the covariance of true effects."""

    fit: MixedFit
    outcomes: tuple[str, ...]
    outcome: tuple[str, ...]
    T: FloatArray
    structure: StructureName

    @property
    def correlation(self) -> FloatArray:
        """Of true effects, (p, p); NaN where a variance is 0."""
        sd = np.sqrt(np.diag(self.T))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.T / np.outer(sd, sd))


def multivariate_fit(
    effects: Effects,
    outcome: Sequence[object],
    *,
    rho: float | None = None,
    V: ArrayLike | None = None,
    X: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    struct: StructureName = "UN",
    criterion: Criterion = "REML",
) -> MultivariateFit:
    """Fit random effects of several outcomes.

    Parameters
    ----------
    effects
        A row for each outcome of each study.
    outcome : length n
        Which outcome each row is of.
    rho
        Correlation of sampling errors of outcomes of one study; needed unless `V` is given.
    V : shape (n, n)
        Sampling covariance, zero between studies.
    X : shape (n, q)
        Design; a mean for each outcome by default.
    struct
        UN free, HCS own variances and one correlation, CS one of each, DIAG own variances, ID one
        variance.

    Raises
    ------
    DataError
        When a study has an outcome twice, or errors between outcomes are not told.
    NotIdentifiedError
        When an outcome has one study only, or no study has both of two outcomes (UN).

    References
    ----------
    van Houwelingen, Arends & Stijnen (2002), Stat Med 21:589-624. Jackson, Riley & White (2011),
    Stat Med 30:2481-2498.
    """
    called = tuple(str(x).strip() for x in outcome)
    if len(called) != len(effects):
        raise DataError(f"{len(called)} outcome names came for {len(effects)} effects.")
    outcomes = tuple(dict.fromkeys(called))
    position = np.array([outcomes.index(x) for x in called])
    _check(effects, called, outcomes, struct)
    blocks = study_blocks(effects.study)
    n = len(effects)
    if V is None and rho is None:
        raise DataError(
            "Sampling errors of outcomes of one study correlate: give the covariances, or one "
            "correlation to assume (0 if the outcomes are of different people, such as two arms)."
        )
    if X is None:
        X, names = np.eye(len(outcomes))[position], outcomes
    design, columns = checked_design(
        np.asarray(X, dtype=np.float64), n, tuple(names) if names else None
    )
    errors = correlated_errors(effects.v, rho or 0.0) if V is None else given_errors(V, blocks, n)
    problem = stacked(blocks, effects.y, design, errors, _Patterns(position, len(outcomes)))
    model = structure(struct, len(outcomes))
    residual = effects.y - design @ np.linalg.lstsq(design, effects.y, rcond=None)[0]
    starts = model.starts(float(np.sqrt(max(residual.var(), 1e-300))))
    found = maximise(problem, model.to_phi, starts, criterion)
    if found is None:
        raise NotIdentifiedError("The likelihood of the outcomes cannot be evaluated.")
    T = np.zeros((len(outcomes), len(outcomes)))
    for value, (a, b) in zip(found.phi, entries(len(outcomes)), strict=True):
        T[a, b] = T[b, a] = value
    components = tuple(
        outcomes[a] if a == b else f"{outcomes[a]} with {outcomes[b]}"
        for a, b in entries(len(outcomes))
    )
    fit = MixedFit(
        problem, columns, components, effects.study, effects.y, design, criterion,
        model.to_phi, found,
    )  # fmt: skip
    return MultivariateFit(fit, outcomes, called, T, struct)


@dataclass(frozen=True, slots=True, eq=False)
class _Patterns:
    """Where each entry of T stands in the covariance of a study's rows."""

    position: NDArray[np.intp]
    outcomes: int

    def __call__(self, rows: NDArray[np.intp]) -> FloatArray:
        of = np.eye(self.outcomes)[self.position[rows]]  # (B, m, p)
        both = [
            np.einsum("bm,bn->bmn", of[..., a], of[..., b])
            + (0 if a == b else np.einsum("bm,bn->bmn", of[..., b], of[..., a]))
            for a, b in entries(self.outcomes)
        ]
        return np.stack(both)


def _check(
    effects: Effects, outcome: tuple[str, ...], outcomes: tuple[str, ...], struct: StructureName
) -> None:
    pairs = list(zip(effects.study, outcome, strict=True))
    for (study, name), times in Counter(pairs).items():
        if times > 1:
            raise DataError(
                f"{study} has the outcome {name} more than once: keep one row, or use the "
                "three-level model (equipoise multilevel)."
            )
    if len(outcomes) < 2:
        raise NotIdentifiedError(f"Every row is of the outcome {outcomes[0]}: several are needed.")
    studies = {name: {s for s, o in pairs if o == name} for name in outcomes}
    for name, having in studies.items():
        if len(having) < 2:
            raise NotIdentifiedError(f"Only {next(iter(having))} has the outcome {name}.")
    for a, b in entries(len(outcomes)):
        shared = studies[outcomes[a]] & studies[outcomes[b]]
        if struct == "UN" and len(shared) < 2:
            raise NotIdentifiedError(
                f"{len(shared)} studies have both {outcomes[a]} and {outcomes[b]}: how these go "
                "together over studies cannot be estimated. Use the structure DIAG, or CS."
            )


def common_covariance(problem: Problem) -> FloatArray:
    """Return the covariance of the coefficients if there were no heterogeneity."""
    at = evaluate(problem, np.zeros(problem.components), "ML")
    if at is None:
        raise DataError("A sampling covariance is not positive definite.")
    return at.covariance


def i2_inflation(fit: MultivariateFit) -> tuple[FloatArray, float]:
    """Return I2 in percent of each coefficient and of all together.

    From the ratio of the random-effects to the common-effect variance; together, from the ratio of
    the areas of confidence regions per dimension.

    References
    ----------
    Jackson, White & Riley (2012), Stat Med 31:3805-3820.
    """
    random, common = fit.fit.covariance, common_covariance(fit.fit.problem)
    each = 1 - np.diag(common) / np.diag(random)
    gap = np.linalg.slogdet(common)[1] - np.linalg.slogdet(random)[1]
    return 100 * each, float(100 * (1 - np.exp(gap / len(random))))
