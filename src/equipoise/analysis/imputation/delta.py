"""Delta adjustment: imputed scores made worse or better by a fixed number, seen ones left alone.

A marginal adjustment: it is added after imputation, and so does not carry over to the scores of
other visits (Carpenter, Roger & Kenward 2013; Cro et al. 2020, Stat Med 39:2815-2842).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from equipoise.errors import DataError

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame
    from numpy.typing import NDArray

    from equipoise.analysis.imputation.trial_grid import TrialGrid

DeltaOn = Literal["imputed", "after-event"]
Amount = float | Sequence[float]


def delta_grid(
    grid: TrialGrid,
    first: NDArray[np.intp],
    delta: Mapping[str, Amount] | IntoDataFrame,
    *,
    lag: Sequence[float] | None = None,
    on: DeltaOn = "imputed",
) -> NDArray[np.float64]:
    """Return what is added to each score, shape (n, m); 0 where a score was seen.

    Parameters
    ----------
    first : shape (n,)
        First visit after each person's event; m for none.
    delta
        By arm: one number, or one for each visit. Or a table with a row a person and visit, and a
        column ``delta``, which is added to whatever stands there, seen or imputed.
    lag
        Of length m: then the delta at the k-th visit from the event on is the sum over visits since
        the event of delta there times lag of their distance from it: ``delta=[1, 1, 1, 1]`` with
        ``lag=[1, 1, 1, 1]`` is 1, 2, 3, ...; with ``lag=[1, 0, 0, 0]`` it stays as it was at first.
    on
        Whether every imputed score of the arm is adjusted, or those after the event only. With a
        lag it is always the latter.
    """
    if on not in get_args(DeltaOn):
        raise DataError(f"`on` is one of {get_args(DeltaOn)}. Got {on!r}.")
    if not isinstance(delta, Mapping):
        return _given(grid, delta)
    n, m = grid.scores.shape
    added = np.zeros((n, m))
    for arm, amount in delta.items():
        if str(arm) not in grid.arms:
            raise DataError(f"A delta is given for {arm!r}; arms are {list(grid.arms)}.")
        each = _of_length(amount, m, f"delta of {arm}")
        who = grid.arm == grid.arms.index(str(arm))
        if lag is None:
            added[who] = each
        else:
            added[who] = _cumulative(each, _of_length(lag, m, "lag"), first[who])
    missing = ~grid.seen
    if on == "after-event" or lag is not None:
        missing = missing & (np.arange(m) >= first[:, None])
    return np.where(missing, added, 0.0)


def _cumulative(
    delta: NDArray[np.float64], lag: NDArray[np.float64], first: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Sum delta at each visit times lag of its distance from the event.

    Examples
    --------
    >>> delta, lag = np.array([5.0, 6, 7, 8]), np.array([1.0, 2, 3, 4])
    >>> _cumulative(delta, lag, np.array([1, 2, 4])).tolist()
    [[0.0, 6.0, 20.0, 44.0], [0.0, 0.0, 7.0, 23.0], [0.0, 0.0, 0.0, 0.0]]
    """
    distance = np.arange(len(delta)) - first[:, None]
    scale = np.where(distance >= 0, lag[np.maximum(distance, 0)], 0.0)
    return np.asarray(np.cumsum(scale * delta, axis=1))


def _of_length(amount: Amount, m: int, what: str) -> NDArray[np.float64]:
    values = np.asarray(amount, dtype=np.float64)
    if values.ndim == 0:
        values = np.full(m, float(values))
    if values.shape != (m,) or not np.isfinite(values).all():
        raise DataError(
            f"The {what} needs one finite number, or one for each of the {m} visits. Got {amount}."
        )
    return values


def _given(grid: TrialGrid, delta: Any) -> NDArray[np.float64]:
    import narwhals as nw  # noqa: PLC0415

    table = nw.from_native(delta, eager_only=True).to_pandas()
    needed = [grid.subject, grid.visit, "delta"]
    if lacking := [name for name in needed if name not in table.columns]:
        raise DataError(f"The table of deltas lacks {lacking}; it has {list(table.columns)}.")
    if (twice := table.duplicated([grid.subject, grid.visit])).any():
        row = table[twice].iloc[0]
        raise DataError(
            f"The table of deltas has {str(row[grid.subject])!r} at {str(row[grid.visit])!r} twice."
        )
    added = np.zeros(grid.scores.shape)
    for who, when, amount in table[needed].itertuples(index=False):
        if not np.isfinite(amount):
            raise DataError(f"The delta of {who!r} at {when!r} is {amount}: give a number.")
        added[grid.index_of_person(who), grid.index_of_visit(when)] = float(amount)
    return added
