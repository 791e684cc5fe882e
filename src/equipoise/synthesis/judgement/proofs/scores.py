"""Question 3.1: whether the outcome is known for nearly everybody who was allocated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.synthesis.judgement.proofs.proof import Proof

if TYPE_CHECKING:
    from equipoise.records import UnblindedRecords

NEARLY_ALL = 0.95
"""Of each arm. The guidance calls 95% often sufficient for a continuous outcome."""


def from_scores(records: UnblindedRecords, outcome: str, visit: str) -> dict[str, Proof | str]:
    """Answer 3.1 from counts of people allocated and scored, arm by arm, with recorded reasons.

    Missing scores prove "no" in any file. That nothing is missing is proved only where the trial
    was run by its plan: a published table may hold those alone who were seen.
    """
    allocated = _allocated(records, visit)
    totals = records.total_scores
    scored = totals[(totals["instrument"] == outcome) & (totals["visit"] == visit)]
    known = set(scored.loc[scored["score"].notna(), "participant"])
    everyone = set(records.participants["participant"])
    shares, said = [len(everyone & known) / max(len(everyone), 1)], []
    for arm in records.protocol.contrast:
        people = allocated.get(arm, set())
        if not people:
            return {"3.1": f"nobody is recorded as allocated to {arm} at {visit}"}
        seen = len(people & known)
        shares.append(seen / len(people))
        said.append(f"{seen} of {len(people)} in {arm}")
    told = f"{outcome} at {visit} is known of {', '.join(said)}"
    told += f", {len(everyone & known)} of all {len(everyone)} people recorded"
    if min(shares) < NEARLY_ALL:
        return {"3.1": Proof("N", told + _reasons(records, everyone - known))}
    if not records.protocol.prospective:
        return {"3.1": f"{told}; but the file may hold those alone who were seen"}
    return {"3.1": Proof("Y", told)}


def _allocated(records: UnblindedRecords, visit: str) -> dict[str, set[str]]:
    """Return the people of each arm at that visit, or of the whole trial."""
    table = records.allocations
    own = table[table["visit"] == visit]
    chosen = own if len(own) else table[table["visit"].isna()]
    return {str(arm): set(rows["participant"]) for arm, rows in chosen.groupby("arm")}


def _reasons(records: UnblindedRecords, missing: set[str]) -> str:
    events = records.intercurrent_events
    own = events[events["participant"].isin(missing)]
    counts = own.drop_duplicates(["participant", "event"])["event"].value_counts()
    named = [f"{event} ({count})" for event, count in counts.items()]
    return f"; recorded of the missing: {', '.join(named) or 'no reason'}"
