"""Effects of arms from their counts, times or means, as log odds, log risks, means and so on.

Where a study has an arm without an event (for odds and risks also: with nothing else), `correction`
is added to the counts of all its arms, as by most programs; never to the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import DataError
from equipoise.synthesis.network.study_blocks import centred_covariance

FloatArray = NDArray[np.float64]


class ArmEffects(NamedTuple):
    """Effects of one study's arms (a,), and a covariance (a, a) right for their differences."""

    effects: FloatArray
    covariance: FloatArray


@dataclass(frozen=True, slots=True)
class Measure:
    """A scale of comparison: what it needs of an arm, its unit, and what exp() of it is."""

    name: str
    needs: tuple[str, ...]
    unit: str
    ratio: str | None
    of: Callable[[dict[str, FloatArray], float], ArmEffects]
    without_information: str | None = None


def _arms(effects: FloatArray, variances: FloatArray) -> ArmEffects:
    return ArmEffects(effects, np.diag(variances))


def _corrected(numbers: dict[str, FloatArray], add: float) -> tuple[FloatArray, ...]:
    """Return events, people and what to add to every cell of this study."""
    e, n = numbers["events"], numbers["n"]
    return e, n, np.full(len(e), add if (e == 0).any() or (e == n).any() else 0.0)


def _odds(numbers: dict[str, FloatArray], add: float) -> ArmEffects:
    e, n, c = _corrected(numbers, add)
    yes, no = e + c, n - e + c
    return _arms(np.log(yes / no), 1 / yes + 1 / no)


def _risk_ratio(numbers: dict[str, FloatArray], add: float) -> ArmEffects:
    e, n, c = _corrected(numbers, add)
    return _arms(np.log((e + c) / (n + c)), 1 / (e + c) - 1 / (n + c))


def _risk(numbers: dict[str, FloatArray], add: float) -> ArmEffects:
    e, n, c = _corrected(numbers, add)  # the correction is for the variance alone
    return _arms(e / n, (e + c) * (n - e + c) / (n + 2 * c) ** 3)


def _arcsine(numbers: dict[str, FloatArray], _add: float) -> ArmEffects:
    e, n = numbers["events"], numbers["n"]
    return _arms(np.arcsin(np.sqrt(e / n)), 1 / (4 * n))


def _log_rate(numbers: dict[str, FloatArray], add: float) -> ArmEffects:
    e, t = numbers["events"], numbers["time"]
    e = e + (add if (e == 0).any() else 0.0)
    return _arms(np.log(e / t), 1 / e)


def _rate(numbers: dict[str, FloatArray], add: float) -> ArmEffects:
    e, t = numbers["events"], numbers["time"]
    return _arms(e / t, (e + (add if (e == 0).any() else 0.0)) / t**2)


def _mean(numbers: dict[str, FloatArray], _add: float) -> ArmEffects:
    return _arms(numbers["mean"], numbers["sd"] ** 2 / numbers["n"])


def _log_mean(numbers: dict[str, FloatArray], _add: float) -> ArmEffects:
    m, sd, n = numbers["mean"], numbers["sd"], numbers["n"]
    if (m <= 0).any():
        raise DataError("Ratios of means need means above 0. Use --measure MD.")
    return _arms(np.log(m), sd**2 / (n * m**2))


def _standardised(numbers: dict[str, FloatArray], *, hedges: bool) -> ArmEffects:
    """Divide by the standard deviation pooled over all arms, so that differences add up."""
    m, sd, n = numbers["mean"], numbers["sd"], numbers["n"]
    df = n.sum() - len(n)
    if df < 1:
        raise DataError("A pooled standard deviation needs more people than arms.")
    factor = 1 - 3 / (4 * df - 1) if hedges else 1.0
    effects = factor * m / np.sqrt(((n - 1) @ sd**2) / df)
    g = effects[:, None] - effects
    V = 1 / n[:, None] + 1 / n + g**2 / (2 * n.sum())
    np.fill_diagonal(V, 0.0)
    return ArmEffects(effects, centred_covariance(V))


COUNTS, TIMES, MEANS = ("events", "n"), ("events", "time"), ("mean", "sd", "n")
BOTH_ZERO = "no arm with an event (or none without) tells nothing about a ratio"
MEASURES = {
    "OR": Measure("OR", COUNTS, "log odds ratio", "odds ratio", _odds, BOTH_ZERO),
    "RR": Measure("RR", COUNTS, "log risk ratio", "risk ratio", _risk_ratio, BOTH_ZERO),
    "RD": Measure("RD", COUNTS, "risk difference", None, _risk),
    "ASD": Measure("ASD", COUNTS, "arcsine difference (radians)", None, _arcsine),
    "IRR": Measure("IRR", TIMES, "log rate ratio", "rate ratio", _log_rate),
    "IRD": Measure("IRD", TIMES, "rate difference", None, _rate),
    "MD": Measure("MD", MEANS, "difference in means", None, _mean),
    "SMD": Measure(
        "SMD", MEANS, "standardised mean difference (Cohen's d, SD pooled over a study's arms)",
        None, lambda numbers, _add: _standardised(numbers, hedges=False),
    ),
    "SMD-hedges": Measure(
        "SMD-hedges", MEANS, "standardised mean difference (Hedges' g, SD pooled over all arms)",
        None, lambda numbers, _add: _standardised(numbers, hedges=True),
    ),
    "ROM": Measure("ROM", MEANS, "log ratio of means", "ratio of means", _log_mean),
}  # fmt: skip


def arm_effects(
    measure: str, numbers: dict[str, ArrayLike], *, correction: float = 0.5
) -> ArmEffects | None:
    """Return the effects of one study's arms; None where it tells nothing.

    Parameters
    ----------
    measure
        A key of `MEASURES`.
    numbers : arrays of shape (a,)
        What the measure needs: events and n, events and time, or mean, sd and n.
    correction
        Added to the counts of all arms of a study that has a zero.

    Returns
    -------
    ArmEffects or None
        None for ratios of a study where no arm, or every arm's everybody, has the event.
    """
    kind = MEASURES[measure]
    checked = {name: np.asarray(numbers[name], dtype=np.float64) for name in kind.needs}
    _check(checked)
    if kind.without_information and "n" in checked:
        e, n = checked["events"], checked["n"]
        if (e == 0).all() or (e == n).all():
            return None
    return kind.of(checked, correction)


def _check(numbers: dict[str, FloatArray]) -> None:
    e, n = numbers.get("events"), numbers.get("n")
    if e is not None and (e < 0).any():
        raise DataError(f"has {e.min():g} events: counts are 0 or above.")
    if e is not None and n is not None and (e > n).any():
        i = int((e > n).argmax())
        raise DataError(f"has {e[i]:g} events among {n[i]:g} people.")
    for name in ("n", "time", "sd"):
        if name in numbers and (numbers[name] <= 0).any():
            raise DataError(f"has {name} = {numbers[name].min():g}: it must be above 0.")
