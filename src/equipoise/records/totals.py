"""All total scores, each beside the arm, guess and baseline facts of its participant and visit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_KEY = ["participant", "visit"]


def total_scores(
    tables: Mapping[str, pd.DataFrame], visits: Sequence[str], before: Sequence[str] = ()
) -> pd.DataFrame:
    """Join the tables of a trial once; what looks at one outcome takes its rows from here.

    Parameters
    ----------
    tables
        scores, allocations, guesses and participants.
    visits
        Names of the visits in the protocol's order.
    before
        The visits among them before treatment: the last score there is the baseline of rows whose
        own column says none.

    Returns
    -------
    pandas.DataFrame
        Columns participant, visit, arm, score, baseline, guess, certainty, instrument, then the
        covariates; sorted by participant, then visit. What is missing is NaN.
    """
    scores, guesses = tables["scores"], tables["guesses"]
    frame = scores.loc[scores["item"].isna(), [*_KEY, "instrument", "value", "baseline"]]
    frame = frame.rename(columns={"value": "score"})
    own = guesses[guesses["guesser"] == "participant"]
    frame = _joined(frame, tables["allocations"], ["arm"])
    frame = _joined(frame, own, ["guess", "certainty"])
    first = [*_KEY, "arm", "score", "baseline", "guess", "certainty", "instrument"]
    frame = frame[first].merge(tables["participants"], on="participant", how="left")
    return _with_baseline(_sorted(frame, tables["participants"], visits), before)


def _with_baseline(frame: pd.DataFrame, before: Sequence[str]) -> pd.DataFrame:
    """Fill baselines that the scores themselves lack from the visit before treatment."""
    keys = ["participant", "instrument"]
    seen = frame[frame["visit"].isin(before)].drop_duplicates(keys, keep="last")
    if seen.empty or not frame["baseline"].isna().any():
        return frame
    at_visit = frame[keys].merge(seen[[*keys, "score"]], on=keys, how="left")["score"]
    return frame.assign(baseline=frame["baseline"].fillna(at_visit))


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


def _sorted(frame: pd.DataFrame, participants: pd.DataFrame, visits: Sequence[str]) -> pd.DataFrame:
    order = {name: i for i, name in enumerate(visits)}
    people = {code: i for i, code in enumerate(participants["participant"])}
    place = pd.DataFrame({"p": frame["participant"].map(people), "v": frame["visit"].map(order)})
    return frame.loc[place.sort_values(["p", "v"], kind="stable").index].reset_index(drop=True)
