"""Dose-response as rows: coefficients, effects of doses, tests, heterogeneity, regions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.dose_response.curve_rows import (
    ESTIMATORS,
    coefficient_rows,
    effect_rows,
    method_line,
    wald_row,
)
from equipoise.synthesis.dose_response.dose_curve import DoseCurve, dose_curve
from equipoise.synthesis.dose_response.dose_regions import DoseRegion, dose_region_shares
from equipoise.synthesis.dose_response.dose_shape import (
    DoseShape,
    dose_shape,
    knots_at_quantiles,
)
from equipoise.synthesis.dose_response.drug_equivalence import common_scale, drug_slopes
from equipoise.synthesis.dose_response.emax_curve import EmaxCurve, emax_curve
from equipoise.synthesis.dose_response.options import DoseResponseOptions
from equipoise.synthesis.i2 import i2_of_q

if TYPE_CHECKING:
    from equipoise.synthesis.dose_response.dose_table import DoseStudies
    from equipoise.synthesis.dose_response.random_slopes import RandomSlopes


@dataclass(frozen=True, slots=True, eq=False)
class DoseResponse:
    """The rows, and what a plot needs: the curve and the studies on the scale it was fitted on."""

    estimates: Estimates
    curve: DoseCurve | EmaxCurve
    data: DoseStudies
    reference: float
    regions: tuple[DoseRegion, ...] = ()


def dose_response(data: DoseStudies, options: DoseResponseOptions | None = None) -> DoseResponse:
    """Pool studies of doses into a curve, and say what it shows and where it cannot.

    Parameters
    ----------
    data
        From `studies_from_counts`, `studies_from_means` or `studies_from_contrasts`.
    options
        `shape` with `knots` (for a spline; at quantiles 10, 50, 90 if None); `method` fixed, ml or
        reml; `one_stage`; `reference` dose (the lowest observed if None); doses `at` which the
        effect is wanted (all observed ones if empty); `gap`, the share of the range without an
        arm through which no curve is drawn; `regions`; `equivalents` of drugs with the `unit`
        that they are worth; `by_drug` to test whether drugs have one slope.
    """
    options = options or DoseResponseOptions()
    if options.equivalents is not None:
        scaled = common_scale(data.studies, options.equivalents, options.unit)
        data = replace(data, studies=scaled)
    shape = _shape(data, options)
    curve: DoseCurve | EmaxCurve
    if shape.name == "emax":
        if not options.one_stage:
            raise DataError("An Emax curve is fitted in one stage: leave --two-stage out.")
        curve = emax_curve(data.studies, options.method)
    else:
        curve = dose_curve(data.studies, shape, options.method, one_stage=options.one_stage)
    warnings = _warnings(curve, data)
    if isinstance(curve, DoseCurve) and curve.left_out:  # doses that say nothing are not observed
        pooled = tuple(s for s in data.studies if s.name not in curve.left_out)
        data = replace(data, studies=pooled)
    reference = float(data.doses.min()) if options.reference is None else options.reference
    found = coefficient_rows(curve, data, options)
    found += _tests(curve, options)
    found += _heterogeneity(curve.fit, shape, options)
    found += effect_rows(curve, data, reference, options)
    found += dose_region_shares(data.studies, options.regions)
    if options.by_drug or options.equivalents is not None:
        found += _equivalence(data, shape, options)
    rows = tuple(replace(row, warnings=(*row.warnings, *warnings)) for row in found)
    return DoseResponse(Estimates(rows, found.refused), curve, data, reference, options.regions)


def _shape(data: DoseStudies, options: DoseResponseOptions) -> DoseShape:
    knots = options.knots
    if options.shape == "spline" and knots is None:
        knots = knots_at_quantiles(data.doses)
    return dose_shape(options.shape, knots)


def _tests(curve: DoseCurve | EmaxCurve, options: DoseResponseOptions) -> Estimates:
    if isinstance(curve, EmaxCurve):
        return Estimates(
            refused=(
                Refusal(
                    "nonlinearity-test",
                    "An Emax curve does not contain the straight line: its ED50 would be infinite. "
                    "Compare it with a quadratic or spline.",
                ),
            )
        )
    asked = [("dose-response-test", 0, "No effect of dose: all coefficients are 0")]
    refused: tuple[Refusal, ...] = ()
    if len(curve.shape.terms) > 1:
        asked.append(("nonlinearity-test", 1, "A straight line: all terms but the dose are 0"))
    else:
        refused = (Refusal("nonlinearity-test", "A straight line has no other terms to test."),)
    rows = []
    for name, first, estimand in asked:
        statistic, df, p = curve.wald(first)
        rows.append(
            Estimate(
                name,
                estimate=statistic,
                df=df,
                p=p,
                unit=f"chi-squared with {df} df",
                estimand=estimand,
                method=f"Wald test. {method_line(curve, options)}",
            )
        )
    return Estimates(tuple(rows), refused)


def _heterogeneity(fit: RandomSlopes, shape: DoseShape, options: DoseResponseOptions) -> Estimates:
    how = f"{ESTIMATORS[options.method]}, covariance of slopes unstructured"
    rows = []
    terms = ("emax",) if shape.name == "emax" else shape.terms
    if options.method != "fixed":
        for i, j in zip(*np.tril_indices(len(terms)), strict=True):
            label = terms[i] if i == j else f"{terms[j]} by {terms[i]}"
            rows.append(
                Estimate(
                    "tau2",
                    label=label,
                    estimate=float(fit.psi[i, j]),
                    method=how,
                    unit="variance between studies" if i == j else "covariance between studies",
                )
            )
        rows.append(
            Estimate(
                "converged",
                estimate=float(fit.converged),
                unit="1 yes, 0 no",
                method=how,
                estimand="Whether the conditions of a maximum hold; see the warnings",
            )
        )
    p = float(chdtrc(fit.df, fit.q)) if fit.df > 0 else None
    model = "Residual Q of the common-effect curve (Cochran 1954; multivariate: Berkey et al. 1998)"
    rows.append(
        Estimate(
            "q-test",
            estimate=fit.q,
            df=fit.df,
            p=p,
            unit=f"chi-squared with {fit.df} df",
            estimand="All studies have the one curve",
            method=model,
        )
    )
    i2 = i2_of_q(fit.q, fit.df)
    rows.append(Estimate("i2-q", estimate=i2, unit="percent", method="(Q - df) / Q"))
    likelihood = "restricted" if options.method == "reml" else "full"
    rows.append(
        Estimate("log-likelihood", estimate=fit.log_likelihood, unit=f"{likelihood}, natural log")
    )
    return Estimates(tuple(rows))


def _equivalence(data: DoseStudies, shape: DoseShape, options: DoseResponseOptions) -> Estimates:
    if shape.name == "emax":
        return Estimates(
            refused=(
                Refusal("equivalence-test", "Not given for an Emax curve: take another shape."),
            )
        )
    try:
        found = drug_slopes(data.studies, shape, options.method)
    except NotIdentifiedError as error:
        return Estimates(refused=(Refusal("equivalence-test", str(error)),))
    method = f"Drug by dose interaction in the one-stage model, {ESTIMATORS[options.method]}"
    warnings = () if found.converged else ("The model with a slope a drug did not converge.",)
    rows = [
        wald_row(
            "drug-slope",
            drug,
            float(b),
            float(s),
            level=options.level,
            unit=f"{data.scale} per unit",
            method=method,
        )
        for drug, b, s in zip(found.drug, found.slope, found.se, strict=True)
    ]
    rows.append(
        Estimate(
            "equivalence-test",
            estimate=found.statistic,
            df=found.df,
            p=found.p,
            unit=f"chi-squared with {found.df} df",
            estimand="All drugs have the same coefficient of dose on this scale",
            method=method,
            assumptions=("A large p does not show that the drugs are equivalent.",),
        )
    )
    return Estimates(tuple(replace(row, warnings=warnings) for row in rows))


def _warnings(curve: DoseCurve | EmaxCurve, data: DoseStudies) -> tuple[str, ...]:
    fit, told = curve.fit, list(data.notes)
    if isinstance(curve, DoseCurve) and curve.left_out:
        few = ", ".join(curve.left_out[:6])
        told.append(
            f"{len(curve.left_out)} studies have too few doses for a curve of their own and were "
            f"left out of the two stages ({few}{' ...' if len(curve.left_out) > 6 else ''}); one "
            "stage uses them."
        )
    if not fit.converged or (isinstance(curve, EmaxCurve) and not curve.converged):
        told.append(
            "Not converged: the likelihood has no maximum that could be shown to be one. Do not "
            "use these numbers; take a simpler shape or a common effect."
        )
    if isinstance(curve, EmaxCurve) and curve.ed50 > data.doses.max():
        told.append(
            f"The ED50 lies above the highest dose studied ({data.doses.max():g}): the plateau is "
            "what the shape assumes, nothing that was seen."
        )
    if fit.on_boundary:
        told.append(
            "The covariance of slopes between studies is on its boundary (a variance of 0, or "
            "correlations of 1 or -1): the data do not support that many random slopes. Programs "
            "that stop short of the boundary report no convergence or slightly other numbers."
        )
    if fit.rival:
        told.append("The likelihood has more than one maximum; the highest found is reported.")
    return tuple(told)
