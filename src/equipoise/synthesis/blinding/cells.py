"""Columns of a table of trials: numbers, words, and marks of yes and no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.errors import DataError
from equipoise.synthesis.labels import written

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

TRUE = {"1", "true", "yes", "y", "rct", "randomised", "randomized"}
FALSE = {"0", "false", "no", "n", "observational"}


def numbers(frame: pd.DataFrame, name: str | None) -> NDArray[np.float64]:
    """Return a column of numbers, NaN where empty, shape (k,)."""
    import pandas as pd  # noqa: PLC0415

    if name is None or name not in frame:
        raise DataError(f"The table has no column {name!r}. It has {', '.join(map(str, frame))}.")
    if frame[name].isna().all():
        return np.full(len(frame), np.nan)
    if not pd.api.types.is_numeric_dtype(frame[name].dtype):
        raise DataError(
            f"{name} holds text, not numbers, such as {frame[name].dropna().iloc[0]!r}."
        )
    values: NDArray[np.float64] = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
    return values


def words(frame: pd.DataFrame, name: str | None) -> Sequence[str] | None:
    """Return a column of words, "not reported" where empty; None for no column."""
    if name is None:
        return None
    if name not in frame:
        raise DataError(f"The table has no column {name!r}. It has {', '.join(map(str, frame))}.")
    values: list[Any] = frame[name].to_numpy().tolist()
    return ["not reported" if _missing(v) else written(v) for v in values]


def _missing(value: Any) -> bool:
    return value is None or value != value  # noqa: PLR0124  (NaN)


def marks(frame: pd.DataFrame, name: str) -> NDArray[np.bool_]:
    """Return a column of yes and no, shape (k,)."""
    if name not in frame:
        raise DataError(f"The table has no column {name!r}. It has {', '.join(map(str, frame))}.")
    marks = []
    for value in frame[name].to_numpy().tolist():
        text = str(value).strip().casefold().removesuffix(".0")
        if text not in TRUE | FALSE:
            raise DataError(f"{name} says 1 or 0, yes or no, of every study. Got {value!r}.")
        marks.append(text in TRUE)
    return np.array(marks)
