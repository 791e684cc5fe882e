"""What a forest plot shows of one pooled outcome: studies, diamonds, the prediction interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.synthesis.labels import written
from equipoise.synthesis.pairwise.fit import random_effects
from equipoise.synthesis.pairwise.pool import pool
from equipoise.synthesis.pairwise.pool_table import NONE, PoolPlan, weights_of
from equipoise.synthesis.pairwise.study_rows import study_rows
from equipoise.synthesis.pairwise.subgroups import subgroups
from equipoise.synthesis.study_table import OutcomeTable

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.estimates import Estimate, Estimates

PREDICTION = {"z": "normal", "t": "t"}


def forest_frames(
    table: OutcomeTable, plan: PoolPlan
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[float, float] | None]:
    """Return studies with all columns of the table, summaries, and the prediction interval.

    Returns
    -------
    studies : columns study, estimate, low, high, weight, and those of the table
    summaries : columns label, estimate, low, high; subgroup where there are several
    prediction
        Of the test's own kind; None with fewer than 3 studies or a common effect.
    """
    import pandas as pd  # noqa: PLC0415

    weights = weights_of(table, plan)
    fit = random_effects(table.effects, method=plan.method, test=plan.test, weights=weights)
    rows = study_rows(fit, plan.level).select(name="study-effect")
    shown = {
        "study": table.effects.study,
        "estimate": rows.column("estimate"),
        "low": rows.column("low"),
        "high": rows.column("high"),
        "weight": fit.weight_percent,
    }
    studies = pd.concat(
        [table.frame.drop(columns=list(shown), errors="ignore"), pd.DataFrame(shown)], axis=1
    )
    found = pool(
        table.effects, method=plan.method, test=plan.test, weights=weights, level=plan.level
    )
    pooled = found["pooled-effect"]
    summaries = [_summary("Common effect" if plan.method == "EE" else "Random effects", pooled)]
    if plan.subgroup is not None:
        cells = studies[plan.subgroup]
        studies[plan.subgroup] = [NONE if pd.isna(cell) else written(cell) for cell in cells]
        each = subgroups(
            table.effects,
            studies[plan.subgroup].tolist(),
            method=plan.method,
            test=plan.test,
            weights=weights,
            level=plan.level,
        )
        summaries += [
            _summary(str(row.label), row) | {"subgroup": row.label}
            for row in each.select(name="subgroup-effect")
        ]
    return studies, pd.DataFrame(summaries), _prediction(found, plan)


def _summary(label: str, row: Estimate) -> dict[str, object]:
    return {"label": label, "estimate": row.estimate, "low": row.low, "high": row.high}


def _prediction(found: Estimates, plan: PoolPlan) -> tuple[float, float] | None:
    label = PREDICTION.get(plan.test, "hartung-knapp")
    for row in found.select(name="prediction-interval", label=label):
        if row.low is not None and row.high is not None:
            return row.low, row.high
    return None
