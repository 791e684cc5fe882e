"""A pooled dose-response curve whose shape is linear in its coefficients."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from equipoise.errors import NotIdentifiedError
from equipoise.synthesis.dose_response.cross_products import Block, one_slope_a_study
from equipoise.synthesis.dose_response.dose_shape import DoseShape
from equipoise.synthesis.dose_response.dose_study import DoseStudy
from equipoise.synthesis.dose_response.random_slopes import Method, RandomSlopes, random_slopes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class DoseCurve:
    """A shape and the mixed model fitted to it; `left_out` names studies with too few doses."""

    shape: DoseShape
    fit: RandomSlopes
    left_out: tuple[str, ...] = ()

    def effect(self, dose: ArrayLike, reference: float) -> tuple[FloatArray, FloatArray]:
        """Return the effect of doses (n,) against a reference dose, and its standard error."""
        d = np.atleast_1d(np.asarray(dose, dtype=np.float64))
        X = self.shape.basis(d) - self.shape.basis(np.array([reference]))
        variance = np.einsum("ni,ij,nj->n", X, self.fit.covariance, X)
        return X @ self.fit.beta, np.sqrt(np.maximum(variance, 0))

    def wald(self, first: int = 0) -> tuple[float, int, float]:
        """Return chi-squared, df and p of all coefficients from `first` on being 0."""
        b, V = self.fit.beta[first:], self.fit.covariance[first:, first:]
        statistic = float(b @ np.linalg.solve(V, b))
        return statistic, len(b), float(chdtrc(len(b), statistic))


def dose_curve(
    studies: Sequence[DoseStudy],
    shape: DoseShape,
    method: Method = "reml",
    *,
    one_stage: bool = True,
) -> DoseCurve:
    """Pool studies into a curve.

    Parameters
    ----------
    studies
        Two at least, unless `method` is ``fixed``.
    one_stage
        The contrasts of all studies in one mixed model, so that studies with few doses count too;
        else each study's coefficients first, from studies with enough doses only.

    Raises
    ------
    NotIdentifiedError
        When the doses cannot tell the coefficients apart.

    References
    ----------
    Crippa, Discacciati, Bottai, Spiegelman & Orsini (2019), Stat Methods Med Res 28:1579-1596.
    """
    blocks = [contrast_block(study, shape) for study in studies]
    left_out: list[str] = []
    if not one_stage:
        kept = []
        for study, block in zip(studies, blocks, strict=True):
            try:
                kept += one_slope_a_study([block])
            except NotIdentifiedError:
                left_out.append(study.name)
        blocks = kept
    if len(blocks) < (1 if method == "fixed" else 2):
        raise NotIdentifiedError(
            f"{len(blocks)} of {len(studies)} studies can be pooled in "
            f"{'one stage' if one_stage else 'two stages'}: a random-effects curve needs two"
            f"{'' if one_stage else ' with enough doses each; one stage uses all'}."
        )
    fit = random_slopes(blocks, method)
    if not one_stage and method == "reml":  # of k rows I: log|X'X| / 2, as programs for pooling add
        more = len(fit.beta) / 2 * math.log(len(blocks))
        fit = replace(fit, log_likelihood=fit.log_likelihood + more)
    return DoseCurve(shape, fit, tuple(left_out))


def contrast_block(study: DoseStudy, shape: DoseShape) -> Block:
    """Return a study's contrasts with the columns of a shape, less those of its referent."""
    basis = shape.basis(study.dose)
    X = basis[1:] - basis[0]
    return Block(study.y, study.covariance, X, X)
