"""Lists of one key, hashed: run it under each Python and NumPy at hand, and compare the line.

    python validation/replay.py

Every procedure that makes a list by itself, with its defaults, for 24 people. The same line
everywhere means that a list can be drawn again wherever somebody wants to check it.
"""

from __future__ import annotations

import hashlib
import sys
from typing import Any

import numpy as np

from equipoise.allocation import allocate_sequence, spec_class, spec_names
from equipoise.concealment.randomness import Key, Stream
from equipoise.errors import DataError

PEOPLE = 24
FACTORS = {"sex": ["f", "m"], "age": ["young", "old"]}
SETTINGS: tuple[dict[str, Any], ...] = ({}, {"factors": FACTORS}, {"people": PEOPLE})
KEY = Key(bytes(range(32)))


def stream(place: int) -> Stream:
    """Return the randomness of a place."""
    return KEY.stream("replay", "T", "s", place)


def drawn(name: str) -> str | None:
    """Return a procedure's list and chances as text; None where its defaults make none."""
    for settings in SETTINGS:
        try:
            spec = spec_class(name)(**settings)
        except (DataError, TypeError):
            continue
        people = [(k % 2, k // 2 % 2) for k in range(PEOPLE)] if "factors" in settings else None
        try:
            found = allocate_sequence(spec, PEOPLE, stream, people)
        except DataError:
            return None
        return repr((name, found.arms, found.probabilities))
    return None


def main() -> None:
    """Print versions, how many procedures, and the hash of their lists."""
    names = [name for name in spec_names() if spec_class(name).kind != "outcome-adaptive"]
    texts = [text for name in names if (text := drawn(name))]
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()
    print(f"Python {sys.version.split()[0]}, NumPy {np.__version__}: {len(texts)} lists, {digest}")


if __name__ == "__main__":
    main()
