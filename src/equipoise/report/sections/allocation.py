"""How the allocation was generated and concealed: CONSORT 2025, items 17 to 20."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.report.blocks import Facts, Part, Prose, Section

if TYPE_CHECKING:
    from equipoise.records import AllocationAccount
    from equipoise.report.findings import Findings

PART: Part = "trust"
ORDER = 30
NAME, HEADING = "allocation", "How allocation was generated and concealed"
NOT_TOLD = "Not stated: needs the author."
SOURCE = (
    "Items 17 to 20 of CONSORT 2025 (Hopewell et al., doi:10.1136/bmj-2024-081123). Who did what "
    "is as the protocol states it; the rest was taken from seal and ledger. Nobody outside the "
    "project has reviewed the cryptography.",
)


def section(findings: Findings) -> Section | None:
    """Tell it item by item; nothing where no account came with the records."""
    told = findings.allocation
    if told is None:
        return None
    lead = "" if told.revealed is not False else "The list does not fit. "
    blocks = (
        Prose((_verdict(told),), lead=lead, kind="note" if told.revealed is None else "plain"),
        Facts(_items(told)),
        Prose(SOURCE, kind="note"),
    )
    return Section(NAME, HEADING, blocks)


def _verdict(told: AllocationAccount) -> str:
    """Say whether the list was derived again, and what came of it."""
    if told.revealed is None:
        return "Nobody has derived the list again from its key yet (`equipoise reveal`)."
    if told.revealed:
        return (
            "The whole list was derived again from its key after the lock, and fits: "
            f"{', '.join(told.checked)}."
        )
    return f"Derived again from its key after the lock, it differs: {'; '.join(told.faults)}."


def _items(told: AllocationAccount) -> tuple[tuple[str, str], ...]:
    strata = f"; a list of its own in each of: {', '.join(told.strata)}" if told.strata else ""
    return (
        ("17a Who generated the sequence", told.generated_by or NOT_TOLD),
        ("17a How", told.method),
        ("17b Type of randomisation", f"{told.procedure}; {told.ratio}{strata}"),
        ("18 Concealment mechanism", told.mechanism),
        ("19 Implementation", told.implementation or NOT_TOLD),
        ("20a Blinded after assignment", ", ".join(told.blinded) or NOT_TOLD),
        ("20b How", told.blinding or NOT_TOLD),
        ("Kits sealed, people allocated", f"{told.kits}, {told.allocated}"),
        ("Code broken before the lock", str(told.code_broken)),
        ("Committed, locked, unblinded", ", ".join(map(_day, _times(told)))),
        ("Commitment", told.commitment),
        ("Root", told.root),
    )


def _times(told: AllocationAccount) -> tuple[str | None, ...]:
    return told.committed, told.locked, told.unblinded


def _day(time: str | None) -> str:
    """Write a ledger's time to the minute."""
    return f"{time[:10]} {time[11:16]} UTC" if time else "not yet"
