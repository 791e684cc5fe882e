"""An answer and what proves it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proof:
    """The answer to a signalling question (Y, PY, PN, N) and the facts that it rests on."""

    answer: str
    proved_by: str
