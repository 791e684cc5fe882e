"""Codes on kits: random, unlike each other to eye and ear, with a sign that shows a slip.

A code is 7 random characters and a check character, in two groups of four: K7QX-9MRT. The 23
characters leave out 0 O 1 I L 2 Z 5 S 8 B U V. Since 23 is prime, the check finds every single
wrong character and every two that changed places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.errors import DataError

if TYPE_CHECKING:
    from equipoise.allocation import Draws

ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
RANDOM_CHARACTERS = 7
POSSIBLE = len(ALPHABET) ** RANDOM_CHARACTERS
"""3.4e9: a code that is typed at random is some kit of a trial of 1,000 once in 3.4 million."""


def kit_code(draws: Draws) -> str:
    """Draw a code: a number below 23^7, its digits from the highest, then the check character."""
    number, signs = draws.below(POSSIBLE), []
    for _ in range(RANDOM_CHARACTERS):
        number, digit = divmod(number, len(ALPHABET))
        signs.append(digit)
    signs.reverse()
    text = "".join(ALPHABET[s] for s in (*signs, _check(signs)))
    return f"{text[:4]}-{text[4:]}"


def read_kit_code(typed: str) -> str:
    """Return a typed or scanned code as it is printed.

    Raises
    ------
    DataError
        If it has another length, a character that no code has, or a wrong check character.
    """
    text = "".join(typed.split()).replace("-", "").upper()
    if len(text) != RANDOM_CHARACTERS + 1:
        raise DataError(
            f"A kit code has {RANDOM_CHARACTERS + 1} characters, as in K7QX-9MRT. "
            f"Got {len(text)}: {typed!r}. Type it again."
        )
    if odd := sorted(set(text) - set(ALPHABET)):
        raise DataError(
            f"No kit code has {', '.join(odd)}: codes leave out signs that look alike. "
            f"Got {typed!r}. Read it again."
        )
    signs = [ALPHABET.index(sign) for sign in text]
    if _check(signs[:-1]) != signs[-1]:
        raise DataError(f"{typed!r} is no kit code: a character is wrong or two changed places.")
    return f"{text[:4]}-{text[4:]}"


def _check(signs: list[int]) -> int:
    """Return the sign that makes the sum of place times sign, over places 1 to 8, 0 modulo 23."""
    total = sum(place * sign for place, sign in enumerate(signs, start=1))
    last = len(signs) + 1
    return -total * pow(last, -1, len(ALPHABET)) % len(ALPHABET)
