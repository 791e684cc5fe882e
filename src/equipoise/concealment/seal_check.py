"""Whether a seal is whole, told without opening anything: what anybody may check at any time."""

from __future__ import annotations

from collections.abc import Sequence

from equipoise.concealment.kit_codes import read_kit_code
from equipoise.concealment.ledger import Ledger
from equipoise.concealment.lock import sealed_row
from equipoise.concealment.seal.sealed import BoxedKit, PublicSeal, root_of
from equipoise.errors import DataError


def check_seal(
    ledger: Ledger, public: PublicSeal, kits: Sequence[BoxedKit] | None = None
) -> tuple[str, ...]:
    """Return what does not fit between ledger, public part and boxes; nothing if all does."""
    sealed, names = sealed_row(ledger), ("commitment", "root", "protocol", "final_key", "break_key")
    faults = [
        f"{name} in the ledger is not that of the public part"
        for name in names
        if sealed[name] != getattr(public, name)
    ]
    faults += [
        f"stratum {stratum.code} has {found} kits of {stratum.kits}"
        for stratum in public.strata
        if (found := len(public.kits.get(stratum.code, ()))) != stratum.kits
    ]
    for code in (code for codes in public.kits.values() for code in codes):
        try:
            read_kit_code(code)
        except DataError as error:
            faults.append(str(error))
    faults += _of_boxes(public, kits) if kits is not None else ()
    return tuple(faults)


def _of_boxes(public: PublicSeal, kits: Sequence[BoxedKit]) -> list[str]:
    faults = []
    if root_of(kits) != public.root:
        faults.append("the root over the boxes is not the sealed one: a box was changed")
    sizes = {len(box) for kit in kits for box in (kit.final_box, kit.break_box)}
    if sizes - {public.box_bytes}:
        faults.append(f"boxes have lengths {sorted(sizes)}; all must have {public.box_bytes} bytes")
    codes = {(kit.pool, kit.code) for kit in kits}
    if codes != {(pool, code) for pool, listed in public.kits.items() for code in listed}:
        faults.append("kits of the boxes are not those of the public part")
    return faults
