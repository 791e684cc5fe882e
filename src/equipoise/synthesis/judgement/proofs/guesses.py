"""Questions 2.1, 2.2 and 4.3: who knew the arm, as far as guesses tell.

A right guess may come from benefit, not from a broken blind: hence only "probably".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.belief.bang_index import bang_index
from equipoise.records import UNSURE
from equipoise.synthesis.judgement.proofs.proof import Proof

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.records import UnblindedRecords

AWARE = 0.2
"""Bang's index above which an arm counts as aware: by convention, -0.2 to 0.2 is a kept blind."""
WHO = {"2.1": "participant", "2.2": "care provider", "4.3": "outcome assessor"}


def from_guesses(records: UnblindedRecords, outcome: str) -> dict[str, Proof | str]:
    """Answer by the guesses of each kind of person; a self-report is assessed by participants."""
    who = dict(WHO)
    scale = records.protocol.instruments[outcome].scale
    rated = [g for g in records.guesses["guesser"].dropna().unique() if g == WHO["4.3"]]
    if not scale.objective and not rated:
        who["4.3"] = "participant"
    return {number: _of(records, guesser) for number, guesser in who.items()}


def _of(records: UnblindedRecords, guesser: str) -> Proof | str:
    counts = _counts(records, guesser)
    if counts is None:
        return f"no guess of a {guesser} is recorded in each arm; a plan to blind proves nothing"
    found = bang_index(counts)
    low, high = np.asarray(found.low), np.asarray(found.high)
    arms = records.protocol.contrast
    said = "; ".join(
        f"{arm} {float(index):.2f} ({float(a):.2f} to {float(b):.2f})"
        for arm, index, a, b in zip(arms, np.asarray(found.estimate), low, high, strict=True)
    )
    told = f"Bang's index of guesses by each {guesser}: {said}"
    if (low > AWARE).any():
        return Proof("PY", f"{told}; above {AWARE:g} in an arm, though benefit can tell it too")
    if (high < AWARE).all():
        return Proof("PN", f"{told}; below {AWARE:g} in both arms")
    return f"{told}: too uncertain to say"


def _counts(records: UnblindedRecords, guesser: str) -> np.ndarray | None:
    """Return right, wrong and unsure of both arms: the last guess of each person; None if none."""
    own = records.guesses[records.guesses["guesser"] == guesser].dropna(subset=["guess"])
    if own.empty:
        return None
    paired = _with_arm(own, records.allocations)
    order = {name: k for k, name in enumerate(records.protocol.visit_names)}
    paired = paired.assign(place=paired["visit"].map(order).fillna(-1))
    last = paired.sort_values("place", kind="stable").drop_duplicates("participant", keep="last")
    rows = []
    for arm in records.protocol.contrast:
        guess = last.loc[last["arm"] == arm, "guess"]
        unsure, right = int((guess == UNSURE).sum()), int((guess == arm).sum())
        rows.append([right, len(guess) - right - unsure, unsure])
    counts = np.array(rows)
    return counts if counts.any(axis=1).all() else None


def _with_arm(guesses: pd.DataFrame, allocations: pd.DataFrame) -> pd.DataFrame:
    """Join each guess to the arm of its visit, or of the whole trial."""
    whole = allocations[allocations["visit"].isna()][["participant", "arm"]]
    by_visit = allocations[allocations["visit"].notna()][["participant", "visit", "arm"]]
    first = guesses.merge(by_visit, on=["participant", "visit"], how="left")
    second = guesses.merge(whole.drop_duplicates("participant"), on="participant", how="left")
    first["arm"] = first["arm"].where(first["arm"].notna(), second["arm"].to_numpy())
    return first.dropna(subset=["arm"])
