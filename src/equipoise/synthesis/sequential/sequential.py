"""Trial sequential analysis as rows: information, boundaries, the cumulative effect, a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.special import ndtr

from equipoise.errors import DataError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.sequential.boundaries import (
    SequentialBoundaries,
    efficacy_bounds,
    repeated_p,
    with_futility,
)
from equipoise.synthesis.sequential.cumulative_looks import (
    CumulativeLooks,
    critical_value,
    cumulative_looks,
)
from equipoise.synthesis.sequential.required_information import (
    active_risk,
    diversity,
    people_needed,
    people_needed_for_risks,
    precision_needed,
)
from equipoise.synthesis.sequential.spending import Spending

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from equipoise.synthesis.effects import Effects
    from equipoise.synthesis.pairwise import Test

    FloatArray = NDArray[np.float64]

Measure = Literal["smd", "md", "or", "rr"]
TSA = "Trial sequential analysis (Wetterslev et al. 2008, J Clin Epidemiol 61:64-75)"
NEEDED = "Required information adjusted for diversity (Wetterslev et al. 2009)"


@dataclass(frozen=True, slots=True)
class SequentialPlan:
    """What was planned: it should have been fixed before the trials were seen.

    `delta` is the minimally important difference in the unit of the effects; for ``or`` and
    ``rr`` a ratio, with the `control_risk`. `variance` of an ``md`` within an arm. `diversity`
    is taken from the trials if None.
    """

    delta: float
    alpha: float = 0.05
    power: float = 0.8
    measure: Measure = "smd"
    variance: float | None = None
    control_risk: float | None = None
    diversity: float | None = None
    spending: Spending = "obrien-fleming"
    futility: bool = False
    method: str = "REML"
    test: Test = "hartung-knapp"


@dataclass(frozen=True, slots=True, eq=False)
class SequentialAnalysis:
    """The rows, and what a plot needs: information at each look, and the boundaries."""

    estimates: Estimates
    looks: CumulativeLooks
    information: FloatArray
    required: float
    boundaries: SequentialBoundaries
    verdict: str


def sequential_analysis(
    effects: Effects, order: Sequence[Any], plan: SequentialPlan, people: ArrayLike | None = None
) -> SequentialAnalysis:
    """Look at a cumulative meta-analysis as at one trial with interim looks.

    Parameters
    ----------
    effects
    order : length k
        Anything that sorts: years, dates.
    plan
    people : shape (k,)
        In both arms of each trial; if None, information is the sum of inverse variances.

    References
    ----------
    Wetterslev, Thorlund, Brok & Gluud (2008), J Clin Epidemiol 61:64-75; (2009), BMC Med Res
    Methodol 9:86.
    """
    looks = cumulative_looks(effects, order, method=plan.method, test=plan.test)
    d2 = diversity(effects, looks.tau2) if plan.diversity is None else plan.diversity
    information, unit = _information(effects, looks, people)
    fixed = _needed(plan, 0.0, precision=people is None)
    required = _needed(plan, d2, precision=people is None)
    share = information / required
    bounds = _bounds(share, plan)
    made = int(np.sum(share < 1)) + (1 if (share >= 1).any() else 0)
    verdict = _verdict(looks, bounds, share, made, plan)
    rows = _information_rows(looks, share, plan, d2=d2, fixed=fixed, required=required, unit=unit)
    rows += _look_rows(looks, bounds, made, plan, effects.scale)
    rows += _last_row(looks, bounds, made, plan, scale=effects.scale, verdict=verdict)
    return SequentialAnalysis(rows, looks, information, required, bounds, verdict)


def _information(
    effects: Effects, looks: CumulativeLooks, people: ArrayLike | None
) -> tuple[FloatArray, str]:
    if people is None:
        return np.cumsum(1 / effects.v[looks.rows]), "sum of inverse variances"
    n = np.asarray(people, dtype=np.float64)
    if n.shape != effects.y.shape:
        raise DataError(f"People are one number a study. Got {n.shape} for {len(effects)}.")
    if not (n > 0).all():
        bad = int((~(n > 0)).argmax())
        who = effects.study[bad]
        raise DataError(f"{who} has {n[bad]:g} people. People are above 0 in every study.")
    return np.cumsum(n[looks.rows]), "people in both arms"


def _needed(plan: SequentialPlan, d2: float, *, precision: bool) -> float:
    how = {"alpha": plan.alpha, "power": plan.power, "diversity": d2}
    ratio = plan.measure in ("or", "rr")
    if precision:
        return precision_needed(float(np.log(plan.delta)) if ratio else plan.delta, **how)
    if ratio:
        if plan.control_risk is None:
            raise DataError("For a ratio, people are counted from a control risk: --control-risk.")
        risk = active_risk(plan.control_risk, plan.delta, plan.measure)
        return people_needed_for_risks(plan.control_risk, risk, **how)
    if plan.measure == "md" and plan.variance is None:
        raise DataError("For a mean difference, give the variance within an arm: --variance.")
    return people_needed(plan.delta, variance=plan.variance or 1.0, **how)


def _bounds(share: FloatArray, plan: SequentialPlan) -> SequentialBoundaries:
    """Return boundaries at the looks up to the required information, and at it."""
    t = share[share < 1 - 1e-12]
    found = efficacy_bounds(np.append(t, 1.0), plan.alpha, plan.spending)
    return with_futility(found, 1 - plan.power, plan.spending) if plan.futility else found


def _verdict(
    looks: CumulativeLooks, bounds: SequentialBoundaries, share: FloatArray, made: int,
    plan: SequentialPlan,
) -> str:  # fmt: skip
    z, c = np.abs(looks.z[:made]), bounds.bound[:made]
    crossed = np.flatnonzero(z >= c)
    if crossed.size:
        k = int(crossed[0])
        side = "below" if looks.z[k] < 0 else "above"
        later = "" if k == len(looks.z) - 1 else "; later looks do not undo it"
        return (
            f"Boundary crossed at look {k + 1} ({looks.study[k]}), effect {side} 0, with "
            f"{100 * share[k]:.0f}% of the required information{later}."
        )
    if share[-1] >= 1:
        return (
            "Required information reached without crossing: an effect as large as the minimally "
            f"important difference ({plan.delta:g}) is unlikely, at the power planned."
        )
    if plan.futility and (z < bounds.futility[:made]).any():
        k = int(np.flatnonzero(z < bounds.futility[:made])[0])
        return f"Futile at look {k + 1} ({looks.study[k]}): {plan.delta:g} is unlikely to be there."
    return (
        f"No conclusion: {100 * share[-1]:.0f}% of the required information, boundary not crossed. "
        "That is not evidence of no effect."
    )


def _information_rows(
    looks: CumulativeLooks, share: FloatArray, plan: SequentialPlan, *, d2: float, fixed: float,
    required: float, unit: str,
) -> Estimates:  # fmt: skip
    told = f"alpha {plan.alpha:g} two-sided, power {plan.power:g}, difference {plan.delta:g}"
    given = "as planned" if plan.diversity is not None else f"from all trials, {plan.method}"
    rows = [
        Estimate("diversity", estimate=d2, unit="share", method=f"1 - V_fixed / V_random, {given}"),
        Estimate("required-information", label="one true effect", estimate=fixed, unit=unit,
                 estimand=told, method="Sample size of one trial"),
        Estimate("required-information", label="adjusted for diversity", estimate=required,
                 unit=unit, estimand=told, method=NEEDED),
    ]  # fmt: skip
    rows += [
        Estimate("information-share", label=_label(looks, k), estimate=float(share[k]),
                 unit="share of the required information", method=NEEDED)
        for k in range(len(share))
    ]  # fmt: skip
    return Estimates(tuple(rows))


def _label(looks: CumulativeLooks, k: int) -> str:
    return f"{k + 1}: {looks.study[k]}"


def _look_rows(
    looks: CumulativeLooks, bounds: SequentialBoundaries, made: int, plan: SequentialPlan,
    scale: str | None,
) -> Estimates:  # fmt: skip
    level = 1 - plan.alpha
    pooled = f"Random effects, {plan.method}, {plan.test}"
    stop = f"{TSA}; alpha spending {plan.spending} (Lan & DeMets 1983)"
    rows: list[Estimate] = []
    refused: list[Refusal] = []
    for k in range(len(looks.z)):
        label, df = _label(looks, k), None if np.isnan(looks.df[k]) else looks.df[k]
        half = critical_value(-_quantile(plan.alpha), looks.df[k]) * looks.se[k]
        rows.append(
            Estimate("cumulative-effect", label=label, estimate=looks.effect[k], se=looks.se[k],
                     low=looks.effect[k] - half, high=looks.effect[k] + half, level=level, df=df,
                     p=2 * float(ndtr(-abs(looks.z[k]))), unit=scale,
                     method=f"{pooled}, not adjusted for looks")
        )  # fmt: skip
        rows.append(Estimate("sequential-z", label=label, estimate=looks.z[k], method=pooled,
                             unit="normal quantile of the test's p"))  # fmt: skip
        if k >= made:
            refused.append(Refusal("sequential-boundary", "All error was spent at an earlier look, "
                                   "with the required information.", label=label))  # fmt: skip
            continue
        if not np.isfinite(bounds.bound[k]):
            why = "Too little information: no |z| ends the analysis here."
            refused.append(Refusal("sequential-boundary", why, label=label))
            continue
        crossed = "crossed" if abs(looks.z[k]) >= bounds.bound[k] else "not crossed"
        rows.append(Estimate("sequential-boundary", label=label, estimate=bounds.bound[k],
                             unit="|z|", estimand=crossed, method=stop))  # fmt: skip
        if plan.futility and np.isfinite(bounds.futility[k]):
            rows.append(Estimate("futility-boundary", label=label, estimate=bounds.futility[k],
                                 unit="|z|", method=f"{stop}; not binding"))  # fmt: skip
    if made == len(looks.z) and len(bounds.bound) > made:
        rows.append(Estimate("sequential-boundary", label="at the required information",
                             estimate=bounds.bound[-1], unit="|z|", method=stop))  # fmt: skip
    return Estimates(tuple(rows), tuple(refused))


def _quantile(alpha: float) -> float:
    from scipy.special import ndtri  # noqa: PLC0415

    return float(ndtri(alpha / 2))


def _last_row(
    looks: CumulativeLooks, bounds: SequentialBoundaries, made: int, plan: SequentialPlan, *,
    scale: str | None, verdict: str,
) -> Estimates:  # fmt: skip
    """Return the effect at the last look that has error to spend, with its repeated interval."""
    k = made - 1
    method = "Repeated confidence interval and p value (Jennison & Turnbull 1989)"
    assumptions = (
        "Difference, errors and spending were fixed before the trials were seen.",
        "Diversity, and so the required information, is known; it is estimated from the trials.",
    )
    if not np.isfinite(bounds.bound[k]):
        why = "Too little information for an interval that allows for further looks."
        return Estimates(
            refused=(Refusal("sequential-effect", why), Refusal("sequential-test", why))
        )
    half = critical_value(float(bounds.bound[k]), float(looks.df[k])) * looks.se[k]
    p = repeated_p(bounds.share[:made], float(looks.z[k]), plan.spending)
    df = None if np.isnan(looks.df[k]) else float(looks.df[k])
    return Estimates(
        (
            Estimate("sequential-effect", label=_label(looks, k), estimate=looks.effect[k],
                     se=looks.se[k], low=looks.effect[k] - half, high=looks.effect[k] + half,
                     level=1 - plan.alpha, df=df, p=p, unit=scale, method=method,
                     assumptions=assumptions),
            Estimate("sequential-test", label=_label(looks, k), estimate=looks.z[k], p=p,
                     unit="z, with the p value of all looks", estimand=verdict, method=method),
        )
    )  # fmt: skip
