"""Questions 5.1 to 5.3: a plan that was locked before anybody could see outcomes by arm."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from equipoise.synthesis.judgement.proofs.proof import Proof

if TYPE_CHECKING:
    from equipoise.estimates import Estimate
    from equipoise.protocol import Protocol


def from_plan(
    plan: Protocol, outcome: str, result: Estimate | None, unblinded_on: date | None
) -> dict[str, Proof | str]:
    """Answer by the lock of the plan, and by whether it names the result."""
    if not (plan.prospective and plan.locked):
        why = "no plan was locked before unblinding"
        return {"5.1": why, "5.2": why, "5.3": why}
    if unblinded_on is not None and plan.locked > unblinded_on:
        late = f"the plan was locked on {plan.locked}, outcomes could be seen on {unblinded_on}"
        return {"5.1": Proof("N", late), "5.2": late, "5.3": late}
    named = [analysis.name for analysis in plan.analyses if outcome in analysis.outcomes]
    seal = f"plan {plan.sha256[:12]}…, locked on {plan.locked}"
    seal += f", before {unblinded_on}" if unblinded_on else ", declared prospective"
    if not named:
        why = f"{seal}, names no analysis of {outcome}"
        return {"5.1": Proof("N", why), "5.2": why, "5.3": why}
    found: dict[str, Proof | str] = {
        "5.1": Proof(
            "Y" if unblinded_on else "PY", f"{seal}, names {', '.join(named)} of {outcome}"
        )
    }
    if result is None:
        why = "no result was named: whether the plan names it cannot be seen"
        return found | {"5.2": why, "5.3": why}
    if result.status != "planned" or result.outcome not in (None, outcome):
        why = f"the result ({result.title}) is {result.status}: people must look"
        return found | {"5.2": why, "5.3": why}
    kept = f"the result ({result.title}) is the planned one of the {seal}"
    return found | {"5.2": Proof("N", kept), "5.3": Proof("N", kept)}
