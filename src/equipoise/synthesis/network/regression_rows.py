"""Rows of a network meta-regression, and covariates out of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from equipoise.errors import DataError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.network.contrasts import text_of
from equipoise.synthesis.network.heterogeneity import Method
from equipoise.synthesis.network.league import Told, normal_row
from equipoise.synthesis.network.network import Network, make_network
from equipoise.synthesis.network.regression import Coefficients, RegressionFit, fit_regression

if TYPE_CHECKING:
    import pandas as pd

ECOLOGICAL = "Differences between studies, not within them: what modifies may be another thing"


def regression_rows(
    network: Network,
    covariates: Mapping[str, Mapping[str, float]],
    *,
    reference: str,
    coefficients: Coefficients = "common",
    method: Method = "REML",
    level: float = 0.95,
) -> Estimates:
    """Return `regression-coefficient`, `adjusted-network-effect`, `tau2` and the joint test.

    Studies without all covariates are left out and counted in a warning.
    """
    network, notes = complete_studies(network, covariates)
    fit = fit_regression(
        network, covariates, reference=reference, coefficients=coefficients, method=method
    )
    used = "REML" if coefficients == "exchangeable" else method
    text = f"Network meta-regression, {coefficients} coefficients, tau2 by {used} (Cooper et al. "
    told = Told(network.scale or "effect", network.ratio, f"{text}2009)", "", level)
    per = len(network.blocks) / len(covariates)
    if per < 10:
        notes = (*notes, f"{per:.3g} studies a covariate: fewer than 10 find differences by luck.")
    found = _coefficients(fit, told) + _effects(fit, told) + _rest(fit, used, told)
    if found.rows:
        first = replace(found.rows[0], warnings=notes, assumptions=(ECOLOGICAL,))
        found = replace(found, rows=(first, *found.rows[1:]))
    return found


def complete_studies(
    network: Network, covariates: Mapping[str, Mapping[str, float]]
) -> tuple[Network, tuple[str, ...]]:
    """Leave out studies without all covariates, and say so."""
    known = [
        all(np.isfinite(values.get(block.name, np.nan)) for values in covariates.values())
        for block in network.blocks
    ]
    if all(known):
        return network, ()
    blocks = [block for block, ok in zip(network.blocks, known, strict=True) if ok]
    lost = [block.name for block, ok in zip(network.blocks, known, strict=True) if not ok]
    note = f"Not in the meta-regression, a covariate being unknown: {', '.join(lost)}."
    return make_network(blocks, scale=network.scale, ratio=network.ratio), (note,)


def _coefficients(fit: RegressionFit, told: Told) -> Estimates:
    rows, refused = [], []
    for k, name in enumerate(fit.names):
        value, se = fit.coefficient(k)
        if np.isnan(value):
            reason = "no two studies of it differ in the covariate"
            refused.append(Refusal("regression-coefficient", reason, name))
            continue
        row = normal_row("regression-coefficient", name, (value, se), told, told.random)
        rows.append(replace(row, unit=f"{told.unit} per unit of the covariate"))
    return Estimates(tuple(rows), tuple(refused))


def _effects(fit: RegressionFit, told: Told) -> Estimates:
    rows, refused, at = [], [], fit.reference
    treatments = fit.network.treatments
    for i, name in enumerate(treatments):
        if i == at:
            continue
        label = f"{name} vs {treatments[at]}"
        effect = fit.difference(i, at)
        if np.isnan(effect[0]):
            reason = "not told apart from its coefficient"
            refused.append(Refusal("adjusted-network-effect", reason, label))
        else:
            row = normal_row("adjusted-network-effect", label, effect, told, told.random)
            rows.append(replace(row, estimand="at the covariates' mean over studies"))
    return Estimates(tuple(rows), tuple(refused))


def _rest(fit: RegressionFit, method: str, told: Told) -> Estimates:
    q, df = fit.joint_test()
    rows = [
        Estimate(
            "tau2", label="meta-regression", estimate=fit.tau2, method=method,
            unit="variance of a comparison's true effects between studies",
        ),
        Estimate(
            "regression-test", label="all coefficients", estimate=q, df=df, p=float(chdtrc(df, q)),
            unit=f"chi-squared with {df} df", method="Wald",
        ),
    ]  # fmt: skip
    if fit.df > 0:
        rows.append(
            Estimate(
                "q-test", label="residual of the meta-regression", estimate=fit.q, df=fit.df,
                p=float(chdtrc(fit.df, fit.q)), unit=f"chi-squared with {fit.df} df",
                method="Common effects, common or own coefficients",
            )
        )  # fmt: skip
    rows += [
        Estimate(
            "coefficient-sd", label=name, estimate=float(np.sqrt(spread)), method="REML",
            unit="standard deviation of coefficients between treatments",
        )
        for name, spread in zip(fit.names, fit.spread, strict=False)
        if told.random.find("exchangeable") >= 0
    ]  # fmt: skip
    return Estimates(tuple(rows))


def covariates_of(
    frame: pd.DataFrame, study: str | None, columns: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Read covariates of studies from a table's columns; text becomes 0 and 1 for each value.

    Parameters
    ----------
    study
        The column that names studies; rows are studies 1, 2, ... if None.

    Raises
    ------
    DataError
        When a column is not there, or differs within a study: names it.
    """
    names = [text_of(v) for v in frame[study]] if study else [str(k + 1) for k in range(len(frame))]
    found: dict[str, dict[str, float]] = {}
    for column in columns:
        if column not in frame.columns:
            raise DataError(f"The table has no column {column!r}; it has {list(frame.columns)}.")
        values: dict[str, object] = {}
        for name, value in zip(names, frame[column].tolist(), strict=True):
            if value is None or value != value:  # noqa: PLR0124  (NaN)
                continue
            if values.setdefault(name, value) != value:
                raise DataError(
                    f"{column} differs within {name} ({values[name]} and {value}): a covariate is "
                    "a fact of the study."
                )
        if all(isinstance(value, int | float) for value in values.values()):
            found[column] = {name: float(str(value)) for name, value in values.items()}
        else:
            found |= _indicators(column, values)
    return found


def _indicators(column: str, values: Mapping[str, object]) -> dict[str, dict[str, float]]:
    levels = sorted({str(value) for value in values.values()})
    return {
        f"{column}: {level} (against {levels[0]})": {
            name: float(str(value) == level) for name, value in values.items()
        }
        for level in levels[1:]
    }
