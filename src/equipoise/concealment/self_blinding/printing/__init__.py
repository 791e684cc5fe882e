"""What a participant prints: inner cards, outer labels, the seven steps; or the helper's sheet."""

from collections.abc import Mapping
from pathlib import Path

from equipoise.concealment.seal.printing.sheet import printable, write_pdf
from equipoise.concealment.self_blinding.cards import IssuedCards
from equipoise.concealment.self_blinding.printing.helper_sheet import helper_sheet
from equipoise.concealment.self_blinding.printing.inner_cards import inner_cards
from equipoise.concealment.self_blinding.printing.instructions import instructions
from equipoise.concealment.self_blinding.printing.outer_labels import outer_labels


def print_cards(issued: IssuedCards, folder: Path) -> list[Path]:
    """Write the sheets of one participant as PDF, and return where they are.

    With a helper the inner cards are on the helper's sheet alone, which is put into an envelope
    unread; without one there is a sheet of inner cards for each content.
    """
    public, plan = issued.public, issued.public.plan
    for content in plan.contents:
        printable(content)  # before anything is written
    sheets = {
        "instructions": instructions(public.trial, public.participant, plan),
        "outer-labels": outer_labels(public),
    }
    if plan.helper:
        sheets["helper-sheet-SEAL-UNREAD"] = helper_sheet(issued)
    else:
        for number, (content, codes) in enumerate(_by_content(issued).items(), start=1):
            sheets[f"inner-cards-{number}"] = inner_cards(public, content, codes)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = []
    for name, pages in sheets.items():
        write_pdf(pages, folder / f"{name}.pdf")
        written.append(folder / f"{name}.pdf")
    return written


def _by_content(issued: IssuedCards) -> Mapping[str, list[str]]:
    plan = issued.public.plan
    return {
        content: sorted(card.code for card in issued.drawn if card.content == content)
        for content in plan.contents
    }


__all__ = ["helper_sheet", "inner_cards", "instructions", "outer_labels", "print_cards"]
