"""What must hold of imported scores: once each, one unit an instrument, inside its range."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from equipoise.errors import DataError
from equipoise.protocol import Protocol
from equipoise.records.csv_file import CsvFile
from equipoise.records.mapping import Mapping, Range

_KEY = ["participant", "visit", "instrument", "item"]


def check_once(file: CsvFile, scores: pd.DataFrame) -> None:
    """Refuse a second score of one participant, visit, instrument and item."""
    twice = scores.duplicated(_KEY, keep=False)
    if not twice.any():
        return
    first = scores[twice].iloc[0]
    same = (scores[_KEY].fillna("") == first[_KEY].fillna("")).all(axis=1)
    item = "" if pd.isna(first["item"]) else f" item {first['item']}"
    raise DataError(
        f"{file.where(scores['row'][same])}: participant {first['participant']}, visit "
        f"{first['visit']}, {first['instrument']}{item} comes {int(same.sum())} times "
        f"({int(twice.sum())} such rows in all). Each may come once: remove the copies."
    )


def one_unit(
    file: CsvFile, scores: pd.DataFrame, mapping: Mapping, protocol: Protocol
) -> pd.Series[str]:
    """Return the unit of each score; an instrument with two units is an error."""
    declared = mapping.unit if isinstance(mapping.unit, dict) else {}
    _known(declared, protocol, "unit")
    own = {name: protocol.instrument(name).unit for name in scores["instrument"].unique()}
    default = scores["instrument"].map(own | declared)
    unit = scores["unit"].mask(scores["unit"].isin(mapping.missing)).fillna(default)
    for name, part in unit.groupby(scores["instrument"]):
        units = part.unique()
        if len(units) > 1:
            where = scores["row"][part.index[part == units[1]]]
            raise DataError(
                f"{file.where(where)}: {name} has mixed units, {', '.join(map(repr, units))}. "
                f"Convert them to one unit before importing."
            )
    return unit.astype("str")


def check_ranges(
    file: CsvFile, scores: pd.DataFrame, mapping: Mapping, protocol: Protocol
) -> list[str]:
    """Refuse totals outside their instrument's range; warn where the mapping declares them."""
    _known(mapping.observed_range, protocol, "observed_range")
    warnings = []
    totals = scores[scores["item"].isna()]
    for name, part in totals.groupby("instrument", sort=False):
        warning = _check_range(file, str(name), part, mapping, protocol)
        warnings += [warning] if warning else []
    return warnings


def _check_range(
    file: CsvFile, name: str, part: pd.DataFrame, mapping: Mapping, protocol: Protocol
) -> str | None:
    spec = protocol.instrument(name)
    low = -np.inf if spec.low is None else spec.low
    high = np.inf if spec.high is None else spec.high
    outside = (part["value"] < low) | (part["value"] > high)
    declared = mapping.observed_range.get(name)
    beyond = outside & _beyond(part["value"], declared)
    if beyond.any():
        bad = part[beyond]
        wider = f" ({declared.low:g} to {declared.high:g} declared)" if declared else ""
        raise DataError(
            f"{file.where(bad['row'])}: column {bad['value_column'].iloc[0]!r}: {name} is "
            f"{bad['value'].iloc[0]:g}; {spec.name} ranges from {low:g} to {high:g}{wider}. "
            f"Correct the file, or declare an `observed_range` with its reason in the mapping."
        )
    if declared is None or not outside.any():
        return None
    values = part["value"][outside]
    return (
        f"{name}: {len(values)} of {len(part)} scores lie outside the instrument's range "
        f"{low:g} to {high:g} (they reach {values.abs().max():g}) and are kept: {declared.reason}."
    )


def _beyond(values: pd.Series[float], declared: Range | None) -> pd.Series[bool]:
    if declared is None:
        return pd.Series(data=True, index=values.index)
    return (values < declared.low) | (values > declared.high)


def _known(names: Iterable[str], protocol: Protocol, field: str) -> None:
    odd = sorted(set(names) - set(protocol.instruments))
    if odd:
        raise DataError(
            f"mapping: `{field}` names {', '.join(map(repr, odd))}, not an instrument of the "
            f"protocol. Allowed: {', '.join(protocol.instruments)}."
        )
