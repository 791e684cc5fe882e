"""Reveal: after the lock anybody derives the whole list again, and compares it with what was done.

Pass or fail, and where. Needed is the opening (plan, key, nonce), which is published then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from equipoise.concealment.boxes import BoxKey
from equipoise.concealment.handed_out import Allocated, allocated
from equipoise.concealment.ledger import Ledger
from equipoise.concealment.live_draws import live_kits
from equipoise.concealment.lock import required_lock, sealed_row, well
from equipoise.concealment.seal.drawing import DrawnKit, draw_kits
from equipoise.concealment.seal.opening import Opening
from equipoise.concealment.seal.sealed import BoxedKit, PublicSeal, root_of
from equipoise.concealment.seal.sealing import open_kit
from equipoise.errors import DataError


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not fit, and where: stratum and slot (from 1), as far as it has a place."""

    what: str
    stratum: str = ""
    slot: int | None = None

    def __str__(self) -> str:
        where = f"stratum {self.stratum}" if self.stratum else ""
        where += f", slot {self.slot}" if self.slot is not None else ""
        return f"{where}: {self.what}" if where else self.what


@dataclass(frozen=True, slots=True)
class Revealed:
    """What was checked, and what does not fit."""

    checked: tuple[str, ...]
    faults: tuple[Fault, ...]
    not_checked: tuple[str, ...] = field(default=())

    @property
    def passed(self) -> bool:
        """Whether everything that was checked fits."""
        return not self.faults


def reveal(
    ledger: Ledger,
    opening: Opening,
    public: PublicSeal,
    *,
    kits: Sequence[BoxedKit] | None = None,
    final_key: BoxKey | None = None,
    people: Mapping[str, Mapping[str, str]] | None = None,
) -> Revealed:
    """Derive the list again and compare it with everything that is at hand.

    Parameters
    ----------
    ledger
        The web's chain.
    opening
        Plan, key and nonce.
    public
        What the web zone was given.
    kits, final_key
        The allocator's boxes, and the key that opens them, for the comparison of every arm.
    people
        Participant to levels of the factors, to draw a covariate-adaptive procedure again.

    Raises
    ------
    DataError
        Before the lock, or with a bad ledger.
    """
    well(ledger)
    required_lock(ledger)
    sealed, drawn = sealed_row(ledger), draw_kits(opening)
    faults = [*_commitment(opening, sealed, public), *_codes(drawn, public)]
    checked = ["commitment", f"codes of {len(drawn)} kits"]
    rows, skipped = allocated(ledger), []
    if opening.plan.by_slot:
        faults += _order(rows, drawn)
        checked.append(f"order of {len(rows)} allocations")
    elif people is None:
        faults += _known(rows, drawn)
        checked.append("kits in use")
        skipped.append("the drawing of each arm: needs everybody's levels of the factors")
    else:
        faults += _live(rows, opening, people)
        checked.append(f"{len(rows)} arms drawn again, and their kits")
    if kits is None:
        skipped.append("boxes: not given")
    else:
        faults += _boxes(kits, drawn, sealed["root"])
        checked.append(f"root over {len(kits)} boxes")
    if kits is None or final_key is None:
        skipped.append("arms in the boxes: need the boxes and the custodians' shares")
    else:
        faults += _arms(kits, drawn, opening.plan.trial, final_key)
        checked.append(f"arms in {len(kits)} boxes")
    return Revealed(tuple(checked), tuple(faults), tuple(skipped))


def _commitment(opening: Opening, sealed: dict[str, str], public: PublicSeal) -> Iterable[Fault]:
    if opening.commitment != sealed["commitment"]:
        yield Fault("plan, key and nonce do not open the commitment in the ledger")
    if public.commitment != sealed["commitment"] or public.root != sealed["root"]:
        yield Fault("the public part of the seal is not the one that the ledger tells of")


def _codes(drawn: Sequence[DrawnKit], public: PublicSeal) -> Iterable[Fault]:
    derived: dict[str, set[str]] = defaultdict(set)
    for kit in drawn:
        derived[kit.pool].add(kit.code)
        if kit.code not in public.kits.get(kit.pool, ()):
            yield Fault(f"kit {kit.code} is not among the public codes", kit.pool, kit.index + 1)
    for pool, codes in public.kits.items():
        for code in sorted(set(codes) - derived[pool]):
            yield Fault(f"kit {code} is public, and no key gives it", pool)


def _order(rows: Sequence[Allocated], drawn: Sequence[DrawnKit]) -> Iterable[Fault]:
    """Check that slots were used in order: none skipped, none twice, none of another stratum."""
    lists: dict[str, list[str]] = defaultdict(list)
    for kit in drawn:
        lists[kit.pool].append(kit.code)
    used: dict[str, int] = defaultdict(int)
    for row in rows:
        slot, codes = used[row.stratum], lists.get(row.stratum, [])
        used[row.stratum] += 1
        if slot >= len(codes) or codes[slot] != row.kit:
            expected = codes[slot] if slot < len(codes) else "none: the list was at its end"
            what = f"kit {row.kit} was handed out; the list has {expected}"
            yield Fault(what, row.stratum, slot + 1)


def _known(rows: Sequence[Allocated], drawn: Sequence[DrawnKit]) -> Iterable[Fault]:
    codes = {kit.code for kit in drawn}
    return (Fault(f"kit {r.kit} is not of this seal") for r in rows if r.kit not in codes)


def _live(
    rows: Sequence[Allocated], opening: Opening, people: Mapping[str, Mapping[str, str]]
) -> Iterable[Fault]:
    """Draw every arm again, in the order of entry, and compare the kits."""
    if missing := [row.participant for row in rows if row.participant not in people]:
        raise DataError(f"The levels of {len(missing)} people are missing, first {missing[0]}.")
    kits = live_kits(opening, [people[row.participant] for row in rows])
    for place, (row, kit) in enumerate(zip(rows, kits, strict=True), start=1):
        if row.kit != kit:
            yield Fault(f"kit {row.kit} was handed out; the key gives {kit}", row.stratum, place)


def _boxes(kits: Sequence[BoxedKit], drawn: Sequence[DrawnKit], root: str) -> Iterable[Fault]:
    if root_of(kits) != root:
        yield Fault("the root over the boxes is not the one in the ledger: a box was changed")
    if len(kits) != len(drawn):
        yield Fault(f"there are {len(kits)} boxes for {len(drawn)} kits")
    for boxed, kit in zip(kits, drawn, strict=False):
        if (boxed.pool, boxed.index, boxed.code) != (kit.pool, kit.index, kit.code):
            what = f"the box of kit {boxed.code} lies where kit {kit.code} belongs"
            yield Fault(what, kit.pool, kit.index + 1)


def _arms(
    kits: Sequence[BoxedKit], drawn: Sequence[DrawnKit], trial: str, key: BoxKey
) -> Iterable[Fault]:
    for boxed, kit in zip(kits, drawn, strict=False):
        try:
            arm = open_kit(key, trial, boxed, final=True)
        except DataError as error:
            yield Fault(str(error), kit.pool, kit.index + 1)
            continue
        if arm != kit.arm:
            what = f"the box of kit {kit.code} holds another arm than the key gives"
            yield Fault(what, kit.pool, kit.index + 1)
