"""An Emax curve: effect = Emax d / (ED50 + d), Emax differing between studies.

Fitted as a mixed model by repeated linearisation in log ED50 (Lindstrom & Bates 1990, Biometrics
46:673-687), one ED50 for all studies. Doses at which the curve is still straight, or already flat,
cannot tell the ED50; then nothing is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import NotIdentifiedError
from equipoise.synthesis.dose_response.cross_products import Block, cross_products
from equipoise.synthesis.dose_response.dose_study import DoseStudy
from equipoise.synthesis.dose_response.random_slopes import Method, RandomSlopes, random_slopes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

STEPS = 200
REACH = 100.0
"""An ED50 below the lowest dose above 0, or above the highest, by this factor is not told."""


@dataclass(frozen=True, slots=True, eq=False)
class EmaxCurve:
    """`emax` on the scale of analysis, `log_ed50`, and their `covariance` (2, 2)."""

    emax: float
    log_ed50: float
    covariance: FloatArray
    fit: RandomSlopes
    converged: bool

    @property
    def ed50(self) -> float:
        """The dose of half the largest effect."""
        return float(np.exp(self.log_ed50))

    def effect(self, dose: ArrayLike, reference: float) -> tuple[FloatArray, FloatArray]:
        """Return the effect of doses (n,) against a reference dose, and its standard error."""
        d = np.atleast_1d(np.asarray(dose, dtype=np.float64))
        ref = np.array([reference])
        J = _slopes(d, self.emax, self.log_ed50) - _slopes(ref, self.emax, self.log_ed50)
        variance = np.einsum("ni,ij,nj->n", J, self.covariance, J)
        return self.emax * J[:, 0], np.sqrt(np.maximum(variance, 0))


def emax_curve(studies: Sequence[DoseStudy], method: Method = "reml") -> EmaxCurve:
    """Fit an Emax curve in one stage.

    Raises
    ------
    NotIdentifiedError
        When the studies' doses do not tell the ED50.
    """
    doses = np.concatenate([study.dose for study in studies])
    low, high = doses[doses > 0].min() / REACH, doses.max() * REACH
    theta = _best_start(studies, float(low), float(high))
    emax, theta, fit, converged = _iterate(studies, theta, "fixed", (np.log(low), np.log(high)))
    if method != "fixed":
        emax, theta, fit, converged = _iterate(
            studies, theta, method, (np.log(low), np.log(high)), emax
        )
    return EmaxCurve(emax, theta, fit.covariance, fit, converged and fit.converged)


def _slopes(dose: FloatArray, emax: float, theta: float) -> FloatArray:
    """Return d / (ED50 + d) and the curve's derivative in log ED50, shape (n, 2)."""
    ed50 = np.exp(theta)
    return np.column_stack([dose / (ed50 + dose), -emax * dose * ed50 / (ed50 + dose) ** 2])


def _best_start(studies: Sequence[DoseStudy], low: float, high: float) -> float:
    """Return the log ED50 of the best common-effect fit on a grid."""
    best, where = np.inf, 0.0
    for theta in np.linspace(np.log(low), np.log(high), 121):
        blocks = []
        for study in studies:
            g = _slopes(study.dose, 0.0, theta)[:, :1]
            blocks.append(Block(study.y, study.covariance, g[1:] - g[0], g[1:] - g[0]))
        data = cross_products(blocks)
        rss = data.yy - float(data.xy[0]) ** 2 / float(data.xx[0, 0])
        if rss < best:
            best, where = rss, float(theta)
    return where


def _iterate(
    studies: Sequence[DoseStudy],
    theta: float,
    method: Method,
    limits: tuple[float, float],
    emax: float | None = None,
) -> tuple[float, float, RandomSlopes, bool]:
    """Linearise and fit until ED50 stays."""
    emax = _plain_emax(studies, theta) if emax is None else emax
    last = np.inf
    damping = 1.0
    for _ in range(STEPS):
        fit = random_slopes([_linearised(s, emax, theta) for s in studies], method)
        move = float(fit.beta[1])
        if abs(move) > abs(last):  # overshoots: go half the way
            damping = max(damping / 2, 1 / 64)
        last = move
        step = float(np.clip(damping * move, -1, 1))
        emax = emax + (float(fit.beta[0]) - emax) * (step / move if move else 1.0)
        theta += step
        if not limits[0] < theta < limits[1]:
            raise NotIdentifiedError(
                f"The ED50 runs to {'0' if theta < limits[0] else 'infinity'}: the doses studied "
                f"show {'no rise' if theta < limits[0] else 'no plateau'}, so that Emax and ED50 "
                "cannot be told apart. Take another shape."
            )
        if abs(move) < 1e-11:
            return emax, theta, fit, True
    return emax, theta, fit, abs(last) < 1e-8


def _linearised(study: DoseStudy, emax: float, theta: float) -> Block:
    """Return a block whose coefficients are Emax and the step of log ED50."""
    J = _slopes(study.dose, emax, theta)
    X = J[1:] - J[0]
    return Block(study.y, study.covariance, X, X[:, :1])


def _plain_emax(studies: Sequence[DoseStudy], theta: float) -> float:
    blocks = []
    for study in studies:
        g = _slopes(study.dose, 0.0, theta)[:, :1]
        blocks.append(Block(study.y, study.covariance, g[1:] - g[0], g[1:] - g[0]))
    data = cross_products(blocks)
    return float(data.xy[0] / data.xx[0, 0])
