"""A fitted selection model and its parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, ndtr, ndtri

from equipoise.synthesis.small_study.selection.p_values import Alternative


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """An estimate; `se` is NaN for a fixed one, or one at its bound."""

    estimate: float
    se: float
    none: float = 0.0
    """What it is tested against: its value without an effect, or without selection."""
    bounds: tuple[float, float] = (-np.inf, np.inf)

    @property
    def z(self) -> float:
        """Wald statistic."""
        return (self.estimate - self.none) / self.se

    @property
    def p(self) -> float:
        """Two-sided p value."""
        return 2 * float(ndtr(-abs(self.z)))

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the Wald interval, cut at the bounds of the parameter."""
        half = float(ndtri((1 + level) / 2)) * self.se
        low, high = self.estimate - half, self.estimate + half
        return (
            (low, high) if np.isnan(half) else (max(low, self.bounds[0]), min(high, self.bounds[1]))
        )


@dataclass(frozen=True, slots=True, eq=False)
class SelectionFit:
    """A selection model.

    Parameters
    ----------
    kind, alternative
    steps
        Cut points of p, the last is 1 for a step function; empty if none.
    coefficients : length p
        The effect before selection, or coefficients of moderators.
    tau2
    weights : length m
        delta: relative chances of being seen after the first step, or a function's parameters.
    counts
        Studies in each interval of a step function.
    log_likelihood
    without_selection
        Log-likelihood of the same model with no selection.
    free_weights
        How many delta were estimated.
    converged
    at_bound
        Names of parameters that ended at a bound.
    higher
        Another maximum, not reached from the model without selection, whose log-likelihood is
        higher: its effect and by how much. None if none was found.
    """

    kind: str
    alternative: Alternative
    steps: tuple[float, ...]
    coefficients: tuple[Parameter, ...]
    tau2: Parameter
    weights: tuple[Parameter, ...]
    counts: tuple[int, ...]
    log_likelihood: float
    without_selection: float
    free_weights: int
    converged: bool
    at_bound: tuple[str, ...]
    higher: tuple[float, float] | None = None

    @property
    def effect(self) -> Parameter:
        """The first coefficient: the mean effect where there are no moderators."""
        return self.coefficients[0]

    @property
    def statistic(self) -> float:
        """Likelihood ratio against no selection, chi-square with `free_weights` df."""
        return max(2 * (self.log_likelihood - self.without_selection), 0.0)

    @property
    def p(self) -> float:
        """Its p value; NaN where all weights were fixed."""
        return float(chdtrc(self.free_weights, self.statistic)) if self.free_weights else np.nan
