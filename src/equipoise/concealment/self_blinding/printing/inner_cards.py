"""Inner cards of one content. Its name is on a strip that is cut off, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from equipoise.concealment.seal.printing.sheet import WIDTH, printable, sheet, write, write_to_fit
from equipoise.concealment.self_blinding.printing.card import CARD_HEIGHT, CARD_WIDTH, draw_card

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from equipoise.concealment.self_blinding.cards import PublicCards

COLUMNS, ROWS = 3, 4
STRIP = 46.0
MARGIN = (WIDTH - COLUMNS * CARD_WIDTH) / 2


def inner_cards(cards: PublicCards, content: str, codes: Sequence[str]) -> Iterator[Figure]:
    """Draw the sheets of one content.

    Parameters
    ----------
    codes
        Of the cards that mean this content, in the order of the alphabet.
    """
    where = f"{printable(cards.trial)}, participant {cards.participant}"
    for start in range(0, len(codes), COLUMNS * ROWS):
        page, ax = sheet()
        _strip(ax, where, printable(content), len(codes))
        for place, code in enumerate(codes[start : start + COLUMNS * ROWS]):
            row, column = divmod(place, COLUMNS)
            draw_card(ax, code, left=MARGIN + column * CARD_WIDTH, top=STRIP + row * CARD_HEIGHT)
        yield page


def _strip(ax: Axes, where: str, content: str, count: int) -> None:
    write(ax, WIDTH / 2, 9, where, mm=2.8)
    write_to_fit(ax, WIDTH / 2, 18, f"Cards for: {content}", mm=7, width=WIDTH - 2 * MARGIN)
    words = (
        f"{count} cards. Put one, folded, into each sachet of this content, and close it.",
        "Work with one content only. Cut off this strip and destroy it before the next sheet.",
        "Do not copy or photograph this sheet: whoever keeps its codes can break the blind.",
    )
    for number, line in enumerate(words):
        write(ax, WIDTH / 2, 27 + 4.4 * number, line, mm=2.6)
    ax.plot([0, WIDTH], [STRIP - 4, STRIP - 4], color="0.2", lw=0.7, linestyle=(0, (8, 5)))
    write(ax, 8, STRIP - 4, "✂", mm=5)
