"""The table that analyses start from: one row a participant and visit of one outcome."""

from __future__ import annotations

import pandas as pd

from equipoise.errors import DataError
from equipoise.protocol import Protocol
from equipoise.records.records import UnblindedRecords


def outcome_frame(
    records: UnblindedRecords, outcome: str, visit: str | None = None
) -> pd.DataFrame:
    """Return scores of one outcome beside arm, guess and baseline covariates.

    Parameters
    ----------
    records
    outcome
        The protocol's short name of an instrument.
    visit
        None: all visits with a total score of `outcome`, except baseline visits.

    Returns
    -------
    pandas.DataFrame
        Columns participant, visit, arm, score, baseline, guess, certainty, then the covariates;
        sorted by participant, then by the protocol's order of visits. A guess that is missing
        stays a row, with NaN. Participants who were never allocated are left out.

    Raises
    ------
    DataError
        If the outcome or the visit is not known, or no row is left.
    """
    plan = records.protocol
    _check_asked(plan, outcome, visit)
    totals = records.total_scores
    totals = totals[totals["instrument"] == outcome]
    baseline_visits = [v.name for v in plan.visits if v.baseline]
    wanted = ~totals["visit"].isin(baseline_visits) if visit is None else totals["visit"] == visit
    frame = totals[wanted]
    if frame.empty:
        raise DataError(_nothing(totals, outcome, visit))
    frame = frame[frame["arm"].notna()]
    if frame.empty:
        raise DataError(f"Nobody with a score of {outcome} was allocated to an arm at that visit.")
    return frame.drop(columns="instrument").reset_index(drop=True)


def _check_asked(plan: Protocol, outcome: str, visit: str | None) -> None:
    if outcome not in plan.instruments:
        known = ", ".join(plan.instruments)
        raise DataError(f"{plan.identifier} has no outcome {outcome!r}. Its outcomes: {known}.")
    if visit is not None and visit not in plan.visit_names:
        known = ", ".join(plan.visit_names)
        raise DataError(f"{plan.identifier} has no visit {visit!r}. Its visits: {known}.")


def _nothing(scores: pd.DataFrame, outcome: str, visit: str | None) -> str:
    seen = ", ".join(dict.fromkeys(scores["visit"]))
    if not seen:
        return f"There is no total score of {outcome} in these records."
    asked = "after baseline" if visit is None else f"at visit {visit!r}"
    return f"There is no score of {outcome} {asked}. There are scores at: {seen}."
