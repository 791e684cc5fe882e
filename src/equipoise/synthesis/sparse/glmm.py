"""Pooled effects of sparse events from a model of the events themselves, with its tests."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.sparse.glmm_fit import EventsFit, fit_events
from equipoise.synthesis.sparse.glmm_models import (
    ModelName,
    odds_ratio_model,
    one_row_model,
    rate_ratio_model,
)
from equipoise.synthesis.sparse.kernels import binomial, poisson
from equipoise.synthesis.sparse.mixed_likelihood import MixedModel
from equipoise.synthesis.sparse.saturated import (
    StudyEstimates,
    conditional_tables,
    log_rates,
    logits,
    rates_given_events,
    table_cells,
    with_random_studies,
)
from equipoise.synthesis.sparse.study_effects import rate_effects, study_effects
from equipoise.synthesis.sparse.tables import PersonTime, TwoByTwo

FloatArray = NDArray[np.float64]
Heterogeneity = Literal["ML", "EE"]


class Builder(Protocol):
    """Makes the model of a design, with or without heterogeneity of effects."""

    def __call__(self, X: FloatArray, *, heterogeneous: bool) -> MixedModel:
        """Return the model."""


@dataclass(frozen=True, slots=True, eq=False)
class EventsResult:
    """A pooled effect from a model of events.

    `coefficients` (p,) and `covariance` (p, p) are those of the effect; `tau2` its variance over
    studies, `study_variance` that of the studies' own level (UM.RS) and `correlation` of both.
    `lrt` and `wald` (statistic, df, p) test that studies differ by chance alone; None where the
    model cannot say. `i2` is tau2 over tau2 and the typical sampling variance of log ratios.
    """

    fit: EventsFit
    coefficients: FloatArray
    covariance: FloatArray
    tau2: float
    study_variance: float | None
    correlation: float | None
    lrt: tuple[float, int, float] | None
    wald: tuple[float, int, float] | None
    i2: float
    studies: int
    left_out: tuple[str, ...]

    @property
    def se(self) -> FloatArray:
        """Standard errors of the coefficients, (p,)."""
        return np.sqrt(np.diag(self.covariance))


def glmm_odds_ratio(
    table: TwoByTwo,
    model: ModelName = "CM.EL",
    *,
    X: FloatArray | None = None,
    heterogeneity: Heterogeneity = "ML",
    coding: float = 0.5,
    correlated: bool = False,
) -> EventsResult:
    """Pool log odds ratios by a model of the events of both arms.

    Studies where nobody, or everybody, had an event are left out: they say nothing of the ratio.

    Parameters
    ----------
    X : shape (k, p)
        Design of the effect; one pooled effect by default.
    coding
        UM only: how arms share a study's deviation; 1/2 halves, 1 the first arm, 0 the second.
    correlated
        UM.RS only: level and effect of a study correlate.

    References
    ----------
    Stijnen, Hamza & Ozdemir (2010), Stat Med 29:3046-3067. Turner et al. (2000), Stat Med
    19:3417-3432. Jackson et al. (2018), Stat Med 37:1059-1085.
    """
    use = ~table.uninformative
    t = table.take(use)
    X = _design(X, use)
    events = t.a + t.c
    _check_finite(t.a, np.maximum(events - t.n2, 0), np.minimum(events, t.n1), "odds")
    build = partial(odds_ratio_model, t, model=model, coding=coding, correlated=correlated)
    saturated = {
        "UM.FS": table_cells,
        "UM.RS": with_random_studies,
        "CM.EL": conditional_tables,
        "CM.AL": rates_given_events,
    }[model](t)
    v = study_effects(t.with_added(0.5, "only0"), "OR")[1]
    left_out = tuple(str(x) for x in np.array(table.study)[~use])
    return _result(
        build, X, heterogeneity, saturated=saturated, v=v, left_out=left_out,
        two_levels=model == "UM.RS",
    )  # fmt: skip


def glmm_rate_ratio(
    table: PersonTime,
    model: ModelName = "CM.EL",
    *,
    X: FloatArray | None = None,
    heterogeneity: Heterogeneity = "ML",
    coding: float = 0.5,
    correlated: bool = False,
) -> EventsResult:
    """Pool log rate ratios; arguments as in `glmm_odds_ratio`, CM.EL being exact here too."""
    use = (table.a + table.c) > 0
    t = table.take(use)
    X = _design(X, use)
    _check_finite(t.a, np.zeros(len(t)), t.a + t.c, "rate")
    build = partial(rate_ratio_model, t, model=model, coding=coding, correlated=correlated)
    if model == "UM.RS":
        saturated = with_random_studies(t)
    else:
        saturated = rates_given_events(t) if model.startswith("CM") else table_cells(t)
    empty = (t.a == 0) | (t.c == 0)
    more = np.where(empty, 0.5, 0.0)
    shifted = PersonTime(t.study, t.a + more, t.t1, t.c + more, t.t2)
    v = rate_effects(shifted, "IRR")[1]
    left_out = tuple(str(x) for x in np.array(table.study)[~use])
    return _result(
        build, X, heterogeneity, saturated=saturated, v=v, left_out=left_out,
        two_levels=model == "UM.RS",
    )  # fmt: skip


def glmm_proportion(
    events: FloatArray,
    total: FloatArray,
    *,
    X: FloatArray | None = None,
    heterogeneity: Heterogeneity = "ML",
) -> EventsResult:
    """Pool log odds of one arm by a logistic model with a normal random effect.

    References
    ----------
    Hamza, van Houwelingen & Stijnen (2008), J Clin Epidemiol 61:41-51.
    """
    events, total = np.asarray(events, dtype=np.float64), np.asarray(total, dtype=np.float64)
    if (events < 0).any() or (events > total).any() or (total <= 0).any():
        raise DataError("Events must be between 0 and the people of each study.")
    if events.sum() in (0, total.sum()):
        raise NotIdentifiedError("Nobody, or everybody, had an event: log odds are infinite.")
    kernel = binomial(events[:, None], total[:, None])
    build = partial(one_row_model, kernel)
    more = np.where((events == 0) | (events == total), 0.5, 0.0)
    v = 1 / (events + more) + 1 / (total - events + more)
    X = _design(X, np.ones(len(events), dtype=bool))
    return _result(build, X, heterogeneity, saturated=logits(events, total), v=v)


def glmm_rate(
    events: FloatArray,
    time: FloatArray,
    *,
    X: FloatArray | None = None,
    heterogeneity: Heterogeneity = "ML",
) -> EventsResult:
    """Pool log rates of one arm by a Poisson model with a normal random effect."""
    events, time = np.asarray(events, dtype=np.float64), np.asarray(time, dtype=np.float64)
    if (events < 0).any() or (time <= 0).any():
        raise DataError("Events are from 0 on, person-time above 0.")
    if not events.any():
        raise NotIdentifiedError("No study has an event: the log rate is infinite.")
    build = partial(one_row_model, poisson(events[:, None], time[:, None]))
    v = 1 / (events + np.where(events == 0, 0.5, 0.0))
    X = _design(X, np.ones(len(events), dtype=bool))
    return _result(build, X, heterogeneity, saturated=log_rates(events, time), v=v)


def _check_finite(a: FloatArray, least: FloatArray, most: FloatArray, what: str) -> None:
    """Refuse events of the first arm that are all as few, or as many, as the margins allow."""
    if (a == least).all() or (a == most).all():
        raise NotIdentifiedError(
            f"The {what} ratio is 0 or infinite: in every study one arm has no event (or only "
            "events), and always the same arm. Ask for a difference (--method mh --measure RD)."
        )


def _design(X: FloatArray | None, use: NDArray[np.bool_]) -> FloatArray:
    k = int(use.sum())
    if X is None:
        X = np.ones((len(use), 1))
    X = np.asarray(X, dtype=np.float64)[use]
    if k <= X.shape[1]:
        raise NotIdentifiedError(
            f"{k} studies have both events and people without one: too few for {X.shape[1]} "
            "coefficients and the variance between studies."
        )
    return X


def _result(
    build: Builder,
    X: FloatArray,
    heterogeneity: Heterogeneity,
    *,
    saturated: StudyEstimates,
    v: FloatArray,
    left_out: tuple[str, ...] = (),
    two_levels: bool = False,
) -> EventsResult:
    k, p = X.shape
    common = fit_events(build(X, heterogeneous=False))
    fit = common
    if heterogeneity == "ML":
        fit = fit_events(build(X, heterogeneous=True), common.coefficients)
    tau2, study, correlation = _spread(fit.L, two_levels=two_levels)
    lrt = 2 * max(saturated.log_likelihood - common.log_likelihood, 0.0)
    df = k - p
    wald = saturated.wald(X)
    w = 1 / v
    hat = np.linalg.solve((X.T * w) @ X, (X.T * w**2) @ X)
    typical = df / (w.sum() - float(np.trace(hat)))
    return EventsResult(
        fit, fit.coefficients[:p], fit.covariance[:p, :p], tau2, study, correlation,
        (lrt, df, float(chdtrc(df, lrt))),
        None if wald is None else (wald, df, float(chdtrc(df, wald))),
        100 * tau2 / (tau2 + typical), k, left_out,
    )  # fmt: skip


def _spread(L: FloatArray, *, two_levels: bool) -> tuple[float, float | None, float | None]:
    """Return tau2, the variance of the studies' level, and their correlation."""
    if not two_levels:
        return (float(L[0] ** 2) if len(L) else 0.0), None, None
    if len(L) == 3:
        tau2 = float(L[1] ** 2 + L[2] ** 2)
        sign = np.sign(L[0]) or 1.0
        return tau2, float(L[0] ** 2), float(sign * L[1] / np.sqrt(tau2)) if tau2 > 0 else None
    return (float(L[1] ** 2) if len(L) > 1 else 0.0), float(L[0] ** 2), None
