"""Question 4.2: whether both arms were measured by the same instrument at the same visits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.synthesis.judgement.proofs.proof import Proof

if TYPE_CHECKING:
    from equipoise.records import UnblindedRecords


def from_schedule(records: UnblindedRecords, outcome: str) -> dict[str, Proof | str]:
    """Answer 4.2 "probably no" where scores of both arms stand at the same visits."""
    totals = records.total_scores
    own = totals[(totals["instrument"] == outcome) & totals["score"].notna()]
    visits = [
        {str(visit) for visit in own.loc[own["arm"] == arm, "visit"].unique()}
        for arm in records.protocol.contrast
    ]
    if not all(visits):
        return {"4.2": f"no score of {outcome} is recorded in one of the arms"}
    if visits[0] != visits[1]:
        only = ", ".join(sorted(visits[0] ^ visits[1]))
        return {"4.2": f"{outcome} is recorded in one arm alone at {only}: people must look"}
    order = [name for name in records.protocol.visit_names if name in visits[0]]
    said = f"{records.protocol.instrument(outcome).name} in both arms at {', '.join(order)}"
    return {"4.2": Proof("PN", said)}
