"""Bayesian rows: pooled effect, tau, prediction, studies, network, biased classes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from equipoise.estimates import Estimate, Estimates
from equipoise.synthesis.bayes.bias import ElicitedBias, bias_posterior
from equipoise.synthesis.bayes.linear_model import linear_model
from equipoise.synthesis.bayes.network import Network, surfaces
from equipoise.synthesis.bayes.posterior import Posterior, posterior
from equipoise.synthesis.bayes.study_effects import study_effects
from equipoise.synthesis.bayes.tau_prior import TauPrior
from equipoise.synthesis.pairwise import random_effects

if TYPE_CHECKING:
    from equipoise.synthesis.bayes.mixture import Mixture
    from equipoise.synthesis.effects import Effects

EFFECT, TAU, PREDICTION = "posterior-effect", "posterior-tau", "posterior-prediction"
BELOW = "probability-below"
TAU_PRIOR = TauPrior("half-normal", (0.5,))
NORMAL = "True effects vary normally between studies; sampling variances are known"


def bayes_pool(
    effects: Effects,
    prior: TauPrior = TAU_PRIOR,
    *,
    mean_prior: tuple[float, float] = (0.0, math.inf),
    below: Sequence[float] = (0.0,),
    studies: bool = False,
    level: float = 0.95,
) -> Estimates:
    """Pool studies with a prior of tau, by quadrature.

    Parameters
    ----------
    effects
    prior
        Of tau.
    mean_prior
        Mean and standard deviation of the normal prior of the effect; flat if infinite.
    below
        Values for which the probability of a smaller mean effect is given.
    studies
        Also each study's own effect, drawn towards the others.

    Returns
    -------
    Estimates
        ``posterior-effect``, ``posterior-tau`` and ``posterior-prediction``: median, posterior
        standard deviation and equal-tailed interval; again labelled ``shortest``, and ``mean``.
    """
    mean, sd = mean_prior
    model = linear_model(effects.y, effects.v, prior_mean=mean, prior_sd=sd)
    found = posterior(model, prior)
    about: dict[str, Any] = {"unit": effects.scale, "method": _method(prior, mean, sd)}
    if len(effects) > 1:
        about["warnings"] = prior.conflict(math.sqrt(random_effects(effects).tau2))
    rows = _summary(EFFECT, found.effect(), found, level, **about)
    rows += _tau_rows(found, level, **about)
    rows += _summary(PREDICTION, found.prediction(), found, level, **about)
    rows += [_below(found.effect(), value, about["method"]) for value in below]
    if studies:
        for name, one in zip(
            effects.study, study_effects(found, effects.y, effects.v), strict=True
        ):
            rows.append(_row("posterior-study-effect", one, found, level, label=name, **about))
    return Estimates(tuple(rows))


def bayes_network(
    net: Network,
    prior: TauPrior = TAU_PRIOR,
    *,
    below_is_better: bool = True,
    level: float = 0.95,
    scale: str | None = None,
) -> Estimates:
    """Estimate every contrast of a network, ranks by SUCRA, and tau, by quadrature."""
    found = posterior(net.model(), prior)
    about: dict[str, Any] = {"unit": scale, "method": _method(prior, 0.0, math.inf)}
    rows = []
    for i, one in enumerate(net.treatments):
        for other in net.treatments[:i]:
            effect = found.effect(net.contrast(one, other))
            label = f"{one} vs {other}"
            rows.append(
                _row("posterior-network-effect", effect, found, level, label=label, **about)
            )
    scores = surfaces(net, found, below=below_is_better)
    rows += [
        Estimate("sucra", name, estimate=score, unit="0 worst, 1 best", method=about["method"])
        for name, score in zip(net.treatments, scores, strict=True)
    ]
    return Estimates((*rows, *_tau_rows(found, level, **about)))


def bayes_bias(
    effects: Effects,
    design: Sequence[str],
    elicited: Mapping[str, ElicitedBias],
    prior: TauPrior = TAU_PRIOR,
    *,
    level: float = 0.95,
) -> Estimates:
    """Estimate the effect less an elicited bias by class, whose mean is uncertain."""
    found = bias_posterior(effects, design, elicited, prior)
    told = ", ".join(
        f"{name} N({b.mean:g}, {b.sd_mean:g}²) ± {b.sd_between:g}" for name, b in elicited.items()
    )
    method = f"{_method(prior, 0.0, math.inf)}; biases {told} (Turner et al. 2009)"
    about: dict[str, Any] = {"unit": effects.scale, "method": method}
    rows = [_row(EFFECT, found.effect(), found, level, label="bias taken off", **about)]
    rows += [
        _row("posterior-bias", found.effect(i + 1), found, level, label=name, **about)
        for i, name in enumerate(elicited)
    ]
    return Estimates((*rows, *_tau_rows(found, level, **about)))


def _method(prior: TauPrior, mean: float, sd: float) -> str:
    of_mean = "flat" if math.isinf(sd) else f"N({mean:g}, {sd:g}²)"
    return f"Normal-normal model by quadrature over tau (Röver 2020); tau {prior}, mean {of_mean}"


def _row(name: str, of: Mixture, found: Posterior, level: float, **about: Any) -> Estimate:
    low, high = of.interval(level)
    about.setdefault("assumptions", (NORMAL,))
    there = found.moment_exists(2) if name == PREDICTION else found.means_have_sd
    sd = of.sd if there else math.nan
    return Estimate(
        name, estimate=of.quantile(0.5), se=sd, low=low, high=high, level=level, **about
    )


def _summary(
    name: str, of: Mixture, found: Posterior, level: float, **about: Any
) -> list[Estimate]:
    low, high = of.shortest(level)
    mean = of.mean if found.moment_exists(1) else math.nan
    return [
        _row(name, of, found, level, **about),
        Estimate(name, "shortest", low=low, high=high, level=level, **about),
        Estimate(name, "mean", estimate=mean, **about),
    ]


def _tau_rows(found: Posterior, level: float, **about: Any) -> list[Estimate]:
    (low, high), (start, end) = found.tau_interval(level), found.tau_shortest(level)
    sd, mean = (x if math.isfinite(x) else math.nan for x in (found.tau_sd, found.tau_mean))
    median = found.tau_quantile(0.5)
    return [
        Estimate(TAU, estimate=median, se=sd, low=low, high=high, level=level, **about),
        Estimate(TAU, "shortest", low=start, high=end, level=level, **about),
        Estimate(TAU, "mean", estimate=mean, **about),
    ]


def _below(of: Mixture, value: float, method: str) -> Estimate:
    return Estimate(
        BELOW, f"{value:g}", estimate=of.cdf(value), unit="probability", method=method,
        estimand=f"Posterior probability that the mean effect is below {value:g}",
    )  # fmt: skip
