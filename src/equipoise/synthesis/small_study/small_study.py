"""Small-study effects of a set of studies, by every method, as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.effects import Effects
from equipoise.synthesis.pairwise import RandomEffectsFit, random_effects
from equipoise.synthesis.small_study.excess_significance import excess_significance
from equipoise.synthesis.small_study.fail_safe import orwin, rosenberg, rosenthal
from equipoise.synthesis.small_study.plan import NORMAL, NOT_BIAS, SmallStudyPlan, checked_methods
from equipoise.synthesis.small_study.regression import Coefficient
from equipoise.synthesis.small_study.regression_rows import (
    begg_rows,
    egger_rows,
    limit_rows,
    pet_peese_rows,
    value,
)
from equipoise.synthesis.small_study.selection_rows import fixed_weight_rows, selection_rows
from equipoise.synthesis.small_study.trim_and_fill import trim_and_fill
from equipoise.synthesis.small_study.worst_case import selection_ratio, worst_case

Rows = Iterable[Estimate | Refusal]


def small_study(
    effects: Effects, methods: Sequence[str] | str = "all", plan: SmallStudyPlan | None = None
) -> Estimates:
    """Look for small-study effects.

    Parameters
    ----------
    effects
    methods
        Of METHODS; "all".
    plan

    Returns
    -------
    Estimates
        What cannot be given is refused, with the reason.

    Examples
    --------
    >>> from equipoise.synthesis import checked_effects
    >>> y, v = [0.1, 0.3, 0.2, 0.6, 0.9], [0.01, 0.02, 0.03, 0.08, 0.09]
    >>> row = small_study(checked_effects(y, v), "egger")["egger-test"]
    >>> round(row.estimate, 3), row.unit
    (4.311, 't with 3 df')
    """
    plan = plan or SmallStudyPlan()
    names = (methods,) if isinstance(methods, str) else tuple(methods)
    plan = replace(plan, notes=(*plan.notes, *_against(effects, plan)))
    rows: list[Estimate] = []
    refused: list[Refusal] = []
    for name in checked_methods(names):
        try:
            for row in _ROWS[name](effects, plan):
                (rows if isinstance(row, Estimate) else refused).append(row)  # type: ignore[arg-type]
        except NotIdentifiedError as error:
            refused.append(Refusal(_SLUG.get(name, name), str(error)))
    return Estimates(tuple(rows), tuple(refused))


def _against(effects: Effects, plan: SmallStudyPlan) -> tuple[str, ...]:
    """Say where selection is declared to favour the direction that the studies do not show."""
    if plan.alternative == "two.sided":
        return ()
    mean = float((effects.y / effects.v).sum())
    if mean and (mean > 0) != (plan.alternative == "greater"):
        return (
            f"Selection is taken to favour {plan.alternative} effects, but these studies point "
            "the other way: declare the direction that a study would want (--alternative)",
        )
    return ()


def _trim_rows(effects: Effects, plan: SmallStudyPlan) -> Iterator[Estimate]:
    how: dict[str, Any] = {
        "side": plan.side, "estimator": plan.estimator, "method": plan.tau2_method,
        "trim_method": plan.trim_method,
    }  # fmt: skip
    source = f"Trim and fill, {plan.estimator} (Duval & Tweedie 2000), {plan.tau2_method}"
    for test in dict.fromkeys((plan.test, "z")):
        found = trim_and_fill(effects, test=test, **how)
        label = plan.estimator if test == plan.test else f"{plan.estimator}, {test}"
        yield value(
            "trim-and-fill", label, _mean(found.fit), effects=effects, plan=plan,
            how=f"{source}; filled on the {found.side}",
        )  # fmt: skip
    yield Estimate(
        "trim-and-fill-missing", label=f"{plan.estimator}, {found.side}",
        estimate=found.missing, se=found.missing_se, p=found.missing_p, unit="studies",
        method=source, assumptions=("The most extreme results on one side are missing",),
        warnings=(*plan.warnings(effects), NOT_BIAS),
    )  # fmt: skip


def _excess_rows(effects: Effects, plan: SmallStudyPlan) -> Iterator[Estimate]:
    fit = random_effects(effects, method=plan.tau2_method, test="z")
    random = {"theta": float(fit.beta[0]), "tau2": fit.tau2}
    labels: list[tuple[str, str, dict[str, float]]] = [
        ("chi-square", "chi2", {}), ("binomial", "binomial", {}), ("exact", "exact", {}),
        ("chi-square, random effects", "chi2", random),
    ]  # fmt: skip
    for label, test, at in labels:
        found = excess_significance(effects.y, effects.v, test=test, **at)  # type: ignore[arg-type]
        how = f"Excess significance, {label}, one-sided (Ioannidis & Trikalinos 2007)"
        chi = test == "chi2"
        yield Estimate(
            "excess-significance-test", label=label, estimate=found.statistic,
            df=1 if chi else None, p=found.p,
            unit="chi-square with 1 df" if chi else f"significant of {len(effects)}",
            method=how, assumptions=(NORMAL, "The pooled effect is the true effect"),
        )  # fmt: skip
        if not chi:
            continue
        of = f"significant of {len(effects)} (observed {found.observed})"
        kind = "random effects" if at else "common effect"
        yield Estimate("expected-significant", kind, estimate=found.expected, unit=of, method=how)
        if found.limit is not None:
            yield Estimate(
                "excess-significance-limit", kind, estimate=found.limit, unit=effects.scale,
                method=f"Effect at which p = 0.10: {how}",
            )  # fmt: skip


def _worst_rows(effects: Effects, plan: SmallStudyPlan) -> Iterator[Estimate | Refusal]:
    favours = "less" if plan.alternative == "less" else "greater"
    how = f"Affirmative studies favoured ({favours}): Mathur & VanderWeele 2020"
    found = selection_ratio(effects.y, effects.v, favours=favours, target=plan.target or 0.0)
    for label, ratio in (("estimate", found.estimate), ("interval", found.limit)):
        if ratio is None:
            reason = "No ratio of selection, however large, moves it there: the other studies agree"
            yield Refusal("selection-ratio", reason, label)
            continue
        yield Estimate("selection-ratio", label, estimate=ratio, unit="times", method=how)
    fit = worst_case(effects, favours=favours, method=plan.tau2_method, test=plan.test)
    yield value(
        "worst-case-effect", f"{fit.k} studies", _mean(fit), effects=effects, plan=plan, how=how
    )


def _fail_safe_rows(effects: Effects, plan: SmallStudyPlan) -> Iterator[Estimate | Refusal]:
    y, v = effects.y, effects.v
    numbers = [
        ("Rosenthal", rosenthal(y, v), "Stouffer's one-sided p to 0.05 (Rosenthal 1979)"),
        ("Rosenberg", rosenberg(y, v), "Common effect's two-sided p to 0.05 (Rosenberg 2005)"),
    ]
    if plan.target is not None:
        words = f"Weighted mean to {plan.target:g} (Orwin 1983)"
        numbers.append(("Orwin", orwin(y, v, target=plan.target), words))
    for label, number, how in numbers:
        yield Estimate(
            "fail-safe-n", label, estimate=number, unit="studies", method=how,
            assumptions=("Missing studies average no effect",),
            warnings=("Fail-safe N is no estimate of how many studies are missing",),
        )  # fmt: skip


def _mean(fit: RandomEffectsFit) -> Coefficient:
    return Coefficient(float(fit.beta[0]), float(fit.se[0]), fit.df)


_ROWS: dict[str, Callable[[Effects, SmallStudyPlan], Rows]] = {
    "egger": egger_rows,
    "begg": begg_rows,
    "trim-and-fill": _trim_rows,
    "pet-peese": pet_peese_rows,
    "limit": limit_rows,
    "selection": selection_rows,
    "fixed-weights": fixed_weight_rows,
    "excess-significance": _excess_rows,
    "worst-case": _worst_rows,
    "fail-safe": _fail_safe_rows,
}
_SLUG = {
    "egger": "egger-test", "begg": "begg-test", "limit": "limit-effect",
    "selection": "selection-model", "fixed-weights": "selection-fixed-weights",
    "excess-significance": "excess-significance-test", "worst-case": "worst-case-effect",
    "fail-safe": "fail-safe-n",
}  # fmt: skip
