"""Columns as factors: text levels in an order that people expect."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray


def as_levels(
    values: pd.Series[Any], *, first: str | None = None, what: str = "arm"
) -> pd.Series[Any]:
    """Make a column categorical text: its own categories, else in natural order (V2 before V10)."""
    import pandas as pd  # noqa: PLC0415

    if isinstance(values.dtype, pd.CategoricalDtype):
        levels = [_label(level) for level in values.cat.categories]
        codes = values.cat.codes.to_numpy()
    else:
        codes, found = pd.factorize(values)
        labels = [_label(level) for level in found]
        in_order = sorted(range(len(labels)), key=lambda k: found[k]) if is_number(values) else ()
        levels = list(dict.fromkeys(labels[k] for k in in_order))
        levels = levels or sorted(dict.fromkeys(labels), key=_natural)
        place = {level: k for k, level in enumerate(levels)}
        codes = np.array([*(place[label] for label in labels), -1])[codes]
    if first is not None:
        if first not in levels:
            raise DataError(f"{first!r} is no level of {what!r}: {', '.join(levels)}.")
        order = [first, *(level for level in levels if level != first)]
        codes = np.array([*(order.index(level) for level in levels), -1])[codes]
        levels = order
    return pd.Series(as_factor(codes, levels), index=values.index)


def as_factor(codes: NDArray[np.integer[Any]], levels: Sequence[str]) -> pd.Categorical:
    """Return the factor whose rows have the levels of these numbers; -1 is missing."""
    import pandas as pd  # noqa: PLC0415

    kind = pd.CategoricalDtype(list(levels))
    return pd.Categorical.from_codes(codes.tolist(), dtype=kind)


def is_number(values: pd.Series[Any]) -> bool:
    """Whether a column holds numbers, not text or truth values."""
    import pandas as pd  # noqa: PLC0415

    return bool(pd.api.types.is_numeric_dtype(values)) and not bool(
        pd.api.types.is_bool_dtype(values)
    )


def is_text(values: pd.Series[Any]) -> bool:
    """Whether a column holds text."""
    import pandas as pd  # noqa: PLC0415

    kind = values.dtype
    if isinstance(kind, pd.CategoricalDtype):
        return bool(pd.api.types.is_string_dtype(kind.categories.dtype))
    return bool(pd.api.types.is_string_dtype(kind))


def _label(value: object) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value)  # type: ignore[call-overload]


def _natural(text: str) -> list[tuple[int, float, str]]:
    # a minus sign belongs to a number at the start or after a space: Day -7 comes before Day 1
    parts = re.split(r"((?:(?<!\S)-)?\d+(?:\.\d+)?)", text)
    return [(0, float(p), "") if k % 2 else (1, 0.0, p) for k, p in enumerate(parts) if p]
