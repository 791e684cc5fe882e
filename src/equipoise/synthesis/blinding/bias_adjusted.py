"""How much of the pooled effect may be unblinding: bias-adjusted pools and their tipping point.

No trial tells its own bias. So the pooled effect is shown for a grid of mean biases, for biases
elicited by design class where they are given, and the bias that would undo the conclusion is
computed. Whether a bias of that size is plausible is for the reader to judge.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.blinding.rows import HARTUNG_KNAPP, fit_row
from equipoise.synthesis.blinding.tipping import (
    bias_adjusted,
    limits,
    tipping_scale,
    tipping_shift,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.synthesis.effects import Effects

TIPPING, ADJUSTED = "bias-tipping-point", "bias-adjusted-effect"
TURNER = "Effects less the mean bias, its variance added (Turner et al. 2009)"
SUPPOSED = "The bias is supposed, not estimated: the grid says what follows if it is so large"
ELICITED = "Mean and spread of the bias by class are as given by the user"


class Bias(NamedTuple):
    """What unblinding adds to the effect of one class, towards the pooled effect, and how sure."""

    mean: float
    sd: float = 0.0


def bias_synthesis(
    effects: Effects,
    *,
    smallest_important: float | None = None,
    grid: Sequence[float] | None = None,
    sd: float = 0.0,
    design: Sequence[str] | None = None,
    elicited: Mapping[str, Bias] | None = None,
    level: float = 0.95,
) -> Estimates:
    """Adjust a pool for unblinding bias, and find where it tips.

    Parameters
    ----------
    effects
    smallest_important
        Smallest important difference, above 0, in units of the effects.
    grid
        Mean biases, above 0 towards the pooled effect; round numbers up to the pooled effect if
        None.
    sd
        Standard deviation of the bias between trials.
    design, elicited
        Design class of each trial, and the bias of each class. Classes not named have none.
    """
    if smallest_important is not None and not smallest_important > 0:
        raise DataError(
            f"The smallest important difference is above 0. Got {smallest_important:g}."
        )
    plain = bias_adjusted(effects)
    side = math.copysign(1.0, float(plain.beta[0]))
    steps = round_steps(abs(float(plain.beta[0]))) if grid is None else np.asarray(grid)
    found = Estimates(tuple(_adjusted(effects, side, float(b), sd, level) for b in steps))
    targets = {"no effect": 0.0}
    if smallest_important is not None:
        targets["smallest important difference"] = side * smallest_important
    for label, target in targets.items():
        found += _tipping(effects, label, target, sd, level)
    if elicited:
        if design is None:
            raise DataError("Biases by class need the design class of each trial.")
        found += _elicited(effects, design, elicited, side=side, targets=targets, level=level)
    return found


def round_steps(end: float) -> NDArray[np.float64]:
    """Return 0 and round numbers up to the first at or beyond `end`.

    Examples
    --------
    >>> round_steps(0.9).round(2)
    array([0. , 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
    """
    power = 10.0 ** math.floor(math.log10(max(end, 1e-12)))
    step = next(part * power for part in (0.1, 0.2, 0.5, 1.0) if end <= 10 * part * power)
    return step * np.arange(math.ceil(end / step - 1e-9) + 1, dtype=np.float64)


def _adjusted(effects: Effects, side: float, bias: float, sd: float, level: float) -> Estimate:
    spread = f" ± {sd:g}" if sd else ""
    return fit_row(
        ADJUSTED, bias_adjusted(effects, side * bias, sd), level, label=f"bias {bias:.3g}{spread}",
        unit=effects.scale, estimand=f"Mean effect were {bias:.3g} of it unblinding in every trial",
        method=f"{TURNER}. {HARTUNG_KNAPP}", assumptions=(SUPPOSED,),
    )  # fmt: skip


def _tipping(effects: Effects, label: str, target: float, sd: float, level: float) -> Estimates:
    low, high = limits(bias_adjusted(effects, 0.0, sd), level)
    try:
        shift = abs(_towards(low, high, target))
    except NotIdentifiedError as error:
        return Estimates(refused=(Refusal(TIPPING, str(error), label),))
    row = Estimate(
        TIPPING,
        label,
        estimate=shift,
        unit=_size(effects.scale),
        estimand=(
            "Mean unblinding bias, towards the pooled effect and alike in all trials, at which "
            f"the {level:.0%} interval touches {target:g}"
        ),
        method=f"Exact: the nearer end of the interval less {target:g}. {TURNER}. {HARTUNG_KNAPP}",
        assumptions=("The bias is the same in all trials, or varies around one mean",),
    )
    return Estimates((row,))


def _towards(low: float, high: float, target: float) -> float:
    """Return the shift, refused where the interval does not go beyond the target."""
    shift = tipping_shift(low, high, target)
    if shift * (low + high) < 0:
        raise NotIdentifiedError(
            f"The pooled interval, {low:.3g} to {high:.3g}, does not reach {target:g} to "
            "begin with."
        )
    return shift


def _elicited(
    effects: Effects,
    design: Sequence[str],
    elicited: Mapping[str, Bias],
    *,
    side: float,
    targets: Mapping[str, float],
    level: float,
) -> Estimates:
    unknown = sorted(set(elicited) - set(design))
    if unknown:
        raise DataError(f"No trial is of class {unknown}. The classes are {sorted(set(design))}.")
    own = [elicited.get(one, Bias(0.0)) for one in design]
    mean, sd = side * np.array([b.mean for b in own]), np.array([b.sd for b in own])
    fit = bias_adjusted(effects, mean, sd)
    about = ", ".join(f"{c} {b.mean:g} ± {b.sd:g}" for c, b in sorted(elicited.items()))
    row = fit_row(
        ADJUSTED, fit, level, label="by class", unit=effects.scale,
        estimand=f"Mean effect less the elicited biases: {about}",
        method=f"{TURNER}. {HARTUNG_KNAPP}", assumptions=(ELICITED,),
    )  # fmt: skip
    found = Estimates((row,))
    for label, target in targets.items():
        name = f"{label}, by class"
        try:
            _towards(*limits(bias_adjusted(effects, 0.0, sd), level), target)
            factor = tipping_scale(effects, mean, sd, target=target, level=level)
        except NotIdentifiedError as error:
            found += Estimates(refused=(Refusal(TIPPING, str(error), name),))
            continue
        row = Estimate(
            TIPPING, name, estimate=factor, unit="times the elicited biases",
            estimand=f"Factor on the biases ({about}) at which the interval touches {target:g}",
            method=f"Bisection; the spread as elicited. {TURNER}. {HARTUNG_KNAPP}",
            assumptions=(ELICITED,),
        )  # fmt: skip
        found += Estimates((row,))
    return found


def _size(scale: str | None) -> str | None:
    """Say the unit without the direction: a bias is counted towards the effect."""
    return None if scale is None else scale.partition(" (")[0]


def tipping_frame(found: Estimates) -> dict[str, list[float]]:
    """Return the grid as columns bias, estimate, low, high for `plots.bias_tipping`."""
    rows = [r for r in found.select(name=ADJUSTED) if (r.label or "").startswith("bias ")]
    columns: dict[str, list[float]] = {"bias": [], "estimate": [], "low": [], "high": []}
    for row in rows:
        columns["bias"].append(float((row.label or "").split()[1]))
        for field in ("estimate", "low", "high"):
            columns[field].append(getattr(row, field))
    return columns
