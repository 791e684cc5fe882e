"""Bring a long or a wide CSV into one shape, its cells still text.

`Foreign.scores` has a row a score; `Foreign.marks` has, for each of arm, guess, certainty and
reason, a row a participant and visit (visit NaN: the whole trial). `row` is the row of the file,
so that a message can name the line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from equipoise.errors import DataError
from equipoise.protocol import Protocol
from equipoise.records.codes import decode
from equipoise.records.csv_file import CsvFile
from equipoise.records.mapping import Mapping, PerVisit, Score

if TYPE_CHECKING:
    from numpy.typing import NDArray

MARKS = ("arm", "guess", "certainty", "reason")


@dataclass(frozen=True, slots=True, eq=False)
class Foreign:
    """A foreign file in one shape: see the module's text."""

    file: CsvFile
    scores: pd.DataFrame
    marks: dict[str, pd.DataFrame]
    participant: pd.Series[str]
    person: NDArray[np.intp]  # of each row, the number of its participant
    first: NDArray[np.intp]  # of each participant, the first row


def needed_columns(mapping: Mapping) -> list[str]:
    """Return the columns of the file that the mapping speaks of, each once."""
    names: list[str | None] = [mapping.participant, mapping.value, mapping.item]
    names += [where.column for where in (mapping.visit, mapping.instrument) if where]
    for mark in MARKS:
        names += [column for column, _ in _mark_columns(mapping, mark)]
    names += mapping.covariates
    names += [mapping.expectancy.column] if mapping.expectancy else []
    if mapping.doses:
        names += [mapping.doses.substance, mapping.doses.amount, mapping.doses.route]
    if mapping.baseline:
        names += [mapping.baseline.column, mapping.baseline.minus]
    names += [mapping.unit if isinstance(mapping.unit, str) else None]
    for column, score in (mapping.scores | mapping.items).items():
        names += [column, score.baseline]
    return list(dict.fromkeys(name for name in names if name is not None))


def reshape(file: CsvFile, mapping: Mapping, protocol: Protocol) -> Foreign:
    """Bring the file into one shape, with the protocol's names of visits and instruments."""
    people = pd.Series(file.columns[mapping.participant], dtype="str")
    _check_people(people, file, mapping)
    visit = _row_visits(file, mapping, protocol)
    if mapping.layout == "long":
        scores = _long_scores(file, mapping, protocol, people, visit)
    else:
        parts = [
            _wide_scores(file, column, score, people, _score_visit(column, score, visit, protocol))
            for column, score in (mapping.scores | mapping.items).items()
        ]
        scores = pd.concat(parts, ignore_index=True)
        _check_names(scores["instrument"], tuple(protocol.instruments), "an instrument", "scores")
    marks = {mark: _mark(file, mapping, mark, people, visit) for mark in MARKS}
    for mark, frame in marks.items():
        _check_names(frame["visit"], protocol.visit_names, "a visit", mark)
    person, codes = pd.factorize(people)
    first = np.full(len(codes), len(file))
    np.minimum.at(first, person, np.arange(len(file)))
    return Foreign(file, scores, marks, people, person, first)


def _check_people(people: pd.Series[str], file: CsvFile, mapping: Mapping) -> None:
    empty = people.isin(mapping.missing)
    if empty.any():
        raise DataError(
            f"{file.where(np.flatnonzero(empty))}: column {mapping.participant!r} is empty; "
            f"every row needs its participant."
        )


def _row_visits(file: CsvFile, mapping: Mapping, protocol: Protocol) -> pd.Series[str]:
    """Return the visit of each row, NaN where the file has no column of visits."""
    where = mapping.visit
    if where is None:
        return pd.Series(np.nan, index=range(len(file)), dtype="str")
    if where.column is None:
        named = pd.Series([where.constant], dtype="str")
        _check_names(named, protocol.visit_names, "a visit", "visit.constant")
        return pd.Series([where.constant] * len(file), dtype="str")
    return decode(file, where.column, where.codes, protocol.visit_names, missing=(), field="visit")


def _long_scores(
    file: CsvFile,
    mapping: Mapping,
    protocol: Protocol,
    people: pd.Series[str],
    visit: pd.Series[str],
) -> pd.DataFrame:
    where = mapping.instrument
    assert where is not None  # noqa: S101  (the mapping's own check)
    names = tuple(protocol.instruments)
    if where.column is None:
        named = pd.Series([where.constant] * len(file), dtype="str")
        _check_names(named, names, "an instrument", "instrument.constant")
    else:
        named = decode(file, where.column, where.codes, names, missing=(), field="instrument")
    baseline = mapping.baseline
    columns = {
        "value": mapping.value,
        "item": mapping.item,
        "baseline": baseline.column if baseline else None,
        "minus": baseline.minus if baseline else None,
        "unit": mapping.unit if isinstance(mapping.unit, str) else None,
    }
    cells = {name: _texts(file, column) for name, column in columns.items()}
    frame = pd.DataFrame({"participant": people, "visit": visit, "instrument": named, **cells})
    frame["item"] = frame["item"].mask(frame["item"].isin(mapping.missing))
    sources = {f"{name}_column": columns[name] for name in ("value", "baseline", "minus")}
    return frame.assign(row=range(len(file)), **sources)


def _wide_scores(
    file: CsvFile, column: str, score: Score, people: pd.Series[str], visit: pd.Series[str]
) -> pd.DataFrame:
    cells = {"value": _texts(file, column), "baseline": _texts(file, score.baseline)}
    cells |= {name: _texts(file, None) for name in ("minus", "unit")}
    item = pd.Series([score.item] * len(file), dtype="str")
    frame = pd.DataFrame({"participant": people, "visit": visit, "item": item, **cells})
    sources = {"value_column": column, "baseline_column": score.baseline, "minus_column": None}
    return frame.assign(instrument=score.instrument, row=range(len(file)), **sources)


def _score_visit(
    column: str, score: Score, visit: pd.Series[str], protocol: Protocol
) -> pd.Series[str]:
    """Return the visit of a wide score column: its own, the row's, or the only one there is."""
    if score.visit is None and visit.notna().all():
        return visit
    later = [v.name for v in protocol.visits if not v.baseline]
    name = score.visit or (later[0] if len(later) == 1 else None)
    if name is None:
        raise DataError(
            f"mapping: `scores.{column}` needs a `visit`, for the file has no column of visits; "
            f"visits are: {', '.join(protocol.visit_names)}."
        )
    if visit.notna().any():
        raise DataError(
            f"mapping: `scores.{column}.visit` says {name!r}, but `visit` says it for each row; "
            f"leave one of them out."
        )
    _check_names(pd.Series([name]), protocol.visit_names, "a visit", f"scores.{column}.visit")
    return pd.Series([name] * len(visit), dtype="str")


def _mark_columns(mapping: Mapping, mark: str) -> list[tuple[str, str | None]]:
    """Return the columns of a mark, each with its visit if it has one of its own."""
    part = getattr(mapping, mark)
    columns: PerVisit | None = part if part is None or mark == "reason" else part.column
    if columns is None:
        return []
    if isinstance(columns, str):
        return [(columns, None)]
    return [(column, visit) for visit, column in columns.items()]


def _mark(
    file: CsvFile, mapping: Mapping, mark: str, people: pd.Series[str], visit: pd.Series[str]
) -> pd.DataFrame:
    """Return one row for each cell that differs: a conflict leaves two rows."""
    parts = []
    for column, own in _mark_columns(mapping, mark):
        named = visit if own is None else pd.Series([own] * len(file), dtype="str")
        cells = {"participant": people, "visit": named, "text": _texts(file, column)}
        parts.append(pd.DataFrame(cells).assign(row=range(len(file)), column=column))
    if not parts:
        return pd.DataFrame(columns=["participant", "visit", "text", "row", "column"], dtype="str")
    whole = pd.concat(parts, ignore_index=True)
    return whole.drop_duplicates(["participant", "visit", "text"], ignore_index=True)


def _texts(file: CsvFile, column: str | None) -> pd.Series[str]:
    if column is None:
        return pd.Series([np.nan] * len(file), dtype="str")
    return pd.Series(file.columns[column], dtype="str")


def _check_names(names: Iterable[str], allowed: tuple[str, ...], what: str, field: str) -> None:
    odd = sorted({name for name in names if isinstance(name, str)} - set(allowed))
    if odd:
        raise DataError(
            f"mapping: `{field}` names {', '.join(map(repr, odd))}, not {what} of the protocol. "
            f"Allowed: {', '.join(allowed)}."
        )
