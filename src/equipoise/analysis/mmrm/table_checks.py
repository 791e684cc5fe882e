"""What would make a wrong answer quietly is refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.analysis.mmrm.levels import is_number
from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


def refuse_twice(table: pd.DataFrame, subject: str, visit: str) -> None:
    """Refuse a person with two rows at one visit."""
    import pandas as pd  # noqa: PLC0415

    person, _ = pd.factorize(table[subject])
    when = table[visit].cat.codes.to_numpy(dtype=np.int64)
    key = person * (int(when.max(initial=0)) + 1) + when
    key = key[(person >= 0) & (when >= 0)]
    _, first, counts = np.unique(key, return_index=True, return_counts=True)
    if (counts > 1).any():
        known = table[table[subject].notna() & table[visit].notna()]
        row = known.iloc[int(first[counts > 1].min())]
        raise DataError(
            f"{int((counts - 1).sum())} rows repeat a {subject} and {visit}; the first is "
            f"{str(row[subject])!r} at {str(row[visit])!r}. A person has one row a visit: keep one."
        )


def refuse_infinite(raw: pd.DataFrame, names: Sequence[str]) -> None:
    """Refuse numbers that are infinite."""
    for name in dict.fromkeys(names):
        values = raw[name]
        if not is_number(values):
            continue
        bad = np.isinf(values.to_numpy(dtype=np.float64, na_value=np.nan))
        if bad.any():
            raise DataError(
                f"Column {name!r} has {int(bad.sum())} infinite value(s), the first in row "
                f"{int(np.argmax(bad)) + 1}. Correct them, or make them missing."
            )


def refuse_two_arms(table: pd.DataFrame, subject: str, name: str) -> None:
    """Refuse people with more than one level of a factor of people, such as the arm."""
    import pandas as pd  # noqa: PLC0415

    person, labels = pd.factorize(table[subject])
    level = table[name].cat.codes.to_numpy(dtype=np.int64)
    known = (person >= 0) & (level >= 0)
    low = np.full(len(labels), np.iinfo(np.int64).max)
    high = np.full(len(labels), -1)
    np.minimum.at(low, person[known], level[known])
    np.maximum.at(high, person[known], level[known])
    bad = np.flatnonzero(high > low)
    if bad.size:
        raise DataError(
            f"{len(bad)} person(s) have more than one {name!r}, the first {str(labels[bad[0]])!r}. "
            "In a parallel trial everybody has one arm; if arms change within people, use "
            "`equipoise crossover`."
        )


def refuse_weights(values: pd.Series[Any], name: str) -> None:
    """Refuse weights of 0 or below."""
    bad = ~(values.to_numpy(dtype=np.float64) > 0)
    if bad.any():
        raise DataError(
            f"Weights must be above 0; {int(bad.sum())} in {name!r} are not, the first "
            f"{values.to_numpy()[int(np.argmax(bad))]:g}. Leave such rows out."
        )


def refuse_empty_cells(complete: pd.DataFrame, visit: str, arm: str | None, outcome: str) -> None:
    """Refuse visits without any score, and arms without any at a visit."""
    visits = [str(level) for level in complete[visit].cat.categories]
    when = complete[visit].cat.codes.to_numpy(dtype=np.int64)
    seen = np.bincount(when, minlength=len(visits))
    if never := [name for name, count in zip(visits, seen, strict=True) if not count]:
        raise DataError(
            f"Visit {', '.join(map(repr, never))} of {visit!r} has no score of {outcome}: "
            "nothing can be said of it. Leave that visit out (its rows, and its category)."
        )
    if len(visits) < 2:
        raise DataError(
            f"All scores are of one visit, {visits[0]!r}: use `ancova`, which needs no covariance "
            "between visits."
        )
    if arm is None:
        return
    arms = [str(level) for level in complete[arm].cat.categories]
    who = complete[arm].cat.codes.to_numpy(dtype=np.int64)
    cells = np.bincount(who * len(visits) + when, minlength=len(arms) * len(visits))
    if (cells == 0).any():
        a, v = divmod(int(np.argmin(cells)), len(visits))
        raise NotIdentifiedError(
            f"Nobody in {arm} {arms[a]!r} has a score at {visit} {visits[v]!r}: the arms cannot "
            "be compared there. Leave out that visit, or that arm."
        )


def examples_of(values: pd.Series[Any]) -> str:
    """Return up to three cells of a text column that are no numbers, with their rows."""
    import pandas as pd  # noqa: PLC0415

    odd = values[pd.to_numeric(values, errors="coerce").isna() & values.notna()]
    shown = [f"{value!r} in row {row + 1}" for row, value in zip(odd.index[:3], odd, strict=False)]
    return ", ".join(shown) or "text"
