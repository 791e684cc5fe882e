"""Randomised against observational studies: side by side, their discrepancy, and a curve.

y_i = mu + delta O_i + u_i, with a tau2 for each class. The two are never merged into one number.
How a pool would look if observational evidence counted for a fraction w is a curve over w.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr

from equipoise.errors import DataError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.blinding.rows import HARTUNG_KNAPP, counted, fit_row, interval_row
from equipoise.synthesis.pairwise import RandomEffectsFit, Test, random_effects

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.synthesis.effects import Effects

DISCREPANCY, ADJUSTED = "design-discrepancy", "design-adjusted-effect"
WEIGHTS = (1.0, 0.5, 0.25, 0.0)
NEVER_ONE = "Randomised and observational studies are never pooled into one number here."
JOINT = (
    "Difference of the classes' means, a tau2 for each class by REML; Hartung-Knapp variances, "
    "Welch-Satterthwaite df"
)
CURVE = (
    "REML with observational variances divided by w (after the power prior of Ibrahim & Chen "
    "2000); ad hoc Hartung-Knapp between 0 and 1"
)


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Observational less randomised mean effect, with the df of its t."""

    estimate: float
    se: float
    df: float

    def beyond(self, margin: float) -> float:
        """Return the probability, under flat priors, that it exceeds the margin either way."""
        upper = float(stdtr(self.df, (self.estimate - margin) / self.se))
        lower = float(stdtr(self.df, (-margin - self.estimate) / self.se))
        return upper + lower


def discrepancy(
    effects: Effects, randomised: ArrayLike, *, test: Test = "hartung-knapp"
) -> Discrepancy:
    """Estimate how observational effects differ from randomised ones.

    Parameters
    ----------
    effects
    randomised : shape (k,), bool
    test
        "hartung-knapp", or "z" for the plain standard error of the joint model.

    Notes
    -----
    With a mean and a tau2 for each class the joint likelihood falls apart into those of the
    classes, so the joint REML fit is theirs.
    """
    trial = np.asarray(randomised, dtype=bool)
    fits = [random_effects(effects.take(rows), test=test) for rows in (trial, ~trial)]
    variances = np.array([float(fit.cov[0, 0]) for fit in fits])
    df = math.inf
    if test != "z":
        own = np.array([fit.k - 1 for fit in fits])
        df = float(variances.sum() ** 2 / (variances**2 / own).sum())
    estimate = float(fits[1].beta[0] - fits[0].beta[0])
    return Discrepancy(estimate, math.sqrt(float(variances.sum())), df)


def design_adjusted(effects: Effects, randomised: ArrayLike, w: float) -> RandomEffectsFit:
    """Pool with observational variances divided by w; with w = 0 pool randomised studies only.

    Discounted studies vary less than their inflated variances say, so between 0 and 1 the
    Hartung-Knapp standard error is kept from falling below the plain one.
    """
    trial = np.asarray(randomised, dtype=bool)
    if not 0 <= w <= 1:
        raise DataError(f"The weight of observational evidence lies between 0 and 1. Got {w:g}.")
    if w == 0:
        return random_effects(effects.take(trial))
    inflated = replace(effects, v=np.where(trial, effects.v, effects.v / w))
    return random_effects(inflated, test="hartung-knapp" if w == 1 else "hartung-knapp-adhoc")


def randomised_and_observational(
    effects: Effects,
    randomised: ArrayLike,
    *,
    margin: float | None = None,
    weights: Sequence[float] = WEIGHTS,
    level: float = 0.95,
) -> Estimates:
    """Set randomised and observational studies side by side.

    Parameters
    ----------
    effects
    randomised : shape (k,), bool
    margin
        A discrepancy that would matter, above 0: its probability is given.
    weights
        How much observational evidence counts, along the curve.
    """
    trial = np.asarray(randomised, dtype=bool)
    if trial.shape != (len(effects),):
        raise DataError(f"{len(effects)} effects came with {trial.shape} marks of randomisation.")
    if margin is not None and not margin > 0:
        raise DataError(f"A margin is above 0. Got {margin:g}.")
    classes = {"randomised": trial, "observational": ~trial}
    found = Estimates()
    for label, rows in classes.items():
        found += _class(effects, rows, label, level)
    few = [label for label, rows in classes.items() if rows.sum() < 2]
    if few:
        reason = f"Fewer than 2 {' and '.join(few)} studies: their spread is not known."
        return found + Estimates(
            refused=tuple(Refusal(name, reason) for name in (DISCREPANCY, ADJUSTED))
        )
    found += _discrepancies(effects, trial, margin, level)
    curve = [
        fit_row(
            ADJUSTED, design_adjusted(effects, trial, w), level, label=f"w = {w:g}",
            unit=effects.scale, method=CURVE, warnings=(NEVER_ONE,),
            estimand=f"Mean effect were observational evidence worth {w:g} of its face value",
        )
        for w in weights
    ]  # fmt: skip
    return found + Estimates(tuple(curve))


def _class(effects: Effects, rows: NDArray[np.bool_], label: str, level: float) -> Estimates:
    k = int(rows.sum())
    count = Estimates((Estimate("studies", label, estimate=k, unit="studies"),))
    if k < 2:
        refusal = Refusal("pooled-effect", f"{counted(k, 'study')}: nothing to pool.", label)
        return count + Estimates(refused=(refusal,))
    fit = random_effects(effects.take(rows))
    about = f"Mean effect of {label} studies"
    row = fit_row("pooled-effect", fit, level, label=label, unit=effects.scale, estimand=about)
    return count + Estimates((row, Estimate("tau2", label, estimate=fit.tau2, method="REML")))


def _discrepancies(
    effects: Effects, trial: NDArray[np.bool_], margin: float | None, level: float
) -> Estimates:
    rows = []
    tests: tuple[tuple[Test, str | None, str], ...] = (
        ("hartung-knapp", None, JOINT),
        ("z", "normal", "The same, plain standard errors, normal interval"),
    )
    for test, label, method in tests:
        d = discrepancy(effects, trial, test=test)
        df = None if math.isinf(d.df) else d.df
        rows.append(
            interval_row(
                DISCREPANCY, d.estimate, d.se, df, level, label=label, unit=effects.scale,
                estimand="Observational less randomised mean effect", method=method,
                warnings=(NEVER_ONE,),
            )
        )  # fmt: skip
    if margin is not None:
        beyond = discrepancy(effects, trial).beyond(margin)
        rows.append(
            Estimate(
                "discrepancy-probability", f"beyond {margin:g}", estimate=beyond,
                unit="probability",
                estimand=f"Probability that the discrepancy exceeds {margin:g} either way",
                method=f"t about the estimate, flat priors. {JOINT}. {HARTUNG_KNAPP}",
            )
        )  # fmt: skip
    return Estimates(tuple(rows))
