"""Do drugs lie on one curve when their doses are put on a common scale?

Each drug gets a slope of its own; that all are equal is tested. The random effects are those of
the common curve.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.dose_response.cross_products import Block
from equipoise.synthesis.dose_response.dose_shape import DoseShape
from equipoise.synthesis.dose_response.dose_study import DoseStudy
from equipoise.synthesis.dose_response.random_slopes import Method, random_slopes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class DrugSlopes:
    """Each drug's coefficient of dose, and the Wald test that all are equal."""

    drug: tuple[str, ...]
    slope: FloatArray
    se: FloatArray
    statistic: float
    df: int
    p: float
    converged: bool


def common_scale(
    studies: Sequence[DoseStudy], equivalents: Mapping[str, float], unit: float = 1.0
) -> tuple[DoseStudy, ...]:
    """Divide every dose above 0 by its drug's equivalent, and multiply by `unit`.

    Parameters
    ----------
    equivalents
        Of each drug, the dose worth as much as `unit` on the common scale.

    Raises
    ------
    DataError
        When a drug is given that has no equivalent, or one that is not above 0; names it.
    """
    given = {drug for s in studies for drug, d in zip(s.drug, s.dose, strict=True) if d > 0}
    missing = sorted(given - set(equivalents))
    if missing:
        raise DataError(
            f"There is no equivalent for {', '.join(map(repr, missing))}. Add a row for each, or "
            "leave those arms out and say why."
        )
    bad = {drug: equivalents[drug] for drug in given if not equivalents[drug] > 0}
    if bad:
        raise DataError(f"Equivalents are doses above 0. Got {bad}.")
    out = []
    for s in studies:
        factor = [unit / equivalents[g] if d > 0 else 1.0 for g, d in zip(s.drug, s.dose)]  # noqa: B905
        out.append(replace(s, dose=s.dose * np.array(factor)))
    return tuple(out)


def drug_slopes(
    studies: Sequence[DoseStudy], shape: DoseShape, method: Method = "reml"
) -> DrugSlopes:
    """Give every drug its own coefficient of dose; further terms are common.

    Raises
    ------
    NotIdentifiedError
        When fewer than two drugs have a dose above 0, or their slopes cannot be told apart.
    """
    drugs = tuple(
        sorted({g for s in studies for g, d in zip(s.drug, s.dose, strict=True) if d > 0})
    )
    if len(drugs) < 2:
        raise NotIdentifiedError(f"Only {len(drugs)} drug has a dose above 0: nothing to compare.")
    blocks = []
    for study in studies:
        basis = shape.basis(study.dose)
        own = np.array([[g == drug for drug in drugs] for g in study.drug]) * basis[:, :1]
        X = np.column_stack([own, basis[:, 1:]])
        blocks.append(Block(study.y, study.covariance, X[1:] - X[0], basis[1:] - basis[0]))
    fit = random_slopes(blocks, method)
    g = len(drugs)
    C = np.column_stack([np.eye(g - 1), -np.ones(g - 1)])
    b, V = fit.beta[:g], fit.covariance[:g, :g]
    statistic = float(C @ b @ np.linalg.solve(C @ V @ C.T, C @ b))
    return DrugSlopes(
        drugs, b, np.sqrt(np.diag(V)), statistic, g - 1, float(chdtrc(g - 1, statistic)),
        fit.converged,
    )  # fmt: skip
