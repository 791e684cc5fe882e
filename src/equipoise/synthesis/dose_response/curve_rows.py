"""Rows of a curve: its coefficients, and the effects of doses where studies have arms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.dose_response.dose_gaps import why_no_prediction
from equipoise.synthesis.dose_response.emax_curve import EmaxCurve

if TYPE_CHECKING:
    from equipoise.synthesis.dose_response.dose_curve import DoseCurve
    from equipoise.synthesis.dose_response.dose_table import DoseStudies
    from equipoise.synthesis.dose_response.options import DoseResponseOptions

ESTIMATORS = {"fixed": "common effect", "ml": "ML", "reml": "REML"}


def method_line(curve: DoseCurve | EmaxCurve, options: DoseResponseOptions) -> str:
    """Return the model in one line, with its source."""
    how = ESTIMATORS[options.method]
    if isinstance(curve, EmaxCurve):
        return f"Emax curve, one-stage mixed model, {how} (Lindstrom & Bates 1990)"
    stage = "One-stage" if options.one_stage else "Two-stage"
    knots = ", ".join(f"{k:g}" for k in curve.shape.knots)
    told = f"spline with knots {knots}" if knots else curve.shape.name
    return f"{stage} dose-response model, {told}, {how} (Crippa et al. 2019)"


def coefficient_rows(
    curve: DoseCurve | EmaxCurve, data: DoseStudies, options: DoseResponseOptions
) -> Estimates:
    """Return rows ``dose-coefficient``, or ``emax`` and ``ed50``."""
    method, level = method_line(curve, options), options.level
    if isinstance(curve, EmaxCurve):
        se = np.sqrt(np.diag(curve.covariance))
        half = float(ndtri((1 + level) / 2)) * float(se[1])
        ed50 = Estimate(
            "ed50",
            estimate=curve.ed50,
            se=curve.ed50 * float(se[1]),
            low=curve.ed50 * math.exp(-half),
            high=curve.ed50 * math.exp(half),
            level=level,
            unit="dose",
            estimand="Dose of half the largest effect",
            method=method,
        )
        top = wald_row(
            "emax", None, curve.emax, float(se[0]), level=level, unit=data.scale, method=method
        )
        return Estimates((replace(top, estimand="Largest effect against dose 0"), ed50))
    se = np.sqrt(np.diag(curve.fit.covariance))
    rows = [
        wald_row(
            "dose-coefficient",
            term,
            float(b),
            float(s),
            level=level,
            unit=f"{data.scale} per unit",
            method=method,
        )
        for term, b, s in zip(curve.shape.terms, curve.fit.beta, se, strict=True)
    ]
    return Estimates(tuple(rows))


def wald_row(
    name: str, label: str | None, b: float, s: float, *, level: float, unit: str, method: str
) -> Estimate:
    """Return a row with the normal interval and p of an estimate and its standard error."""
    half = float(ndtri((1 + level) / 2)) * s
    p = 2 * float(ndtr(-abs(b / s))) if s > 0 else None
    return Estimate(
        name,
        label=label,
        estimate=b,
        se=s,
        low=b - half,
        high=b + half,
        level=level,
        p=p,
        unit=unit,
        method=method,
    )


def _of_the_shape(dose: float, lowest: float) -> str:
    return (
        f"No study compares a dose below {lowest:g} with a lower one, so the effect of {dose:g} is "
        "what the shape of the curve makes of higher doses."
    )


def effect_rows(
    curve: DoseCurve | EmaxCurve, data: DoseStudies, reference: float, options: DoseResponseOptions
) -> Estimates:
    """Return rows ``dose-effect``, with ratios; a refusal for each dose in empty space."""
    method, doses = method_line(curve, options), data.doses
    asked: Sequence[float] = options.at or [d for d in np.unique(doses) if d != reference]
    ratio = data.scale.startswith("log ")
    rows, refused = [], []
    no_reference = why_no_prediction(reference, doses, options.gap)
    for dose in asked:
        label = f"{dose:g} vs {reference:g}"
        why = no_reference or why_no_prediction(dose, doses, options.gap)
        if why is not None:
            refused.append(Refusal("dose-effect", why, label=label))
            continue
        value, se = (float(x[0]) for x in curve.effect(dose, reference))
        row = wald_row(
            "dose-effect", label, value, se, level=options.level, unit=data.scale, method=method
        )
        if reference < dose < data.lowest_compared:
            row = replace(row, warnings=(_of_the_shape(dose, data.lowest_compared),))
        rows.append(row)
        if ratio and row.low is not None and row.high is not None:
            rows.append(
                Estimate(
                    "dose-effect-ratio",
                    label=label,
                    estimate=math.exp(value),
                    low=math.exp(row.low),
                    high=math.exp(row.high),
                    level=row.level,
                    p=row.p,
                    unit=data.scale.removeprefix("log "),
                    method=method,
                )
            )
    return Estimates(tuple(rows), tuple(refused))
