"""From what a person types to a key that can be looked up, exactly.

The browser does the same in JavaScript (browser/screen.js); shared test vectors hold them together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set as AbstractSet

_APOSTROPHES = re.compile("['’‘`´ʼ]")
_NUMBER = re.compile(r"[0-9]+(?:mgs?|g|mcg|ug|μg|ml|iu|mmol|hr?|x)?")
"""A number with at most a unit: 400, 400mg, 50μg; not 5htp."""
_JOINTS = re.compile(r"[+/,;&|]|\s(?:and|with|plus|und|et|y)\s", re.IGNORECASE)


def words_of(text: str) -> list[str]:
    """Return lower-case words without accents; signs part them, apostrophes do not.

    Examples
    --------
    >>> words_of("St John’s-wort, Téralithe 400 mg")
    ['st', 'johns', 'wort', 'teralithe', '400', 'mg']
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    parted = unicodedata.normalize("NFD", _APOSTROPHES.sub("", folded))
    plain = "".join(c for c in parted if unicodedata.category(c) != "Mn")
    return "".join(c if unicodedata.category(c)[0] in "LN" else " " for c in plain).split()


def normalise(text: str, left_out: AbstractSet[str]) -> str:
    """Return the key of a name: without strength, salt and form; all words if nothing else is left.

    Examples
    --------
    >>> normalise("Priadel 400 mg", {"mg"})
    'priadel'
    """
    words = words_of(text)
    kept = [w for w in words if w not in left_out and not _NUMBER.fullmatch(w)]
    return " ".join(kept or words)


def is_empty(text: str, left_out: AbstractSet[str]) -> bool:
    """Whether a text holds nothing but strength, salt and form words."""
    return all(w in left_out or _NUMBER.fullmatch(w) for w in words_of(text))


def parts_of(text: str) -> list[str]:
    """Return the parts of a text that names several things.

    Examples
    --------
    >>> parts_of("olanzapine + fluoxetine")
    ['olanzapine', 'fluoxetine']
    """
    return [part.strip() for part in _JOINTS.split(text) if part.strip()]


def distance(a: str, b: str, most: int) -> int:
    """Count the edits between two words (insert, delete, replace, swap neighbours).

    Optimal string alignment; anything above `most` is returned as ``most + 1``.

    Examples
    --------
    >>> distance("lamictal", "lamisil", 2), distance("prozca", "prozac", 2)
    (3, 1)
    """
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        row = [i]
        for j, y in enumerate(b, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most and min(last) > most:
            return most + 1
        before, last = last, row
    return min(last[-1], most + 1)
