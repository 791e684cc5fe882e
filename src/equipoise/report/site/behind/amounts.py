"""Texts of studies without amounts of a drug: the site tells which class a dose is, and no more.

A page that anyone can read is no place to look up how much to take; the study's report has it.
"""

from __future__ import annotations

import re

NUMBER = r"\d[\d.,]*"
AMOUNT = re.compile(
    rf"\b{NUMBER}(?:\s*(?:-|–|/|,|to|and|or)\s*{NUMBER})*\s?"
    r"(?:[uµμ]g|mcg|mg|g|ng|milligrams?|micrograms?|grams?)\b(?:\s?(?:/|per)\s?kg\b)?",
    re.IGNORECASE,
)
DOSE = "[dose]"
SEVERAL = re.compile(r"\[dose\](?:\s*(?:-|–|/|,|to|and|or)\s*\[dose\])+")


def without_amounts(text: str) -> str:
    """Return a text with each amount of a drug as "[dose]".

    >>> without_amounts("4 ug and 20 ug of LSD; ketamine 0.5 mg/kg in 12 people")
    '[dose] of LSD; ketamine [dose] in 12 people'
    >>> without_amounts("g = 0.3, week 8")
    'g = 0.3, week 8'
    """
    return SEVERAL.sub(DOSE, AMOUNT.sub(DOSE, text))
