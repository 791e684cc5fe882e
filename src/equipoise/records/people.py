"""What a foreign file says of each participant once: covariates, expectancy, doses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from equipoise.errors import DataError
from equipoise.records.codes import numbers
from equipoise.records.foreign import Foreign
from equipoise.records.mapping import Mapping

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
        "amount": _numbers(foreign, mapping, part.amount),
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
    values = _numbers(foreign, mapping, part.column)
    out = pd.DataFrame({"participant": _everyone(foreign), "value": values, "scale": part.scale})
    return out.dropna(subset=["value"])


def _everyone(foreign: Foreign) -> pd.Series[str]:
    return foreign.participant.drop_duplicates().reset_index(drop=True)


def _covariate(foreign: Foreign, mapping: Mapping, column: str) -> pd.Series[Any]:
    """Read numbers if all cells are; codes such as 007 and words stay text."""
    cells = _texts(foreign, mapping, column)
    if cells.str.fullmatch(_LEADING_ZERO).fillna(value=False).any():
        return cells
    try:
        return pd.Series(_numbers(foreign, mapping, column))
    except DataError:
        return cells


def _texts(foreign: Foreign, mapping: Mapping, column: str) -> pd.Series[str]:
    cells = _constant(foreign, column)
    return cells.mask(cells.isin(mapping.missing))


def _numbers(foreign: Foreign, mapping: Mapping, column: str) -> NDArray[np.float64]:
    rows = foreign.participant.drop_duplicates().index.to_numpy()
    return numbers(
        foreign.file,
        column,
        _constant(foreign, column),
        rows,
        missing=mapping.missing,
        decimal=mapping.decimal,
    )


def _constant(foreign: Foreign, column: str) -> pd.Series[str]:
    """Return one cell a participant, in order of appearance; they may not differ."""
    texts = pd.Series(foreign.file.columns[column], dtype="str")
    cells = pd.DataFrame({"participant": foreign.participant, "text": texts}).drop_duplicates()
    twice = cells["participant"].duplicated(keep=False)
    if twice.any():
        someone = cells["participant"][twice].iloc[0]
        own = cells[cells["participant"] == someone]
        raise DataError(
            f"{foreign.file.where(own.index)}: column {column!r} differs between the rows of "
            f"participant {someone} ({', '.join(map(repr, own['text'][:3]))}). A covariate is "
            f"known before treatment and the same on every row."
        )
    return cells["text"].reset_index(drop=True)
