"""The total effect of treatment: what it did, drug and belief together. Always the headline.

The data decide how: one row a person gives a difference in means, or the planned ANCOVA;
several rows a person give the mixed model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from equipoise.analysis.ancova import ANCOVA, compare_arms
from equipoise.analysis.arm_design import ArmDesign, arm_design
from equipoise.analysis.linear_model import least_squares
from equipoise.analysis.mixed_model import BOUNDARY_WARNING, MIXED_MODEL, random_intercept_fit
from equipoise.analysis.rows import ancova_rows, effect_unit, estimate_row
from equipoise.analysis.sandwich import cluster_robust
from equipoise.analysis.two_samples import difference_in_means
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.records import outcome_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from equipoise.protocol import Analysis, Protocol
    from equipoise.records import UnblindedRecords

CLUSTER_ROBUST = (
    "Least squares with the same covariates, CR2 cluster-robust variance and Satterthwaite df "
    "(Bell & McCaffrey 2002; Pustejovsky & Tipton 2018)"
)
RANDOM_INTERCEPT = (
    "Any two scores of one person are correlated alike (random intercept), and nothing of one "
    "treatment period carries over to the next"
)
MISSING_AT_RANDOM = "Scores that are missing depend only on what the model holds"
EFFECT_METHODS = ("difference-in-means", "ancova", "mixed-model")


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Complete rows to compare arms on, and what the reader must be told about them."""

    protocol: Protocol
    outcome: str
    visit: str | None
    frame: pd.DataFrame
    covariates: tuple[str, ...]
    level: float
    warnings: tuple[str, ...] = ()
    source: str | None = None

    @property
    def arms(self) -> tuple[str, ...]:
        """Control, then the active arm of the contrast, then the others that have rows."""
        active, control = self.protocol.contrast
        here = set(self.frame["arm"])
        others = (arm for arm in self.protocol.arm_names if arm in here)
        return tuple(dict.fromkeys((control, active, *others)))

    @property
    def score(self) -> NDArray[np.float64]:
        """The outcome, shape (rows,)."""
        return self.frame["score"].to_numpy(dtype=float)

    @property
    def design(self) -> ArmDesign:
        """Arms and covariates as a matrix."""
        values = {name: self.frame[name].to_numpy() for name in self.covariates}
        return arm_design(self.frame["arm"].to_numpy(dtype=object), self.arms, values)

    def described(self, method: str) -> str:
        """Add covariates and their source to the name of a method."""
        adjusted = f"; adjusted for {', '.join(self.covariates)}" if self.covariates else ""
        return f"{method}{adjusted}" + (f". {self.source}" if self.source else "")


def total_effect(
    records: UnblindedRecords, outcome: str, visit: str | None = None, level: float = 0.95
) -> Estimates:
    """Estimate the total effect of the active arm, drug and belief together, on one outcome.

    Parameters
    ----------
    records
        A trial.
    outcome
        The trial's own name of an instrument.
    visit
        One visit, where each person has one row. If None, every visit of a design that changes
        arms within people; else the first visit after baseline of the planned analysis.
    level
        Coverage of the intervals.

    Returns
    -------
    Estimates
        ``total-effect``, active minus control. One row a person: difference in means with
        pooled-variance SE and n - 2 df, the same labelled ``welch``, and
        ``standardised-mean-difference``; or, where the plan says so, ANCOVA, labelled by arm.
        Several rows a person: mixed model with the plan's covariates, then ``cluster-robust``.
        Where the data cannot answer, a refusal says why.
    """
    plan = records.protocol
    planned = planned_effect(plan, outcome)
    frame = outcome_frame(records, outcome, visit)
    warnings: tuple[str, ...] = ()
    if visit is None:
        frame, warnings = _default_visits(records, frame, outcome, planned)
    method = _fitting_method(frame, planned)
    return effect_by(method, records, outcome, frame, planned, level=level, warnings=warnings)


def effect_by(
    method: str,
    records: UnblindedRecords,
    outcome: str,
    frame: pd.DataFrame,
    planned: Analysis | None,
    *,
    level: float,
    warnings: tuple[str, ...] = (),
) -> Estimates:
    """Estimate the effect on the rows of an outcome frame by one of `EFFECT_METHODS`."""
    plan = records.protocol
    covariates: tuple[str, ...] = ()
    if planned is not None and method != "difference-in-means":
        covariates = (("baseline",) if planned.baseline else ()) + planned.covariates
    try:
        complete, dropped = _complete(frame, covariates)
        seen = tuple(complete["visit"].unique())
        question = Comparison(
            protocol=plan,
            outcome=outcome,
            visit=seen[0] if len(seen) == 1 else None,
            frame=complete,
            covariates=covariates,
            level=level,
            warnings=_about(records, outcome) + warnings + dropped,
            source=planned.source if planned is not None and planned.method == method else None,
        )
        rows = _told(question, _METHODS[method](question))
    except NotIdentifiedError as reason:
        refusal = Refusal("total-effect", str(reason), outcome=outcome)
        return Estimates(refused=(refusal,), source=records.source)
    as_planned = planned is not None and (not planned.visits or set(seen) <= set(planned.visits))
    status = plan.status_of(method, outcome) if as_planned else "exploratory"
    return Estimates(rows, source=records.source).with_fields(status=status)


def planned_effect(plan: Protocol, outcome: str) -> Analysis | None:
    """Return the first analysis of the protocol that estimates an effect on this outcome."""
    named = (a for a in plan.analyses if a.method in EFFECT_METHODS and outcome in a.outcomes)
    return next(named, None)


def _about(records: UnblindedRecords, outcome: str) -> tuple[str, ...]:
    """Return what was warned of this outcome when the records were read."""
    name = re.compile(rf"(?<!\w){re.escape(outcome)}(?!\w)")
    return tuple(warning for warning in records.warnings if name.search(warning))


def _default_visits(
    records: UnblindedRecords, frame: pd.DataFrame, outcome: str, planned: Analysis | None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Keep the visits to analyse when the caller names none; warn where the plan is silent."""
    seen = set(frame["visit"])
    visits = [v.name for v in records.protocol.visits if not v.baseline and v.name in seen]
    named = set(planned.visits) if planned is not None else set()
    chosen = [visit for visit in visits if visit in named] or visits
    if records.protocol.design.repeated or len(chosen) < 2:
        return frame[frame["visit"].isin(chosen)], ()
    first = chosen[0]
    warning = f"The plan names no visit for {outcome}: {first}, the first of {visits}, was taken"
    return frame[frame["visit"] == first], () if named else (warning,)


def _fitting_method(frame: pd.DataFrame, planned: Analysis | None) -> str:
    if frame["participant"].duplicated().any():
        return "mixed-model"
    if planned is not None and planned.method == "ancova":
        return "ancova"
    return "difference-in-means"


def _complete(
    frame: pd.DataFrame, covariates: tuple[str, ...]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Drop rows that lack the score, the arm or a covariate, and say how many."""
    if unknown := [name for name in covariates if name not in frame.columns]:
        raise DataError(
            f"The plan adjusts for {unknown}, which the participants table lacks. "
            f"It has: {', '.join(frame.columns)}. Map them, or change the plan."
        )
    needed = ["score", "arm", *covariates]
    complete = frame.dropna(subset=needed)
    lost = len(frame) - len(complete)
    if complete.empty:
        raise NotIdentifiedError(f"None of the {len(frame)} rows has {', '.join(needed)}.")
    lacking = [name for name in needed if frame[name].isna().any()]
    text = f"{lost} of {len(frame)} rows lack {' or '.join(lacking)} and were left out"
    return complete, (text,) if lost else ()


def _difference(question: Comparison) -> Iterable[Estimate]:
    """One row a person: each arm against control, without covariates."""
    control, *others = question.arms
    by_arm = {
        arm: rows.to_numpy(dtype=float) for arm, rows in question.frame.groupby("arm")["score"]
    }
    for arm in others:
        if missing := [name for name in (arm, control) if name not in by_arm]:
            raise NotIdentifiedError(f"Nobody with a score was in the arm {missing[0]!r}.")
        rows = difference_in_means(by_arm[arm], by_arm[control], level=question.level)
        main = arm == others[0]
        for row in rows:
            label = row.label if main else ", ".join(filter(None, (arm, row.label)))
            yield replace(row, label=label, arm=arm if len(others) > 1 else None)


def _ancova(question: Comparison) -> Iterable[Estimate]:
    """One row a person: each arm against control at equal covariates."""
    if question.frame["participant"].duplicated().any():
        raise NotIdentifiedError("ANCOVA takes one row a person: name one visit.")
    result = compare_arms(question.score, question.design)
    method = question.described(ANCOVA)
    for row in ancova_rows(result, level=question.level):
        yield replace(row, method=method, assumptions=(MISSING_AT_RANDOM,))


def _mixed(question: Comparison) -> Iterable[Estimate]:
    """Several rows a person: random intercept, then least squares with cluster-robust errors."""
    design, people = question.design, question.frame["participant"].to_numpy(dtype=object)
    fit = random_intercept_fit(question.score, design.matrix, people, columns=design.columns)
    robust = cluster_robust(
        least_squares(question.score, design.matrix, design.columns), people, "CR2"
    )
    first = next(iter(design.contrasts))
    edge = (BOUNDARY_WARNING,) if fit.boundary else ()
    for arm, weights in design.contrasts.items():
        name = None if arm == first else arm
        shown = arm if len(design.contrasts) > 1 else None
        row = estimate_row(
            "total-effect",
            fit.contrast(weights),
            level=question.level,
            label=name,
            arm=shown,
            method=question.described(f"{MIXED_MODEL}, REML, {fit.rows} rows of {fit.clusters}"),
        )
        yield replace(row, assumptions=(RANDOM_INTERCEPT, MISSING_AT_RANDOM), warnings=edge)
        yield estimate_row(
            "total-effect",
            robust.contrast(weights),
            level=question.level,
            label=", ".join(filter(None, (name, "cluster-robust"))),
            arm=shown,
            method=question.described(CLUSTER_ROBUST),
        )


_METHODS: dict[str, Callable[[Comparison], Iterable[Estimate]]] = {
    "difference-in-means": _difference,
    "ancova": _ancova,
    "mixed-model": _mixed,
}


def _told(question: Comparison, rows: Iterable[Estimate]) -> tuple[Estimate, ...]:
    """Add to every row what it speaks of: outcome, visit, unit, estimand, warnings."""
    plan, outcome = question.protocol, question.outcome
    active, control = plan.contrast
    scale = plan.instrument(outcome)
    told = []
    for row in rows:
        arm = row.arm or active
        unit = row.unit or effect_unit(scale, arm, control)
        estimand = row.estimand or (
            f"Mean {outcome} under {arm} minus under {control}, whatever people believed they took"
        )
        if row.name == "adjusted-mean":
            unit, estimand = scale.unit, f"Mean {outcome} under {arm} at the average covariates"
        told.append(
            replace(
                row,
                outcome=outcome,
                visit=question.visit,
                unit=unit,
                estimand=estimand,
                warnings=question.warnings + row.warnings,
            )
        )
    return tuple(told)
