"""Analysis of covariance: any number of arms compared at equal baseline.

Arms are compared at one point of the covariates, so that the estimate of each contrast is the
difference of two adjusted (least-squares) means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.linear_model import LeastSquares, least_squares

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from equipoise.analysis.arm_design import ArmDesign
    from equipoise.analysis.contrast import Contrast, FTest

ANCOVA = "Analysis of covariance by least squares (Fisher 1932)"


@dataclass(frozen=True, slots=True, eq=False)
class Ancova:
    """Each arm against control, adjusted means by arm, and the test that all arms are equal."""

    fit: LeastSquares
    contrasts: dict[str, Contrast]
    adjusted_means: dict[str, Contrast]
    group_test: FTest


def compare_arms(score: ArrayLike, design: ArmDesign) -> Ancova:
    """Fit an analysis of covariance and compare its arms.

    Parameters
    ----------
    score : shape (n,)
        One score a person.
    design
        Arms and covariates, from `arm_design` or a formula.

    Examples
    --------
    >>> from equipoise.analysis.arm_design import arm_design
    >>> arms = arm_design(["p", "p", "p", "a", "a", "a"], ["p", "a"], {"pre": [1, 2, 4, 1, 3, 4]})
    >>> result = compare_arms([2, 3, 6, 4, 6, 8], arms)
    >>> round(result.contrasts["a"].estimate, 3), round(result.group_test.p, 4)
    (1.893, 0.0072)
    """
    fit = least_squares(score, design.matrix, design.columns)
    weights = design.contrasts
    return Ancova(
        fit=fit,
        contrasts={arm: fit.contrast(row) for arm, row in weights.items()},
        adjusted_means={
            arm: fit.contrast(row) for arm, row in zip(design.arms, design.arm_rows, strict=True)
        },
        group_test=fit.f_test(np.array(list(weights.values()))),
    )
