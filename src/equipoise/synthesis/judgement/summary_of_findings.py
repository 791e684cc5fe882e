"""A row of the summary-of-findings table: from a pooled effect and its certainty to a sentence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.judgement.absolute_effects import (
    CONVERSIONS,
    Conversion,
    points_from_smd,
    risk_from_difference,
    risk_from_odds_ratio,
    risk_from_risk_ratio,
    risk_from_smd,
    whole_people,
)
from equipoise.synthesis.judgement.findings_table import MEASURES, Absolute, Finding, Pooled
from equipoise.synthesis.judgement.grade.certainty import Certainty
from equipoise.synthesis.judgement.plain_statement import (
    PEOPLE_OF_100,
    Wording,
    no_study,
    size_of,
    statement,
)

FROM_MEASURE = {
    "RR": risk_from_risk_ratio,
    "OR": risk_from_odds_ratio,
    "RD": risk_from_difference,
}


def finding(
    outcome: str,
    pooled: Pooled | None,
    certainty: Certainty | None,
    wording: Wording,
    *,
    control_risk: float | None = None,
    control_source: str = "",
    event: str = "",
    per: int = 100,
    higher_is_better: bool = False,
    conversion: Conversion = "furukawa",
    sd: float | None = None,
    sd_source: str = "",
    size_limits: tuple[float, float, float] | None = None,
) -> Finding:
    """Return a row; one without studies says that none was found.

    Parameters
    ----------
    pooled, certainty
        None where no study answers.
    control_risk, control_source
        Share with the event (or response) in the control arms, between 0 and 1, and where it was
        taken from; None: the row has no people of a hundred, and says so.
    event
        What is counted: "respond" or "have a serious adverse event".
    higher_is_better
        Of an SMD: whether a higher score is better. Responders are then counted on that side.
    conversion
        From an SMD to responders.
    sd, sd_source
        Standard deviation of an instrument at the end, in its points, and where it was taken from.
    size_limits
        Smallest differences that are small, moderate, large: in people of 100 where there are
        any (5, 10, 20), else needed, in the unit of the effect.
    """
    if pooled is None:
        return Finding(outcome, None, None, "no study", no_study(wording))
    if certainty is None:
        raise DataError(f"{outcome} has studies; judge the certainty of their evidence first.")
    side = 1 if higher_is_better else -1
    absolute, why = None, _no_people(pooled, control_risk)
    if control_risk is not None and not why:
        absolute, why = people_of(pooled, control_risk, side, conversion, per)
        absolute = absolute and replace(absolute, event=event)
    notes = list(certainty.reasons[1:])
    if absolute is not None:
        notes.append(_control(outcome, control_risk or 0.0, control_source))
        notes += [CONVERSIONS[conversion]] if pooled.measure == "SMD" else []
    if pooled.measure == "SMD" and sd is not None:
        notes.append(_points(pooled, sd, sd_source))
    size = _size(outcome, pooled, absolute, size_limits)
    said = statement(certainty.level, size_of(*size), pooled.moves, wording)
    return Finding(outcome, pooled, absolute, certainty.word, said, tuple(notes), (), why)


def _control(outcome: str, risk: float, source: str) -> str:
    if not source.strip():
        raise DataError(f"{outcome}: say where the control risk of {risk:g} was taken from.")
    return f"control risk {100 * risk:.1f}% ({source.strip()})"


def _no_people(pooled: Pooled, control_risk: float | None) -> str:
    if pooled.measure == "MD":
        return "a mean difference is in points, not in people"
    return "no control risk was given, so no people of a hundred" if control_risk is None else ""


def people_of(
    pooled: Pooled,
    control: float,
    side: int = 1,
    conversion: Conversion = "furukawa",
    per: int = 100,
) -> tuple[Absolute | None, str]:
    """Return people of `per`, or why there are none.

    Parameters
    ----------
    pooled
        RR, OR, RD or SMD.
    control
        Share with the event, or of responders, without the treatment.
    side
        Of an SMD: 1 where a higher score is better, else -1.
    """
    effects = np.array([pooled.estimate, pooled.low, pooled.high])
    try:
        if pooled.measure == "SMD":
            risks = risk_from_smd(side * effects, control, conversion)
        else:
            risks = FROM_MEASURE[pooled.measure](effects, control)
    except NotIdentifiedError as error:
        return None, str(error)
    active, one, other = (float(risk) for risk in risks)
    people = whole_people(control, active, min(one, other), max(one, other), per)
    return Absolute(per, *people), ""


def _points(pooled: Pooled, sd: float, source: str) -> str:
    if not source.strip():
        raise DataError("Say where the standard deviation of the instrument comes from.")
    points, low, high = points_from_smd([pooled.estimate, pooled.low, pooled.high], sd)
    return f"{points:.1f} points ({low:.1f} to {high:.1f}), with an SD of {sd:g} ({source.strip()})"


def _size(
    outcome: str,
    pooled: Pooled,
    absolute: Absolute | None,
    limits: tuple[float, float, float] | None,
) -> tuple[float, tuple[float, float, float]]:
    """Return the difference whose size is named, and the limits of that size."""
    if absolute is not None:
        return 100 * absolute.difference / absolute.per, limits or PEOPLE_OF_100
    if limits is None:
        raise DataError(
            f"{outcome}: without people of a hundred the size of the effect needs `size_limits` in "
            "its unit: small, moderate, large. Fix them in the review before the data are seen."
        )
    if pooled.measure in ("RR", "OR"):
        raise DataError(
            f"{outcome}: the size of a {MEASURES[pooled.measure]} is judged in people of a "
            "hundred. Give the control risk."
        )
    return pooled.estimate, limits
