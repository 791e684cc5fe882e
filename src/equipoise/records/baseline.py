"""The baseline of each score: from a column, a difference of columns, or a visit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from equipoise.errors import DataError
from equipoise.protocol import Protocol
from equipoise.records.codes import decimals
from equipoise.records.mapping import Mapping

_SCORE = ["participant", "instrument", "item"]


def with_baseline(
    scores: pd.DataFrame, mapping: Mapping, protocol: Protocol, warnings: list[str]
) -> pd.DataFrame:
    """Return the scores with a column ``baseline``, NaN where there is none.

    A column that the mapping names comes first; the score at the baseline visit fills what is
    empty. Where the two disagree the column is used and a warning counts the rows.
    """
    by_column = scores["baseline_number"] - scores["minus_number"].fillna(0)
    if mapping.baseline is not None and mapping.baseline.minus is not None:
        by_column = scores["baseline_number"] - scores["minus_number"]
        # the digits of the file, not those of binary arithmetic
        texts = [scores[name].dropna() for name in ("baseline", "minus")]
        digits = max(decimals(text[~text.isin(mapping.missing)], mapping.decimal) for text in texts)
        by_column = by_column.round(digits)
    at_visit = _at_visit(scores, mapping, protocol)
    both = by_column.notna() & at_visit.notna()
    differs = both & ~np.isclose(by_column, at_visit, rtol=0, atol=1e-9)
    if differs.any():
        names = ", ".join(sorted(scores["instrument"][differs].unique()))
        warnings.append(
            f"The baseline that the columns give differs from the score at the baseline visit in "
            f"{int(differs.sum())} rows ({names}); the columns are used."
        )
    return scores.assign(baseline=by_column.fillna(at_visit))


def _at_visit(scores: pd.DataFrame, mapping: Mapping, protocol: Protocol) -> pd.Series[float]:
    """Return each person's score of the same instrument at the baseline visit."""
    visit = mapping.baseline.visit if mapping.baseline else None
    if visit is None:
        visit = next((v.name for v in protocol.visits if v.baseline), None)
    elif visit not in protocol.visit_names:
        raise DataError(
            f"mapping: `baseline.visit` is {visit!r}; visits of the protocol are: "
            f"{', '.join(protocol.visit_names)}."
        )
    if visit is None:
        return pd.Series(np.nan, index=scores.index)
    before = scores.loc[scores["visit"] == visit, [*_SCORE, "value"]]
    joined = scores[_SCORE].merge(before, on=_SCORE, how="left", validate="many_to_one")
    return pd.Series(joined["value"].to_numpy(), index=scores.index)
