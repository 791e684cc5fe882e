"""Several outcomes pooled together, as rows of estimates."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.dependent.likelihood import Criterion
from equipoise.synthesis.effects import Effects
from equipoise.synthesis.multivariate.multivariate_fit import (
    MultivariateFit,
    i2_inflation,
    multivariate_fit,
)
from equipoise.synthesis.multivariate.structures import StructureName
from equipoise.synthesis.normal_or_t import limits, two_sided

FloatArray = NDArray[np.float64]
BORDER = (
    "The covariance over studies lies on its border (a correlation of 1 or -1, or a variance of "
    "0): the studies are too few or too alike to estimate it."
)


def multivariate(
    effects: Effects,
    outcome: Sequence[object],
    *,
    rho: float | None = None,
    V: ArrayLike | None = None,
    struct: StructureName = "UN",
    criterion: Criterion = "REML",
    level: float = 0.95,
) -> Estimates:
    """Pool several outcomes of the same studies together.

    Parameters
    ----------
    effects, outcome, rho, V, struct, criterion
        As `multivariate_fit` takes them.

    Examples
    --------
    >>> from equipoise.synthesis.effects import checked_effects
    >>> y = [0.1, 0.3, 0.5, 0.4, 0.9, 1.2, 0.2, 0.6]
    >>> rows = checked_effects(y, [0.01] * 8, ["A", "A", "B", "B", "C", "C", "D", "D"])
    >>> found = multivariate(rows, ["mood", "sleep"] * 4, rho=0.5)
    >>> [row.label for row in found.select(name="pooled-effect")]
    ['mood', 'sleep']
    """
    fit = multivariate_fit(effects, outcome, rho=rho, V=V, struct=struct, criterion=criterion)
    return multivariate_rows(fit, level=level, scale=effects.scale, rho=rho if V is None else None)


def multivariate_rows(
    found: MultivariateFit, *, level: float, scale: str | None, rho: float | None
) -> Estimates:
    """Return the rows of a fit with a mean for each outcome."""
    maximum = found.fit.maximum
    warnings: tuple[str, ...] = ()
    if not maximum.converged:
        warnings += (f"The fit did not converge: slope {maximum.gradient:.2g} at its best.",)
    edge = np.linalg.eigvalsh(found.T)[0] < 1e-9 * max(float(np.trace(found.T)), 1e-300)
    if edge and found.structure not in ("DIAG", "ID"):
        warnings += (BORDER,)
    about: dict[str, Any] = {
        "unit": scale,
        "method": f"Multivariate random effects, {found.structure}, by {found.fit.criterion} "
        "(van Houwelingen, Arends & Stijnen 2002)",
        "assumptions": (_errors(rho),),
        "warnings": warnings,
    }
    rows = [*_effects(found, level, about), *_contrasts(found, level, about)]
    rows += [*_spread(found, about), *_tests(found, about)]
    refused = [
        Refusal("outcome-correlation", "A variance over studies is 0.", f"{a} with {b}")
        for (i, a), (j, b) in combinations(enumerate(found.outcomes), 2)
        if np.isnan(found.correlation[i, j])
    ]
    return Estimates(tuple(rows), tuple(refused))


def _errors(rho: float | None) -> str:
    if rho is None:
        return "Sampling covariances are known as given."
    if rho == 0:
        return "Sampling errors of different outcomes of one study are independent."
    return f"Sampling errors of outcomes of one study correlate by {rho:g}."


def _effects(found: MultivariateFit, level: float, about: dict[str, Any]) -> list[Estimate]:
    rows = []
    fit = found.fit
    for name, b, se in zip(fit.names, fit.coefficients, fit.se, strict=True):
        low, high = limits(b, se, None, level)
        rows.append(
            Estimate("pooled-effect", name, estimate=b, se=se, low=low, high=high, level=level,
                     p=two_sided(b / se, None), **about)
        )  # fmt: skip
    for j, name in enumerate(fit.names):
        spread = float(np.hypot(fit.se[j], np.sqrt(found.T[j, j])))
        low, high = limits(fit.coefficients[j], spread, None, level)
        rows.append(
            Estimate("prediction-interval", name, estimate=fit.coefficients[j], low=low, high=high,
                     level=level, estimand="The true effect in a new study", **about)
        )  # fmt: skip
    return rows


def _contrasts(found: MultivariateFit, level: float, about: dict[str, Any]) -> list[Estimate]:
    """Return the difference of every two outcomes, with the variance it has over studies."""
    rows = []
    fit = found.fit
    for i, j in combinations(range(len(found.outcomes)), 2):
        c = np.zeros(len(found.outcomes))
        c[i], c[j] = 1, -1
        b, se = float(c @ fit.coefficients), float(np.sqrt(c @ fit.covariance @ c))
        label = f"{found.outcomes[i]} minus {found.outcomes[j]}"
        low, high = limits(b, se, None, level)
        rows.append(
            Estimate("outcome-contrast", label, estimate=b, se=se, low=low, high=high, level=level,
                     p=two_sided(b / se, None), **about)
        )  # fmt: skip
        told = about | {"unit": "squared units of the effect"}
        rows.append(Estimate("tau2", label, estimate=float(c @ found.T @ c), **told))
    return rows


def _spread(found: MultivariateFit, about: dict[str, Any]) -> list[Estimate]:
    told = about | {"unit": "squared units of the effect"}
    rows = [
        Estimate("tau2", name, estimate=found.T[j, j], **told)
        for j, name in enumerate(found.outcomes)
    ]
    told = about | {"unit": "correlation"}
    for i, j in combinations(range(len(found.outcomes)), 2):
        label = f"{found.outcomes[i]} with {found.outcomes[j]}"
        if not np.isnan(found.correlation[i, j]):
            r = found.correlation[i, j]
            rows.append(Estimate("outcome-correlation", label, estimate=r, **told))
    each, whole = i2_inflation(found)
    told = about | {"unit": "percent", "method": "Jackson, White & Riley 2012"}
    for name, value in zip((*found.outcomes, "all outcomes"), (*each, whole), strict=True):
        rows.append(Estimate("i2-inflation", name, estimate=float(value), **told))
    return rows


def _tests(found: MultivariateFit, about: dict[str, Any]) -> list[Estimate]:
    fit = found.fit
    Q, df, p = fit.q_test()
    told = about | {"unit": f"chi-squared with {df} df", "method": "Cochran's Q, generalised"}
    rows = [Estimate("q-test", "all outcomes", estimate=Q, df=df, p=p, **told)]
    b, q = fit.coefficients, len(found.outcomes)
    wald = float(b @ np.linalg.solve(fit.covariance, b))
    told = about | {"unit": f"chi-squared with {q} df", "method": "Wald test of no effect at all"}
    rows.append(
        Estimate(
            "joint-test", "all outcomes", estimate=wald, df=q, p=float(chdtrc(q, wald)), **told
        )
    )
    rows.append(
        Estimate(
            "log-likelihood", fit.criterion, estimate=fit.log_likelihood, **about | {"unit": None}
        )
    )
    return rows


def prediction_region(
    found: MultivariateFit, level: float = 0.95
) -> tuple[FloatArray, FloatArray, float]:
    """Return centre (p,), covariance (p, p) and squared radius of the region of a new study.

    A new study's true effects lie where (x - centre)' covariance^-1 (x - centre) is at most the
    squared radius: normal, with T taken as known.

    References
    ----------
    Riley (2009), J R Stat Soc A 172:789-811.
    """
    from scipy.special import chdtri  # noqa: PLC0415

    p = len(found.outcomes)
    covariance = found.T + found.fit.covariance
    return found.fit.coefficients, covariance, float(chdtri(p, 1 - level))
