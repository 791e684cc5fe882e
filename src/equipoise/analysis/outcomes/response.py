"""Remission and response: risks, their difference and ratios, adjusted and not."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from scipy.special import ndtr

from equipoise.analysis.contrast import Contrast
from equipoise.analysis.outcomes import two_proportions as two
from equipoise.analysis.outcomes.arm_model import INDEPENDENT, RANDOMISED, ArmModel, arm_model
from equipoise.analysis.outcomes.logistic import LogisticFit, logistic
from equipoise.analysis.outcomes.scales import (
    Higher,
    few_events,
    log_scale_row,
    share_row,
    unit_of,
)
from equipoise.analysis.outcomes.standardised_risk import (
    StandardisedRisks,
    VarianceKind,
    standardised_risks,
)
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
    events = {name: int(y[model.arm == k].sum()) for k, name in enumerate(model.arms)}
    failures = {name: int((1 - y)[model.arm == k].sum()) for k, name in enumerate(model.arms)}
    rows, refused = _modelled(model, y, variance, higher, level)
    crude, crude_refused = _unadjusted(model, y, higher, level)
    warnings = (*model.warnings, *few_events(events), *_few_failures(failures, events))
    found = Estimates((*rows, *crude), (*refused, *crude_refused))
    named = found.with_fields(outcome=str(model.outcome.name))
    kept = tuple(
        replace(row, warnings=warnings, assumptions=(INDEPENDENT, RANDOMISED, *row.assumptions))
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
        if np.isin(y, (0, 1)).all():
            return y
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
    return hit.to_numpy(dtype=np.float64)


def _few_failures(failures: dict[str, int], events: dict[str, int]) -> tuple[str, ...]:
    """Warn of arms where nearly everybody had the event: as bad as nearly nobody."""
    few = {arm: count for arm, count in failures.items() if events[arm] > count}
    return tuple(text.replace(" event", " non-event", 1) for text in few_events(few))


def _modelled(
    model: ArmModel,
    y: NDArray[np.float64],
    variance: VarianceKind,
    higher: Higher | None,
    level: float,
) -> Found:
    if not model.adjusted:
        return [], []
    slugs = ("risk", "risk-difference", "risk-ratio", "odds-ratio")
    try:
        fit = logistic(y, model.matrix)
        designs = [model.had_all_been_in(name) for name in model.arms]
        risks = standardised_risks(fit, model.arm, designs, variance=variance)
        rows = _standardised_rows(risks, model, higher, level)
    except NotIdentifiedError as error:
        names = (*slugs, "conditional-odds-ratio")
        return [], [Refusal(name, str(error), label=_label(name)) for name in names]
    method = STANDARDISED.format(variance=VARIANCES[variance])
    conditional, refused = _conditional(fit, model, higher, level)
    return [*(replace(row, method=method) for row in rows), *conditional], refused


def _label(name: str) -> str | None:
    return None if name == "conditional-odds-ratio" else "standardised"


def _standardised_rows(
    risks: StandardisedRisks, model: ArmModel, higher: Higher | None, level: float
) -> list[Estimate]:
    control, outcome = model.arms[0], model.outcome.name
    rows = [
        share_row(
            "risk", risks.of_arm(k), level=level, arm=name, label="standardised",
            unit="probability", estimand=f"Risk of {outcome} had everybody been in {name}",
        )
        for k, name in enumerate(model.arms)
    ]  # fmt: skip
    for k, name in enumerate(model.arms[1:], start=1):
        what: dict[str, Any] = {"arm": name, "label": "standardised", "level": level}
        unit = unit_of("difference in probability", name, control, higher, 0)
        rows.append(estimate_row("risk-difference", risks.difference(k), unit=unit, **what))
        for slug, log_ratio in (
            ("risk-ratio", risks.log_ratio(k)),
            ("odds-ratio", risks.log_odds_ratio(k)),
        ):
            unit = unit_of("ratio", name, control, higher, 1)
            rows.append(log_scale_row(slug, log_ratio, unit=unit, **what))
    return rows


def _conditional(
    fit: LogisticFit, model: ArmModel, higher: Higher | None, level: float
) -> tuple[list[Estimate], list[Refusal]]:
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
            level=level,
            arm=arm,
            unit=unit_of("ratio", arm, model.arms[0], higher, 1),
            method=CONDITIONAL,
            assumptions=(CONDITIONAL_ASSUMPTION,),
        )
        for arm, column in model.arm_columns.items()
    ]
    return rows, []


def _unadjusted(
    model: ArmModel, y: NDArray[np.float64], higher: Higher | None, level: float
) -> Found:
    table = [
        (int(y[model.arm == k].sum()), int((model.arm == k).sum())) for k in range(len(model.arms))
    ]
    rows: list[Estimate] = []
    refused: list[Refusal] = []
    for (events, people), name in zip(table, model.arms, strict=True):
        low, high = two.wilson(events, people, level=level)
        rows.append(
            Estimate(
                "risk", label="unadjusted", arm=name, estimate=events / people, low=low, high=high,
                level=level, unit="probability", method=two.WILSON,
            )
        )  # fmt: skip
    for (events, people), name in zip(table[1:], model.arms[1:], strict=True):
        counts = (events, people, *table[0])
        rows += _differences(counts, name, model.arms[0], higher, level)
        for slug, interval, ratio in (
            ("risk-ratio", two.score_ratio, _ratio(events * table[0][1], people * table[0][0])),
            (
                "odds-ratio",
                two.score_odds_ratio,
                _ratio(events * (table[0][1] - table[0][0]), (people - events) * table[0][0]),
            ),
        ):
            row = _score_ratio_row(slug, interval(*counts, level=level), ratio, counts)
            if isinstance(row, Refusal):
                refused.append(replace(row, label=f"{name}, {row.label}"))
                continue
            unit = unit_of("ratio", name, model.arms[0], higher, 1)
            rows.append(replace(row, arm=name, level=level, unit=unit))
    return rows, refused


def _differences(
    counts: tuple[int, int, int, int], name: str, control: str, higher: Higher | None, level: float
) -> list[Estimate]:
    events, people, events0, people0 = counts
    unit = unit_of("difference in probability", name, control, higher, 0)
    methods: tuple[tuple[str, Callable[..., tuple[float, float]], str], ...] = (
        ("miettinen-nurminen", two.score_difference, two.MIETTINEN_NURMINEN),
        ("newcombe", two.newcombe, two.NEWCOMBE),
    )
    rows = []
    for label, interval, method in methods:
        low, high = interval(*counts, level=level)
        p = _score_test(counts) if label == "miettinen-nurminen" else None
        rows.append(
            Estimate(
                "risk-difference", label=label, arm=name, p=p, low=low, high=high, level=level,
                estimate=events / people - events0 / people0, unit=unit, method=method,
            )
        )  # fmt: skip
    return rows


def _score_test(counts: tuple[int, int, int, int]) -> float:
    """Two-sided p of equal risks: the score statistic whose inversion is the interval."""
    x, n, x0, n0 = counts
    pooled = (x + x0) / (n + n0)
    variance = pooled * (1 - pooled) * (1 / n + 1 / n0) * (n + n0) / (n + n0 - 1)
    if variance == 0:
        return 1.0
    return 2 * float(ndtr(-abs(x / n - x0 / n0) / math.sqrt(variance)))


def _ratio(numerator: int, denominator: int) -> float | None:
    return numerator / denominator if denominator else None


def _score_ratio_row(
    slug: str,
    limits: tuple[float, float],
    ratio: float | None,
    counts: tuple[int, int, int, int],
) -> Estimate | Refusal:
    label = "miettinen-nurminen"
    low, high = limits
    if ratio is None or not math.isfinite(high):
        events, people, events0, people0 = counts
        why = (
            f"A cell is empty ({events} of {people} against {events0} of {people0}): the ratio has "
            f"no finite upper limit. Its lower limit is {low:.3g}; use the difference."
        )
        return Refusal(slug, why, label=label)
    return Estimate(
        slug, label=label, estimate=ratio, low=low, high=high, p=_score_test(counts),
        method=two.MIETTINEN_NURMINEN,
    )  # fmt: skip
