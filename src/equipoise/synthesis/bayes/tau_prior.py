"""Priors of tau, the standard deviation between studies.

Each knows its density and its quantiles: x ~ U(0, 1) turned by the quantile function has the
prior, so a sampler or a quadrature in x needs only the likelihood. Quantiles take x and 1 - x,
so that both ends are exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainccinv, gammaincinv, gammaln, ndtri

from equipoise.errors import DataError

FloatArray = NDArray[np.float64]


class _Kind(NamedTuple):
    """Log density and quantiles of one kind, by its parameters; how its tail falls.

    `tail` is e where the density falls like tau^-e, infinite where it falls faster.
    """

    parameters: int
    log_density: Callable[[FloatArray, tuple[float, ...]], FloatArray]
    quantile: Callable[[FloatArray, FloatArray, tuple[float, ...]], FloatArray]
    tail: Callable[[tuple[float, ...]], float]


def _inverse_gamma(tau: FloatArray, p: tuple[float, ...]) -> FloatArray:
    shape, scale = p
    constant = math.log(2) + shape * math.log(scale) - float(gammaln(shape))
    return constant - (2 * shape + 1) * np.log(tau) - scale / tau**2


def _log_normal(tau: FloatArray, p: tuple[float, ...]) -> FloatArray:
    mean, sd = p
    z = (2 * np.log(tau) - mean) / sd
    return math.log(2 / (sd * math.sqrt(2 * math.pi))) - np.log(tau) - z**2 / 2


KINDS: dict[str, _Kind] = {
    "half-normal": _Kind(
        1,
        lambda t, p: 0.5 * math.log(2 / math.pi) - math.log(p[0]) - (t / p[0]) ** 2 / 2,
        lambda _, rest, p: -p[0] * ndtri(rest / 2),
        lambda _: math.inf,
    ),
    "half-cauchy": _Kind(
        1,
        lambda t, p: math.log(2 / (math.pi * p[0])) - np.log1p((t / p[0]) ** 2),
        lambda x, rest, p: p[0] * np.sin(np.pi * x / 2) / np.sin(np.pi * rest / 2),
        lambda _: 2.0,
    ),
    "exponential": _Kind(
        1,
        lambda t, p: -math.log(p[0]) - t / p[0],
        lambda _, rest, p: -p[0] * np.log(rest),
        lambda _: math.inf,
    ),
    "uniform": _Kind(
        1,
        lambda t, p: np.where(t <= p[0], -math.log(p[0]), -np.inf),
        lambda x, _, p: p[0] * x,
        lambda _: math.inf,
    ),
    "inverse-gamma": _Kind(
        2,
        _inverse_gamma,
        lambda x, rest, p: np.sqrt(
            p[1] / np.where(x < 0.5, gammainccinv(p[0], x), gammaincinv(p[0], rest))
        ),
        lambda p: 2 * p[0] + 1,
    ),
    "log-normal": _Kind(
        2,
        _log_normal,
        lambda x, rest, p: np.exp((p[0] + p[1] * np.where(x < 0.5, ndtri(x), -ndtri(rest))) / 2),
        lambda _: math.inf,
    ),
}


@dataclass(frozen=True, slots=True)
class TauPrior:
    """A prior of tau.

    Parameters
    ----------
    kind
        half-normal, half-cauchy, exponential: a scale. uniform: its upper end. inverse-gamma:
        shape and scale of tau2. log-normal: mean and standard deviation of log tau2, as fitted
        to past meta-analyses by Turner et al. (2015).
    parameters
        One or two of them, in units of the effect.

    Examples
    --------
    >>> TauPrior("half-normal", (0.5,)).at(np.array([0.5])).round(4)
    array([0.3372])

    References
    ----------
    Röver et al. (2021), Res Synth Methods 12:448-474 (half-normal 0.5 for standardised effects
    and log ratios). Turner, Jackson, Wei, Thompson & Higgins (2015), Stat Med 34:984-998.
    """

    kind: str
    parameters: tuple[float, ...]

    def __post_init__(self) -> None:
        kind = KINDS.get(self.kind)
        scales = self.parameters[1:] if self.kind == "log-normal" else self.parameters
        if (
            kind is None
            or len(self.parameters) != kind.parameters
            or not all(math.isfinite(s) and s > 0 for s in scales)
        ):
            known = ", ".join(f"{name} ({k.parameters})" for name, k in KINDS.items())
            raise DataError(
                f"A prior of tau is one of {known}, with so many parameters, scales above 0: "
                f"half-normal 0.5, say. Got {self.kind} {self.parameters}."
            )

    def __str__(self) -> str:
        return f"{self.kind}({', '.join(f'{p:g}' for p in self.parameters)})"

    def at(self, x: FloatArray, rest: FloatArray | None = None) -> FloatArray:
        """Return the quantiles at x in (0, 1); `rest` is 1 - x where that is known better."""
        upper = 1 - x if rest is None else rest
        return KINDS[self.kind].quantile(x, upper, self.parameters)

    def log_density(self, tau: FloatArray) -> FloatArray:
        """Return the log density at tau above 0."""
        return KINDS[self.kind].log_density(tau, self.parameters)

    def conflict(self, tau: float) -> tuple[str, ...]:
        """Warn where the data's own tau lies beyond all but 1% of the prior."""
        end = float(self.at(np.array([0.99]))[0])
        if tau <= end:
            return ()
        return (
            f"The studies spread by {tau:.3g} (REML), beyond the prior's 99% limit {end:.3g}: was "
            "the prior made for another scale? Give one in units of these effects.",
        )

    @property
    def tail(self) -> float:
        """The e for which the density falls like tau^-e; infinite where it falls faster."""
        return KINDS[self.kind].tail(self.parameters)
