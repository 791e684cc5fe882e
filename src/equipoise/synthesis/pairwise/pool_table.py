"""All that was asked about one outcome of a table of studies."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.missing_column import missing_column
from equipoise.synthesis.moderators import design_of
from equipoise.synthesis.pairwise.bootstrap import bootstrap
from equipoise.synthesis.pairwise.fit import RandomEffectsFit, Test, random_effects
from equipoise.synthesis.pairwise.permutation import permutation_test
from equipoise.synthesis.pairwise.pool import pool
from equipoise.synthesis.pairwise.regression import regression
from equipoise.synthesis.pairwise.study_rows import (
    cumulative_rows,
    influence_rows,
    leave_one_out_rows,
    study_rows,
)
from equipoise.synthesis.pairwise.subgroups import subgroups
from equipoise.synthesis.study_table import OutcomeTable

PERMUTED = "Permutation test (Follmann & Proschan 1999)"
EXCHANGEABLE = "Without an effect, each study's result is as likely to have the other sign"
LOGS = ("pooled-effect", "common-effect", "prediction-interval", "subgroup-effect")


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolPlan:
    """How to pool, and what else to say; names of columns, or None for what is not asked."""

    method: str = "REML"
    test: Test = "hartung-knapp"
    weights: str | None = None
    level: float = 0.95
    moderators: str | None = None
    subgroup: str | None = None
    leave_one_out: bool = False
    influence: bool = False
    cumulative: str | None = None
    studies: bool = False
    permutations: int | None = None
    bootstrap: int | None = None
    exponentiate: bool = False
    seed: int = 1


def pool_table(table: OutcomeTable, plan: PoolPlan) -> Estimates:
    """Pool one outcome by a plan.

    Raises
    ------
    DataError, NotIdentifiedError
        As `random_effects`; a column that is not there.
    """
    for name in (plan.weights, plan.subgroup, plan.cumulative):
        if name is not None and name not in table.frame.columns:
            raise missing_column(name, table.frame.columns)
    weights = None if plan.weights is None else table.frame[plan.weights].to_numpy(np.float64)
    how = {"method": plan.method, "test": plan.test}
    found = pool(table.effects, weights=weights, level=plan.level, **how)  # type: ignore[arg-type]
    fit = random_effects(table.effects, weights=weights, **how)  # type: ignore[arg-type]
    for more in _more(table, plan, fit):
        found += more
    if plan.exponentiate:
        found += Estimates(tuple(ratio(row) for row in found if row.name in LOGS))
    rows = (_told(row, table) for row in found)
    refused = tuple(replace(row, outcome=table.outcome) for row in found.refused)
    return Estimates(tuple(rows), refused, found.source)


def ratio(row: Estimate) -> Estimate:
    """Turn a log ratio into a ratio; its standard error stays behind, the limits do not."""
    values = [None if x is None else math.exp(x) for x in (row.estimate, row.low, row.high)]
    return replace(
        row,
        name=f"{row.name.removesuffix('-effect')}-ratio",
        estimate=values[0],
        se=None,
        low=values[1],
        high=values[2],
        unit="ratio",
    )


def _told(row: Estimate, table: OutcomeTable) -> Estimate:
    return replace(row, outcome=table.outcome, warnings=(*row.warnings, *table.warnings))


def _more(table: OutcomeTable, plan: PoolPlan, fit: RandomEffectsFit) -> Iterator[Estimates]:
    frame, level = table.frame, plan.level
    if plan.permutations:
        yield _permuted(fit, plan)
    if plan.bootstrap:
        yield _bootstrapped(fit, plan)
    if plan.subgroup is not None:
        groups = frame[plan.subgroup].fillna("not reported").tolist()
        yield subgroups(table.effects, groups, method=plan.method, test=plan.test, level=level)
    if plan.moderators is not None:
        yield _regressed(table, plan)
    if plan.studies:
        yield study_rows(fit, level)
    if plan.cumulative is not None:
        yield cumulative_rows(fit, frame[plan.cumulative].tolist(), level)
    if plan.leave_one_out:
        yield _or_refusal("leave-one-out", lambda: leave_one_out_rows(fit, level))
    if plan.influence:
        yield _or_refusal("influence", lambda: influence_rows(fit))


def _or_refusal(name: str, asked: Callable[[], Estimates]) -> Estimates:
    try:
        return asked()
    except NotIdentifiedError as error:
        return Estimates(refused=(Refusal(name, str(error)),))


def _regressed(table: OutcomeTable, plan: PoolPlan) -> Estimates:
    assert plan.moderators is not None  # noqa: S101  (asked for)
    x, names, rows = design_of(table.frame, plan.moderators)
    found = regression(
        table.effects.take(rows), x, names, method=plan.method, test=plan.test, level=plan.level
    )
    lost = [study for study, has in zip(table.effects.study, rows, strict=True) if not has]
    if not lost:
        return found
    told = f"Without a moderator and left out of the regression: {', '.join(lost)}"
    return Estimates(
        tuple(replace(row, warnings=(*row.warnings, told)) for row in found), found.refused
    )


def _permuted(fit: RandomEffectsFit, plan: PoolPlan) -> Estimates:
    assert plan.permutations is not None  # noqa: S101  (asked for)
    try:
        test = permutation_test(fit, np.random.default_rng(plan.seed), plan.permutations)
    except NotIdentifiedError as error:
        return Estimates(refused=(Refusal("permutation-test", str(error)),))
    kind = "all" if test.exact else f"{test.draws:,} random"
    row = Estimate(
        "permutation-test",
        estimate=float(fit.beta[0] / fit.se[0]),
        p=float(test.p[0]),
        unit=f"t or z among {kind} arrangements of signs",
        method=f"{PERMUTED}, {test.draws:,} arrangements",
        assumptions=(EXCHANGEABLE,),
    )
    return Estimates((row,))


def _bootstrapped(fit: RandomEffectsFit, plan: PoolPlan) -> Estimates:
    assert plan.bootstrap is not None  # noqa: S101  (asked for)
    rows: list[Estimate] = []
    for kind in ("cases", "parametric"):
        rng = np.random.default_rng(plan.seed)
        means, spreads = bootstrap(fit, rng, plan.bootstrap, kind=kind)
        for name, value, draws in (
            ("bootstrap-effect", float(fit.beta[0]), means),
            ("bootstrap-tau2", fit.tau2, spreads),
        ):
            low, high = np.quantile(draws, [(1 - plan.level) / 2, (1 + plan.level) / 2])
            rows.append(
                Estimate(
                    name,
                    label=kind,
                    estimate=value,
                    se=float(draws.std(ddof=1)),
                    low=float(low),
                    high=float(high),
                    level=plan.level,
                    method=f"Bootstrap, {kind}, {plan.bootstrap:,} resamples, percentiles",
                )
            )
    return Estimates(tuple(rows))
