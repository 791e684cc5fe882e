"""One inner card: all alike but for the code, folded so that nothing shows through a sachet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.concealment.seal.printing.sheet import draw_qr, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CARD_WIDTH, CARD_HEIGHT = 62.0, 58.0
PATTERN = "MWHXNKEBRSGQ8#%&@"
LINES = 7
QR_SIZE = 24.0


def draw_card(ax: Axes, code: str, *, left: float, top: float) -> None:
    """Draw a card: upper half letters, lower half the code. Folded, the letters lie on the code."""
    right, bottom, middle = left + CARD_WIDTH, top + CARD_HEIGHT, top + CARD_HEIGHT / 2
    ax.plot([left, right, right, left, left], [top, top, bottom, bottom, top], "0.5", lw=0.4)
    ax.plot([left, right], [middle, middle], color="0.3", lw=0.5, linestyle=(0, (6, 4)))
    for line in range(LINES):
        turned = PATTERN[line:] + PATTERN[:line]
        y = top + 2 + (CARD_HEIGHT / 2 - 6) / LINES * (line + 0.5)
        write(ax, left + CARD_WIDTH / 2, y, (turned * 2)[:25], mm=2.6, weight="bold", color="0.25")
    x = left + CARD_WIDTH / 2
    write(ax, x, middle - 2, "fold here, print inside", mm=1.8, color="0.3")
    draw_qr(ax, code, left=left + 3, top=middle + 2, size=QR_SIZE)
    x = left + QR_SIZE + 3 + (CARD_WIDTH - QR_SIZE - 3) / 2
    write(ax, x, middle + 7, "Inner card", mm=2.6)
    write(ax, x, middle + 13.5, code, mm=4.6, weight="bold", family="DejaVu Sans Mono")
    write(ax, x, middle + 20, "Keep it sealed until", mm=2.0)
    write(ax, x, middle + 23.2, "the last questionnaire.", mm=2.0)
