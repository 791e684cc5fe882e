"""Columns of numbers that papers report, checked once; every message names the study."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import DataError

FloatArray = NDArray[np.float64]
Mask = NDArray[np.bool_]


class EffectSize(NamedTuple):
    """Effects and their sampling variances, shape (k,) each; NaN where a rule drops the study."""

    y: FloatArray
    v: FloatArray


def aligned(study: Sequence[str] | None, **numbers: ArrayLike) -> tuple[FloatArray, ...]:
    """Bring columns to one shape (k,), all finite.

    Raises
    ------
    DataError
        When lengths differ or a number is missing; names the column and the study.
    """
    arrays = {name: np.asarray(values, dtype=np.float64) for name, values in numbers.items()}
    lengths = {name: a.size for name, a in arrays.items() if a.ndim}
    if len(set(lengths.values())) > 1 or any(a.ndim > 1 for a in arrays.values()):
        told = ", ".join(f"{name} {a.shape}" for name, a in arrays.items())
        raise DataError(f"Columns need one number a study, all of the same length. Got {told}.")
    k = next(iter(lengths.values()), 1)
    columns = {name: np.broadcast_to(a, (k,)).astype(np.float64) for name, a in arrays.items()}
    for name, values in columns.items():
        refuse(~np.isfinite(values), study, f"{name} is missing or not a finite number.")
    return tuple(columns.values())


def refuse(
    bad: Mask, study: Sequence[str] | None, message: str, **columns: NDArray[np.float64]
) -> None:
    """Raise for the first row that is bad; `message` may show numbers as ``{name}``.

    Raises
    ------
    DataError
    """
    rows = np.flatnonzero(bad)
    if not rows.size:
        return
    first = int(rows[0])
    who = study[first] if study is not None else f"row {first + 1}"
    shown = message.format(**{name: f"{values[first]:g}" for name, values in columns.items()})
    more = f" ({rows.size - 1} more rows likewise.)" if rows.size > 1 else ""
    raise DataError(f"{who}: {shown}{more}")


def need_people(study: Sequence[str] | None, fewest: int = 2, **sizes: FloatArray) -> None:
    """Refuse groups that are too small to have a standard deviation."""
    for name, n in sizes.items():
        text = f"{name} is {{n}}, but at least {fewest} people are needed here."
        refuse(n < fewest, study, text, n=n)


def need_positive(study: Sequence[str] | None, what: str, **columns: FloatArray) -> None:
    """Refuse numbers that are not above 0."""
    for name, values in columns.items():
        text = (
            f"{name} is {{x}}, but {what} is above 0. Look for a lost sign or a zero for missing."
        )
        refuse(values <= 0, study, text, x=values)


def need_correlation(study: Sequence[str] | None, r: FloatArray, name: str = "r") -> None:
    """Refuse correlations outside -1 to 1."""
    refuse(np.abs(r) >= 1, study, f"{name} is {{r}}, but a correlation lies within -1 and 1.", r=r)
