"""The bivariate arm model: log odds of both arms of each study, pooled together.

Arms are of different people, so their errors are independent; what is shared is the study. The
difference of the arms is the log odds ratio, and its slope on the control arm says whether the
effect goes with baseline risk.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.dependent.likelihood import Criterion
from equipoise.synthesis.effects import Effects, checked_effects
from equipoise.synthesis.multivariate.multivariate_fit import MultivariateFit, multivariate_fit
from equipoise.synthesis.multivariate.rows import multivariate_rows
from equipoise.synthesis.multivariate.structures import StructureName
from equipoise.synthesis.sparse.tables import TwoByTwo

SCALE = "log odds of an event"


def arm_logits(table: TwoByTwo, arms: tuple[str, str]) -> tuple[Effects, tuple[str, ...]]:
    """Return log odds of each arm, two rows a study, and the arm of each row.

    1/2 is added to both cells of an arm where one is empty.
    """
    x = np.stack([table.a, table.c], axis=1).ravel()
    rest = np.stack([table.b, table.d], axis=1).ravel()
    more = np.where((x == 0) | (rest == 0), 0.5, 0.0)
    x, rest = x + more, rest + more
    # studies of one name are different rows of the table all the same
    study = [f"{name} ({i + 1})" if table.study.count(name) > 1 else name
             for i, name in enumerate(table.study) for _ in range(2)]  # fmt: skip
    effects = checked_effects(np.log(x / rest), 1 / x + 1 / rest, study, scale=SCALE)
    return effects, arms * len(table)


def bivariate_arms(
    table: TwoByTwo,
    arms: tuple[str, str] = ("first arm", "second arm"),
    *,
    struct: StructureName = "UN",
    criterion: Criterion = "REML",
    level: float = 0.95,
) -> Estimates:
    """Pool the log odds of both arms together.

    Returns
    -------
    Estimates
        Rows of `multivariate`; shares of each arm (`pooled-share`); the odds ratio; and the slope
        of the log odds in the first arm on those in the second (`baseline-slope`).

    References
    ----------
    van Houwelingen, Zwinderman & Stijnen (1993), Stat Med 12:2273-2284. van Houwelingen, Arends &
    Stijnen (2002), Stat Med 21:589-624.
    """
    effects, outcome = arm_logits(table, arms)
    found = multivariate_fit(effects, outcome, rho=0, struct=struct, criterion=criterion)
    whole = multivariate_rows(found, level=level, scale=SCALE, rho=0.0)
    corrected = ((table.a == 0) | (table.b == 0) | (table.c == 0) | (table.d == 0)).sum()
    warnings = whole.rows[0].warnings
    if corrected:
        warnings += (
            f"1/2 was added to arms of {corrected} studies that had an empty cell; a model of the "
            "events themselves (equipoise sparse, method glmm, model UM.RS) needs no such thing.",
        )
    rows = [replace(row, warnings=warnings) for row in whole]
    about = {"method": rows[0].method, "assumptions": rows[0].assumptions, "warnings": warnings}
    rows += _shares(whole, about)
    slope, refused = _slope(found, about)
    return Estimates((*rows, *slope), whole.refused + refused)


def _shares(whole: Estimates, about: dict[str, Any]) -> list[Estimate]:
    """Return the arms' pooled log odds as shares, and the contrast as an odds ratio."""
    rows = []
    for row in whole.select(name="pooled-effect"):
        at = [float(1 / (1 + np.exp(-(x or 0.0)))) for x in (row.estimate, row.low, row.high)]
        rows.append(
            Estimate("pooled-share", row.label, estimate=at[0], low=at[1], high=at[2],
                     level=row.level, unit="share of people", **about)
        )  # fmt: skip
    for row in whole.select(name="outcome-contrast"):
        at = [float(np.exp(x or 0.0)) for x in (row.estimate, row.low, row.high)]
        rows.append(
            Estimate("pooled-ratio", row.label, estimate=at[0], low=at[1], high=at[2],
                     level=row.level, p=row.p, unit="odds ratio", **about)
        )  # fmt: skip
    return rows


def _slope(
    found: MultivariateFit, about: dict[str, Any]
) -> tuple[list[Estimate], tuple[Refusal, ...]]:
    T = found.T
    if T[1, 1] <= 0:
        why = "Studies do not differ in the second arm's odds: there is no slope on them."
        return [], (Refusal("baseline-slope", why),)
    unit = "log odds in the first arm per log odds in the second (1: a constant odds ratio)"
    row = Estimate("baseline-slope", estimate=float(T[0, 1] / T[1, 1]), unit=unit, **about)
    return [row], ()
