"""Design matrix of arms and covariates, treatment-coded with the control arm as reference.

Formulas in R's grammar are in `formula`; this small one spares the planned analyses that import.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True, eq=False)
class ArmDesign:
    """Matrix (n, p) with named columns, and the row that predicts each arm's adjusted mean.

    `arm_rows` (k, p) stands at the mean of numeric covariates and gives the levels of a
    categorical one equal weights; the control arm is first.
    """

    matrix: NDArray[np.float64]
    columns: tuple[str, ...]
    arms: tuple[str, ...]
    arm_rows: NDArray[np.float64]

    @property
    def contrasts(self) -> dict[str, NDArray[np.float64]]:
        """Weights of each other arm minus control."""
        return {
            arm: row - self.arm_rows[0]
            for arm, row in zip(self.arms[1:], self.arm_rows[1:], strict=True)
        }


def arm_design(
    arm: Sequence[str] | NDArray[np.object_],
    arms: Sequence[str],
    covariates: Mapping[str, ArrayLike] | None = None,
) -> ArmDesign:
    """Build intercept, arm indicators, then covariates.

    Parameters
    ----------
    arm : length n
    arms
        Names of the arms, the control first; each needs a row.
    covariates
        Name to values of length n, none missing. Text is categorical: its first level in
        alphabetical order is the reference.

    Examples
    --------
    >>> design = arm_design(["a", "p", "a"], ["p", "a"], {"sex": ["f", "m", "m"]})
    >>> design.columns, design.matrix.tolist()[0]
    (('intercept', 'arm[T.a]', 'sex[T.m]'), [1.0, 1.0, 0.0])
    """
    given = np.asarray(arm, dtype=object)
    for name in arms:
        if not (given == name).any():
            raise NotIdentifiedError(f"Nobody with a score was in the arm {name!r}.")
    if unknown := sorted(set(given) - set(arms)):
        raise DataError(f"Unknown arms {unknown}; the comparison is of {list(arms)}.")
    columns, parts = ["intercept"], [np.ones(len(given))]
    columns += [f"arm[T.{name}]" for name in arms[1:]]
    parts += [(given == name).astype(np.float64) for name in arms[1:]]
    reference = [0.0] * len(arms)
    for name, values in (covariates or {}).items():
        for column, part, weight in _coded(name, np.asarray(values)):
            columns.append(column)
            parts.append(part)
            reference.append(weight)
    arm_rows = np.tile(reference, (len(arms), 1))
    arm_rows[:, : len(arms)] = np.eye(len(arms))
    arm_rows[:, 0] = 1
    return ArmDesign(np.column_stack(parts), tuple(columns), tuple(arms), arm_rows)


def _coded(name: str, values: NDArray[np.generic]) -> list[tuple[str, NDArray[np.float64], float]]:
    """Return the columns of one covariate, each with its value at the reference grid."""
    if values.dtype.kind in "biuf":
        number = values.astype(np.float64)
        return [(name, number, float(number.mean()))]
    levels = sorted({str(value) for value in values})
    if len(levels) < 2:
        raise NotIdentifiedError(f"Covariate {name!r} has one level ({levels}): leave it out.")
    text = values.astype(str)
    return [
        (f"{name}[T.{level}]", (text == level).astype(np.float64), 1 / len(levels))
        for level in levels[1:]
    ]
