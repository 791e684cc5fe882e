"""From a relative or standardised effect to people of a hundred, at a stated control risk.

The control risk is data, from the pool's own control arms, never a constant. For standardised
differences above 0 is better here: turn the sign first.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit, ndtr, ndtri

from equipoise.errors import DataError, NotIdentifiedError

FloatArray = NDArray[np.float64]
Conversion = Literal["furukawa", "hasselblad-hedges", "cox-snell"]
LOGISTIC_SD = np.pi / np.sqrt(3)
CONVERSIONS = {
    "furukawa": "response by Φ(Φ⁻¹(p) + SMD): Furukawa & Leucht 2011, PLoS One 6:e19070",
    "hasselblad-hedges": "log odds ratio = SMD π/√3: Hasselblad & Hedges 1995, Psychol Bull "
    "117:167-178",
    "cox-snell": "log odds ratio = 1.65 SMD (Cox & Snell 1989)",
}


def risk_from_odds_ratio(odds_ratio: ArrayLike, control: float) -> FloatArray:
    """Return the risk under treatment.

    >>> risk_from_odds_ratio([1.0, 2.0], 0.2).round(4)
    array([0.2   , 0.3333])
    """
    ratio = _positive(odds_ratio, "odds ratio")
    return np.asarray(expit(logit(_share(control)) + np.log(ratio)), dtype=np.float64)


def risk_from_risk_ratio(risk_ratio: ArrayLike, control: float) -> FloatArray:
    """Return the risk under treatment.

    Raises
    ------
    NotIdentifiedError
        When it would exceed 1: a risk ratio does not carry over to so high a control risk.

    Examples
    --------
    >>> risk_from_risk_ratio([0.5, 1.5], 0.2)
    array([0.1, 0.3])
    """
    ratio = _positive(risk_ratio, "risk ratio")
    risk = ratio * _share(control)
    if (risk > 1).any():
        raise NotIdentifiedError(
            f"A risk ratio of {ratio.max():g} at a control risk of {control:g} gives more than all "
            "people. Use the odds ratio, or a control risk that the studies had."
        )
    return risk


def risk_from_difference(risk_difference: ArrayLike, control: float) -> FloatArray:
    """Return the risk under treatment; refused outside 0 to 1."""
    difference = np.asarray(risk_difference, dtype=np.float64)
    risk = _share(control) + difference
    if (risk > 1).any() or (risk < 0).any():
        raise NotIdentifiedError(
            f"A risk difference of {difference.tolist()} at a control risk of {control:g} leaves "
            "0 to 1. Use a ratio, or a control risk that the studies had."
        )
    return risk


def risk_from_smd(
    smd: ArrayLike, control: float, conversion: Conversion = "furukawa"
) -> FloatArray:
    """Return the share of responders under treatment, from that under control.

    Parameters
    ----------
    smd
        Standardised mean difference, above 0 better.
    control
        Share of responders under control, between 0 and 1.
    conversion
        "furukawa": normal scores of one spread, a cut anywhere; the others take logistic scores.

    Examples
    --------
    >>> risk_from_smd(0.5, 0.35).round(3)
    np.float64(0.546)
    """
    share, moved = _share(control), np.asarray(smd, dtype=np.float64)
    if conversion == "furukawa":
        return np.asarray(ndtr(ndtri(share) + moved), dtype=np.float64)[()]
    if conversion not in CONVERSIONS:
        raise DataError(f"Conversions are {', '.join(CONVERSIONS)}; got {conversion!r}.")
    slope = LOGISTIC_SD if conversion == "hasselblad-hedges" else 1.65
    return np.asarray(expit(logit(share) + slope * moved), dtype=np.float64)[()]


def points_from_smd(smd: ArrayLike, sd: float) -> FloatArray:
    """Return points on an instrument, from its standard deviation between people at the end.

    >>> points_from_smd([-0.5], 6.8)
    array([-3.4])
    """
    if not (np.isfinite(sd) and sd > 0):
        raise DataError(f"The standard deviation of an instrument is above 0; got {sd:g}.")
    return np.asarray(smd, dtype=np.float64) * sd


def whole_people(
    control: float, active: float, low: float, high: float, per: int = 100
) -> tuple[int, int, int, int, int]:
    """Return people of `per`: control, active, their difference, and the difference's limits.

    Each arm is rounded first, so that the difference is that of the numbers shown.

    >>> whole_people(0.354, 0.546, 0.47, 0.61)
    (35, 55, 20, 12, 26)
    """
    before, after, least, most = (_half_up(per * risk) for risk in (control, active, low, high))
    least, most = sorted((least, most))
    return before, after, after - before, least - before, most - before


def _half_up(number: float) -> int:
    return int(np.floor(number + 0.5))


def _share(control: float) -> float:
    if not 0 < control < 1:
        raise DataError(
            f"The control risk lies between 0 and 1, both excluded; got {control}. Take it from "
            "the control arms of the studies."
        )
    return float(control)


def _positive(ratio: ArrayLike, what: str) -> FloatArray:
    values = np.asarray(ratio, dtype=np.float64)
    if not (np.isfinite(values) & (values > 0)).all():
        raise DataError(f"Ratios are above 0; the {what} is {values.tolist()}.")
    return values
