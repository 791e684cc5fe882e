"""Reference-based imputation as a planned analysis: missing scores imputed, everybody compared.

Imputation model: arm and visit, baseline and visit, covariates; then an ANCOVA at each visit. At
the primary (last planned) visit the contrast is the trial's total effect (Carpenter, Roger &
Kenward 2013, J Biopharm Stat 23:1352-1371).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.analysis.planned_mmrm import model_table, primary_visit
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from equipoise.analysis.comparison import Comparison

IMPUTED_AFTER = ("treatment-policy", "hypothetical")
"""Strategies of an estimand that leave scores to be imputed; composite fills them itself."""


def reference_based_comparison(question: Comparison) -> Iterator[Estimate]:
    """Impute and compare the arms at every visit; the total effect is that of the primary one.

    The total effect comes first, then contrasts and means of every visit, and how many scores
    were imputed.
    """
    from equipoise.analysis.imputation import impute_and_analyse  # noqa: PLC0415  (formulaic)

    primary = primary_visit(question)
    call, warnings = imputation_call(question)
    planned = question.planned
    delta = planned.delta if planned else None
    try:
        found = impute_and_analyse(
            **call,
            delta=None if delta is None else dict.fromkeys(question.arms[1:], delta),
            level=question.level,
        )
    except DataError as reason:
        raise NotIdentifiedError(str(reason)) from reason
    told = [_told(row, question, warnings) for row in found]
    active, several = question.arms[1], len(question.arms) > 2
    for row in told:
        if row.name == "imputed-contrast" and row.visit == primary:
            label = None if row.arm == active else row.arm
            yield replace(row, name="total-effect", label=label, arm=row.arm if several else None)
    yield from told


def _told(row: Estimate, question: Comparison, warnings: tuple[str, ...]) -> Estimate:
    """Give a row the outcome's name; its unit and estimand are the protocol's to say."""
    row = replace(row, outcome=question.outcome, warnings=row.warnings + warnings)
    if row.name == "imputed-count":
        return row
    method = question.described(f"{row.label}: {row.method}")
    return replace(row, method=method, unit=None, estimand=None)


def strategy_of(question: Comparison) -> str:
    """Return how scores after an event are imputed: JR where the plan leaves it open."""
    planned = question.planned
    if planned is None or planned.method != "reference-based":
        return "MAR"
    return planned.strategy or "JR"


def imputation_call(question: Comparison) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return what an imputation of this outcome is called with, and what must be told of it.

    Raises
    ------
    NotIdentifiedError
        When events have days and visits have none.
    """
    table, formula = model_table(question)
    table = table.sort_values(["participant", "visit"], ignore_index=True)
    events, warnings = event_table(question, table)
    call = {
        "data": table,
        "formula": formula,
        "subject": "participant",
        "visit": "visit",
        "arm": "arm",
        "reference": question.arms[0],
        "strategy": strategy_of(question),
        "events": events,
    }
    return call, warnings


def event_table(
    question: Comparison, table: pd.DataFrame
) -> tuple[pd.DataFrame | None, tuple[str, ...]]:
    """Return from which visit on each person's scores follow another strategy; None: the default.

    The first recorded event before an analysed visit decides; of people without one the event is
    where the run of missing scores that lasts to the end begins. An event that the estimand calls
    hypothetical makes what follows missing at random. Where nothing usable was recorded, None.
    """
    visits = list(table["visit"].cat.categories)
    onsets, strategies, warnings = _recorded(question, visits)
    people = table["participant"].drop_duplicates().tolist()
    onsets = {who: at for who, at in onsets.items() if who in set(people) and at < len(visits)}
    if not onsets:
        return None, warnings
    import pandas as pd  # noqa: PLC0415

    grid = table.set_index(["participant", "visit"])["score"].unstack().reindex(people)  # noqa: PD010  (a row has one score)
    seen = grid[visits].notna().to_numpy()
    last = np.where(seen.any(axis=1), len(visits) - np.argmax(seen[:, ::-1], axis=1), 0)
    rows = []
    for who, run in zip(people, last.tolist(), strict=True):
        if (start := onsets.get(who, run)) < len(visits):
            rows.append((who, visits[start], strategies.get(who, "") if who in onsets else ""))
    told = (
        f"{len(onsets)} people have a recorded event before an analysed visit; in "
        f"{len(rows) - len(onsets)} others it is where their scores stop"
    )
    events = pd.DataFrame(rows, columns=["participant", "visit", "strategy"])
    return events, (*warnings, told)


def _recorded(
    question: Comparison, visits: list[str]
) -> tuple[dict[str, int], dict[str, str], tuple[str, ...]]:
    """Return the place of the first visit after each person's first event, and its strategy."""
    from equipoise.analysis.estimands.onsets import first_visit_after  # noqa: PLC0415  (a circle)

    plan, recorded = question.protocol, question.events
    if recorded is None or recorded.empty:
        return {}, {}, ()
    name = question.planned.estimand if question.planned else None
    estimand = next((e for e in plan.estimands if e.name == name), None)
    by_event = {e.event: e.strategy for e in estimand.intercurrent_events} if estimand else {}
    own = [e for e in recorded["event"].unique() if by_event.get(e) in (None, *IMPUTED_AFTER)]
    if estimand is not None:
        own = [e for e in own if e in by_event]
    used = recorded[recorded["event"].isin(own)]
    dated = used.dropna(subset=["visit", "day"], how="all")
    days = [plan.day_of(visit) for visit in visits]
    onsets: dict[str, int] = {}
    strategies: dict[str, str] = {}
    for event in own:
        rows = dated[dated["event"] == event]
        if rows.empty:
            continue
        for who, at in first_visit_after(rows, visits, days, plan.visit_names).items():
            if at < onsets.get(str(who), len(visits) + 1):
                onsets[str(who)] = int(at)
                strategies[str(who)] = "MAR" if by_event.get(event) == "hypothetical" else ""
    lost = len(used) - len(dated)
    text = f"{lost} recorded events have neither a visit nor a day: where scores stop decides"
    return onsets, strategies, (text,) if lost else ()
