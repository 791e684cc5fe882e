"""A table of study effects, one row a study: read, checked, and told what was left out.

What would make a pooled number wrong stops it: repeated studies, directions that are mixed
within an outcome, standard errors that are none. Facts that nobody verified are left out unless
asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import DataError
from equipoise.synthesis.effects import Effects, checked_effects
from equipoise.synthesis.labels import written
from equipoise.synthesis.missing_column import missing_column
from equipoise.synthesis.study_cells import (
    numbers,
    off_the_middle,
    several,
    study_names,
    variances,
)

if TYPE_CHECKING:
    import pandas as pd
    from narwhals.typing import IntoDataFrame

YES = {"yes", "y", "true", "1", "1.0", "verified"}
VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of the table is what; None where there is none.

    Parameters
    ----------
    effect
        On the scale of analysis: log for ratios.
    se, variance, interval
        One of them: standard error, its square, or two columns of limits.
    measure, numbers
        Instead of all these: what to compute ("OR"), and the columns of its numbers by name
        ("events1"); those with common names are found.
    study, outcome, direction, verified
        `direction` says which way is better; `verified` whether a person checked the numbers.
    """

    effect: str | None = None
    se: str | None = None
    variance: str | None = None
    interval: tuple[str, str] | None = None
    study: str | None = None
    outcome: str | None = None
    direction: str | None = None
    verified: str | None = None
    measure: str | None = None
    numbers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class OutcomeTable:
    """The effects of one outcome, their rows of the table, and what must be said of them."""

    outcome: str | None
    effects: Effects
    frame: pd.DataFrame
    warnings: tuple[str, ...]


def study_tables(
    frame: IntoDataFrame,
    columns: Columns,
    *,
    scale: str | None = None,
    level: float = 0.95,
    repeats: bool = False,
    include_unverified: bool = False,
) -> list[OutcomeTable]:
    """Check a table and return its effects by outcome.

    Parameters
    ----------
    frame
        Any data frame, one row a study (and outcome).
    columns
    scale
        What the effects are, with direction.
    level
        Of the limits in `columns.interval`: normal ones.
    repeats
        Let a study have several rows.
    include_unverified
        Also take rows that nobody verified.

    Raises
    ------
    DataError
        Names the column, the study and the remedy.
    """
    import narwhals as nw  # noqa: PLC0415

    table = nw.from_native(frame, eager_only=True).to_pandas().reset_index(drop=True)
    _has(table, columns)
    table, told = verified_rows(table, columns.verified, include=include_unverified)
    if not len(table):
        raise DataError("No row is left to pool. " + " ".join(told))
    groups: list[tuple[str | None, pd.DataFrame]] = [(None, table)]
    if columns.outcome is not None:
        groups = _by_outcome(table, columns)
    how: dict[str, Any] = {"told": told, "scale": scale, "level": level, "repeats": repeats}
    return [_one(name, own, columns, **how) for name, own in groups]


def _by_outcome(table: pd.DataFrame, columns: Columns) -> list[tuple[str | None, pd.DataFrame]]:
    cells = table[columns.outcome]
    if cells.isna().any():
        lost = np.array(study_names(table, columns.study), dtype=object)[cells.isna()]
        raise DataError(
            f"These rows have no outcome in {columns.outcome!r}: {several(list(lost))}. Fill it, "
            "or take the rows out."
        )
    names = cells.map(written)
    return [(name, table[names == name]) for name in dict.fromkeys(names)]


def _one(
    outcome: str | None,
    table: pd.DataFrame,
    columns: Columns,
    *,
    told: tuple[str, ...],
    scale: str | None,
    level: float,
    repeats: bool,
) -> OutcomeTable:
    read = _given if columns.measure is None else _measured
    effects, rows, more = read(table, columns, level)
    if scale is not None:
        effects = replace(effects, scale=scale)
    kept = table.iloc[rows].reset_index(drop=True)
    _one_direction(kept, columns.direction, outcome)
    if not repeats:
        _no_repeats(effects, outcome)
    return OutcomeTable(outcome, effects, kept, (*told, *more))


def _given(
    table: pd.DataFrame, columns: Columns, level: float
) -> tuple[Effects, NDArray[np.int64], tuple[str, ...]]:
    """Take effects and their standard errors as they are."""
    assert columns.effect is not None  # noqa: S101  (`_has` asked for it)
    y, v = numbers(table, columns.effect), variances(table, columns, level)
    there = np.isfinite(y) & np.isfinite(v)
    study = np.array(study_names(table, columns.study), dtype=object)
    if not there.any():
        asked = [columns.effect, columns.se, columns.variance, *(columns.interval or ())]
        shown = ", ".join(name for name in asked if name is not None)
        raise DataError(f"No study has an effect and its standard error in these columns: {shown}.")
    told: tuple[str, ...] = ()
    if not there.all():
        lost = several(list(study[~there]))
        told = (f"Without an effect or its standard error, and left out: {lost}",)
    rows = np.flatnonzero(there)
    told = (*told, *off_the_middle(table.iloc[rows], columns))
    return checked_effects(y[rows], v[rows], list(study[rows])), rows, told


def _measured(
    table: pd.DataFrame, columns: Columns, _level: float
) -> tuple[Effects, NDArray[np.int64], tuple[str, ...]]:
    """Compute effects from counts, means, ..."""
    from equipoise.synthesis.effect_sizes import measured  # noqa: PLC0415

    assert columns.measure is not None  # noqa: S101  (asked for)
    found = measured(table, columns.measure, columns.numbers or {}, study=columns.study)
    return found.effects, found.rows, found.warnings


def _has(table: pd.DataFrame, columns: Columns) -> None:
    single = (columns.effect, columns.se, columns.variance, columns.study, columns.outcome)
    named = [*single, columns.direction, columns.verified, *(columns.interval or ())]
    lacking = [name for name in named if name is not None and name not in table.columns]
    if lacking:
        raise missing_column(lacking[0], table.columns)
    if columns.measure is not None:
        return
    given = [columns.se, columns.variance, columns.interval]
    if columns.effect is None or sum(one is not None for one in given) != 1:
        raise DataError(
            "Name the effects, and one of: standard errors, variances, two columns of limits."
        )


def verified_rows(
    table: pd.DataFrame, column: str | None = None, *, include: bool = False
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Leave out rows that nobody verified, and say so; by the column `verified` if None is named.

    Raises
    ------
    DataError
        When unverified rows are asked for and no column says which they are.
    """
    name = column or (VERIFIED if VERIFIED in table.columns else None)
    if name is None and include:
        raise DataError(
            f"No column says which rows are verified: there is none named {VERIFIED!r}. Name it, "
            "or do not ask for unverified rows."
        )
    if name is None:
        return table, ()
    good = table[name].astype("str").str.strip().str.casefold().isin(YES).to_numpy()
    if good.all():
        return table, ()
    count = int((~good).sum())
    if include:
        return table, (f"{count} rows were verified by nobody and are pooled as asked",)
    return table[good], (
        f"{count} rows were verified by nobody ({name}) and are left out; "
        "--include-unverified takes them in",
    )


def _one_direction(table: pd.DataFrame, column: str | None, outcome: str | None) -> None:
    name = column or ("direction" if "direction" in table.columns else None)
    if name is None:
        return
    found = sorted({str(x).strip() for x in table[name].dropna()})
    if len(found) > 1:
        of = "these studies" if outcome is None else outcome
        raise DataError(
            f"The directions of {of} are mixed in {name!r}: {', '.join(found)}. Turn the signs "
            "of one kind, so that all effects point the same way, and declare one direction."
        )


def _no_repeats(effects: Effects, outcome: str | None) -> None:
    same = Counter(" ".join(name.split()).casefold() for name in effects.study)
    twice = [n for n in dict.fromkeys(effects.study) if same[" ".join(n.split()).casefold()] > 1]
    if twice:
        of = "" if outcome is None else f" of {outcome}"
        verb = "stands" if len(twice) == 1 else "stand"
        raise DataError(
            f"{several(twice)} {verb} in more than one row{of}. The same people would count "
            "twice. Keep one row a study, or take `equipoise multilevel`, or, where people differ, "
            "give each its own name (or, in `pool`, --repeats)."
        )
