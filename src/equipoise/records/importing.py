"""Import somebody's CSV through a mapping file: every cell checked, nothing guessed.

Long and wide files come here in one shape (`foreign`); this file makes the tables out of it.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from equipoise.errors import DataError
from equipoise.estimates import Source
from equipoise.protocol import Protocol
from equipoise.records.baseline import with_baseline
from equipoise.records.codes import numbers
from equipoise.records.csv_file import MAX_ROWS, CsvFile, read_csv
from equipoise.records.foreign import Foreign, needed_columns, reshape
from equipoise.records.item_scores import with_totals
from equipoise.records.mapping import Mapping, read_mapping
from equipoise.records.marks import read_allocations, read_guesses
from equipoise.records.people import read_doses, read_expectancy, read_people
from equipoise.records.records import UnblindedRecords
from equipoise.records.score_checks import check_once, check_ranges, one_unit


def import_table(
    csv: str | Path,
    mapping_path: str | Path,
    protocol: Protocol,
    *,
    name: str | None = None,
    max_rows: int = MAX_ROWS,
) -> UnblindedRecords:
    """Import a CSV file of a finished trial.

    Parameters
    ----------
    csv, mapping_path
        The data and the file that says which column means what.
    protocol
        What was planned: its names of arms, visits and instruments are the records' names.
    name
        What the source is called; the name of the file unless given.

    Raises
    ------
    DataError
        Naming the file, the line, the column, the value and what is allowed.
    """
    mapping = read_mapping(Path(mapping_path))
    return import_mapped(Path(csv), mapping, protocol, name=name, max_rows=max_rows)


def import_mapped(
    csv: Path,
    mapping: Mapping,
    protocol: Protocol,
    *,
    name: str | None = None,
    max_rows: int = MAX_ROWS,
) -> UnblindedRecords:
    """Import a CSV file through a mapping that is in memory."""
    file = read_csv(csv, needed_columns(mapping), delimiter=mapping.delimiter, max_rows=max_rows)
    foreign = reshape(file, mapping, protocol)
    warnings: list[str] = []
    scores = _scores(foreign, mapping, protocol, warnings)
    allocations = read_allocations(foreign, mapping, protocol)
    _say_unallocated(scores, allocations, protocol, warnings)
    return UnblindedRecords(
        protocol=protocol,
        participants=read_people(foreign, mapping),
        allocations=allocations,
        doses=read_doses(foreign, mapping),
        scores=scores,
        guesses=read_guesses(foreign, mapping, protocol),
        expectancy=read_expectancy(foreign, mapping),
        source=Source(name or csv.name, file.sha256),
        warnings=tuple(warnings),
    )


def _scores(
    foreign: Foreign, mapping: Mapping, protocol: Protocol, warnings: list[str]
) -> pd.DataFrame:
    file, text = foreign.file, foreign.scores
    names = ("value", "baseline", "minus")
    read = {f"{name}_number": _numbers(file, mapping, text, name) for name in names}
    frame = text.assign(**read, value=read["value_number"])
    empty = frame["value"].isna()
    if empty.any():
        warnings.append(f"{int(empty.sum())} scores are empty in {file.path.name}: left out.")
        frame = frame[~empty].reset_index(drop=True)
    if frame.empty:
        raise DataError(f"{file.path.name} has no score: every cell of its scores is empty.")
    check_once(file, frame)
    frame = frame.assign(unit=one_unit(file, frame, mapping, protocol))
    frame = with_totals(file, frame, protocol, warnings)
    frame = with_baseline(frame, mapping, protocol, warnings)
    warnings += check_ranges(file, frame, mapping, protocol)
    return frame[["participant", "visit", "instrument", "item", "value", "baseline", "unit"]]


def _numbers(file: CsvFile, mapping: Mapping, frame: pd.DataFrame, name: str) -> pd.Series[float]:
    """Read the numbers of `name`, column of the file by column, so that a message can name it."""
    parts = []
    for column, part in frame.groupby(f"{name}_column", sort=False, dropna=False):
        values = numbers(
            file,
            str(column),
            part[name],
            part["row"].to_numpy(),
            missing=mapping.missing,
            decimal=mapping.decimal,
        )
        parts.append(pd.Series(values, index=part.index))
    return pd.concat(parts)


def _say_unallocated(
    scores: pd.DataFrame, allocations: pd.DataFrame, protocol: Protocol, warnings: list[str]
) -> None:
    later = scores[~scores["visit"].isin([v.name for v in protocol.visits if v.baseline])]
    count = len(set(later["participant"].unique()) - set(allocations["participant"].unique()))
    if count:
        warnings.append(f"{count} participants have scores and no arm: left out of comparisons.")
