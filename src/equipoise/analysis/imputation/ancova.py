"""Analyse: the same ANCOVA at each visit of many completed trials at once.

Least squares is linear in the scores, so that all completed trials, all deltas and all resamples
are one product; only the weights of the resamples change the normal equations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, get_args

import numpy as np

from equipoise.analysis.imputation.worlds import LsWeights, worlds
from equipoise.analysis.linear_model import checked_qr
from equipoise.analysis.mmrm.formulas import parsed
from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from equipoise.analysis.imputation.trial_grid import TrialGrid


class Analysed(NamedTuple):
    """What each of N completed trials says of k quantities.

    `estimate` (N, k); `variance` (N, k) and `df` (N, k) are those of the analysis, as if nothing
    had been imputed; None where only the estimates were wanted.
    """

    estimate: NDArray[np.float64]
    variance: NDArray[np.float64] | None = None
    df: NDArray[np.float64] | None = None


@dataclass(frozen=True, eq=False)
class AncovaDesign:
    """The design of one visit in an orthonormal basis.

    Parameters
    ----------
    rows
        Shape (n, q), orthonormal columns.
    arm_rows
        Shape (arms, n, q): the design of everybody, had all been in that arm; its mean over people
        predicts the least-squares mean of the arm.
    """

    rows: NDArray[np.float64]
    arm_rows: NDArray[np.float64]


def default_formula(grid: TrialGrid) -> str:
    """Return outcome ~ arm + covariates of the imputation model that do not change over visits.

    Raises
    ------
    DataError
        When the imputation model transforms a covariate: then the analysis must be said.
    """
    if "(" in grid.formula.partition("~")[2]:
        raise DataError(
            f"{grid.formula!r} transforms covariates, so the analysis of the completed scores is "
            f"not plain: say it, for example ancova='{grid.outcome} ~ {grid.arm_column} + ...'."
        )
    return f"{grid.outcome} ~ " + " + ".join((grid.arm_column, *grid.person_covariates))


def ancova_designs(
    grid: TrialGrid, formula: str, weighting: LsWeights = "proportional"
) -> list[AncovaDesign]:
    """Encode the analysis model at each visit.

    Parameters
    ----------
    weighting
        Of other factors in least-squares means: "proportional" predicts each person with the own
        covariates and takes the mean; "equal" gives each combination of levels the same weight.

    Raises
    ------
    DataError
        When the formula has another outcome, no arm, or the visit in it.
    """
    if weighting not in get_args(LsWeights):
        raise DataError(f"LS means have weights {get_args(LsWeights)}. Got {weighting!r}.")
    _, outcome, used = parsed(formula, grid.frame)
    if outcome != grid.outcome:
        raise DataError(f"{formula!r} analyses {outcome!r}, but {grid.outcome!r} was imputed.")
    if grid.arm_column not in used or grid.visit in used:
        raise DataError(
            f"The analysis is done at each visit: its formula needs {grid.arm_column!r} and not "
            f"{grid.visit!r}, as '{grid.outcome} ~ {grid.arm_column}'. Got {formula!r}."
        )
    n, m = grid.scores.shape
    designs: list[AncovaDesign] = []
    previous: pd.DataFrame | None = None
    for visit in range(m):
        at = grid.frame.iloc[np.arange(n) * m + visit].reset_index(drop=True)
        facts = at[[name for name in used if name not in (grid.outcome, grid.arm_column)]]
        if previous is not None and facts.equals(previous):
            designs.append(designs[-1])
            continue
        previous = facts
        designs.append(_design(grid, at, formula, weighting))
    return designs


def _design(grid: TrialGrid, at: pd.DataFrame, formula: str, weighting: LsWeights) -> AncovaDesign:
    n = len(at)
    parts, _, used = parsed(formula, at)
    encoded = parts.rhs.get_model_matrix(at, context={})
    spec, X = encoded.model_spec, encoded.to_numpy(dtype=np.float64)
    _, r, _ = checked_qr(np.zeros(n), X, list(map(str, spec.column_names)))
    basis = np.linalg.inv(r)

    def encode(table: pd.DataFrame) -> NDArray[np.float64]:
        return np.asarray(spec.get_model_matrix(table, output="numpy"), dtype=np.float64)

    facts = [name for name in used if name not in (grid.arm_column, grid.outcome)]
    every = worlds(at, grid.arm_column, facts, encode, weighting)
    return AncovaDesign(X @ basis, every @ basis)


def analyse(
    completed: NDArray[np.float64],
    designs: list[AncovaDesign],
    weights: NDArray[np.float64] | None = None,
    *,
    spread: bool = False,
) -> Analysed:
    """Estimate the least-squares means of each arm at each visit, and contrasts with arm 0.

    Parameters
    ----------
    completed : shape (N, n, m)
    weights : shape (N, n)
        How often each person counts; None: once.
    spread
        Whether variances and df are wanted too; then `weights` must be None.

    Returns
    -------
    Analysed
        Quantities: visits outermost; at each the arms' means, then arms 1 ... less arm 0.

    Raises
    ------
    NotIdentifiedError
        When some resample has no data for a coefficient.
    """
    found: list[Analysed] = []
    solved: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
    for visit, design in enumerate(designs):
        if solved is None or design is not designs[visit - 1]:
            solved = _normal_equations(design, weights)
        found.append(_at_visit(completed[:, :, visit], design, solved, weights, spread=spread))
    estimate = np.concatenate([part.estimate for part in found], axis=1)
    if not spread:
        return Analysed(estimate)
    variance = np.concatenate([part.variance for part in found if part.variance is not None], 1)
    df = np.full(variance.shape, float(designs[0].rows.shape[0] - designs[0].rows.shape[1]))
    return Analysed(estimate, variance, df)


def contrast_matrix(arms: int) -> NDArray[np.float64]:
    """Return (arms + arms - 1, arms): each mean, then each other mean less the first."""
    eye = np.eye(arms)
    return np.concatenate((eye, eye[1:] - eye[0]))


def _normal_equations(
    design: AncovaDesign, weights: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return inverse Gram matrices (N or 1, q, q) and quantities as combinations (N or 1, k, q)."""
    n, q = design.rows.shape
    arms = len(design.arm_rows)
    if weights is None:
        gram, means = np.eye(q)[None], design.arm_rows.mean(axis=1)[None]
    else:
        outer = (design.rows[:, :, None] * design.rows[:, None, :]).reshape(n, q * q)
        gram = (weights @ outer).reshape(-1, q, q)
        if np.linalg.eigvalsh(gram)[:, 0].min() < 1e-10:
            raise NotIdentifiedError(
                "In a resample of the people some coefficient of the analysis after imputation has "
                "no data. Use fewer covariates, or join rare categories."
            )
        flat = design.arm_rows.transpose(1, 0, 2).reshape(n, arms * q)
        means = (weights @ flat).reshape(-1, arms, q) / weights.sum(axis=1)[:, None, None]
    return np.asarray(np.linalg.inv(gram), dtype=np.float64), contrast_matrix(arms) @ means


def _at_visit(
    scores: NDArray[np.float64],
    design: AncovaDesign,
    solved: tuple[NDArray[np.float64], NDArray[np.float64]],
    weights: NDArray[np.float64] | None,
    *,
    spread: bool,
) -> Analysed:
    inverse, rows = solved
    weighted = scores if weights is None else weights * scores
    coefficients = inverse @ (weighted @ design.rows)[:, :, None]
    estimate = (rows @ coefficients)[:, :, 0]
    if not spread:
        return Analysed(estimate)
    n, q = design.rows.shape
    rest = scores - coefficients[:, :, 0] @ design.rows.T
    s2 = np.square(rest).sum(axis=1) / (n - q)
    unit = ((rows @ inverse) * rows).sum(axis=2)
    return Analysed(estimate, s2[:, None] * unit)
