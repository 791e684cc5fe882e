"""What an importer of studies is told beside the file: what the file itself does not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

from equipoise.errors import DataError
from equipoise.synthesis.review.study_numbers import Higher

MISSING = ("", "NA", "NaN", "nan", ".", "NULL")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """Declared by a person, never guessed.

    Parameters
    ----------
    name
        Of the file, for sources of facts and messages.
    outcome, higher
        What the rows measure, and what a higher score means; None where the file says it.
    positive_favours
        Which arm a positive ready-made effect favours: `arm1` or `arm2` (experimental, control).
    measure
        Of ready-made effects, where the file does not say.
    arms
        The confirmed arm map: label in the file -> kind, substance, dose class.
    checked_by
        Who has compared the file with the papers; None: its facts come in unverified.
    """

    name: str
    outcome: str | None = None
    higher: Higher | None = None
    positive_favours: Literal["arm1", "arm2"] | None = None
    measure: str | None = None
    arms: Mapping[str, Mapping[str, Any]] | None = None
    outcomes: Mapping[str, Mapping[str, Any]] | None = None
    checked_by: str | None = None

    def fact(self, where: str) -> dict[str, Any]:
        """Return source, checker and verdict for a block of numbers."""
        found: dict[str, Any] = {"source": f"{self.name}, {where}"}
        if self.checked_by:
            found |= {"checked_by": self.checked_by, "verified": True}
        return found

    def need(self, field: str, what: str) -> Any:
        """Return a declaration, or say that it is missing."""
        value = getattr(self, field)
        if value is None:
            raise DataError(f"{self.name} does not say {what}: --{field.replace('_', '-')}.")
        return value


def number(cell: str | None, where: str) -> float | None:
    """Read a cell as a number; None if it is missing.

    Raises
    ------
    DataError
        For a decimal comma, a text or infinity, with the place.
    """
    text = (cell or "").strip()
    if text in MISSING:
        return None
    try:
        value = float(text)
    except ValueError:
        hint = ""
        if text.count(",") == 1:
            hint = f" That is a decimal comma: write {text.replace(',', '.')} in the whole file."
        raise DataError(f"{where}: found {text!r}; expected a number.{hint}") from None
    if not isfinite(value):
        raise DataError(f"{where}: found {text!r}; expected a finite number, or an empty cell.")
    return value


def whole(cell: str | None, where: str) -> int | None:
    """Read a cell as a whole number; None if it is missing."""
    value = number(cell, where)
    if value is None:
        return None
    if value != int(value):
        raise DataError(f"{where}: found {cell}; expected a whole number of people.")
    return int(value)


def given(**values: Any) -> dict[str, Any]:
    """Return what is given: None means not reported and stays out of the file."""
    return {key: value for key, value in values.items() if value is not None}
