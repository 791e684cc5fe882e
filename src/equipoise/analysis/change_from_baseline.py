"""How far each arm moved from its baseline, and how the control arm's change compares.

Uncontrolled change: regression to the mean, the natural course and expectancy sit in every arm's.
Only the difference between arms is an effect.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import stdtrit

from equipoise.analysis.contrast import Contrast
from equipoise.analysis.linear_model import least_squares
from equipoise.analysis.mixed_model import random_intercept_fit
from equipoise.analysis.rows import estimate_row
from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.records import outcome_frame

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from equipoise.records import UnblindedRecords

    FloatArray = NDArray[np.float64]

METHOD = (
    "Change from baseline by arm and visit, adjusted for the baseline score; compound symmetry "
    "within participants (random intercept, REML), at the average baseline"
)
UNCONTROLLED = (
    "Uncontrolled: regression to the mean and the natural course are part of every arm's change."
)
RATIO = (
    "Not the share that belief caused: regression to the mean and the natural course are in both "
    "changes."
)


class Changes(NamedTuple):
    """Adjusted changes of k arms at one visit: estimates (k,), covariance (k, k), df (k,)."""

    estimate: FloatArray
    covariance: FloatArray
    df: FloatArray


def change_from_baseline(
    records: UnblindedRecords, outcome: str, visit: str, level: float = 0.95
) -> Estimates:
    """Estimate each arm's mean change at a visit, and the control arm's share of the active's.

    Returns
    -------
    Estimates
        ``change-from-baseline``, a row an arm; ``placebo-ratio``, control over active, with
        Fieller's interval, refused where the active arm's own change may be 0.
    """
    plan = records.protocol
    frame = outcome_frame(records, outcome).dropna(subset=["score", "baseline"])
    seen = {*plan.contrast, *frame["arm"]}  # the arms compared must be there, others may
    arms = tuple(name for name in plan.arm_names if name in seen)
    try:
        found = adjusted_changes(frame, arms, visit)
    except NotIdentifiedError as error:
        refused = Refusal("change-from-baseline", str(error), outcome=outcome)
        return Estimates(refused=(refused,))
    unit = f"{plan.instrument(outcome).unit}, change from baseline"
    rows = tuple(_row(found, k, arm, level) for k, arm in enumerate(arms))
    told = Estimates(rows).with_fields(unit=unit) + _ratio(found, arms, plan.contrast, level)
    return Estimates(
        tuple(replace(row, outcome=outcome, visit=visit) for row in told.rows),
        tuple(replace(row, outcome=outcome) for row in told.refused),
    )


def adjusted_changes(frame: pd.DataFrame, arms: tuple[str, ...], visit: str) -> Changes:
    """Fit change ~ arm x visit + baseline on all visits after baseline.

    Parameters
    ----------
    frame : columns participant, visit, arm, score, baseline
    arms
        The arms wanted; each needs rows at the visit.
    visit
        The visit at which the changes are wanted.
    """
    visits = tuple(dict.fromkeys(frame["visit"]))
    arm, at = frame["arm"].to_numpy(dtype=object), frame["visit"].to_numpy(dtype=object)
    cells = [(a, v) for a in arms for v in visits if ((arm == a) & (at == v)).any()]
    if missing := [a for a in arms if (a, visit) not in cells]:
        raise NotIdentifiedError(
            f"Nobody of the {missing[0]} arm has a score at {visit} and a baseline."
        )
    baseline = frame["baseline"].to_numpy(dtype=np.float64)
    change = frame["score"].to_numpy(dtype=np.float64) - baseline
    design = np.column_stack(
        [*((arm == a) & (at == v) for a, v in cells), baseline - baseline.mean()]
    ).astype(np.float64)
    columns = (*(f"{a} at {v}" for a, v in cells), "baseline")
    people = frame["participant"].to_numpy(dtype=object)
    places = [cells.index((a, visit)) for a in arms]
    if frame["participant"].duplicated().any():
        fit = random_intercept_fit(change, design, people, columns=columns)
        contrasts = [fit.contrast(np.eye(len(columns))[place]) for place in places]
        covariance = fit.covariance
    else:
        line = least_squares(change, design, columns)
        contrasts = [line.contrast(np.eye(len(columns))[place]) for place in places]
        covariance = np.asarray(line.covariance)
    return Changes(
        np.array([c.estimate for c in contrasts]),
        covariance[np.ix_(places, places)],
        np.array([c.df for c in contrasts]),
    )


def _row(found: Changes, k: int, arm: str, level: float) -> Estimate:
    effect = Contrast(
        float(found.estimate[k]), math.sqrt(found.covariance[k, k]), float(found.df[k])
    )
    row = estimate_row("change-from-baseline", effect, level=level, arm=arm, method=METHOD)
    return replace(row, estimand=f"Mean change in the {arm} arm", warnings=(UNCONTROLLED,))


def _ratio(
    found: Changes, arms: tuple[str, ...], contrast: tuple[str, str], level: float
) -> Estimates:
    """Divide control's change by the active arm's; Fieller (J R Stat Soc B 1954;16:175-185)."""
    active, control = (arms.index(name) for name in contrast)
    top, bottom = found.estimate[control], found.estimate[active]
    v = found.covariance
    t = float(stdtrit(found.df[active], (1 + level) / 2))
    if abs(bottom) <= t * math.sqrt(v[active, active]):
        reason = (
            f"The {contrast[0]} arm's own change may be 0 "
            f"({level:.0%} interval), so a ratio to it means nothing."
        )
        return Estimates(refused=(Refusal("placebo-ratio", reason),))
    a = bottom**2 - t**2 * v[active, active]
    b = top * bottom - t**2 * v[control, active]
    c = top**2 - t**2 * v[control, control]
    root = math.sqrt(max(b**2 - a * c, 0.0))
    row = Estimate(
        "placebo-ratio",
        estimate=top / bottom,
        low=(b - root) / a,
        high=(b + root) / a,
        level=level,
        unit="ratio of changes",
        estimand=f"Change of the {contrast[1]} arm over change of the {contrast[0]} arm",
        method=f"{METHOD}; Fieller's interval (1954)",
        warnings=(RATIO,),
    )
    return Estimates((row,))
