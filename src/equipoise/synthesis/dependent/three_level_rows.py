"""A three-level fit as rows of estimates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.dependent.fit import MixedFit, Test, typical_variance
from equipoise.synthesis.dependent.likelihood import Criterion
from equipoise.synthesis.dependent.profile import profile_interval
from equipoise.synthesis.dependent.robust import Kind, Robust
from equipoise.synthesis.dependent.robust_fit import robust as robust_of
from equipoise.synthesis.dependent.three_level import three_level_fit
from equipoise.synthesis.effects import Effects
from equipoise.synthesis.normal_or_t import limits, two_sided

SOURCE = "Konstantopoulos 2011; Van den Noortgate et al. 2013"
ROBUST_SOURCE = {
    "CR0": "sandwich without correction (Hedges, Tipton & Johnson 2010)",
    "CR1": "sandwich times J/(J-1)",
    "CR1S": "sandwich times J(n-1)/((J-1)(n-p))",
    "CR1p": "sandwich times J/(J-p)",
    "CR2": "bias-reduced sandwich (Tipton 2015; Pustejovsky & Tipton 2018)",
}


def three_level(
    effects: Effects,
    *,
    rho: float = 0.6,
    V: ArrayLike | None = None,
    X: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    criterion: Criterion = "REML",
    test: Test = "z",
    robust: Kind | None = "CR2",
    cluster: Sequence[object] | None = None,
    level: float = 0.95,
) -> Estimates:
    """Pool dependent effects in three levels, with cluster-robust errors beside the model's.

    Parameters
    ----------
    effects, rho, V, X, names, criterion
        As `three_level_fit` takes them.
    test
        Of the model-based rows: normal, or t with n - p df.
    robust
        The sandwich of further rows, with Satterthwaite's df; None leaves them out.
    cluster : length n
        Clusters of the sandwich, where coarser than studies.

    Examples
    --------
    >>> from equipoise.synthesis.effects import checked_effects
    >>> rows = checked_effects([1.0, 2.0, 4.0, 5.0], [0.1] * 4, ["A", "A", "B", "B"])
    >>> [row.label for row in three_level(rows, rho=0).select(name="pooled-effect")]
    ['three-level', 'three-level, CR2']
    """
    fit = three_level_fit(effects, rho=rho, V=V, X=X, names=names, criterion=criterion)
    assumptions = (_errors(rho) if V is None else "Sampling covariances are known as given.",)
    warnings: tuple[str, ...] = ()
    if not fit.maximum.converged:
        warnings = (f"The fit did not converge: slope {fit.maximum.gradient:.2g} at its best.",)
    how = f"Three-level model by {criterion} ({SOURCE})"
    about: dict[str, Any] = {
        "unit": effects.scale,
        "method": how,
        "assumptions": assumptions,
        "warnings": warnings,
    }
    rows = [*_coefficients(fit, test, level, about)]
    refused: list[Refusal] = []
    if robust is not None:
        try:
            sandwich = robust_of(fit, cluster, robust)
            rows += _robust_rows(fit, sandwich, level, about)
            for row in _robust_test(fit, sandwich, about):
                (refused if isinstance(row, Refusal) else rows).append(row)  # type: ignore[arg-type]
        except NotIdentifiedError as error:
            slug = "pooled-effect" if fit.constant else "coefficient"
            refused.append(Refusal(slug, str(error), f"three-level, {robust}"))
    rows += [*_variances(fit, level, about), *_tests(fit, about)]
    rows.append(
        Estimate("log-likelihood", criterion, estimate=fit.log_likelihood, **about | {"unit": None})
    )
    return Estimates(tuple(rows), tuple(refused))


def _errors(rho: float) -> str:
    if rho == 0:
        return "Errors of effects of one study are independent."
    return f"Errors of effects of one study all correlate by {rho:g}; robust rows forgive that."


def _coefficients(fit: MixedFit, test: Test, level: float, about: dict[str, Any]) -> list[Estimate]:
    df = float(fit.residual_df) if test == "t" else None
    rows = []
    for name, b, se in zip(fit.names, fit.coefficients, fit.se, strict=True):
        low, high = limits(b, se, df, level)
        p = two_sided(b / se, df)
        slug, label = _called(fit, name)
        rows.append(
            Estimate(slug, label, estimate=b, se=se, low=low, high=high, level=level, df=df, p=p,
                     **about)
        )  # fmt: skip
    if fit.constant:
        b, spread = float(fit.coefficients[0]), float(np.hypot(fit.se[0], np.sqrt(fit.phi.sum())))
        low, high = limits(b, spread, df, level)
        told = about | {"method": "Mean, its error and both variances (Higgins et al. 2009)"}
        rows.append(
            Estimate("prediction-interval", "three-level", estimate=b, low=low, high=high,
                     level=level, df=df, estimand="The true effect of a new row of a new study",
                     **told)
        )  # fmt: skip
    return rows


def _called(fit: MixedFit, name: str, more: str = "") -> tuple[str, str]:
    if fit.constant:
        return "pooled-effect", f"three-level{more}"
    return "coefficient", f"{name}{more}"


def _robust_rows(
    fit: MixedFit, found: Robust, level: float, about: dict[str, Any]
) -> list[Estimate]:
    told = about | {"method": f"{found.kind}: {ROBUST_SOURCE[found.kind]}, Satterthwaite's df"}
    rows = []
    p = len(fit.names)
    for j, (name, b, se) in enumerate(zip(fit.names, fit.coefficients, found.se, strict=True)):
        df = found.satterthwaite(np.eye(p)[j])
        low, high = limits(b, se, df, level)
        slug, label = _called(fit, name, f", {found.kind}")
        few: tuple[str, ...] = ()
        if df < 4:
            few = (f"{label}: {df:.1f} degrees of freedom; below 4 even this test errs too often.",)
        rows.append(
            Estimate(slug, label, estimate=b, se=se, low=low, high=high, level=level, df=df,
                     p=two_sided(b / se, df), **told | {"warnings": about["warnings"] + few})
        )  # fmt: skip
    return rows


def _robust_test(
    fit: MixedFit, found: Robust, about: dict[str, Any]
) -> Iterator[Estimate | Refusal]:
    """Test two or more moderators at once, where there are clusters enough."""
    p = len(fit.names)
    tested = [j for j in range(p) if not (fit.X[:, j] == 1).all()]
    if len(tested) < 2:
        return
    label = f"HTZ, {found.kind}"
    try:
        F, q, df, value = found.wald(np.eye(p)[tested])
    except NotIdentifiedError as error:
        yield Refusal("moderator-test", str(error), label)
        return
    told = about | {
        "method": "HTZ of Tipton & Pustejovsky 2015",
        "unit": f"F with {q:g} and {df:.4g} df",
    }
    yield Estimate("moderator-test", label, estimate=F, df=df, p=value, **told)


def _variances(fit: MixedFit, level: float, about: dict[str, Any]) -> list[Estimate]:
    rows = []
    typical = typical_variance(fit.problem)
    unit = "squared units of the effect"
    for k, name in enumerate(fit.components):
        low, high = profile_interval(fit, k, level)
        told = about | {"unit": unit, "method": "Profile likelihood (Hardy & Thompson 1996)"}
        rows.append(
            Estimate("tau2", name, estimate=fit.phi[k], low=low, high=None if high == inf else high,
                     level=level, **told)
        )  # fmt: skip
    told = about | {
        "unit": "percent",
        "method": "tau2 over all variance, typical sampling variance (n - p) / trace P of V "
        "(Higgins & Thompson 2002; by level as Nakagawa & Santos 2012)",
    }
    whole = float(fit.phi.sum()) + typical
    shares = zip((*fit.components, "total"), (*fit.phi, fit.phi.sum()), strict=True)
    rows += [Estimate("i2-tau2", name, estimate=100 * x / whole, **told) for name, x in shares]
    return rows


def _tests(fit: MixedFit, about: dict[str, Any]) -> list[Estimate]:
    Q, df, p = fit.q_test()
    told = about | {
        "unit": f"chi-squared with {df} df",
        "method": "Q of all heterogeneity, weights V^-1 (Cochran 1954, generalised)",
    }
    rows = [
        Estimate("q-test", "residual" if not fit.constant else None, estimate=Q, df=df, p=p, **told)
    ]
    moderators = fit.moderator_test()
    if moderators is not None:
        chi2, q, value = moderators
        told = about | {"unit": f"chi-squared with {q} df", "method": "Wald test of all moderators"}
        rows.append(Estimate("moderator-test", "Wald", estimate=chi2, df=q, p=value, **told))
    return rows
