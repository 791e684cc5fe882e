"""Mixed model and ANCOVA of a person's own table, with a formula in R's grammar.

The only place that imports formulaic, which takes half a second: imported when called.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.analysis.ancova import ANCOVA, compare_arms
from equipoise.analysis.arm_design import ArmDesign
from equipoise.analysis.mixed_model import BOUNDARY_WARNING, MIXED_MODEL, random_intercept_fit
from equipoise.analysis.rows import ancova_rows, estimate_row
from equipoise.errors import DataError
from equipoise.estimates import Estimate, Estimates

if TYPE_CHECKING:
    import pandas as pd
    from narwhals.typing import IntoDataFrame


def mixed_model(
    frame: IntoDataFrame,
    formula: str,
    *,
    participant: str,
    arm: str = "arm",
    control: str | None = None,
    reml: bool = True,
    level: float = 0.95,
) -> Estimates:
    """Fit a linear mixed model with a random intercept per participant.

    Parameters
    ----------
    frame
        Any data frame, one row an observation.
    formula
        Fixed effects in R's grammar: ``"score ~ arm + expectation"``.
    participant
        Column that says whose row it is.
    arm, control
        Column of the arms, and the arm that is the reference; without `control` the first level
        in alphabetical order is, as in R.
    reml
        Restricted maximum likelihood; False for maximum likelihood.
    level
        Coverage of the intervals.

    Returns
    -------
    Estimates
        A ``coefficient`` for each fixed effect (Satterthwaite df), then ``variance-component``
        between and within participants.

    References
    ----------
    Kuznetsova, Brockhoff & Christensen (2017), J Stat Softw 82(13).
    """
    y, X, dropped, table = _model_matrix(frame, formula, (participant,), arm, control)
    columns = [str(name) for name in X.columns]
    fit = random_intercept_fit(
        y, X.to_numpy(dtype=np.float64), table[participant].to_numpy(), columns=columns, reml=reml
    )
    method = f"{MIXED_MODEL}, {'REML' if reml else 'ML'}: {formula}"
    fixed = (
        estimate_row("coefficient", fit.contrast(row), level=level, label=name, method=method)
        for name, row in zip(columns, np.eye(len(columns)), strict=True)
    )
    parts = {"between participants": fit.s2b, "within participants": fit.s2}
    variances = (
        Estimate("variance-component", label=label, estimate=value, method=method)
        for label, value in parts.items()
    )
    warnings = (*dropped, *([BOUNDARY_WARNING] if fit.boundary else ()))
    return Estimates((*fixed, *variances)).with_fields(warnings=warnings)


def ancova(
    frame: IntoDataFrame,
    formula: str,
    *,
    control: str,
    arm: str = "arm",
    level: float = 0.95,
) -> Estimates:
    """Compare every arm with control by analysis of covariance.

    Parameters
    ----------
    frame
        Any data frame, one row a person.
    formula
        R's grammar, with the arm in it: ``"score ~ arm + baseline"``. Interactions with the arm
        are compared at the mean of numeric covariates and at equal weights of categorical ones.
    control, arm
        The reference arm, and the column of the arms.
    level
        Coverage of the intervals.

    Returns
    -------
    Estimates
        ``total-effect`` and ``adjusted-mean`` by arm, and ``group-f-test``.
    """
    y, X, dropped, table = _model_matrix(frame, formula, (), arm, control)
    arms = tuple(str(level) for level in table[arm].cat.categories)
    grid = _reference_grid(table, X.model_spec, arm)
    rows = np.array([grid[grid[arm] == name].drop(columns=arm).mean() for name in arms])
    design = ArmDesign(X.to_numpy(dtype=np.float64), tuple(map(str, X.columns)), arms, rows)
    found = ancova_rows(compare_arms(y, design), level=level)
    result = tuple(replace(row, method=f"{ANCOVA}: {formula}") for row in found)
    return Estimates(result).with_fields(warnings=dropped)


def _model_matrix(
    frame: IntoDataFrame, formula: str, needed: tuple[str, ...], arm: str, control: str | None
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], Any, tuple[str, ...], pd.DataFrame]:
    """Return response, design with its model spec, warnings, and the complete rows of the table."""
    import formulaic  # noqa: PLC0415  (half a second)
    import narwhals as nw  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    table = nw.from_native(frame, eager_only=True).to_pandas()
    parsed = formulaic.Formula(formula)
    used = sorted(str(name) for name in parsed.required_variables)
    if missing := [name for name in (*used, *needed) if name not in table.columns]:
        raise DataError(f"{formula!r} names {missing}; the table has {list(table.columns)}.")
    if not hasattr(parsed, "lhs"):
        raise DataError(f"{formula!r} has no outcome: write 'score ~ arm + baseline'.")
    complete = table.dropna(subset=[*used, *needed]).reset_index(drop=True)
    if control is not None:
        names = sorted(complete[arm].astype(str).unique()) if arm in used else []
        if control not in names:
            raise DataError(f"{control!r} is no arm of column {arm!r} in {formula!r}: {names}.")
        order = [control, *(name for name in names if name != control)]
        complete[arm] = pd.Categorical(complete[arm].astype(str), categories=order)
    lost = len(table) - len(complete)
    warnings = (f"{lost} of {len(table)} rows lack a value and were left out",) if lost else ()
    matrices = parsed.get_model_matrix(complete)
    y = matrices.lhs.to_numpy(dtype=np.float64)
    if y.shape[1] != 1:
        raise DataError(f"The outcome of {formula!r} must be one number a row.")
    return y[:, 0], matrices.rhs, warnings, complete


def _reference_grid(table: pd.DataFrame, spec: Any, arm: str) -> pd.DataFrame:
    """Return design rows at every combination of levels, numeric covariates at their means."""
    import pandas as pd  # noqa: PLC0415

    used = sorted(str(name) for name in spec.required_variables)
    if arm not in used:
        raise DataError(f"The formula must contain the arm {arm!r}. It contains {used}.")
    choices = []
    for name in used:
        values = table[name]
        numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
        if isinstance(values.dtype, pd.CategoricalDtype):
            choices.append(list(values.cat.categories))
        else:
            choices.append([values.mean()] if numeric else sorted(values.unique()))
    grid = pd.DataFrame(list(product(*choices)), columns=used)
    grid[arm] = pd.Categorical(grid[arm], categories=table[arm].cat.categories)
    rows: pd.DataFrame = spec.get_model_matrix(grid)
    return rows.assign(**{arm: grid[arm].astype(str).to_numpy()})
