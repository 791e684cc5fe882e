"""The model that missing scores are imputed from: an MMRM of the scores it may learn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.analysis.mmrm.fit import MmrmFit
from equipoise.analysis.mmrm.model import fit_table
from equipoise.analysis.mmrm.table import Columns, model_table
from equipoise.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from equipoise.analysis.imputation.trial_grid import TrialGrid
    from equipoise.analysis.mmrm.table import ModelTable


@dataclass(frozen=True, eq=False)
class ImputationModel:
    """A fitted model, and the design rows of everybody at every visit.

    Parameters
    ----------
    fitted
        Shape (people in the fit,): who of the grid they are.
    own, reference
        Shape (n, m, p): design in the own arm, and had the person been in its reference arm.
    own_group, reference_group
        Shape (n,): whose covariance matrix.
    """

    fit: MmrmFit
    fitted: NDArray[np.intp]
    own: NDArray[np.float64]
    reference: NDArray[np.float64]
    own_group: NDArray[np.intp]
    reference_group: NDArray[np.intp]
    table: ModelTable

    def encode(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Return design rows (len(frame), p)."""
        return self.table.design_rows(frame)


def fit_imputation_model(
    grid: TrialGrid,
    used: NDArray[np.bool_],
    reference: NDArray[np.intp],
    *,
    covariance: str = "us",
    by_arm: bool = False,
    reml: bool = True,
) -> ImputationModel:
    """Fit the model to the scores used, shape (n, m).

    Parameters
    ----------
    reference
        Shape (arms,): index of each arm's reference arm.
    by_arm
        Whether each arm has a covariance matrix of its own.
    """
    n, m = used.shape
    frame = grid.frame.assign(
        **{
            grid.outcome: np.where(used, grid.scores, np.nan).reshape(-1),
            grid.subject: np.repeat(np.arange(n), m),
        }
    )
    columns = Columns(
        formula=grid.formula,
        subject=grid.subject,
        visit=grid.visit,
        arm=grid.arm_column,
        control=grid.arms[0],
        group=grid.arm_column if by_arm else None,
    )
    model = model_table(frame, columns)
    fit = fit_table(model, covariance=covariance, df="satterthwaite", robust=None, reml=reml)
    if model.formula.rhs.required_variables.isdisjoint({grid.arm_column}):
        raise DataError(
            f"The imputation model {grid.formula!r} has no {grid.arm_column!r}: all arms would be "
            f"imputed alike. Write '{grid.formula} + {grid.arm_column} * {grid.visit}'."
        )
    own = model.design_rows(frame)
    levels = frame[grid.arm_column].cat.categories
    codes = reference[frame[grid.arm_column].cat.codes.to_numpy()]
    moved = frame.assign(**{grid.arm_column: _categorical(codes, levels)})
    there = own if (reference == np.arange(len(reference))).all() else model.design_rows(moved)
    group = grid.arm if by_arm else np.zeros(n, dtype=np.intp)
    return ImputationModel(
        fit=fit,
        fitted=np.array([int(label) for label in model.people], dtype=np.intp),
        own=own.reshape(n, m, -1),
        reference=there.reshape(n, m, -1),
        own_group=group,
        reference_group=reference[grid.arm] if by_arm else group,
        table=model,
    )


def reference_arms(grid: TrialGrid, reference: str | Mapping[str, str]) -> NDArray[np.intp]:
    """Return the index of each arm's reference arm; one name is the reference of all.

    Raises
    ------
    DataError
        For a name that is no arm.
    """
    given = reference if isinstance(reference, Mapping) else dict.fromkeys(grid.arms, reference)
    found = np.arange(len(grid.arms))
    for arm, other in given.items():
        for name in (arm, other):
            if str(name) not in grid.arms:
                raise DataError(f"{name!r} is no arm of {grid.arm_column!r}: {list(grid.arms)}.")
        found[grid.arms.index(str(arm))] = grid.arms.index(str(other))
    return found


def _categorical(codes: NDArray[np.intp], levels: pd.Index[Any]) -> pd.Categorical[Any]:
    import pandas as pd  # noqa: PLC0415

    return pd.Categorical.from_codes(codes, levels)
