"""Who got which kit, and whose code was broken: read out of the ledgers, which hold no arm."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.concealment.cross_chain import cross_check
from equipoise.concealment.ledger import Ledger
from equipoise.errors import DataError

CODE_BROKEN = "code broken"
"""The intercurrent event of a participant whose code was broken before the lock."""


@dataclass(frozen=True, slots=True)
class Allocated:
    """Who got which kit, as the ledger holds it."""

    participant: str
    stratum: str
    kit: str


def allocated(ledger: Ledger) -> tuple[Allocated, ...]:
    """Return who got which kit, in order.

    Raises
    ------
    DataError
        If a participant or a kit occurs twice.
    """
    rows = tuple(
        Allocated(d["participant"], d["stratum"], d["kit"])
        for d in (body["details"] for body in ledger.acts("allocated"))
    )
    for what in ("participant", "kit"):
        names = [getattr(row, what) for row in rows]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise DataError(f"The ledger allocates the {what} {twice} twice. Call an inspector.")
    return rows


def code_breaks(ledger: Ledger) -> dict[str, str]:
    """Return whose code was broken before the lock, and the category of the reason."""
    asked = {body["seq"]: body["details"]["category"] for body in ledger.acts("code break asked")}
    broken = {
        body["details"]["participant"]: asked.get(body["details"]["asked"], "not told")
        for body in ledger.acts(CODE_BROKEN)
    }
    people = {row.kit: row.participant for row in allocated(ledger)}
    for body in ledger.acts("card opened"):
        person = people.get(body["details"]["kit"])
        if person is not None:
            broken.setdefault(person, f"{body['details']['category']} (paper card)")
    return broken


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What both chains together tell: kits, code breaks, and where the chains differ."""

    rows: tuple[Allocated, ...]
    broken: dict[str, str]
    faults: tuple[str, ...] = ()


def handed_out(web: Ledger, allocator: Ledger | None = None) -> HandedOut:
    """Read the web's chain and, where it is at hand, the allocator's.

    The allocator's word on kits counts: it writes first, and the web may have lost the answer. A
    code counts as broken if either chain says so.

    Raises
    ------
    DataError
        If a chain allocates a participant or a kit twice.
    """
    rows, broken = allocated(web), code_breaks(web)
    own = () if allocator is None else allocated(allocator)
    if allocator is None or not own:
        return HandedOut(rows, broken if allocator is None else code_breaks(allocator) | broken)
    faults = cross_check(web.store.rows(), allocator.store.rows())
    return HandedOut(own, code_breaks(allocator) | broken, faults)
