"""Domains and levels of ROBINS-I version 2, and how people write them."""

from __future__ import annotations

from equipoise.errors import DataError

DOMAINS = {
    "D1": "Confounding",
    "D2": "Classification of interventions",
    "D3": "Selection of participants",
    "D4": "Missing data",
    "D5": "Measurement of the outcome",
    "D6": "Selection of the reported result",
}
LOW = "low"
LOW_BUT_CONFOUNDING = "low except for concerns about uncontrolled confounding"
MODERATE = "moderate"
SERIOUS = "serious"
CRITICAL = "critical"
NO_INFORMATION = "no information"
LEVELS = (LOW, LOW_BUT_CONFOUNDING, MODERATE, SERIOUS, CRITICAL, NO_INFORMATION)
_SHORT = {
    "low risk": LOW,
    "low except confounding": LOW_BUT_CONFOUNDING,
    "low (except for concerns about uncontrolled confounding)": LOW_BUT_CONFOUNDING,
    "moderate risk": MODERATE,
    "serious risk": SERIOUS,
    "critical risk": CRITICAL,
    "ni": NO_INFORMATION,
}


def known_level(key: str, written: str, where: str) -> str:
    """Return a level as this package writes it, or say what is wrong.

    >>> known_level("D1", "Low (except for concerns about uncontrolled confounding)", "A 2020")
    'low except for concerns about uncontrolled confounding'
    """
    if key not in DOMAINS:
        raise DataError(f"{where}: ROBINS-I has no domain {key!r}. It has {', '.join(DOMAINS)}.")
    text = " ".join(str(written).split()).casefold()
    level = _SHORT.get(text, text)
    if level not in LEVELS:
        raise DataError(
            f"{where}, {key}: {written!r} is no level of ROBINS-I. Levels: {'; '.join(LEVELS)}."
        )
    if level == LOW_BUT_CONFOUNDING and key != "D1":
        raise DataError(f"{where}, {key}: {level!r} is a level of D1 (Confounding) alone.")
    return level
