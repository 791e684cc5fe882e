"""While on treatment: what was scored until the event (ICH E9(R1), A.3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from equipoise.analysis.estimands.handled import Handled, by_arm

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

DURATION = (
    "Treatment may last longer in one arm than in the other: the effect mixes what it does with "
    "how long it was taken"
)


def until_event(
    frame: pd.DataFrame,
    after: NDArray[np.bool_],
    value: Literal["last", "mean"] = "last",
    *,
    primary: str,
) -> Handled:
    """Return one row a person: the last score before the event, or the mean of those before it.

    Who had no event has the score at the primary visit; if that is missing, so is theirs: an
    earlier score is not carried forward without an event that ended treatment. Who had the event
    before any score has the baseline.

    Parameters
    ----------
    frame : columns participant, visit, arm, score, baseline
        Rows of a person in the order of the visits.
    after : shape (rows,)
        Rows after the event.
    value
        "last" or "mean".
    primary
        The visit at which people without the event are read.
    """
    before = frame.assign(score=frame["score"].mask(after))
    met = frame.assign(_met=after).groupby("participant", sort=False)["_met"].any()
    people = before.drop_duplicates("participant").set_index("participant").assign(visit=primary)
    by_person = before.dropna(subset=["score"]).groupby("participant")["score"]
    at_end = before[before["visit"] == primary].set_index("participant")["score"]
    until = by_person.last() if value == "last" else by_person.mean()
    until = until.reindex(people.index)
    whole = at_end.reindex(people.index)
    if value == "mean":  # a mean over the whole course needs its end, too
        whole = until.where(whole.notna())
    ended = met.reindex(people.index).to_numpy(dtype=bool)
    early = ended & until.isna().to_numpy()
    score = np.where(ended, until.fillna(people["baseline"]), whole)
    told = people.assign(score=score).reset_index()[list(frame.columns)]
    what = "the last score before it" if value == "last" else "the mean of the scores before it"
    warnings = [f"while on treatment: the event in {by_arm(frame, after)}; {what} counts"]
    if early.any():
        warnings.append(
            f"{int(early.sum())} people had it before any score after baseline: their "
            "baseline counts"
        )
    if lost := int(np.isnan(score[~ended].astype(float)).sum()):
        warnings.append(
            f"{lost} people without the event have no score at {primary} and are left out: nothing "
            "is carried forward for them"
        )
    return Handled(told, (DURATION,), tuple(warnings))
