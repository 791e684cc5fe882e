"""The design of moderators: numbers as they are, words against their first level."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]


def moderator_design(
    table: pd.DataFrame, moderators: Sequence[str]
) -> tuple[FloatArray, tuple[str, ...]]:
    """Return a design with intercept (n, p) and the names of its columns.

    A column of numbers enters as it is; one of words as an indicator for each level but the first
    in alphabetical order. Cells must not be missing.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"days": [1.0, 7.0], "rating": ["self", "clinician"]})
    >>> moderator_design(table, ["days", "rating"])[1]
    ('intercept', 'days', 'rating: self')
    """
    import pandas as pd  # noqa: PLC0415

    columns, names = [np.ones(len(table))], ["intercept"]
    for name in moderators:
        values = table[name]
        if pd.api.types.is_numeric_dtype(values.dtype):
            columns.append(values.to_numpy(dtype=np.float64))
            names.append(name)
            continue
        levels = sorted(values.astype(str).unique())
        if len(levels) < 2:
            raise DataError(f"The moderator {name!r} is {levels[0]!r} in every row: leave it out.")
        for level in levels[1:]:
            columns.append((values.astype(str) == level).to_numpy(dtype=np.float64))
            names.append(f"{name}: {level}")
    return np.stack(columns, axis=1), tuple(names)
