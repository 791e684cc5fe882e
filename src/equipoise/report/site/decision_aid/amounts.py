"""Amounts and schedules are taken out of what the aid quotes: it never gives a dose.

A fact keeps all else that it says. The reader is told that an amount is left out, so that nobody
takes the shorter text for the register's own.
"""

from __future__ import annotations

import re

NUMBER = r"\d+(?:[.,]\d+)?"
UNIT = r"(?:[µμ]g|ug|mcg|mg(?:/kg)?|g)\b"
AMOUNT = re.compile(
    rf"\s*\b{NUMBER}(?:\s*{UNIT})?(?:\s*(?:-|–|to|and|or|,)\s*{NUMBER}(?:\s*{UNIT})?)*\s*{UNIT}"
    r"(?:\s+of)?",
    re.IGNORECASE,
)
SCHEDULE = re.compile(
    r"\s*\b(?:of (?:weekly|daily) doses|(?:a dose )?every (?:\w+ )?days?|x ?\d+"
    r"|(?:once|twice|\d+ times) a (?:day|week))\b",
    re.IGNORECASE,
)


def without_amounts(text: str) -> str:
    """Return a text without amounts of a drug and without schedules.

    >>> without_amounts("Anxiety rose after LSD 5 ug and 20 ug, against placebo.")
    'Anxiety rose after LSD, against placebo.'
    >>> without_amounts("It fell at week 14 of weekly doses, in 22 of 100.")
    'It fell at week 14, in 22 of 100.'
    """
    return SCHEDULE.sub("", AMOUNT.sub("", text)).strip()
