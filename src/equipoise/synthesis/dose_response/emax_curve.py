"""An Emax curve: effect = Emax d / (ED50 + d), Emax differing between studies.

Fitted as a mixed model by repeated linearisation in log ED50 (Lindstrom & Bates 1990, Biometrics
46:673-687), one ED50 for all studies. Doses at which the curve is still straight, or already flat,
cannot tell the ED50; then nothing is given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from equipoise.errors import NotIdentifiedError
from equipoise.synthesis.dose_response.cross_products import Block, cross_products
from equipoise.synthesis.dose_response.dose_study import DoseStudy
from equipoise.synthesis.dose_response.random_slopes import Method, RandomSlopes, random_slopes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

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
    limits = float(np.log(doses[doses > 0].min() / REACH)), float(np.log(doses.max() * REACH))

    def step(theta: float) -> float:
        """Return the Gauss-Newton step of log ED50 times Emax: 0 at the estimate."""
        return float(_fit_at(studies, theta, method).beta[1])

    theta = _root(step, _best_start(studies, limits), limits)
    fit = _fit_at(studies, theta, method)
    emax = float(fit.beta[0])
    scale = np.diag([1.0, 1 / emax])  # from Emax times log ED50 to log ED50
    covariance = scale @ fit.covariance @ scale
    return EmaxCurve(emax, theta, covariance, fit, abs(float(fit.beta[1] / emax)) < 1e-8)


def _root(step: Callable[[float], float], start: float, limits: tuple[float, float]) -> float:
    """Return the root of a falling step nearest to the start."""
    from scipy.optimize import brentq  # noqa: PLC0415  (heavy)

    here, value = start, step(start)
    if value == 0:
        return start
    upward = 1.0
    for sign in (1.0, -1.0):  # which way lowers the size of the step
        if abs(step(start + 0.02 * sign)) < abs(value):
            upward = sign
            break
    width = 0.1
    while True:
        there = here + upward * width
        if not limits[0] < there < limits[1]:
            _refuse(upward)
        other = step(there)
        if (other > 0) != (value > 0):
            return float(brentq(step, min(here, there), max(here, there), xtol=1e-13, rtol=1e-14))
        here, value, width = there, other, width * 1.6


def _refuse(upward: float) -> NoReturn:
    where, shown = ("infinity", "no plateau") if upward > 0 else ("0", "no rise")
    raise NotIdentifiedError(
        f"The ED50 runs to {where}: the doses studied show {shown}, so that Emax and ED50 cannot "
        "be told apart. Take another shape."
    )


def _slopes(dose: FloatArray, emax: float, theta: float) -> FloatArray:
    """Return d / (ED50 + d) and the curve's derivative in log ED50, shape (n, 2)."""
    ed50 = np.exp(theta)
    return np.column_stack([dose / (ed50 + dose), -emax * dose * ed50 / (ed50 + dose) ** 2])


def _block(study: DoseStudy, theta: float) -> Block:
    """Return a block whose coefficients are Emax and the step of log ED50 times Emax."""
    J = _slopes(study.dose, 1.0, theta)
    X = J[1:] - J[0]
    return Block(study.y, study.covariance, X, X[:, :1])


def _fit_at(studies: Sequence[DoseStudy], theta: float, method: Method) -> RandomSlopes:
    return random_slopes([_block(study, theta) for study in studies], method)


def _best_start(studies: Sequence[DoseStudy], limits: tuple[float, float]) -> float:
    """Return the log ED50 of the best common-effect fit on a grid; refuse at its ends."""
    grid = np.linspace(*limits, 121)
    rss = []
    for theta in grid:
        blocks = [_block(study, float(theta)) for study in studies]
        data = cross_products([Block(b.y, b.S, b.Z, b.Z) for b in blocks])
        rss.append(data.yy - float(data.xy[0]) ** 2 / float(data.xx[0, 0]))
    best = int(np.argmin(rss))
    if best in (0, len(grid) - 1):
        _refuse(float(best) - 1)
    return float(grid[best])
