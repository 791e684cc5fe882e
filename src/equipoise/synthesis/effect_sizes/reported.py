"""Effects from a table whose papers report different things: each row by the best road it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import DataError
from equipoise.synthesis.effect_sizes.checks import FloatArray
from equipoise.synthesis.effect_sizes.columns import find_columns, numbers, study_names
from equipoise.synthesis.effect_sizes.effect_sizes import with_directions
from equipoise.synthesis.effect_sizes.measured import Measured, RowAccount
from equipoise.synthesis.effect_sizes.measures import measure_named
from equipoise.synthesis.effect_sizes.roads import ROADS, Road, Settings
from equipoise.synthesis.effects import checked_effects

if TYPE_CHECKING:
    import pandas as pd

MIXED = (
    "Standardised changes and standardised scores are in one table: they are in different units "
    "unless scores before and after correlate by 0.5. Pool them apart, or as MD."
)


def from_reported(
    frame: pd.DataFrame,
    measure: str = "SMD",
    names: Mapping[str, str] | None = None,
    *,
    study: str | None = None,
    level: float = 0.95,
    outcome: str | None = None,
    direction: str | Mapping[str, str] | None = None,
    pool_as: str | None = None,
    **options: Any,
) -> Measured:
    """Compute a measure for each row from whatever it has.

    Parameters
    ----------
    frame
        A row a comparison, empty cells where a paper does not report.
    measure
        SMD, MD, OR, RR, IRR or HR.
    names
        Columns of numbers whose names differ from those of `ROADS`.
    level
        Of the intervals in the table.
    outcome, direction, pool_as
        As in `effect_sizes`.
    options
        Of the measure: `variance` or `zero`; roads that have no such choice do not take it.

    Returns
    -------
    Measured
        Its account says, for each study, which road was taken and what it assumes.

    Notes
    -----
    Order for SMD and MD: means with SDs, SEs or intervals; changes with SDs; medians with
    quartiles and range, quartiles, range; a difference with its interval, SE, t or p; then for
    SMD t, F, p (with the declared `sign`), a regression coefficient, g as reported, counts (with
    the declared `counts_sign`). For ratios: counts; the ratio with its interval; with its p; its
    logarithm with a standard error.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"study": ["A", "B"], "n1": [30, 25], "n2": [30, 24],
    ...     "mean1": [10, None], "sd1": [6, None], "mean2": [14, None], "sd2": [7, None],
    ...     "t": [None, -2.2]})
    >>> found = from_reported(table)
    >>> [row.source for row in found.account], found.effects.y.round(3)
    (['means and SDs', 't'], array([-0.606, -0.619]))
    """
    if measure not in ROADS:
        raise DataError(f"`from_reported` knows {', '.join(ROADS)}; not {measure!r}.")
    studies = study_names(frame, study)
    values = _values(frame, ROADS[measure], names or {})
    found = _walk(measure, values, studies, level, options)
    return with_directions(
        found, frame, study=study, outcome=outcome, direction=direction, pool_as=pool_as
    )


def _values(
    frame: pd.DataFrame, roads: Sequence[Road], names: Mapping[str, str]
) -> dict[str, FloatArray]:
    needs = dict.fromkeys(need for road in roads for need in road.needs)
    odd = set(names) - set(needs)
    if odd:
        raise DataError(f"No road uses {', '.join(sorted(odd))}. They use: {', '.join(needs)}.")
    columns = find_columns(frame.columns, needs, names)
    return {need: numbers(frame, column, need) for need, column in columns.items()}


def _walk(
    measure: str,
    values: Mapping[str, FloatArray],
    studies: Sequence[str],
    level: float,
    options: Mapping[str, Any],
) -> Measured:
    k = len(studies)
    y, v = np.full(k, np.nan), np.full(k, np.nan)
    account: dict[int, RowAccount] = {}
    warnings: list[str] = []
    for road in ROADS[measure]:
        rows = _rows_for(road, values, account, k)
        if not rows.size:
            continue
        named = [studies[int(row)] for row in rows]
        taken = {need: values[need][rows] for need in road.needs}
        arrived = road.walk(measure, taken, Settings(level, options, named))
        y[rows], v[rows] = arrived.effect
        warnings += arrived.warnings
        for row, name in zip(rows, named, strict=True):
            account[int(row)] = RowAccount(name, measure, road.source, arrived.assumptions)
    lost = [row for row in range(k) if row not in account or not np.isfinite(y[row])]
    if len(lost) == k:
        raise DataError(f"No row reports enough for {measure}. {_wants(measure)}")
    if lost:
        warnings.append(
            f"{len(lost)} of {k} rows report too little for {measure} and are left out: "
            f"{'; '.join(studies[row] + _nearest(measure, values, row) for row in lost)}."
        )
    kept = np.flatnonzero(np.isfinite(y))
    rows_account = tuple(account[int(row)] for row in kept)
    if measure == "SMD" and 0 < sum(r.source == "change scores" for r in rows_account) < len(kept):
        warnings.append(MIXED)
    how = measure_named(measure)
    effects = checked_effects(y[kept], v[kept], [r.study for r in rows_account], scale=how.title)
    return Measured(effects, how, kept, rows_account, tuple(warnings))


def _nearest(measure: str, values: Mapping[str, FloatArray], row: int) -> str:
    """Say which one number a row lacks, for the road of which it has most."""
    best, had = "", 1
    for road in ROADS[measure]:
        lacks = [n for n in road.needs if n not in values or not np.isfinite(values[n][row])]
        if len(lacks) == 1 and len(road.needs) - 1 > had:
            best, had = f" ({road.source}: lacks {lacks[0]})", len(road.needs) - 1
    return best


def _rows_for(
    road: Road, values: Mapping[str, FloatArray], done: Mapping[int, RowAccount], k: int
) -> NDArray[np.int64]:
    if any(need not in values for need in road.needs):
        return np.array([], dtype=np.int64)
    there = np.all([np.isfinite(values[need]) for need in road.needs], axis=0)
    return np.array([row for row in range(k) if there[row] and row not in done], dtype=np.int64)


def _wants(measure: str) -> str:
    return "It can use " + "; or ".join(
        f"{road.source} ({', '.join(road.needs)})" for road in ROADS[measure]
    )
