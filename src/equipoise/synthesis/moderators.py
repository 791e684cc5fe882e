"""Moderators of a meta-regression from a formula in R's grammar: "blinding + year"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import DataError
from equipoise.synthesis.effects import FloatArray
from equipoise.synthesis.missing_column import missing_column

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


def design_of(
    table: pd.DataFrame, formula: str
) -> tuple[FloatArray, tuple[str, ...], NDArray[np.bool_]]:
    """Return the design, its column names, and which rows have all moderators.

    Parameters
    ----------
    table
        One row a study.
    formula
        The right side alone: ``"blinding + year"``; treatment coding, as in R.

    Returns
    -------
    x, names, rows
        shape (m, p), length p, and a mask of shape (k,) with m true.

    Raises
    ------
    DataError
        When it is no formula, or names a column that is not there.
    """
    import formulaic  # noqa: PLC0415  (half a second)
    from formulaic.errors import FormulaicError  # noqa: PLC0415

    text = formula.strip().removeprefix("~")
    try:
        parsed = formulaic.Formula(text)
        used = sorted(str(name) for name in parsed.required_variables)
    except FormulaicError as error:
        raise DataError(f"{formula!r} is not a formula: write 'blinding + year'.") from error
    if "~" in text:
        raise DataError(f"{formula!r} has a left side. Name the moderators alone: 'year + dose'.")
    lacking = [name for name in used if name not in table.columns]
    if lacking:
        raise missing_column(lacking[0], table.columns)
    rows = table[used].notna().all(axis=1).to_numpy(dtype=bool)
    _varies(table.loc[rows], used, formula)
    matrix = parsed.get_model_matrix(table[rows].reset_index(drop=True))
    names = tuple("intercept" if name == "Intercept" else str(name) for name in matrix.columns)
    return np.asarray(matrix, dtype=np.float64), names, rows


def _varies(table: pd.DataFrame, used: list[str], formula: str) -> None:
    """Refuse moderators that no study has, or that are the same in all."""
    if used and not len(table):
        raise DataError(f"No study has all of {used} that {formula!r} names.")
    for name in used:
        if len(set(table[name])) == 1:
            raise DataError(
                f"{name!r} is {table[name].iloc[0]!r} in all {len(table)} studies that have the "
                "moderators: it cannot account for differences. Leave it out."
            )
