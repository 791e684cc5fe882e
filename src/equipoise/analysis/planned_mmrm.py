"""The mixed model for repeated measures as a planned analysis: arms at every visit, one model.

Arm and visit, baseline and visit, covariates; at the primary (last planned) visit the contrast is
the trial's total effect (Mallinckrodt et al. 2008, Drug Inf J 42:303-319).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from equipoise.analysis.comparison import Comparison
    from equipoise.analysis.mmrm import Mmrm


def mmrm_comparison(question: Comparison) -> Iterator[Estimate]:
    """Compare the arms at every visit of the rows; the total effect is that of the primary one.

    The total effect comes first, then contrasts and least-squares means of every visit, and how
    many people had a score there.
    """
    primary = primary_visit(question)
    found, warnings = planned_fit(question)
    told = [
        replace(
            row,
            outcome=question.outcome,
            method=question.described(row.method or ""),
            estimand=None,  # the protocol's words, not the model's
            warnings=row.warnings + warnings,
        )
        for row in found
        if row.name in ("contrast", "ls-mean")
    ]
    active, several = question.arms[1], len(question.arms) > 2
    for row in told:
        if row.name == "contrast" and row.visit == primary:
            label = None if row.arm == active else row.arm
            yield replace(row, name="total-effect", label=label, arm=row.arm if several else None)
    yield from (row for row in told if row.name == "contrast")
    yield from (row for row in told if row.name == "ls-mean")
    yield from _counts(question)


def _counts(question: Comparison) -> Iterator[Estimate]:
    """Count the people behind each mean."""
    counts = question.frame.groupby(["arm", "visit"])["participant"].nunique()
    for arm in question.arms:
        for visit in question.protocol.visit_names:
            if (arm, visit) in counts.index:
                yield Estimate(
                    "people-scored",
                    label=arm,
                    arm=arm,
                    visit=visit,
                    estimate=float(counts[arm, visit]),
                    unit="people",
                    estimand=f"People of {arm} whose score at {visit} is in the model",
                )


def planned_fit(question: Comparison) -> tuple[Mmrm, tuple[str, ...]]:
    """Fit the planned covariance structures in turn; say which could not be fitted, and why.

    Raises
    ------
    NotIdentifiedError
        When none can be fitted, or the rows do not suit the model.
    """
    from equipoise.analysis.mmrm import mmrm  # noqa: PLC0415  (formulaic takes half a second)

    planned = question.planned
    structures = (planned.covariance if planned else None) or ("us",)
    table, formula = model_table(question)
    if table["visit"].nunique() < 2:
        raise NotIdentifiedError(
            f"An MMRM needs scores at two or more visits; all are of {question.visit}. "
            "Plan the method ancova."
        )
    common = _common_visit(question)
    refused: list[str] = []
    for structure in structures:
        try:
            fit = mmrm(
                table,
                formula,
                subject="participant",
                visit="visit",
                arm="arm",
                control=question.arms[0],
                covariance=structure,
                df=(planned.df if planned else None) or "kenward-roger",
                common_baseline=common,
                level=question.level,
            )
        except NotIdentifiedError as reason:
            refused.append(f"Covariance {structure} was planned first and not fitted: {reason}")
        except DataError as reason:
            raise NotIdentifiedError(str(reason)) from reason
        else:
            return fit, tuple(refused)
    raise NotIdentifiedError(" ".join(refused))


def model_table(question: Comparison) -> tuple[pd.DataFrame, str]:
    """Return the columns of the model under plain names, and its formula.

    Outcomes and covariates of a trial may be called anything; a formula may not.
    """
    import pandas as pd  # noqa: PLC0415

    frame, plan = question.frame, question.protocol
    visits = [name for name in plan.visit_names if name in set(frame["visit"])]
    categories = {c.name for c in plan.covariates if c.kind == "category"}
    table = frame[["participant", "visit", "arm", "score"]].reset_index(drop=True)
    table["visit"] = pd.Categorical(table["visit"], categories=visits)
    table["arm"] = pd.Categorical(table["arm"], categories=list(question.arms))
    terms = ["arm * visit"]
    for k, name in enumerate(question.covariates):
        values = frame[name].reset_index(drop=True)
        column = "baseline" if name == "baseline" else f"covariate{k}"
        table[column] = values.astype(str) if name in categories else values
        terms.append(f"{column} * visit" if name == "baseline" else column)
    return table, f"score ~ {' + '.join(terms)}"


def _common_visit(question: Comparison) -> str | None:
    """Return the visit at which all arms have one mean, in a constrained longitudinal analysis."""
    if question.planned is None or not question.planned.common_baseline:
        return None
    seen = set(question.frame["visit"])
    before = [v.name for v in question.protocol.visits if v.baseline and v.name in seen]
    if not before:
        raise NotIdentifiedError(
            "A common baseline was planned, and nobody has a usable score before treatment."
        )
    return before[-1]


def primary_visit(question: Comparison) -> str:
    """Return the visit that the total effect speaks of: the one asked about, or the last planned.

    Raises
    ------
    NotIdentifiedError
        When nobody was scored there.
    """
    primary = question.primary or _last(question)
    if primary not in set(question.frame["visit"]):
        raise NotIdentifiedError(
            f"{question.outcome} was planned at {primary}, and nobody has a usable score there."
        )
    return primary


def _last(question: Comparison) -> str:
    seen, planned = set(question.frame["visit"]), question.planned
    wanted = set(planned.visits) if planned and planned.visits else seen
    return [name for name in question.protocol.visit_names if name in wanted][-1]
