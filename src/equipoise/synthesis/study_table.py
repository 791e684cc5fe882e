"""A table of study effects, one row a study: read, checked, and told what was left out.

What would make a pooled number wrong stops it: repeated studies, directions that are mixed
within an outcome, standard errors that are none. Facts that nobody verified are left out unless
asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import DataError
from equipoise.synthesis.effects import Effects, FloatArray, checked_effects

if TYPE_CHECKING:
    import pandas as pd
    from narwhals.typing import IntoDataFrame

YES = {"yes", "y", "true", "1", "1.0", "verified"}
VERIFIED = "verified"
SHOWN = 5


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
    table, told = _verified(table, columns.verified, include_unverified)
    if not len(table):
        raise DataError("No row is left to pool. " + " ".join(told))
    groups: list[tuple[str | None, pd.DataFrame]] = [(None, table)]
    if columns.outcome is not None:
        names = table[columns.outcome].astype("str")
        groups = [(name, table[names == name]) for name in dict.fromkeys(names)]
    how: dict[str, Any] = {"told": told, "scale": scale, "level": level, "repeats": repeats}
    return [_one(name, own, columns, **how) for name, own in groups]


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
    y, v = number_column(table, columns.effect), _variances(table, columns, level)
    there = np.isfinite(y) & np.isfinite(v)
    study = np.array(_names(table, columns.study), dtype=object)
    if not there.any():
        raise DataError("No study has an effect and a standard error in these columns.")
    told: tuple[str, ...] = ()
    if not there.all():
        lost = _several(list(study[~there]))
        told = (f"Without an effect or its standard error, and left out: {lost}",)
    rows = np.flatnonzero(there)
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
        raise DataError(f"There is no column {lacking[0]!r}. These are: {list(table.columns)}.")
    if columns.measure is not None:
        return
    given = [columns.se, columns.variance, columns.interval]
    if columns.effect is None or sum(one is not None for one in given) != 1:
        raise DataError(
            "Name the effects, and one of: standard errors, variances, two columns of limits."
        )


def _verified(
    table: pd.DataFrame, column: str | None, include: bool
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    name = column or (VERIFIED if VERIFIED in table.columns else None)
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


def _variances(table: pd.DataFrame, columns: Columns, level: float) -> FloatArray:
    from scipy.special import ndtri  # noqa: PLC0415

    if columns.variance is not None:
        return number_column(table, columns.variance)
    if columns.se is not None:
        se = number_column(table, columns.se)
        if (se < 0).any():
            row = int((se < 0).argmax())
            name = _names(table, columns.study)[row]
            raise DataError(
                f"{name} has the standard error {se[row]:g} in {columns.se!r}: it must be above "
                "0. Look whether the column holds effects or lost a sign."
            )
        return se**2
    assert columns.interval is not None  # noqa: S101  (one of the three is there)
    low, high = (number_column(table, name) for name in columns.interval)
    y = number_column(table, str(columns.effect))
    for name, a, b, c in zip(_names(table, columns.study), low, y, high, strict=True):
        if np.isfinite([a, b, c]).all() and not a <= b <= c:
            raise DataError(f"{name} has the effect {b:g} outside its limits {a:g} to {c:g}.")
    return ((high - low) / (2 * float(ndtri((1 + level) / 2)))) ** 2


def number_column(table: pd.DataFrame, name: str) -> FloatArray:
    """Return a column as numbers, NaN where it is empty; refuse a cell that is none."""
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


def _names(table: pd.DataFrame, column: str | None) -> list[str]:
    if column is None:
        return [f"row {i + 1}" for i in table.index]
    return [str(name).strip() for name in table[column]]


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
        raise DataError(
            f"{_several(twice)} stands in more than one row{of}. The same people would count "
            "twice. Keep one row a study, or take `equipoise multilevel`, or, where people differ, "
            "--repeats."
        )


def _several(names: Sequence[Any]) -> str:
    shown = ", ".join(map(str, names[:SHOWN]))
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{shown}{more}"
