"""Arms and guesses of a foreign file: one a participant and visit, conflicts refused."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from equipoise.errors import DataError
from equipoise.protocol import Protocol
from equipoise.records.codes import decode, numbers
from equipoise.records.csv_file import CsvFile
from equipoise.records.foreign import Foreign
from equipoise.records.mapping import Mapping
from equipoise.records.records import UNSURE

_KEY = ["participant", "visit"]


def read_allocations(foreign: Foreign, mapping: Mapping, protocol: Protocol) -> pd.DataFrame:
    """Return one arm a participant in a parallel trial, else one a participant and visit."""
    cells = foreign.marks["arm"]
    at_baseline = cells["visit"].isin([v.name for v in protocol.visits if v.baseline])
    empty = cells["text"].isin(mapping.missing) & ~cells["text"].isin(mapping.arm.missing)
    if (bad := empty & ~at_baseline).any():
        raise DataError(
            f"{foreign.file.where(cells['row'][bad])}: the arm is empty. Every row after "
            f"baseline needs one; if an empty cell is meant, list it under `arm.missing`."
        )
    out = _decoded(foreign, mapping, "arm", protocol.arm_names).dropna(subset=["arm"])
    if protocol.design.kind == "parallel":
        out = out.assign(visit=pd.Series(np.nan, index=out.index, dtype="str"))
    out = out.drop_duplicates([*_KEY, "arm"])
    _one_each(foreign.file, out, "arm")
    return out[[*_KEY, "arm"]]


def read_guesses(foreign: Foreign, mapping: Mapping, protocol: Protocol) -> pd.DataFrame:
    """Return the participants' guesses with certainty and reason; a missing one stays a row."""
    if mapping.guess is None:
        return pd.DataFrame()
    file = foreign.file
    out = _decoded(foreign, mapping, "guess", (*protocol.arm_names, UNSURE))
    out = _answered(out.drop_duplicates([*_KEY, "guess"]), "guess")
    _one_each(file, out, "guess")
    out = out[[*_KEY, "guess"]].assign(guesser="participant")
    for mark in ("certainty", "reason"):
        cells = foreign.marks[mark]
        if cells.empty:
            continue
        values = _certainty(file, mapping, cells) if mark == "certainty" else cells["text"]
        side = cells.assign(**{mark: values.mask(cells["text"].isin(mapping.missing))})
        side = _answered(side, mark)
        _one_each(file, side, mark)
        out = out.merge(side[[*_KEY, mark]], on=_KEY, how="left", validate="one_to_one")
    return out


def _decoded(
    foreign: Foreign, mapping: Mapping, mark: Literal["arm", "guess"], names: tuple[str, ...]
) -> pd.DataFrame:
    """Return the cells of a mark with a column of the protocol's names, NaN where missing."""
    coded, cells = getattr(mapping, mark), foreign.marks[mark]
    decoded = decode(
        foreign.file,
        ", ".join(cells["column"].unique()),
        coded.codes,
        names,
        missing=(*mapping.missing, *coded.missing),
        field=mark,
        cells=cells,
    )
    return cells.assign(**{mark: decoded})


def _answered(cells: pd.DataFrame, column: str) -> pd.DataFrame:
    """Drop the empty cells of whoever answered on another row of the same visit."""
    answered = cells[column].notna().groupby([cells[k].fillna("") for k in _KEY])
    return cells[cells[column].notna() | ~answered.transform("any")]


def _certainty(file: CsvFile, mapping: Mapping, cells: pd.DataFrame) -> pd.Series[float]:
    """Bring certainty to 0..1."""
    assert mapping.certainty is not None  # noqa: S101  (there are cells of it)
    low, high = mapping.certainty.scale
    rows = cells["row"].to_numpy()
    column = str(cells["column"].iloc[0])
    raw = numbers(
        file, column, cells["text"], rows, missing=mapping.missing, decimal=mapping.decimal
    )
    outside = np.flatnonzero((raw < low) | (raw > high))
    if outside.size:
        raise DataError(
            f"{file.where(rows[outside])}: column {column!r} (certainty) has {raw[outside[0]]:g}; "
            f"allowed: {low:g} to {high:g}, as `certainty.from` says."
        )
    return pd.Series((raw - low) / (high - low), index=cells.index)


def _one_each(file: CsvFile, cells: pd.DataFrame, what: str) -> None:
    """Refuse two answers of one participant at one visit; the message tells neither."""
    twice = cells.duplicated(_KEY, keep=False)
    if twice.any():
        first = cells[twice].iloc[0]
        same = twice & (cells["participant"] == first["participant"])
        same &= (cells["visit"] == first["visit"]) | cells["visit"].isna()
        at = "" if pd.isna(first["visit"]) else f" at visit {first['visit']}"
        people = cells["participant"][twice].nunique()
        raise DataError(
            f"{file.where(cells['row'][same])}: participant {first['participant']} has more than "
            f"one {what}{at} ({people} participant{'s' if people > 1 else ''} in all). Each "
            f"needs one; if arms change between visits, the protocol's design is not parallel."
        )
