"""The effect of an answer as sentences need it: its size, its people, its numbers in words."""

from __future__ import annotations

from collections.abc import Iterable
from math import log
from typing import TYPE_CHECKING

from equipoise.report.evidence.answer import COUNTED
from equipoise.report.evidence.sentence import Shown
from equipoise.report.evidence.templates import words
from equipoise.report.numbers import number
from equipoise.synthesis.judgement.findings_table import Pooled
from equipoise.synthesis.judgement.plain_statement import Size, size_of
from equipoise.synthesis.judgement.summary_of_findings import people_of
from equipoise.synthesis.review.analysis_table import people_of as people_in
from equipoise.synthesis.review.study_effects import RATIOS

if TYPE_CHECKING:
    from equipoise.estimates import Estimate
    from equipoise.report.evidence.answer import Answer
    from equipoise.synthesis.judgement.findings_table import Absolute
    from equipoise.synthesis.review import Row, Study

PLURALS = {"study": "studies", "trial": "trials", "review of trials": "reviews of trials"}
OF_STUDIES = ("meta-analysis", "review")
"""Designs of files that hold a published pool of trials."""


def on_scale(answer: Answer) -> tuple[float, float, float] | None:
    """Return effect, low and high on the scale of the thresholds: logarithms of ratios."""
    row = answer.central
    if row is None or row.estimate is None or row.low is None or row.high is None:
        return None
    values = (row.estimate, row.low, row.high)
    if answer.analysis.measure not in RATIOS:
        return values
    return (log(values[0]), log(values[1]), log(values[2])) if min(values) > 0 else None


def control_share(answer: Answer) -> float | None:
    """Return the share with the event without the treatment: the plan's, else the control arms'."""
    planned = answer.outcome.people.control_response
    if planned is not None or answer.analysis.measure not in COUNTED:
        return planned
    events = total = 0
    for row in answer.rows:
        for arm in row.outcome.arms:
            if arm.arm == row.contrast[1] and arm.events is not None and arm.verified:
                events, total = events + arm.events, total + (arm.total or 0)
    return events / total if 0 < events < total else None


def people(answer: Answer, control: float | None) -> Absolute | None:
    """Return people of 100 without and with the treatment; None where there is no way to them."""
    row = answer.central
    if row is None or control is None or on_scale(answer) is None:
        return None
    if answer.analysis.measure not in (*COUNTED, "SMD"):
        return None
    pooled = Pooled(
        answer.analysis.measure,  # type: ignore[arg-type]
        float(row.estimate or 0), float(row.low or 0), float(row.high or 0),
        len(answer.rows), people_counted(answer) or 0,
    )  # fmt: skip
    side = 1 if answer.outcome.higher == "better" else -1
    return people_of(pooled, control, side)[0]


def size(answer: Answer) -> Size | None:
    """Return the size: by people of 100 where there are any, else by the plan's thresholds."""
    counted = people(answer, control_share(answer))
    if counted is not None:
        limits = answer.outcome.people
        return size_of(counted.difference, (limits.small, limits.moderate, limits.large))
    known, thresholds = on_scale(answer), answer.outcome.thresholds
    if known is None or thresholds is None:
        return None
    return size_of(known[0], (thresholds.small, thresholds.moderate, thresholds.large))


def people_counted(answer: Answer) -> int | None:
    """Return how many people stand behind the effect; None where a study does not say."""
    sizes = [_people(row) for row in answer.rows]
    return None if None in sizes else sum(one for one in sizes if one is not None)


def _people(row: Row) -> int | None:
    if row.outcome.repeated:
        return row.study.population.n
    both = [people_in(row, arm) for arm in row.contrast]
    return None if None in both else sum(one for one in both if one is not None)


def studies_shown(answer: Answer) -> Shown:
    """Return "2 trials with 90 people"; people only where every study says how many."""
    k, counted = len(answer.rows), people_counted(answer)
    text = counted_studies(k, kind=kind_of(row.study for row in answer.rows))
    text += f" with {counted:,} people" if counted else ""
    return Shown("studies", answer.analysis.name, k, text)


def kind_of(studies: Iterable[Study]) -> str:
    """Return what studies are called: trials, reviews of trials, else studies."""
    every = list(studies)
    pools = [is_pool(study) for study in every]
    if any(pools):
        return "review of trials" if all(pools) else "study"
    return "trial" if all(study.design.randomised for study in every) else "study"


def is_pool(study: Study) -> bool:
    """Whether a file holds the pooled result of other people's review, and no study's own."""
    return str(study.design.kind) in OF_STUDIES


def counted_studies(k: int, kind: str = "study") -> str:
    """Write "1 trial", "3 studies".

    >>> counted_studies(1, "trial"), counted_studies(3)
    ('1 trial', '3 studies')
    """
    return f"{k} {kind if k == 1 else PLURALS[kind]}"


def effect_shown(row: Estimate, measure: str, *, log_scale: bool = False) -> dict[str, Shown]:
    """Return estimate, low and high of a row, written with two decimals; the first with a unit."""
    unit = words("logs" if log_scale and measure in RATIOS else "units", measure)
    told = {"estimate": row.estimate, "low": row.low, "high": row.high}
    return {
        part: Shown(
            row.name, _part(row.label, part), value,
            number(value, 2) + (f" {unit}" if part == "estimate" else ""),
        )
        for part, value in told.items()
        if value is not None
    }  # fmt: skip


def texts(shown: dict[str, Shown]) -> dict[str, str]:
    """Return how each number is written."""
    return {name: one.text for name, one in shown.items()}


def _part(label: str | None, part: str) -> str | None:
    return label if part == "estimate" else f"{label or ''} ({part})".strip()
