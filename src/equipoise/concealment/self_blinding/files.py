"""Where a participant's cards lie: each part in the zone of a sealed trial that it belongs to."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from equipoise.concealment.framing import canonical_json
from equipoise.concealment.seal.zones import SECRET, Zones, json_text, write_file
from equipoise.concealment.self_blinding.cards import CardBox, IssuedCards, PublicCards
from equipoise.errors import DataError

FOLDER = "self_blinding"
PrintCards = Callable[[IssuedCards, Path], object]


def cards_file(zones: Zones, participant: str) -> Path:
    """Return where the web zone's part is: codes without meaning."""
    return zones.folder / "web" / FOLDER / f"{participant}.json"


def boxes_file(zones: Zones, participant: str) -> Path:
    """Return where the sealed meanings are: beside the allocator's boxes, never in the web zone."""
    return zones.folder / "allocator" / FOLDER / f"{participant}.jsonl"


def list_file(zones: Zones, participant: str) -> Path:
    """Return where the statistician's list is: for an emergency, before the lock."""
    return zones.folder / "statistician" / FOLDER / f"{participant}.csv"


def print_folder(zones: Zones, participant: str) -> Path:
    """Return where the sheets to be printed are."""
    return zones.folder / "print" / FOLDER / participant


def write_cards(issued: IssuedCards, zones: Zones, *, print_cards: PrintCards | None) -> None:
    """Write each part into its zone; nothing is written over.

    Raises
    ------
    DataError
        If the participant has cards already.
    """
    participant = issued.public.participant
    if cards_file(zones, participant).exists():
        raise DataError(
            f"{participant} has cards already ({cards_file(zones, participant)}). Cards are issued "
            "once: a second set would let somebody pick the one they like."
        )
    if print_cards:
        print_cards(issued, print_folder(zones, participant))
    lines = (canonical_json(box.to_dict()).decode() + "\n" for box in issued.boxes)
    write_file(boxes_file(zones, participant), "".join(lines), SECRET)
    rows = sorted((card.code, _quoted(card.content)) for card in issued.drawn)
    listed = "".join(f"{code},{content}\n" for code, content in rows)
    write_file(list_file(zones, participant), f"inner_card,content\n{listed}", SECRET)
    write_file(cards_file(zones, participant), json_text(issued.public.to_dict()))


def read_cards(path: Path) -> PublicCards:
    """Read the web zone's part."""
    if not path.is_file():
        raise DataError(
            f"There are no cards {path}. The statistician makes them offline "
            "(`equipoise self-blind cards`) and carries web/self_blinding here."
        )
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path} holds no cards: {error}.") from error
    if not isinstance(found, dict):
        raise DataError(f"{path} holds no cards.")
    return PublicCards.from_dict(found)


def read_boxes(path: Path) -> tuple[CardBox, ...]:
    """Read the sealed meanings.

    Raises
    ------
    DataError
        If a line is damaged; its number is told.
    """
    if not path.is_file():
        raise DataError(f"There are no boxes {path}. They lie beside the allocator's.")
    boxes = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            boxes.append(CardBox.from_dict(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"{path} line {number} is damaged: {error}.") from error
    return tuple(boxes)


def codes_in_use(zones: Zones) -> frozenset[str]:
    """Return every code that was issued to anybody in this trial."""
    every = sorted((zones.folder / "web" / FOLDER).glob("*.json"))
    cards = [read_cards(path) for path in every]
    return frozenset(code for one in cards for code in (*one.outer, *one.inner))


def participants(zones: Zones) -> tuple[str, ...]:
    """Return who has cards."""
    return tuple(sorted(path.stem for path in (zones.folder / "web" / FOLDER).glob("*.json")))


def _quoted(text: str) -> str:
    quoted = text.replace('"', '""')
    return f'"{quoted}"'
