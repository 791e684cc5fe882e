"""Least-squares means: what the model predicts for an arm at a visit, all else held alike.

Categorical covariates count with equal weights (or as they occur), numeric ones at their mean over
the analysed rows: Searle, Speed & Milliken (1980), Am Stat 34:216-221.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

import numpy as np

from equipoise.analysis.mmrm.encoding import observed_levels
from equipoise.analysis.mmrm.levels import as_factor, is_number
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.analysis.mmrm.table import ModelTable

Weighting = Literal["equal", "proportional"]


class Means(NamedTuple):
    """Rows (k, p) that predict the mean of arm and visit; without an arm, of visits alone."""

    arms: tuple[str | None, ...]
    visits: tuple[str, ...]
    rows: NDArray[np.float64]


def ls_mean_rows(model: ModelTable, weighting: Weighting = "equal") -> Means:
    """Return one row for each arm and visit, arms outermost."""
    if weighting not in get_args(Weighting):
        raise DataError(f"There are no weights {weighting!r}: {', '.join(get_args(Weighting))}.")
    table, visit = model.table, model.columns.visit
    others = [name for name in model.used if name not in (visit, model.arm, model.outcome)]
    categorical = [name for name in others if not is_number(table[name])]
    levels = [observed_levels(table[name]) for name in categorical]
    arms: tuple[str | None, ...] = model.arms or (None,)
    shape = (len(arms), len(model.visits), *(len(own) for own in levels))
    codes = np.indices(shape).reshape(len(shape), -1)
    grid: dict[str, Any] = {visit: as_factor(codes[1], model.visits)}
    if model.arm is not None:
        grid[model.arm] = as_factor(codes[0], model.arms)
    for name, own, code in zip(categorical, levels, codes[2:], strict=True):
        grid[name] = as_factor(code, own)
    for name in set(others) - set(categorical):
        grid[name] = np.full(codes.shape[1], float(table[name].to_numpy().mean()))
    predicted = model.design_rows(grid)
    per_mean = int(np.prod([len(level) for level in levels], dtype=int))
    weights = np.full(per_mean, 1 / per_mean)
    if weighting == "proportional" and categorical:
        share = table.groupby(categorical, observed=False).size()
        keys = (cell if len(cell) > 1 else cell[0] for cell in product(*levels))
        counted = np.array([share.get(key, 0) for key in keys])
        weights = counted / counted.sum()
    rows = predicted.reshape(len(arms) * len(model.visits), per_mean, -1)
    means = np.einsum("kcp,c->kp", rows, weights)
    names = list(product(arms, model.visits))
    return Means(tuple(a for a, _ in names), tuple(v for _, v in names), means)
