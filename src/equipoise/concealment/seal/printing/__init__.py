"""Sheets to be printed at sealing: labels for kits, and cards for the emergency."""

from pathlib import Path

from equipoise.concealment.seal.printing.cards import emergency_cards
from equipoise.concealment.seal.printing.labels import kit_labels
from equipoise.concealment.seal.printing.sheet import write_pdf
from equipoise.concealment.seal.sealed import SealedTrial


def print_sheets(sealed: SealedTrial, folder: Path) -> None:
    """Write kit-labels.pdf (no arm in it) and emergency-cards.pdf (an arm in each card)."""
    kits = sorted(sealed.drawn, key=lambda kit: kit.code)  # so that no page tells an order of use
    names = {stratum.code: stratum.name for stratum in sealed.public.strata}
    where = {kit.code: names[kit.pool] if sealed.public.by_slot else "" for kit in kits}
    write_pdf(kit_labels(sealed.public.trial, where), folder / "kit-labels.pdf")
    arms = {kit.code: kit.arm for kit in kits}
    write_pdf(emergency_cards(sealed.public.trial, arms), folder / "emergency-cards.pdf")


__all__ = ["emergency_cards", "kit_labels", "print_sheets"]
