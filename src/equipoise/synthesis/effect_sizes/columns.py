"""Which columns of a table hold what a measure needs, by name or by common habit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import DataError
from equipoise.synthesis.effect_sizes.checks import FloatArray
from equipoise.synthesis.labels import written

if TYPE_CHECKING:
    import pandas as pd

STUDY = ("study", "slab", "author", "trial", "id", "studlab", "name")
"""Columns that name studies, the first that is there."""

_BY_ARM = {
    "mean": ("mean{}", "mean_arm{}", "m{}i", "mean.{}", "mean_{}", "m{}"),
    "sd": ("sd{}", "sd_arm{}", "sd{}i", "sd.{}", "sd_{}", "s{}"),
    "se": ("se{}", "se_arm{}", "se.{}", "se_{}"),
    "n": ("n{}", "n_arm{}", "n{}i", "n.{}", "n_{}"),
    "events": ("events{}", "event_arm{}", "events_{}", "event{}", "x{}i"),
    "total": ("total{}", "totaln_arm{}", "total_{}", "n{}i", "n_arm{}", "n{}"),
    "nonevents": ("nonevents{}",),
    "time": ("time{}", "t{}i", "persontime{}", "person_time{}"),
}
_SPECIAL = {
    "mean1": ("mean.e", "Me"), "mean2": ("mean.c", "Mc"), "sd1": ("sd.e", "Se"),
    "sd2": ("sd.c", "Sc"), "n1": ("n.e", "Ne"), "n2": ("n.c", "Nc"),
    "events1": ("ai", "event.e", "tpos"), "events2": ("ci", "event.c", "cpos"),
    "total1": ("n.e",), "total2": ("n.c",),
    "nonevents1": ("bi", "tneg"), "nonevents2": ("di", "cneg"),
    "mean": ("mean", "mi", "m"), "sd": ("sd", "sdi", "s"), "n": ("n", "ni"),
    "events": ("events", "xi", "x", "event"), "total": ("total", "ni", "n"),
    "time": ("time", "ti", "persontime"), "r": ("r", "ri", "correlation", "cor"),
    "observed_minus_expected": ("observed_minus_expected", "o_minus_e", "oe", "O-E"),
    "log_rank_variance": ("log_rank_variance", "logrank_variance", "V"),
}  # fmt: skip


def habits(name: str) -> tuple[str, ...]:
    """Return the column names under which a number is commonly found, the likeliest first."""
    stem, arm = name[:-1], name[-1:]
    by_arm: tuple[str, ...] = ()
    if arm in {"1", "2"} and stem in _BY_ARM:
        by_arm = tuple(pattern.format(arm) for pattern in _BY_ARM[stem])
    return tuple(dict.fromkeys((*by_arm, *_SPECIAL.get(name, ()), name)))


def find_columns(
    columns: Iterable[str], needs: Iterable[str], names: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Find the column of every number needed; those not found are left out.

    Parameters
    ----------
    columns
        Of the table.
    needs
        Names of numbers, as in `Measure.needs`.
    names
        Columns that the user named: {"mean1": "BDI treated"}.

    Examples
    --------
    >>> find_columns(["study", "mean_arm1", "n1"], ["mean1", "n1", "sd1"])
    {'mean1': 'mean_arm1', 'n1': 'n1'}
    """
    there = list(columns)
    given = {k: v for k, v in (names or {}).items() if v}
    for what, column in given.items():
        if column not in there:
            raise DataError(
                f"There is no column {column!r} for {what}. The columns are: {', '.join(there)}."
            )
    found = {}
    for what in needs:
        if what in given:
            found[what] = given[what]
        else:
            likely = [column for column in habits(what) if column in there]
            if likely:
                found[what] = likely[0]
    return found


def study_names(frame: pd.DataFrame, column: str | None = None) -> tuple[str, ...]:
    """Return the name of each row's study; "row 1", ... where no column holds names."""
    if column is not None and column not in frame.columns:
        raise DataError(
            f"There is no column {column!r} for study. The columns are: "
            f"{', '.join(map(str, frame.columns))}."
        )
    chosen = column or next((name for name in STUDY if name in frame.columns), None)
    if chosen is None:
        return tuple(f"row {k + 1}" for k in range(len(frame)))
    named = enumerate(zip(frame[chosen], frame[chosen].isna(), strict=True))
    return tuple(f"row {k + 1} (no name)" if none else written(name) for k, (name, none) in named)


def numbers(frame: pd.DataFrame, column: str, what: str) -> FloatArray:
    """Return a column as floats, NaN where empty.

    Raises
    ------
    DataError
        When a cell holds text; shows it (a decimal comma, a bound such as "<0.001").
    """
    import pandas as pd  # noqa: PLC0415

    values = frame[column]
    number = pd.to_numeric(values, errors="coerce")
    odd = (number.isna() & values.notna() & (values.astype(str).str.strip() != "")).to_numpy()
    if odd.any():
        row = int(odd.argmax())
        raise DataError(
            f"{what}: column {column!r} holds {values.iloc[row]!r} in row {row + 1}, which is no "
            "number. Write a point for decimals (or read the file with the decimal sign "
            "declared: --decimal ,), and leave cells without a number empty."
        )
    return number.to_numpy(dtype=np.float64, na_value=np.nan)
