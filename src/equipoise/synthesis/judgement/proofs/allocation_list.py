"""Questions 1.1 and 1.2: the list, as its vault accounts for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from equipoise.synthesis.judgement.proofs.proof import Proof


@dataclass(frozen=True, slots=True)
class AllocationProof:
    """What is known of the allocation list after the trial.

    Parameters
    ----------
    procedure
        How it was drawn: "permuted blocks of 4, from a seed".
    random
        Whether chance decided, by that procedure.
    sealed, first_enrolled, opened
        When the list was sealed, the first participant enrolled, and the list opened; None where
        it is not known (opened: not yet).
    verified
        Whether the opened list was checked against its seal and the allocations made.
    code_breaks
        How many codes were broken before that.
    """

    procedure: str
    random: bool
    sealed: date | None = None
    first_enrolled: date | None = None
    opened: date | None = None
    verified: bool = False
    code_breaks: int = 0


def from_list(account: AllocationProof | None) -> dict[str, Proof | str]:
    """Answer 1.1 and 1.2, or say why not."""
    if account is None:
        why = "no account of the allocation list was given; a plan proves nothing"
        return {"1.1": why, "1.2": why}
    if not account.verified:
        why = "the list has not been checked against its seal"
        return {"1.1": why, "1.2": why}
    first = Proof(
        "Y" if account.random else "N",
        f"the opened list fits its seal and the allocations made: {account.procedure}",
    )
    if account.sealed is None or account.first_enrolled is None:
        return {"1.1": first, "1.2": "it is not known when the list was sealed and people enrolled"}
    if account.sealed > account.first_enrolled:
        late = f"the list was sealed on {account.sealed}, after the first enrolment"
        return {"1.1": first, "1.2": f"{late} ({account.first_enrolled}): people must look"}
    kept = f"sealed on {account.sealed}, first enrolment on {account.first_enrolled}"
    return {
        "1.1": first,
        "1.2": Proof("Y", f"{kept}; each arm came from the sealed list ({_breaks(account)})"),
    }


def _breaks(account: AllocationProof) -> str:
    return f"{account.code_breaks or 'no'} code break{'' if account.code_breaks == 1 else 's'}"
