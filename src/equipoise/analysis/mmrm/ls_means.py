"""Least-squares means: what the model predicts for an arm at a visit, all else held alike.

Categorical covariates count with equal weights (or as they occur), numeric ones at their mean over
the analysed rows: Searle, Speed & Milliken (1980), Am Stat 34:216-221.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
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
    import pandas as pd  # noqa: PLC0415

    table, visit = model.table, model.columns.visit
    used = sorted(str(v) for v in model.formula.rhs.required_variables)
    others = [name for name in used if name not in (visit, model.arm)]
    categorical = [n for n in others if not pd.api.types.is_numeric_dtype(table[n])]
    levels = [_levels(table[name]) for name in categorical]
    arms: tuple[str | None, ...] = model.arms or (None,)
    cells = list(product(arms, model.visits, *levels))
    grid = pd.DataFrame(cells, columns=["_arm", visit, *categorical])
    grid[visit] = pd.Categorical(grid[visit], categories=model.visits)
    if model.arm is not None:
        grid[model.arm] = pd.Categorical(grid["_arm"], categories=model.arms)
    for name in set(others) - set(categorical):
        grid[name] = float(table[name].mean())
    for name in categorical:
        grid[name] = grid[name].astype(table[name].dtype)
    predicted = model.design_rows(grid.drop(columns="_arm"))
    per_mean = int(np.prod([len(level) for level in levels], dtype=int))
    weights = np.full(per_mean, 1 / per_mean)
    if weighting == "proportional" and categorical:
        share = table.groupby(categorical, observed=False).size()
        counted = np.array([share.get(c if len(c) > 1 else c[0], 0) for c in product(*levels)])
        weights = counted / counted.sum()
    rows = predicted.reshape(len(arms) * len(model.visits), per_mean, -1)
    means = np.einsum("kcp,c->kp", rows, weights)
    names = list(product(arms, model.visits))
    return Means(tuple(a for a, _ in names), tuple(v for _, v in names), means)


def _levels(values: pd.Series[Any]) -> list[Any]:
    import pandas as pd  # noqa: PLC0415

    if isinstance(values.dtype, pd.CategoricalDtype):
        seen = set(values.unique())
        return [level for level in values.cat.categories if level in seen]
    return sorted(values.unique())
