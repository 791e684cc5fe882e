"""Design rows of everybody in each arm: what least-squares means are the mean of."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

LsWeights = Literal["proportional", "equal"]


def worlds(
    frame: pd.DataFrame,
    arm: str,
    covariates: Sequence[str],
    encode: Callable[[pd.DataFrame], NDArray[np.float64]],
    weighting: LsWeights = "proportional",
) -> NDArray[np.float64]:
    """Encode a table as if all were in one arm, for each arm: shape (arms, rows, q).

    Parameters
    ----------
    frame
        With `arm` categorical.
    covariates
        Columns that the model uses beside arm and visit.
    encode
        From a table to design rows.
    weighting
        "proportional" keeps everybody's own covariates; "equal" takes the mean over all
        combinations of the levels of categorical ones, so that each counts alike.
    """
    import pandas as pd  # noqa: PLC0415

    levels = frame[arm].cat.categories
    cells: list[dict[str, Any]] = [{}]
    if weighting == "equal":
        factors = [name for name in covariates if not pd.api.types.is_numeric_dtype(frame[name])]
        choices = [sorted(frame[name].unique().tolist()) for name in factors]
        cells = [dict(zip(factors, cell, strict=True)) for cell in product(*choices)]
    found = []
    for number in range(len(levels)):
        one = pd.Categorical.from_codes(np.full(len(frame), number), levels)
        rows = [encode(frame.assign(**{arm: one}, **cell)) for cell in cells]
        found.append(np.mean(rows, axis=0))
    return np.array(found)
