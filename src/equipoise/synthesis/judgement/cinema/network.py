"""What CINeMA reads of a network, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import DataError
from equipoise.synthesis.judgement.cinema.concerns import CONCERNS

FloatArray = NDArray[np.float64]
EFFECTS = ("estimate", "low", "high", "prediction_low", "prediction_high")
SPLIT = ("p", "direct_low", "direct_high", "indirect_low", "indirect_high")


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A network of c comparisons and s studies. Made by `checked_network`.

    Parameters
    ----------
    comparisons : length c
        Names: "A vs B".
    effects
        `estimate`, `low`, `high`, `prediction_low`, `prediction_high`: shape (c,) each, on the
        scale of analysis.
    contributions : shape (c, s)
        Of studies, or of direct comparisons; rows sum to 1.
    bias, indirect : shape (s,)
        Level of each study: 1 low, 2 moderate, 3 high.
    reporting : length c
        Of each comparison: no, some or major concerns. People judge it.
    split
        `p`, `direct_low`, `direct_high`, `indirect_low`, `indirect_high`: shape (c,), NaN where a
        comparison has one kind of evidence alone.
    global_p
        Of the design-by-treatment test.
    margin
        The smallest effect that matters, on the scale of analysis.
    """

    comparisons: tuple[str, ...]
    effects: Mapping[str, FloatArray]
    contributions: FloatArray
    bias: NDArray[np.intp]
    indirect: NDArray[np.intp]
    reporting: tuple[str, ...]
    split: Mapping[str, FloatArray]
    global_p: float
    margin: float


def checked_network(
    comparisons: Sequence[str],
    effects: Mapping[str, ArrayLike],
    contributions: ArrayLike,
    *,
    bias: ArrayLike,
    indirect: ArrayLike,
    reporting: Sequence[str],
    split: Mapping[str, ArrayLike],
    global_p: float,
    margin: float,
) -> Network:
    """Return a checked `Network`; see there for what each part is.

    Raises
    ------
    DataError
        When a column is missing or has another length, or a word is none of the three concerns.
    """
    names = tuple(str(name) for name in comparisons)
    share = np.atleast_2d(np.asarray(contributions, dtype=np.float64))
    if len(share) != len(names):
        raise DataError(
            f"The contribution matrix has {len(share)} rows, and {len(names)} comparisons are "
            "named."
        )
    if not np.isfinite(share).all() or (share < 0).any() or not share.any(axis=1).all():
        raise DataError("Contributions are numbers from 0 up, and no row is all 0.")
    if len(reporting) != len(names) or set(reporting) - set(CONCERNS):
        raise DataError(
            f"Reporting bias is one of {', '.join(CONCERNS)} for each of {len(names)} comparisons; "
            f"got {list(reporting)}."
        )
    return Network(
        names,
        {name: _column(effects, name, len(names)) for name in EFFECTS},
        share / share.sum(axis=1, keepdims=True),
        np.asarray(bias).astype(np.intp),
        np.asarray(indirect).astype(np.intp),
        tuple(reporting),
        {name: _column(split, name, len(names)) for name in SPLIT},
        float(global_p),
        float(margin),
    )


def _column(columns: Mapping[str, ArrayLike], name: str, length: int) -> FloatArray:
    if name not in columns:
        raise DataError(f"CINeMA needs the column {name!r}; got {', '.join(columns)}.")
    values = np.asarray(columns[name], dtype=np.float64)
    if values.shape != (length,):
        raise DataError(f"{name} has the shape {values.shape}; {length} comparisons are named.")
    return values
