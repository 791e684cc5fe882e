"""Totals of instruments that came as items, by the instrument's own rule."""

from __future__ import annotations

import numpy as np
import pandas as pd

from equipoise.errors import DataError
from equipoise.instruments import score_items
from equipoise.protocol import Protocol
from equipoise.records.csv_file import CsvFile

_FORM = ["participant", "visit"]


def with_totals(
    file: CsvFile, scores: pd.DataFrame, protocol: Protocol, warnings: list[str]
) -> pd.DataFrame:
    """Add a total to each form that came as items; a total that came too stays as it came.

    A form with too few answers for its instrument's rule has no total; a warning counts them.
    """
    items = scores[scores["item"].notna()]
    if items.empty:
        return scores
    by_instrument = items.groupby("instrument")
    computed = pd.concat(_totals(file, str(name), part, protocol) for name, part in by_instrument)
    key = [*_FORM, "instrument"]
    given = scores.loc[scores["item"].isna(), key].apply(tuple, axis=1)
    new = computed[~computed[key].apply(tuple, axis=1).isin(set(given))]
    lacking = new[new["value"].isna()]
    for name, part in lacking.groupby("instrument"):
        forms = f"{len(part)} form{'s' if len(part) > 1 else ''}"
        warnings.append(f"{forms} of {name} has too few answers for a total: left out.")
    return pd.concat([scores, new[new["value"].notna()]], ignore_index=True)


def _totals(file: CsvFile, name: str, part: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    spec = protocol.instrument(name)
    number = pd.to_numeric(part["item"], errors="coerce")
    odd = number.isna() | (number % 1 != 0)
    if odd.any():
        bad = part[odd]
        raise DataError(
            f"{file.where(bad['row'])}: {name} has no item {bad['item'].iloc[0]!r}; "
            f"items are numbered from 1."
        )
    wide = part.assign(item=number.astype(int)).pivot_table(
        index=_FORM, columns="item", values="value", aggfunc="first"
    )
    rows = part.groupby(_FORM)["row"].first().reindex(wide.index)
    try:
        total = score_items(spec, {int(c): wide[c].to_numpy() for c in wide.columns})
    except DataError as error:
        raise DataError(f"{file.path.name}: {error}") from error
    return wide.index.to_frame(index=False).assign(
        instrument=name,
        item=np.nan,
        value=np.asarray(total, dtype=np.float64),
        baseline=np.nan,
        unit=part["unit"].iloc[0],
        row=rows.to_numpy(),
        value_column=part["value_column"].iloc[0],
    )
