"""What a foreign file says of each participant once: covariates, expectancy, doses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from equipoise.errors import DataError
from equipoise.records.codes import numbers
from equipoise.records.foreign import Foreign
from equipoise.records.mapping import Mapping

_LEADING_ZERO = r"[+-]?0\d.*"


def read_people(foreign: Foreign, mapping: Mapping) -> pd.DataFrame:
    """Return one row a participant with the baseline covariates."""
    people = _everyone(foreign)
    columns = {name: _covariate(foreign, mapping, name) for name in mapping.covariates}
    return pd.DataFrame({"participant": people, **columns})


def read_doses(foreign: Foreign, mapping: Mapping) -> pd.DataFrame:
    """Return what each participant took, empty if the mapping does not say."""
    part = mapping.doses
    if part is None:
        return pd.DataFrame()
    columns: dict[str, Any] = {
        "participant": _everyone(foreign),
        "substance": _texts(foreign, mapping, part.substance),
        "amount": _numbers(foreign, mapping, part.amount, low=0),
        "unit": part.unit,
    }
    if part.route:
        columns["route"] = _texts(foreign, mapping, part.route)
    out = pd.DataFrame(columns)
    return out[out["substance"].notna() | out["amount"].notna()]


def read_expectancy(foreign: Foreign, mapping: Mapping) -> pd.DataFrame:
    """Return the baseline expectancy of each participant, empty if the mapping has none."""
    part = mapping.expectancy
    if part is None:
        return pd.DataFrame()
    values = _numbers(foreign, mapping, part.column, low=0, high=100)
    out = pd.DataFrame({"participant": _everyone(foreign), "value": values, "scale": part.scale})
    return out.dropna(subset=["value"])


def _everyone(foreign: Foreign) -> pd.Series[str]:
    return foreign.participant.iloc[foreign.first].reset_index(drop=True)


def _covariate(foreign: Foreign, mapping: Mapping, column: str) -> pd.Series[Any]:
    """Read numbers if all cells are; codes such as 007 and words stay text."""
    cells = _texts(foreign, mapping, column)
    if cells.str.fullmatch(_LEADING_ZERO).fillna(value=False).any():
        return cells
    try:
        return _numbers(foreign, mapping, column)
    except DataError:
        return cells


def _numbers(
    foreign: Foreign,
    mapping: Mapping,
    column: str,
    *,
    low: float = -np.inf,
    high: float = np.inf,
) -> pd.Series[float]:
    cells, rows = _texts(foreign, mapping, column), foreign.first
    values = numbers(foreign.file, column, cells, rows, missing=(), decimal=mapping.decimal)
    outside = np.flatnonzero((values < low) | (values > high))
    if outside.size:
        raise DataError(
            f"{foreign.file.where(rows[outside])}: column {column!r} has "
            f"{values[outside[0]]:g}; allowed: {low:g} to {high:g}."
        )
    return pd.Series(values)


def _texts(foreign: Foreign, mapping: Mapping, column: str) -> pd.Series[str]:
    """Return one cell a participant, NaN where it is missing; rows of one may not differ."""
    texts = np.array(foreign.file.columns[column], dtype=object)
    own = texts[foreign.first]
    differ = np.flatnonzero(texts != own[foreign.person])
    if differ.size:
        person = foreign.person[differ[0]]
        rows = [foreign.first[person], *differ[foreign.person[differ] == person]]
        found = ", ".join(repr(text) for text in dict.fromkeys(texts[rows][:3]))
        raise DataError(
            f"{foreign.file.where(rows)}: column {column!r} differs between the rows of "
            f"participant {foreign.participant.iloc[rows[0]]} ({found}). A covariate is known "
            f"before treatment and the same on every row."
        )
    cells = pd.Series(own, dtype="str")
    return cells.mask(cells.isin(mapping.missing))
