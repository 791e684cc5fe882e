"""Rows of the selection models."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Refusal
from equipoise.synthesis.effects import Effects
from equipoise.synthesis.small_study.plan import NORMAL, SmallStudyPlan
from equipoise.synthesis.small_study.selection import Parameter, SelectionFit, selection_model
from equipoise.synthesis.small_study.selection.p_values import Alternative
from equipoise.synthesis.small_study.selection.weights import SMOOTH, STEPS
from equipoise.synthesis.small_study.vevea_woods import CUTS, WEIGHTS

SHAPE = "Selection depends on p by this function alone"


def selection_rows(effects: Effects, plan: SmallStudyPlan) -> Iterator[Estimate | Refusal]:
    """Give step functions of three and four parameters, and the smooth functions."""
    two_sided = plan.alternative == "two.sided"
    models: list[tuple[str, str, tuple[float, ...] | None]] = [
        ("3PSM", "stepfun", (0.05,) if two_sided else (0.025,)),
        ("4PSM", "stepfun", (0.05, 0.5) if two_sided else (0.025, 0.5)),
    ]
    if plan.steps is not None:
        named = ", ".join(f"{step:g}" for step in plan.steps)
        models.append((f"Steps at {named}", "stepfun", plan.steps))
    models += [(family.label, kind, None) for kind, family in SMOOTH.items()]
    for label, kind, steps in models:
        try:
            fit = selection_model(
                effects, kind, steps=steps, alternative=plan.alternative, method=_fitted_by(plan)
            )
        except NotIdentifiedError as error:
            yield Refusal("selection-model", str(error), label)
            continue
        source = SMOOTH[kind].source if kind in SMOOTH else STEPS.source
        yield from _rows(effects, plan, label, fit, f"{label} by maximum likelihood ({source})")


def fixed_weight_rows(effects: Effects, plan: SmallStudyPlan) -> Iterator[Estimate | Refusal]:
    """Give the effect under the four selection functions that were fixed in advance."""
    side: Alternative = (
        "less" if plan.alternative == "less" else "greater"
    )  # the table's p are one-sided
    for label, weights in WEIGHTS.items():
        try:
            fit = selection_model(
                effects, "stepfun", steps=CUTS, weights=weights[1:], alternative=side,
                method=_fitted_by(plan),
            )  # fmt: skip
        except NotIdentifiedError as error:
            yield Refusal("selection-fixed-weights", str(error), label)
            continue
        how = f"Selection weights fixed in advance, {label} (Vevea & Woods 2005, table 1)"
        yield _parameter(
            "selection-fixed-weights",
            label,
            fit.effect,
            plan=plan,
            how=how,
            warnings=_told(fit, label),
            unit=effects.scale,
        )


def _rows(
    effects: Effects, plan: SmallStudyPlan, label: str, fit: SelectionFit, how: str
) -> Iterator[Estimate | Refusal]:
    reason = _why_not(fit)
    if reason:
        yield Refusal("selection-model", reason, label)
        return
    told = _told(fit, label)
    yield _parameter(
        "selection-model", label, fit.effect, plan=plan, how=how, warnings=told, unit=effects.scale
    )
    yield _parameter("selection-tau2", label, fit.tau2, plan=plan, how=how, warnings=told)
    for name, weight in zip(_names(fit), fit.weights, strict=True):
        yield _parameter(
            "selection-weight", f"{label}, {name}", weight, plan=plan, how=how, warnings=told
        )
    df = fit.free_weights
    yield Estimate(
        "selection-test", label=label, estimate=fit.statistic, df=df, p=fit.p,
        unit=f"chi-square with {df} df", method=f"Likelihood ratio: {how}",
        assumptions=(NORMAL, SHAPE), warnings=told,
    )  # fmt: skip


def _parameter(
    name: str,
    label: str,
    found: Parameter,
    *,
    plan: SmallStudyPlan,
    how: str,
    warnings: tuple[str, ...],
    **more: Any,
) -> Estimate:
    low, high = found.interval(plan.level)
    return Estimate(
        name, label=label, estimate=found.estimate, se=found.se, low=low, high=high,
        level=plan.level, p=None if name == "selection-tau2" else found.p, method=how,
        assumptions=(NORMAL, SHAPE), warnings=warnings, **more,
    )  # fmt: skip


def _fitted_by(plan: SmallStudyPlan) -> str:
    return "EE" if plan.tau2_method == "EE" else "ML"


def _names(fit: SelectionFit) -> list[str]:
    if fit.kind == "stepfun":
        ends = [f"{step:g}" for step in fit.steps]
        return [f"{a} < p <= {b}" for a, b in pairwise(ends)]
    return ["delta"] if len(fit.weights) == 1 else [f"delta {j + 1}" for j in range(2)]


def _why_not(fit: SelectionFit) -> str | None:
    empty = [
        f"{a:g} to {b:g}"
        for a, b, n in zip((0.0, *fit.steps), fit.steps, fit.counts, strict=False)
        if n == 0
    ]
    if empty:
        return (
            f"No study has a p value from {', '.join(empty)} ({fit.alternative}): its weight "
            "cannot be estimated. Join intervals with other steps, or turn the alternative."
        )
    return None if fit.converged else "The likelihood has no maximum that could be found."


def _told(fit: SelectionFit, label: str) -> tuple[str, ...]:
    told = [
        f"{label}: {name} is at its bound, so that its interval is not given, and effect, tau2 "
        "and test rest on that bound"
        for name in fit.at_bound
    ]
    if fit.higher is not None:
        effect, gain = fit.higher
        told.append(
            f"{label}: the likelihood has another maximum, higher by {gain:.3g}, with the effect "
            f"{effect:.4g}; given is the one reached from the model without selection"
        )
    return tuple(told)
