"""Cells of a table of studies: numbers, names, and variances by whatever stands for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.errors import DataError
from equipoise.synthesis.effects import FloatArray
from equipoise.synthesis.labels import written

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.synthesis.study_table import Columns

SHOWN = 5
ASKEW = 0.05
"""Of the width of an interval: rounded limits leave an effect farther off its middle seldom."""


def numbers(table: pd.DataFrame, name: str) -> FloatArray:
    """Return a column as floats, shape (k,), NaN where empty; refuse text, and show it."""
    import pandas as pd  # noqa: PLC0415

    column = table[name]
    if not pd.api.types.is_numeric_dtype(column.dtype):
        number = pd.to_numeric(column, errors="coerce")
        odd = column[number.isna() & column.notna()]
        if len(odd):
            shown = str(odd.iloc[0])
            comma = "," in shown and "." not in shown
            remedy = (
                "Decimal commas? Add --decimal ,." if comma else "Correct it, or leave it empty."
            )
            raise DataError(f"{name!r} holds {shown!r}, which is no number. {remedy}")
        column = number
    return np.asarray(column.astype("float64"), dtype=np.float64)


def study_names(table: pd.DataFrame, column: str | None) -> list[str]:
    """Return the name of each row's study: its row of the file where it has none."""
    if column is None:
        return [f"row {i + 1}" for i in table.index]
    named = zip(table.index, table[column], table[column].isna(), strict=True)
    return [f"row {i + 1} (no name)" if none else written(name) for i, name, none in named]


def several(names: Sequence[Any]) -> str:
    """Write the first names of a list, and how many more there are."""
    sign = "; " if any("," in str(name) for name in names) else ", "
    shown = sign.join(map(str, names[:SHOWN]))
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{shown}{more}"


def variances(table: pd.DataFrame, columns: Columns, level: float) -> FloatArray:
    """Return sampling variances, shape (k,), from standard errors, variances or normal limits."""
    from scipy.special import ndtri  # noqa: PLC0415

    if columns.variance is not None:
        return numbers(table, columns.variance)
    if columns.se is not None:
        se = numbers(table, columns.se)
        if (se < 0).any():
            row = int((se < 0).argmax())
            name = study_names(table, columns.study)[row]
            raise DataError(
                f"{name} has the standard error {se[row]:g} in {columns.se!r}: it must be above "
                "0. Look whether the column holds effects or lost a sign."
            )
        with np.errstate(over="ignore"):  # beyond the largest number: told as left out
            return np.square(se)
    assert columns.interval is not None  # noqa: S101  (one of the three is there)
    low, high = (numbers(table, name) for name in columns.interval)
    y = numbers(table, str(columns.effect))
    for name, a, b, c in zip(study_names(table, columns.study), low, y, high, strict=True):
        if np.isfinite([a, b, c]).all() and not a <= b <= c:
            raise DataError(f"{name} has the effect {b:g} outside its limits {a:g} to {c:g}.")
    half: FloatArray = (high - low) / 2
    return (half / float(ndtri((1 + level) / 2))) ** 2


def off_the_middle(table: pd.DataFrame, columns: Columns) -> tuple[str, ...]:
    """Say which effects do not lie amid their limits: those of ratios do so as logs alone."""
    if columns.interval is None:
        return ()
    low, high = (numbers(table, name) for name in columns.interval)
    off = np.abs(numbers(table, str(columns.effect)) - (low + high) / 2) > ASKEW * (high - low)
    if not off.any():
        return ()
    names = several(
        [n for n, is_off in zip(study_names(table, columns.study), off, strict=True) if is_off]
    )
    return (
        f"Effect off the middle of its limits: {names}. Ratios and their limits must be logs; "
        "where they are, look for a slip",
    )
