"""Rating scales and their scoring: one file an instrument, in the folder ``library``."""

from typing import TYPE_CHECKING

from equipoise.instruments.instrument import (
    Band,
    Difference,
    Domain,
    Instrument,
    Item,
    Option,
    Scoring,
)
from equipoise.instruments.library import instrument, instruments

if TYPE_CHECKING:
    from equipoise.instruments.scoring import score_items

__all__ = [
    "Band",
    "Difference",
    "Domain",
    "Instrument",
    "Item",
    "Option",
    "Scoring",
    "instrument",
    "instruments",
    "score_items",
]


def __getattr__(name: str) -> object:
    if name == "score_items":  # late: NumPy doubles the time to read a protocol, which needs none
        from equipoise.instruments.scoring import score_items  # noqa: PLC0415

        return score_items
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
