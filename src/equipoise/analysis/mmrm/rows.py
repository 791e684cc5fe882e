"""Rows of the result of a mixed model for repeated measures."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtr, stdtrit

from equipoise.analysis.mmrm.fit import DF_SOURCES, Linear, MmrmFit
from equipoise.errors import DataError
from equipoise.estimates import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    from equipoise.analysis.contrast import FTest
    from equipoise.analysis.mmrm.ls_means import Means
    from equipoise.analysis.mmrm.table import ModelTable

ASSUMPTIONS = (
    "Missing scores are missing at random given the model's covariates and the scores seen",
    "Scores of a person are jointly normal about the model's means",
)


def method_of(fit: MmrmFit) -> str:
    """Say in one line how the numbers were made."""
    kind = "REML" if fit.reml else "ML"
    by = " by group" if len(fit.groups) > 1 else ""
    covariance = f"{fit.model.structure.name} covariance{by}"
    spread = (
        f"sandwich {fit.robust} over people, Bell & McCaffrey (2002) df"
        if fit.robust
        else DF_SOURCES[fit.df_method]
    )
    return f"Mixed model for repeated measures, {kind}, {covariance}, {spread}"


def coefficient_rows(fit: MmrmFit, *, level: float) -> Iterator[Estimate]:
    """Write every coefficient."""
    eye = np.eye(len(fit.columns))
    for label, row in zip(fit.columns, written(fit, eye, "coefficient", level=level), strict=True):
        yield _replaced(row, label=label)


def mean_rows(fit: MmrmFit, means: Means, model: ModelTable, *, level: float) -> Iterator[Estimate]:
    """Write least-squares means, then each arm less control, by visit."""
    found = written(fit, means.rows, "ls-mean", level=level, p=False)
    for arm, visit, row in zip(means.arms, means.visits, found, strict=True):
        yield _replaced(row, label=arm, arm=arm, visit=visit)
    if len(model.arms) < 2:
        return
    visits, p = len(model.visits), len(fit.columns)
    by_arm = means.rows.reshape(len(model.arms), visits, p)
    pairs = list(product(range(1, len(model.arms)), range(visits)))
    if model.columns.common_visit is not None:  # there the arms have one mean: no contrast
        pairs = [(a, v) for a, v in pairs if model.visits[v] != model.columns.common_visit]
    weights = np.array([by_arm[a, v] - by_arm[0, v] for a, v in pairs])
    for (a, v), row in zip(pairs, written(fit, weights, "contrast", level=level), strict=True):
        arm, control = model.arms[a], model.arms[0]
        yield _replaced(
            row,
            label=f"{arm} - {control}",
            arm=arm,
            visit=model.visits[v],
            estimand=f"mean of {arm} less mean of {control} at {model.visits[v]}, had all stayed",
        )


def people_rows(model: ModelTable) -> Iterator[Estimate]:
    """Count the people with a score behind each arm and visit."""
    arms: tuple[str | None, ...] = model.arms or (None,)
    codes = np.zeros(len(model.visit), dtype=np.intp)
    if model.arm is not None:
        codes = np.asarray(model.table[model.arm].cat.codes, dtype=np.intp)
    visits = len(model.visits)
    counts = np.bincount(codes * visits + model.visit, minlength=len(arms) * visits)
    for (arm, visit), count in zip(product(arms, model.visits), counts.tolist(), strict=True):
        yield Estimate(
            "people-scored", label=arm, arm=arm, visit=visit, estimate=count, unit="people"
        )


def model_rows(fit: MmrmFit) -> Iterator[Estimate]:
    """Write covariance parameters, the likelihood, and how well it converged."""
    method = method_of(fit)
    for label, value in zip(fit.theta_labels, fit.theta, strict=True):
        yield Estimate("covariance-parameter", label=label, estimate=float(value), method=method)
    kind = "restricted" if fit.reml else "full"
    yield Estimate(
        "log-likelihood",
        label=kind,
        estimate=fit.log_likelihood,
        method=method,
    )
    yield Estimate(
        "final-score",
        label=f"after {fit.iterations} Newton steps",
        estimate=fit.score_norm,
        unit="standard errors of the covariance parameters",
        method=method,
    )


def contrast_rows(
    fit: MmrmFit, weights: ArrayLike, labels: Sequence[str] | None, *, level: float
) -> tuple[Estimate, ...]:
    """Write any contrasts of the coefficients."""
    L = np.atleast_2d(np.asarray(weights, dtype=np.float64))
    names = [f"contrast {k + 1}" for k in range(len(L))] if labels is None else list(labels)
    if len(names) != len(L):
        raise DataError(f"{len(L)} contrasts have {len(names)} labels.")
    found = written(fit, L, "contrast", level=level)
    return tuple(_replaced(row, label=name) for name, row in zip(names, found, strict=True))


def f_row(name: str, label: str, test: FTest, fit: MmrmFit) -> Estimate:
    """Write an F test."""
    return Estimate(
        name,
        label=label,
        estimate=test.statistic,
        df=test.denominator_df,
        p=test.p,
        unit=f"F with {test.numerator_df:g} and {test.denominator_df:.4g} degrees of freedom",
        method=method_of(fit),
        assumptions=ASSUMPTIONS,
    )


def written(
    fit: MmrmFit, L: NDArray[np.float64], name: str, *, level: float, p: bool = True
) -> list[Estimate]:
    """Estimate contrasts (k, p) and write them as rows, all at once."""
    if not 0 < level < 1:
        raise DataError(f"A confidence level lies between 0 and 1. Got {level}.")
    found: Linear = fit.contrasts(L)
    half = stdtrit(found.df, (1 + level) / 2) * found.se
    tails = 2 * stdtr(found.df, -np.abs(found.estimate) / found.se)
    method = method_of(fit)
    return [
        Estimate(
            name,
            estimate=estimate,
            se=se,
            low=estimate - h,
            high=estimate + h,
            level=level,
            df=df,
            p=tail if p else None,
            method=method,
            assumptions=ASSUMPTIONS,
        )
        for estimate, se, df, h, tail in zip(
            found.estimate.tolist(),
            found.se.tolist(),
            found.df.tolist(),
            half.tolist(),
            tails.tolist(),
            strict=True,
        )
    ]


def _replaced(row: Estimate, **values: str | None) -> Estimate:
    for name, value in values.items():
        object.__setattr__(row, name, value)  # the row was made here a moment ago: nobody holds it
    return row
