"""Counts of events with time at risk: rates by arm and rate ratios."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import numpy as np

from equipoise.analysis.contrast import Contrast
from equipoise.analysis.outcomes.arm_model import INDEPENDENT, RANDOMISED, ArmModel, arm_model
from equipoise.analysis.outcomes.negative_binomial import negative_binomial
from equipoise.analysis.outcomes.poisson import HcKind, PoissonFit, poisson
from equipoise.analysis.outcomes.scales import Higher, few_events, log_scale_row, unit_of
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame
    from numpy.typing import NDArray

POISSON = (
    "Poisson regression with log exposure as offset, robust variance {kind} (Huber 1967; "
    "MacKinnon & White 1985), t with n - p df"
)
NEGATIVE_BINOMIAL = (
    "Negative binomial regression by maximum likelihood (Lawless 1987), normal limits"
)
RATE = (
    "Events over time at risk, robust variance {kind}, t with n - arms df, limits on the log scale"
)
LOG_LINEAR = "Covariates multiply the rate: the log-linear mean is right"
SHAPE = (
    "Negative binomial: the variance of the counts is mean + alpha mean², alpha equal in all arms"
)


def counts(
    frame: IntoDataFrame,
    formula: str,
    *,
    control: str,
    arm: str = "arm",
    exposure: str | None = None,
    higher: Higher | None = None,
    robust: HcKind = "HC3",
    level: float = 0.95,
) -> Estimates:
    """Compare rates of events between arms.

    Parameters
    ----------
    frame
        Any data frame, one row a person.
    formula
        R's grammar: ``"relapses ~ arm + baseline"``. The outcome is whole numbers.
    control, arm
        The reference arm, and the column of the arms.
    exposure
        Column of the time at risk; the unit of time of the rates.
    higher
        Whether more events are ``better`` or ``worse``.
    robust
        Residuals of the robust variance.
    level
        Coverage of the intervals.

    Returns
    -------
    Estimates
        ``rate`` of each arm (unadjusted), ``rate-ratio`` to control labelled ``poisson`` (robust
        variance) and ``negative-binomial``, and ``overdispersion``.
    """
    if robust not in get_args(HcKind):
        raise DataError(f"`robust` is one of {get_args(HcKind)}. Got {robust!r}.")
    model = arm_model(
        frame, formula, arm=arm, control=control, needed=[exposure] if exposure else ()
    )
    y, time = _numbers(model, str(model.outcome.name)), None
    if exposure:
        time = _numbers(model, exposure)
    events = {name: int(y[model.arm == k].sum()) for k, name in enumerate(model.arms)}
    found = _rates(model, y, time, robust, exposure, level)
    found = found + _ratios(model, y, time, robust, higher, level)
    named = found.with_fields(
        outcome=str(model.outcome.name), warnings=(*model.warnings, *few_events(events))
    )
    common = (INDEPENDENT, RANDOMISED)
    kept = tuple(replace(row, assumptions=(*common, *row.assumptions)) for row in named.rows)
    return Estimates(kept, named.refused)


def _numbers(model: ArmModel, column: str) -> NDArray[np.float64]:
    try:
        return np.asarray(model.table[column], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"Column {column!r} must be numbers: {error}.") from error


def _rates(
    model: ArmModel,
    y: NDArray[np.float64],
    time: NDArray[np.float64] | None,
    robust: HcKind,
    exposure: str | None,
    level: float,
) -> Estimates:
    design = (model.arm[:, None] == np.arange(len(model.arms))).astype(np.float64)
    unit = f"events per unit of {exposure}" if exposure else "events per person"
    try:
        fit = poisson(y, design, time)
        variance = fit.robust_covariance(robust)
        df = float(len(y) - len(model.arms))
        rows = [
            log_scale_row(
                "rate", Contrast(float(fit.coefficients[k]), float(np.sqrt(variance[k, k])), df),
                level=level, arm=name, unit=unit, method=RATE.format(kind=robust),
            )
            for k, name in enumerate(model.arms)
        ]  # fmt: skip
    except NotIdentifiedError as error:
        return Estimates(refused=(Refusal("rate", str(error)),))
    return Estimates(tuple(replace(row, p=None) for row in rows))


def _ratios(
    model: ArmModel,
    y: NDArray[np.float64],
    time: NDArray[np.float64] | None,
    robust: HcKind,
    higher: Higher | None,
    level: float,
) -> Estimates:
    if not model.arm_columns:
        why = "The arm interacts with a covariate in this formula: there is no single rate ratio."
        return Estimates(refused=(Refusal("rate-ratio", why),))
    rows: list[Estimate] = []
    refused: list[Refusal] = []

    def add(
        label: str,
        beta: NDArray[np.float64],
        variance: NDArray[np.float64],
        df: float,
        method: str,
        assumptions: tuple[str, ...],
    ) -> None:
        for name, column in model.arm_columns.items():
            effect = Contrast(float(beta[column]), float(np.sqrt(variance[column, column])), df)
            unit = unit_of("ratio of rates", name, model.arms[0], higher, 1)
            row = log_scale_row("rate-ratio", effect, level=level, label=label, arm=name, unit=unit)
            rows.append(replace(row, method=method, assumptions=assumptions))

    try:
        fit = poisson(y, model.matrix, time)
        df = float(len(y) - model.matrix.shape[1])
        variance = fit.robust_covariance(robust)
        method = POISSON.format(kind=robust)
        add("poisson", fit.coefficients, variance, df, method, (LOG_LINEAR,))
        rows.append(_overdispersion(fit))
    except NotIdentifiedError as error:
        refused.append(Refusal("rate-ratio", str(error), label="poisson"))
    try:
        shaped = negative_binomial(y, model.matrix, time)
        both = (LOG_LINEAR, SHAPE)
        method = NEGATIVE_BINOMIAL
        add("negative-binomial", shaped.coefficients, shaped.covariance, math.inf, method, both)
    except NotIdentifiedError as error:
        refused.append(Refusal("rate-ratio", str(error), label="negative-binomial"))
    return Estimates(tuple(rows), tuple(refused))


def _overdispersion(fit: PoissonFit) -> Estimate:
    return Estimate(
        "overdispersion",
        estimate=fit.dispersion,
        unit="variance over Poisson's (1 is Poisson)",
        method="Pearson chi-square over n - p (McCullagh & Nelder 1989)",
    )
