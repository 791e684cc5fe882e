"""One outcome of everybody who was allocated, at every visit asked about, seen or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from equipoise.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from equipoise.records.records import UnblindedRecords

_KEY = ["participant", "visit"]


def outcome_grid(records: UnblindedRecords, outcome: str, visits: Sequence[str]) -> pd.DataFrame:
    """Return a row for every allocated participant and visit, the score NaN where none was seen.

    Who left before the first visit has rows here and none in `outcome_frame`; strategies for
    intercurrent events need them.

    Parameters
    ----------
    records
        A trial in which everybody keeps one arm.
    outcome
        The protocol's short name of an instrument.
    visits
        Names of visits; a baseline visit may be among them. Their order is the protocol's.

    Returns
    -------
    pandas.DataFrame
        Columns participant, visit, arm, score, baseline, then the covariates; sorted by
        participant, then visit.

    Raises
    ------
    DataError
        If somebody has two arms, or nobody has a score.
    """
    totals = records.total_scores
    totals = totals[totals["instrument"] == outcome]
    if totals.empty:
        raise DataError(f"There is no total score of {outcome} in these records.")
    arms = _arm_of_each(records.allocations, visits)
    order = [name for name in records.protocol.visit_names if name in set(visits)]
    people = records.participants[records.participants["participant"].isin(arms.index)]
    grid = people.merge(pd.DataFrame({"visit": order}), how="cross")
    grid["arm"] = grid["participant"].map(arms)
    grid = grid.merge(totals[[*_KEY, "score"]], on=_KEY, how="left", validate="one_to_one")
    before = [visit.name for visit in records.protocol.visits if visit.baseline]
    told = totals.dropna(subset=["baseline"]).drop_duplicates("participant")
    grid["baseline"] = grid["participant"].map(told.set_index("participant")["baseline"])
    lost = grid["score"].isna() & grid["visit"].isin(before)
    grid.loc[lost, "score"] = grid.loc[lost, "baseline"]  # some records give it as a column only
    covariates = [name for name in people.columns if name != "participant"]
    return grid[[*_KEY, "arm", "score", "baseline", *covariates]]


def _arm_of_each(allocations: pd.DataFrame, visits: Sequence[str]) -> pd.Series[str]:
    """Return everybody's arm at these visits; of who has no row there, the arm of any other."""
    told = allocations.dropna(subset=["arm"])
    here = told[told["visit"].isna() | told["visit"].isin(list(visits))]
    others = told[~told["participant"].isin(here["participant"])]
    pairs = pd.concat([here, others])[["participant", "arm"]].drop_duplicates()
    twice = pairs[pairs["participant"].duplicated()]
    if len(twice):
        raise DataError(
            f"{twice['participant'].nunique()} participants have more than one arm. This analysis "
            "is for trials in which everybody keeps one: use the method mixed-model."
        )
    return pairs.set_index("participant")["arm"]
