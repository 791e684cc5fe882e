"""Arms compared on the rows of a trial, by each of the methods a protocol can plan.

A method takes a `Comparison` and gives rows; to add one is to add a function to `METHODS`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from equipoise.analysis.ancova import ANCOVA, compare_arms
from equipoise.analysis.arm_design import ArmDesign, arm_design
from equipoise.analysis.linear_model import least_squares
from equipoise.analysis.mixed_model import BOUNDARY_WARNING, MIXED_MODEL, random_intercept_fit
from equipoise.analysis.planned_mmrm import mmrm_comparison
from equipoise.analysis.planned_reference_based import reference_based_comparison
from equipoise.analysis.rows import ancova_rows, effect_unit, estimate_row
from equipoise.analysis.sandwich import cluster_robust
from equipoise.analysis.two_samples import INDEPENDENT, difference_in_means
from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from equipoise.estimates import Estimate
    from equipoise.protocol import Analysis, Protocol

CLUSTER_ROBUST = (
    "Least squares with the same covariates, CR2 cluster-robust variance and Satterthwaite df "
    "(Bell & McCaffrey 2002; Pustejovsky & Tipton 2018)"
)
RANDOM_INTERCEPT = "Any two scores of one person are correlated alike (random intercept)"
NO_CARRY_OVER = "Nothing of one treatment period carries over to the next"
MISSING_COMPLETELY = "Scores that are missing are like those that were observed"
MISSING_AT_RANDOM = "Whether a score is missing depends only on what the model holds"


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Complete rows to compare arms on, and what the reader must be told about them.

    `events` are the intercurrent events of the records, for methods that impute scores after them.
    """

    protocol: Protocol
    outcome: str
    frame: pd.DataFrame
    covariates: tuple[str, ...]
    level: float
    warnings: tuple[str, ...] = ()
    source: str | None = None
    planned: Analysis | None = None
    primary: str | None = None
    events: pd.DataFrame | None = None

    @property
    def visit(self) -> str | None:
        """The visit of all rows; None if there are several."""
        visits = self.frame["visit"].unique()
        return str(visits[0]) if len(visits) == 1 else None

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
    def people(self) -> NDArray[np.object_]:
        """Whose row it is, shape (rows,)."""
        return self.frame["participant"].to_numpy(dtype=object)

    @property
    def design(self) -> ArmDesign:
        """Arms and covariates as a matrix; a category may be coded in numbers."""
        categories = {c.name for c in self.protocol.covariates if c.kind == "category"}
        values = {
            name: self.frame[name].astype(str).to_numpy(dtype=object)
            if name in categories
            else self.frame[name].to_numpy()
            for name in self.covariates
        }
        return arm_design(self.frame["arm"].to_numpy(dtype=object), self.arms, values)

    def described(self, method: str) -> str:
        """Add covariates and their source to the name of a method."""
        adjusted = f"; adjusted for {', '.join(self.covariates)}" if self.covariates else ""
        return f"{method}{adjusted}" + (f". {self.source}" if self.source else "")


def compared(method: str, question: Comparison) -> tuple[Estimate, ...]:
    """Compare the arms by one of `METHODS`, and say in every row what it speaks of."""
    return tuple(_told(row, question) for row in METHODS[method](question))


def _difference(question: Comparison) -> Iterator[Estimate]:
    """One row a person: each arm against control, without covariates."""
    control, *others = question.arms
    by_arm = {
        arm: rows.to_numpy(dtype=float) for arm, rows in question.frame.groupby("arm")["score"]
    }
    for arm in others:
        if missing := [name for name in (arm, control) if name not in by_arm]:
            raise NotIdentifiedError(f"Nobody with a score was in the arm {missing[0]!r}.")
        rows = difference_in_means(by_arm[arm], by_arm[control], level=question.level)
        for row in rows.with_fields(assumptions=(INDEPENDENT, MISSING_COMPLETELY)):
            yield _of_arm(row, arm, others)


def _ancova(question: Comparison) -> Iterator[Estimate]:
    """One row a person: each arm against control at equal covariates."""
    if question.frame["participant"].duplicated().any():
        raise NotIdentifiedError("ANCOVA takes one row a person: name one visit.")
    result = compare_arms(question.score, question.design)
    method = question.described(ANCOVA)
    for row in ancova_rows(result, level=question.level):
        yield replace(row, method=method, assumptions=(INDEPENDENT, MISSING_AT_RANDOM))


def _mixed(question: Comparison) -> Iterator[Estimate]:
    """Several rows a person: random intercept, then least squares with cluster-robust errors."""
    design, people, level = question.design, question.people, question.level
    fit = random_intercept_fit(question.score, design.matrix, people, columns=design.columns)
    plain = least_squares(question.score, design.matrix, design.columns)
    robust = cluster_robust(plain, people, "CR2")
    method = question.described(f"{MIXED_MODEL}, REML, {fit.rows} rows of {fit.clusters} people")
    edge = (BOUNDARY_WARNING,) if fit.boundary else ()
    changes = question.frame.groupby("participant")["arm"].nunique().max() > 1
    carry = (NO_CARRY_OVER,) if changes else ()
    assumptions = (RANDOM_INTERCEPT, *carry, MISSING_AT_RANDOM)
    arms = list(design.contrasts)
    for arm, weights in design.contrasts.items():
        mixed = estimate_row("total-effect", fit.contrast(weights), level=level, method=method)
        alike = replace(mixed, assumptions=assumptions, warnings=edge)
        yield _of_arm(alike, arm, arms)
        row = estimate_row(
            "total-effect",
            robust.contrast(weights),
            level=level,
            label="cluster-robust",
            method=question.described(CLUSTER_ROBUST),
        )
        yield _of_arm(replace(row, assumptions=(MISSING_COMPLETELY,)), arm, arms)


METHODS: dict[str, Callable[[Comparison], Iterable[Estimate]]] = {
    "difference-in-means": _difference,
    "ancova": _ancova,
    "mixed-model": _mixed,
    "mmrm": mmrm_comparison,
    "reference-based": reference_based_comparison,
}


def _of_arm(row: Estimate, arm: str, arms: list[str]) -> Estimate:
    """Name the arm where there are several; only the main contrast goes without it in its label."""
    label = row.label if arm == arms[0] else ", ".join(filter(None, (arm, row.label)))
    return replace(row, label=label, arm=arm if len(arms) > 1 else None)


def _told(row: Estimate, question: Comparison) -> Estimate:
    plan, outcome = question.protocol, question.outcome
    active, control = plan.contrast
    scale, arm = plan.instrument(outcome), row.arm or active
    unit = row.unit or effect_unit(scale, arm, control)
    estimand = row.estimand or (
        f"Mean {outcome} under {arm} minus under {control}, whatever people believed they took"
    )
    if row.name in ("contrast", "imputed-contrast"):
        estimand = f"Mean {outcome} under {arm} minus under {control} at {row.visit}"
    if row.name == "standardised-mean-difference":
        unit = effect_unit(scale, arm, control, unit=row.unit)
    if row.name in ("adjusted-mean", "ls-mean", "imputed-ls-mean"):
        unit, estimand = scale.unit, f"Mean {outcome} under {arm} at the average covariates"
    return replace(
        row,
        outcome=outcome,
        visit=row.visit or question.visit,
        unit=unit,
        estimand=estimand,
        warnings=question.warnings + row.warnings,
    )
