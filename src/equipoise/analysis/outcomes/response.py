"""Remission and response: risks, their difference and ratios, adjusted and not."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from equipoise.analysis.contrast import Contrast
from equipoise.analysis.outcomes.arm_model import INDEPENDENT, RANDOMISED, ArmModel, arm_model
from equipoise.analysis.outcomes.logistic import LogisticFit, logistic
from equipoise.analysis.outcomes.scales import (
    Higher,
    Reading,
    few_events,
    log_scale_row,
    share_row,
)
from equipoise.analysis.outcomes.standardised_risk import (
    StandardisedRisks,
    VarianceKind,
    standardised_risks,
)
from equipoise.analysis.outcomes.unadjusted_risk import unadjusted_rows
from equipoise.analysis.rows import estimate_row
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame
    from numpy.typing import NDArray

STANDARDISED = "G-computation of a logistic working model; {variance}; normal limits"
VARIANCES = {
    "ye": "influence-function variance (Ye, Bannick, Yi & Shao 2023)",
    **{
        kind: f"sandwich variance, {kind} (Steingrimsson, Hanley & Rosenblum 2017)"
        for kind in ("HC0", "HC1", "HC2", "HC3")
    },
}
SIMPLE = (
    "The variance of standardised risks is that of simple randomisation; after stratified "
    "allocation put the strata into the formula"
)
FEW_PEOPLE = 30
NARROW = (
    "An arm has {people} people: below 30 the limits of standardised risks are a little narrow "
    "(at 15 an arm they cover in 93% instead of 95%); the variance HC3 covers"
)
CONDITIONAL = "Logistic regression by maximum likelihood, Wald interval on the log scale"
CONDITIONAL_ASSUMPTION = (
    "Conditional odds ratio: the logistic model holds, and the ratio is the same at all covariates"
)
Found = tuple[list[Estimate], list[Refusal]]


def response(
    frame: IntoDataFrame,
    formula: str,
    *,
    control: str,
    arm: str = "arm",
    event: str | None = None,
    higher: Higher | None = None,
    variance: VarianceKind = "ye",
    level: float = 0.95,
) -> Estimates:
    """Compare the chance of a yes-or-no outcome between arms.

    Parameters
    ----------
    frame
        Any data frame, one row a person.
    formula
        R's grammar: ``"remission ~ arm + baseline"``. The outcome is 0 and 1, true and false, or
        text of which `event` is the event.
    control, arm
        The reference arm, and the column of the arms.
    event
        The value of the outcome that counts.
    higher
        Whether the event is ``better`` or ``worse``, for the words beside the numbers.
    variance
        Of the standardised risks: ``ye``, or a sandwich ``HC0`` to ``HC3``.
    level
        Coverage of the intervals.

    Returns
    -------
    Estimates
        With covariates, labelled ``standardised``: ``risk`` of each arm, and ``risk-difference``,
        ``risk-ratio`` and ``odds-ratio`` to control; then ``conditional-odds-ratio``. Always the
        ``unadjusted`` risks (Wilson) and the same comparisons by score intervals.

    References
    ----------
    FDA (2023), Adjusting for Covariates in Randomized Clinical Trials for Drugs and Biological
    Products: guidance for industry.
    """
    if variance not in get_args(VarianceKind):
        raise DataError(f"`variance` is one of {get_args(VarianceKind)}. Got {variance!r}.")
    model = arm_model(frame, formula, arm=arm, control=control)
    y = zero_one(model, event)
    reading = Reading(model.arms[0], higher, level)
    events = {name: int(y[model.arm == k].sum()) for k, name in enumerate(model.arms)}
    failures = {name: int((1 - y)[model.arm == k].sum()) for k, name in enumerate(model.arms)}
    rows, refused = _modelled(model, y, variance, reading)
    crude, crude_refused = unadjusted_rows(model, y, reading)
    warnings = (*model.warnings, *few_events(events), *_few_failures(failures, events))
    found = Estimates((*rows, *crude), (*refused, *crude_refused))
    named = found.with_fields(outcome=str(model.outcome.name))
    kept = tuple(
        replace(
            row,
            warnings=(*warnings, *row.warnings),
            assumptions=(INDEPENDENT, RANDOMISED, *row.assumptions),
        )
        for row in named.rows
    )
    return Estimates(kept, named.refused)


def zero_one(model: ArmModel, event: str | None) -> NDArray[np.float64]:
    """Return the outcome as 0 and 1.

    Raises
    ------
    DataError
        When it has other values and `event` does not say which of them counts.
    """
    values = model.outcome
    if event is None:
        try:
            y = np.asarray(values, dtype=np.float64)
        except (TypeError, ValueError):
            y = np.array([np.nan])
        if bool(np.isin(y, (0, 1)).all()):
            return np.asarray(y, dtype=np.float64)
        raise DataError(
            f"The outcome {values.name!r} must be 0 and 1. It has "
            f"{sorted(map(str, values.unique()))[:6]}: say which value is the event, or make "
            "responders of a score first."
        )
    text = values.astype(str)
    numbers = {f"{v:g}" if isinstance(v, float) else str(v) for v in values.unique()}
    hit = (text == event) | (text == f"{event}.0")
    if not hit.any():
        raise DataError(f"Nobody has {values.name!r} equal to {event!r}: {sorted(numbers)[:6]}.")
    return np.asarray(hit, dtype=np.float64)


def _few_failures(failures: dict[str, int], events: dict[str, int]) -> tuple[str, ...]:
    """Warn of arms where nearly everybody had the event: as bad as nearly nobody."""
    few = {arm: count for arm, count in failures.items() if events[arm] > count}
    return tuple(text.replace(" event", " non-event", 1) for text in few_events(few))


def _modelled(
    model: ArmModel,
    y: NDArray[np.float64],
    variance: VarianceKind,
    reading: Reading,
) -> Found:
    if not model.adjusted:
        return [], []
    slugs = ("risk", "risk-difference", "risk-ratio", "odds-ratio")
    try:
        fit = logistic(y, model.matrix)
        designs = [model.had_all_been_in(name) for name in model.arms]
        risks = standardised_risks(fit, model.arm, designs, variance=variance)
        rows = _standardised_rows(risks, model, reading)
    except NotIdentifiedError as error:
        names = (*slugs, "conditional-odds-ratio")
        return [], [Refusal(name, str(error), label=_label(name)) for name in names]
    method = STANDARDISED.format(variance=VARIANCES[variance])
    conditional, refused = _conditional(fit, model, reading)
    people = int(np.bincount(model.arm).min())
    few = people < FEW_PEOPLE and variance != "HC3"
    notes = (NARROW.format(people=people),) if few else ()
    ours = (replace(r, method=method, assumptions=(SIMPLE,), warnings=notes) for r in rows)
    return [*ours, *conditional], refused


def _label(name: str) -> str | None:
    return None if name == "conditional-odds-ratio" else "standardised"


def _standardised_rows(
    risks: StandardisedRisks, model: ArmModel, reading: Reading
) -> list[Estimate]:
    outcome, level = model.outcome.name, reading.level
    rows = [
        share_row(
            "risk", risks.of_arm(k), level=level, arm=name, label="standardised",
            unit="probability", estimand=f"Risk of {outcome} had everybody been in {name}",
        )
        for k, name in enumerate(model.arms)
    ]  # fmt: skip
    for k, name in enumerate(model.arms[1:], start=1):
        what: dict[str, Any] = {"arm": name, "label": "standardised", "level": level}
        unit = reading.unit("difference in probability", name, 0)
        rows.append(estimate_row("risk-difference", risks.difference(k), unit=unit, **what))
        for slug, log_ratio in (
            ("risk-ratio", risks.log_ratio(k)),
            ("odds-ratio", risks.log_odds_ratio(k)),
        ):
            unit = reading.unit("ratio", name, 1)
            rows.append(log_scale_row(slug, log_ratio, unit=unit, **what))
    return rows


def _conditional(fit: LogisticFit, model: ArmModel, reading: Reading) -> Found:
    name = "conditional-odds-ratio"
    if not model.arm_columns:
        why = "The arm interacts with a covariate in this formula: there is no single odds ratio."
        return [], [Refusal(name, why)]
    rows = [
        log_scale_row(
            name,
            Contrast(
                float(fit.coefficients[column]),
                float(np.sqrt(fit.covariance[column, column])),
                math.inf,
            ),
            level=reading.level,
            arm=arm,
            unit=reading.unit("ratio", arm, 1),
            method=CONDITIONAL,
            assumptions=(CONDITIONAL_ASSUMPTION,),
        )
        for arm, column in model.arm_columns.items()
    ]
    return rows, []
