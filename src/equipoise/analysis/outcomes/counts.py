"""Counts of events with time at risk: rates by arm and rate ratios."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, get_args

import numpy as np

from equipoise.analysis.contrast import Contrast
from equipoise.analysis.outcomes.arm_model import INDEPENDENT, RANDOMISED, ArmModel, arm_model
from equipoise.analysis.outcomes.negative_binomial import negative_binomial
from equipoise.analysis.outcomes.poisson import HcKind, PoissonFit, poisson
from equipoise.analysis.outcomes.scales import Higher, Reading, few_events, log_scale_row
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
    reading = Reading(model.arms[0], higher, level)
    unit = f"events per unit of {exposure}" if exposure else "events per person"
    found = _rates(model, _Counted(y, time, robust), unit, level)
    found = found + _ratios(model, _Counted(y, time, robust), reading)
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


class _Counted(NamedTuple):
    """Counts (n,), time at risk (n,) or None, and the residuals of the robust variance."""

    y: NDArray[np.float64]
    time: NDArray[np.float64] | None
    robust: HcKind


def _rates(model: ArmModel, counted: _Counted, unit: str, level: float) -> Estimates:
    design = (model.arm[:, None] == np.arange(len(model.arms))).astype(np.float64)
    try:
        fit = poisson(counted.y, design, counted.time)
        variance = fit.robust_covariance(counted.robust)
        df = float(len(counted.y) - len(model.arms))
        rows = [
            log_scale_row(
                "rate", Contrast(float(fit.coefficients[k]), float(np.sqrt(variance[k, k])), df),
                level=level, arm=name, unit=unit, method=RATE.format(kind=counted.robust),
            )
            for k, name in enumerate(model.arms)
        ]  # fmt: skip
    except NotIdentifiedError as error:
        return Estimates(refused=(Refusal("rate", str(error)),))
    return Estimates(tuple(replace(row, p=None) for row in rows))


def _ratios(model: ArmModel, counted: _Counted, reading: Reading) -> Estimates:
    if not model.arm_columns:
        why = "The arm interacts with a covariate in this formula: there is no single rate ratio."
        return Estimates(refused=(Refusal("rate-ratio", why),))
    found = Estimates()
    for label, method in (("poisson", _poisson_rows), ("negative-binomial", _shaped_rows)):
        try:
            found = found + Estimates(tuple(method(model, counted, reading)))
        except NotIdentifiedError as error:
            found = found + Estimates(refused=(Refusal("rate-ratio", str(error), label=label),))
    return found


def _poisson_rows(model: ArmModel, counted: _Counted, reading: Reading) -> list[Estimate]:
    fit = poisson(counted.y, model.matrix, counted.time)
    variance = fit.robust_covariance(counted.robust)
    df = float(len(counted.y) - model.matrix.shape[1])
    effects = _arm_effects(model, fit.coefficients, variance, df)
    rows = [
        log_scale_row(
            "rate-ratio", effect, level=reading.level, label="poisson", arm=arm,
            unit=reading.unit("ratio of rates", arm, 1),
            method=POISSON.format(kind=counted.robust), assumptions=(LOG_LINEAR,),
        )
        for arm, effect in effects.items()
    ]  # fmt: skip
    return [*rows, _overdispersion(fit)]


def _shaped_rows(model: ArmModel, counted: _Counted, reading: Reading) -> list[Estimate]:
    fit = negative_binomial(counted.y, model.matrix, counted.time)
    return [
        log_scale_row(
            "rate-ratio", effect, level=reading.level, label="negative-binomial", arm=arm,
            unit=reading.unit("ratio of rates", arm, 1),
            method=NEGATIVE_BINOMIAL, assumptions=(LOG_LINEAR, SHAPE),
        )
        for arm, effect in _arm_effects(model, fit.coefficients, fit.covariance, math.inf).items()
    ]  # fmt: skip


def _arm_effects(
    model: ArmModel, beta: NDArray[np.float64], variance: NDArray[np.float64], df: float
) -> dict[str, Contrast]:
    return {
        arm: Contrast(float(beta[k]), float(np.sqrt(variance[k, k])), df)
        for arm, k in model.arm_columns.items()
    }


def _overdispersion(fit: PoissonFit) -> Estimate:
    return Estimate(
        "overdispersion",
        estimate=fit.dispersion,
        unit="variance over Poisson's (1 is Poisson)",
        method="Pearson chi-square over n - p (McCullagh & Nelder 1989)",
    )
