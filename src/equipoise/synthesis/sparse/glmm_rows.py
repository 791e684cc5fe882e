"""A model of events as rows of estimates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import DataError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.sparse.effect_rows import UNITS, effect_row, nothing_to_say, pooled_rows
from equipoise.synthesis.sparse.glmm import (
    EventsResult,
    glmm_odds_ratio,
    glmm_proportion,
    glmm_rate,
    glmm_rate_ratio,
)
from equipoise.synthesis.sparse.glmm_models import ModelName
from equipoise.synthesis.sparse.mantel_haenszel import Pooled
from equipoise.synthesis.sparse.tables import person_time, two_by_two

GLMM_LABELS: dict[str, str] = {
    "UM.FS": "GLMM, fixed study effects",
    "UM.RS": "GLMM, random study effects",
    "CM.EL": "GLMM, conditional exact",
    "CM.AL": "GLMM, conditional approximate",
}


def glmm(
    events1: ArrayLike,
    total1: ArrayLike,
    events2: ArrayLike,
    total2: ArrayLike,
    study: Sequence[object] | None = None,
    *,
    measure: Literal["OR", "IRR"] = "OR",
    model: ModelName = "CM.EL",
    coding: float = 0.5,
    correlated: bool = False,
    X: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    level: float = 0.95,
) -> Estimates:
    """Pool by a model of the events, with the effect random over studies.

    Parameters
    ----------
    model
        CM.EL, CM.AL, UM.FS or UM.RS; see `glmm_odds_ratio`.
    X : shape (k, p)
        Moderators with an intercept, `names` of the columns.
    """
    if measure not in ("OR", "IRR"):
        raise DataError(
            f"Models of events give odds ratios (OR) or rate ratios (IRR), not {measure}."
        )
    design = None if X is None else np.asarray(X, dtype=np.float64)
    how: dict[str, Any] = {"X": design, "coding": coding, "correlated": correlated}
    if measure == "OR":
        found = glmm_odds_ratio(two_by_two(events1, total1, events2, total2, study), model, **how)
    else:
        found = glmm_rate_ratio(person_time(events1, total1, events2, total2, study), model, **how)
    return _glmm_rows(found, GLMM_LABELS[model], measure, names, level)


def glmm_single_arm(
    events: ArrayLike,
    total: ArrayLike,
    *,
    measure: Literal["PLO", "IRLN"] = "PLO",
    level: float = 0.95,
) -> Estimates:
    """Pool shares (log odds, PLO) or rates (log, IRLN) of one arm by a model of the events.

    Parameters
    ----------
    events, total : shape (k,)
        People, or person-time for IRLN.

    Examples
    --------
    >>> found = glmm_single_arm([0, 2, 5, 1], [20, 30, 40, 25])
    >>> [row.name for row in found][:2]
    ['pooled-effect', 'tau2']
    """
    x, n = np.asarray(events, dtype=np.float64), np.asarray(total, dtype=np.float64)
    found = glmm_proportion(x, n) if measure == "PLO" else glmm_rate(x, n)
    rows = _glmm_rows(found, "GLMM, one arm", measure, None, level)
    row = rows["pooled-effect"]
    back = [_natural(value, measure) for value in (row.estimate, row.low, row.high)]
    slug, unit = ("pooled-share", "share of people") if measure == "PLO" else ("rate", "rate")
    natural = Estimate(
        slug, row.label, estimate=back[0], low=back[1], high=back[2], level=level, unit=unit,
        method=row.method, assumptions=row.assumptions, warnings=row.warnings,
    )  # fmt: skip
    return Estimates((*rows, natural), rows.refused)


def _natural(value: float | None, measure: str) -> float:
    inverse = np.exp(value or 0.0)
    return float(inverse / (1 + inverse) if measure == "PLO" else inverse)


def _glmm_rows(
    found: EventsResult, label: str, measure: str, names: Sequence[str] | None, level: float
) -> Estimates:
    warnings: tuple[str, ...] = ()
    if found.left_out:
        warnings = (nothing_to_say(found.left_out),)
    if not found.fit.converged or found.fit.quadrature > 1e-8:
        warnings += (
            f"The fit did not converge: slope {found.fit.gradient:.2g}, quadrature "
            f"{found.fit.quadrature:.2g}.",
        )
    about: dict[str, Any] = {
        "unit": UNITS[measure],
        "method": f"{label}; maximum likelihood, random effects integrated numerically "
        "(Stijnen, Hamza & Ozdemir 2010)",
        "assumptions": ("True log ratios are normal over studies.",),
        "warnings": warnings,
    }
    rows: list[Estimate] = []
    for j, (b, se) in enumerate(zip(found.coefficients, found.se, strict=True)):
        if len(found.coefficients) == 1:
            rows += pooled_rows(label, Pooled(float(b), float(se)), measure, level, about)
            continue
        name = names[j] if names else f"x{j + 1}"
        rows.append(
            effect_row("coefficient", f"{name}, {label}", Pooled(float(b), float(se)), level, about)
        )
    told = about | {"unit": "squared log ratio"}
    rows.append(Estimate("tau2", label, estimate=found.tau2, **told))
    if found.study_variance is not None:
        rows.append(Estimate("tau2", "level of studies", estimate=found.study_variance, **told))
    if found.correlation is not None:
        text = "level with effect"
        rows.append(Estimate("outcome-correlation", text, estimate=found.correlation, **told))
    told = about | {"unit": "percent", "method": "tau2 over tau2 and the typical variance of log "
                    "ratios (Higgins & Thompson 2002)"}  # fmt: skip
    rows.append(Estimate("i2-tau2", label, estimate=found.i2, **told))
    for test, name in ((found.lrt, "likelihood ratio"), (found.wald, "Wald")):
        if test is not None:
            told = about | {"unit": f"chi-squared with {test[1]} df"}
            rows.append(Estimate("q-test", name, estimate=test[0], df=test[1], p=test[2], **told))
    refused: tuple[Refusal, ...] = ()
    if found.wald is None:
        refused = (Refusal("q-test", "Too few studies have no empty cell.", "Wald"),)
    rows.append(
        Estimate(
            "log-likelihood", label, estimate=found.fit.log_likelihood, **about | {"unit": None}
        )
    )
    return Estimates(tuple(rows), refused)
