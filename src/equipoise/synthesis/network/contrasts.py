"""A network out of comparisons: a row each, with its effect and standard error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import DataError
from equipoise.synthesis.network.multi_arm import TOLERANCE, Comparison, block_of
from equipoise.synthesis.network.network import Network, make_network
from equipoise.synthesis.study_cells import numbers as number_column

if TYPE_CHECKING:
    import pandas as pd


def network_of_comparisons(
    effect: ArrayLike,
    se: ArrayLike,
    study: Sequence[object],
    treat1: Sequence[object],
    treat2: Sequence[object],
    *,
    scale: str | None = None,
    tolerance: float = TOLERANCE,
    mend: bool = False,
    connected: bool = True,
) -> Network:
    """Build a network of m comparisons.

    Parameters
    ----------
    effect, se : shape (m,)
        `treat1` less `treat2` (on the log scale for ratios), and its standard error. Rows without
        either are left out and counted.
    study, treat1, treat2 : length m
        A study of a arms has up to a (a - 1) / 2 rows; those that the others determine may be
        missing.
    tolerance
        How far a multi-arm study's effects may be from adding up.
    mend
        Take the nearest effects that add up instead of an error.

    Raises
    ------
    DataError
        A comparison of a treatment with itself or given twice, a standard error not above 0, a
        multi-arm study that does not add up: names the study and what would mend it.
    NotIdentifiedError
        A network in parts: names the treatments of each.

    Examples
    --------
    >>> net = network_of_comparisons([0.5, 0.2], [0.1, 0.1], ["s", "t"], ["B", "C"], ["A", "A"])
    >>> net.treatments
    ('A', 'B', 'C')
    """
    y, s = np.asarray(effect, dtype=np.float64), np.asarray(se, dtype=np.float64)
    if y.ndim != 1 or not len(y) == len(s) == len(study) == len(treat1) == len(treat2):
        raise DataError("Give an effect, standard error, study and two treatments a comparison.")
    rows: dict[str, list[Comparison]] = {}
    missing = 0
    for k in range(len(y)):
        if not (np.isfinite(y[k]) and np.isfinite(s[k])):
            missing += 1
            continue
        given = Comparison(text_of(treat1[k]), text_of(treat2[k]), float(y[k]), float(s[k]))
        rows.setdefault(text_of(study[k]), []).append(given)
    made = [block_of(name, c, tolerance=tolerance, mend=mend) for name, c in rows.items()]
    notes = [note for _, told in made for note in told]
    if missing:
        notes.insert(0, f"Comparisons without an effect or standard error left out: {missing}.")
    blocks = [block for block, _ in made]
    return make_network(blocks, scale=scale, notes=notes, connected=connected)


def text_of(value: object) -> str:
    """Write a cell: a number without its .0, and no spaces at the ends."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    if not text or text in ("nan", "None"):
        raise DataError("A row has no study or no treatment: fill it in, or take the row out.")
    return text


def network_of_contrast_table(
    frame: pd.DataFrame,
    *,
    effect: str,
    se: str,
    study: str,
    treat1: str,
    treat2: str,
    scale: str | None = None,
    mend: bool = False,
    connected: bool = True,
) -> Network:
    """Build a network of a table's columns, a row a comparison."""
    absent = [c for c in (effect, se, study, treat1, treat2) if c not in frame.columns]
    if absent:
        raise DataError(f"The table has no column {absent}; it has {list(frame.columns)}.")
    return network_of_comparisons(
        number_column(frame, effect),
        number_column(frame, se),
        frame[study].tolist(),
        frame[treat1].tolist(),
        frame[treat2].tolist(),
        scale=scale,
        mend=mend,
        connected=connected,
    )
