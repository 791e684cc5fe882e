"""The account of an allocation, as CONSORT 2025 asks for it, out of seal, ledger and protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from equipoise.concealment.handed_out import allocated, code_breaks
from equipoise.concealment.lock import find_lock
from equipoise.errors import DataError
from equipoise.records import AllocationAccount

if TYPE_CHECKING:
    from equipoise.concealment.ledger import Ledger
    from equipoise.concealment.reveal import Revealed
    from equipoise.concealment.seal import Opening, PublicSeal
    from equipoise.protocol import Protocol

METHOD = (
    "The sequence was derived from a key of 256 random bits of the operating system (HMAC-SHA-256 "
    "in counter mode, whole-number thresholds, by equipoise); the ledger holds a salted hash of "
    "the key from before the first enrolment{beacon}."
)
MECHANISM = {
    True: (
        "Before enrolment each place of the list was given a random kit code, and its arm was "
        "sealed to two public keys in boxes of one length. The application that enrols people is "
        "given kit codes alone; a separate process hands out the next kit of a stratum. The key "
        "that opens all boxes was split among {shares}."
    ),
    False: (
        "Kits of every arm had random codes in one order, and the arm of each was sealed to two "
        "public keys in boxes of one length. The application that enrols people is given kit "
        "codes alone; a separate process draws each arm with its random element, and hands out a "
        "kit of it. The key that opens all boxes was split among {shares}."
    ),
}


def allocation_account(
    ledger: Ledger,
    opening: Opening,
    public: PublicSeal,
    protocol: Protocol,
    revealed: Revealed | None = None,
) -> AllocationAccount:
    """Tell how the allocation was generated, concealed and carried out.

    Raises
    ------
    DataError
        Before the lock: it names the procedure, and so the size of blocks. Or if the protocol is
        not the sealed one.
    """
    if (lock := find_lock(ledger)) is None:
        raise DataError("The account tells the procedure: it is written after the lock.")
    if protocol.sha256 != opening.plan.protocol:
        raise DataError(
            f"The seal was made for the protocol {opening.plan.protocol[:12]}…; this one is "
            f"{protocol.sha256[:12]}…. Give the sealed one."
        )
    plan, stated = opening.plan, protocol.allocation
    committed = next(ledger.acts("committed"))
    unblinded = next(ledger.acts("unblinded"), None)
    opened = unblinded["details"] if unblinded else None  # counted over both chains
    beacon = f", and mixed with a later public value ({plan.beacon})" if plan.beacon else ""
    return AllocationAccount(
        trial=plan.trial,
        generated_by=stated.generated_by if stated else None,
        method=METHOD.format(beacon=beacon),
        procedure=plan.spec.describe(),
        ratio=" : ".join(f"{n} {arm}" for arm, n in zip(plan.arms, plan.spec.ratio, strict=True)),
        strata=tuple(stratum.name for stratum in plan.strata),
        mechanism=MECHANISM[plan.by_slot].format(shares=_custody(unblinded)),
        implementation=stated.implementation if stated else None,
        blinded=tuple(protocol.blinding.blind),
        blinding=protocol.blinding.method,
        kits=plan.total,
        allocated=opened["participants"] if opened else len(allocated(ledger)),
        code_broken=opened["code_broken"] if opened else len(code_breaks(ledger)),
        commitment=public.commitment,
        committed=committed["time"],
        root=public.root,
        locked=lock.time,
        unblinded=unblinded["time"] if unblinded else None,
        revealed=revealed.passed if revealed else None,
        checked=revealed.checked if revealed else (),
        faults=tuple(map(str, revealed.faults)) if revealed else (),
    )


def _custody(unblinded: Mapping[str, Mapping[str, list[int]]] | None) -> str:
    if unblinded is None:
        return "custodians"
    used = unblinded["details"]["custodians"]
    return f"custodians, of whom numbers {', '.join(map(str, used))} opened it after the lock"
