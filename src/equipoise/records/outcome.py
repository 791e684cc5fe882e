"""The table that analyses start from: one row a participant and visit of one outcome."""

from __future__ import annotations

import pandas as pd

from equipoise.errors import DataError
from equipoise.protocol import Protocol
from equipoise.records.records import UnblindedRecords

_KEY = ["participant", "visit"]


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
    scores = records.scores
    scores = scores[(scores["instrument"] == outcome) & scores["item"].isna()]
    baseline_visits = [v.name for v in plan.visits if v.baseline]
    wanted = ~scores["visit"].isin(baseline_visits) if visit is None else scores["visit"] == visit
    frame = scores.loc[wanted, [*_KEY, "value", "baseline"]].rename(columns={"value": "score"})
    if frame.empty:
        raise DataError(_nothing(scores, outcome, visit))
    own = records.guesses[records.guesses["guesser"] == "participant"]
    frame = _joined(frame, records.allocations, ["arm"])
    frame = _joined(frame, own, ["guess", "certainty"])
    frame = frame[frame["arm"].notna()]
    if frame.empty:
        raise DataError(f"Nobody with a score of {outcome} was allocated to an arm at that visit.")
    first = [*_KEY, "arm", "score", "baseline", "guess", "certainty"]
    frame = frame[first].merge(records.participants, on="participant", how="left")
    return _sorted(frame, records)


def _joined(frame: pd.DataFrame, side: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Join columns by participant and visit; a row of `side` without a visit serves all visits."""
    at_visit = side[side["visit"].notna()]
    whole = side.loc[side["visit"].isna(), ["participant", *columns]]
    out = frame.merge(at_visit[[*_KEY, *columns]], on=_KEY, how="left", validate="many_to_one")
    if whole.empty:
        return out
    filled = frame[["participant"]].merge(whole, on="participant", how="left")
    for column in columns:
        out[column] = out[column].fillna(filled[column])
    return out


def _sorted(frame: pd.DataFrame, records: UnblindedRecords) -> pd.DataFrame:
    order = {name: i for i, name in enumerate(records.protocol.visit_names)}
    people = {code: i for i, code in enumerate(records.participants["participant"])}
    place = pd.DataFrame({"p": frame["participant"].map(people), "v": frame["visit"].map(order)})
    return frame.loc[place.sort_values(["p", "v"]).index].reset_index(drop=True)


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
