"""Columns as factors: text levels in an order that people expect."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from equipoise.errors import DataError

if TYPE_CHECKING:
    import pandas as pd


def as_levels(
    values: pd.Series[Any], *, first: str | None = None, what: str = "arm"
) -> pd.Series[Any]:
    """Make a column categorical text: its own categories, else in natural order (V2 before V10)."""
    import pandas as pd  # noqa: PLC0415

    if isinstance(values.dtype, pd.CategoricalDtype):
        text = values.cat.rename_categories([_label(v) for v in values.cat.categories])
        if first is None:
            return text
        levels = list(text.cat.categories)
    else:
        text = values.map(_label, na_action="ignore")
        levels = sorted(text.dropna().unique(), key=_natural)
    if first is not None:
        if first not in levels:
            raise DataError(f"{first!r} is no level of {what!r}: {', '.join(levels)}.")
        levels = [first, *(level for level in levels if level != first)]
    return pd.Series(pd.Categorical(text, categories=levels), index=values.index)


def is_number(values: pd.Series[Any]) -> bool:
    """Whether a column holds numbers, not text or truth values."""
    import pandas as pd  # noqa: PLC0415

    return bool(pd.api.types.is_numeric_dtype(values)) and not bool(
        pd.api.types.is_bool_dtype(values)
    )


def _label(value: object) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value)  # type: ignore[call-overload]


def _natural(text: str) -> list[tuple[int, float, str]]:
    parts = re.split(r"(\d+(?:\.\d+)?)", text)
    return [(0, float(p), "") if k % 2 else (1, 0.0, p) for k, p in enumerate(parts) if p]
