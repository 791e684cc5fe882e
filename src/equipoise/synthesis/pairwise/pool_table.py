"""All that was asked about one outcome of a table of studies."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.effects import FloatArray
from equipoise.synthesis.labels import written
from equipoise.synthesis.missing_column import missing_column
from equipoise.synthesis.moderators import design_of
from equipoise.synthesis.pairwise.bootstrap import bootstrap
from equipoise.synthesis.pairwise.fit import RandomEffectsFit, Test, random_effects
from equipoise.synthesis.pairwise.permutation import permutation_test
from equipoise.synthesis.pairwise.pool import pool
from equipoise.synthesis.pairwise.regression import moderator_test, regression
from equipoise.synthesis.pairwise.study_rows import (
    cumulative_rows,
    influence_rows,
    leave_one_out_rows,
    study_rows,
)
from equipoise.synthesis.pairwise.subgroups import subgroups
from equipoise.synthesis.study_table import OutcomeTable

LEAST_FOR_EGGER = 3
PERMUTED = "Permutation test (Follmann & Proschan 1999)"
SHUFFLED = "Permutation test of moderators (Higgins & Thompson 2004)"
UNRELATED = "Without a relation, any study could have had any study's moderators"
NONE = "not reported"
EXCHANGEABLE = "Without an effect, each study's result is as likely to have the other sign"
LARGEST_LOG = 709
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
    weights = weights_of(table, plan)
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


def weights_of(table: OutcomeTable, plan: PoolPlan) -> FloatArray | None:
    """Return the user's weights, shape (k,), or None.

    Raises
    ------
    DataError
        When a study has none, or one that is not above 0; names it.
    """
    import pandas as pd  # noqa: PLC0415

    if plan.weights is None:
        return None
    cells = table.frame[plan.weights]
    numbers = pd.to_numeric(cells, errors="coerce").to_numpy(np.float64)
    for study, cell, number in zip(table.effects.study, cells, numbers, strict=True):
        if not (np.isfinite(number) and number > 0):
            raise DataError(
                f"{study} has the weight {written(cell)!r} in {plan.weights!r}: weights are "
                "numbers above 0. Correct it, or leave the study out."
            )
    return np.asarray(numbers, dtype=np.float64)


def ratio(row: Estimate) -> Estimate:
    """Turn a log ratio into a ratio; its standard error stays behind, the limits do not.

    Raises
    ------
    DataError
        When an exponent is beyond the largest number.
    """
    values = [None if x is None else _exp(x) for x in (row.estimate, row.low, row.high)]
    return replace(
        row,
        name=f"{row.name.removesuffix('-effect')}-ratio",
        estimate=values[0],
        se=None,
        low=values[1],
        high=values[2],
        unit="ratio",
    )


def _exp(log: float) -> float:
    if log > LARGEST_LOG:
        raise DataError(
            f"exp({log:g}) is beyond the largest number: effects or limits of this size are no "
            "logs of ratios. Leave --exponentiate out."
        )
    return math.exp(log)


def _told(row: Estimate, table: OutcomeTable) -> Estimate:
    return replace(row, outcome=table.outcome, warnings=(*row.warnings, *table.warnings))


def _more(table: OutcomeTable, plan: PoolPlan, fit: RandomEffectsFit) -> Iterator[Estimates]:
    import pandas as pd  # noqa: PLC0415

    frame, level = table.frame, plan.level
    how: dict[str, Any] = {"method": plan.method, "test": plan.test}
    if fit.k >= LEAST_FOR_EGGER:
        yield _egger(table)
    if plan.permutations:
        yield _permuted(fit, plan)
    if plan.bootstrap:
        yield _or_refusal("bootstrap-effect", lambda: _bootstrapped(fit, plan))
    if plan.subgroup is not None:
        groups = [NONE if pd.isna(cell) else cell for cell in frame[plan.subgroup]]
        yield subgroups(table.effects, groups, weights=fit.user_weights, level=level, **how)
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


def _egger(table: OutcomeTable) -> Estimates:
    """Add the classical test of funnel asymmetry; the verb small-study has the others."""
    from equipoise.synthesis.small_study import small_study  # noqa: PLC0415  (it pools as well)

    found = small_study(table.effects, "egger").select(name="egger-test", label="classical")
    return Estimates(found.rows, found.refused)


def _or_refusal(name: str, asked: Callable[[], Estimates]) -> Estimates:
    try:
        return asked()
    except NotIdentifiedError as error:
        return Estimates(refused=(Refusal(name, str(error)),))


def _regressed(table: OutcomeTable, plan: PoolPlan) -> Estimates:
    assert plan.moderators is not None  # noqa: S101  (asked for)
    x, names, rows = design_of(table.frame, plan.moderators)
    weights = weights_of(table, plan)
    own = None if weights is None else weights[rows]
    how: dict[str, Any] = {"method": plan.method, "test": plan.test, "weights": own}
    effects = table.effects.take(rows)
    found = regression(effects, x, names, level=plan.level, **how)
    if plan.permutations:
        found += _shuffled(random_effects(effects, x, names=names, **how), plan)
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


def _shuffled(fit: RandomEffectsFit, plan: PoolPlan) -> Estimates:
    """Write the permutation tests of moderators: each one by its name, and all at once."""
    assert plan.permutations is not None  # noqa: S101  (asked for)
    try:
        test = permutation_test(fit, np.random.default_rng(plan.seed), plan.permutations)
    except NotIdentifiedError as error:
        return Estimates(refused=(Refusal("permutation-test", str(error), label="moderators"),))
    kind = "all" if test.exact else f"{test.draws:,} random"
    shared = Estimate(
        "permutation-test",
        unit=f"t or z among {kind} arrangements of rows",
        method=f"{SHUFFLED}, {test.draws:,} arrangements",
        assumptions=(UNRELATED,),
    )
    varying = np.flatnonzero((fit.x != fit.x[0]).any(0))
    rows = [
        replace(
            shared,
            label=fit.names[j],
            estimate=float(fit.beta[j] / fit.se[j]),
            p=float(test.p[j]),
        )
        for j in varying
    ]
    if len(varying) and test.p_omnibus is not None:
        unit = f"chi-square or F among {kind} arrangements of rows"
        statistic = moderator_test(fit)[0]
        every = replace(
            shared, label="all moderators", estimate=statistic, p=test.p_omnibus, unit=unit
        )
        rows.append(every)
    return Estimates(tuple(rows))


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
