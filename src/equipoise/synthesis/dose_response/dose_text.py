"""Doses as papers write them: "25 mg", "0.3 mg/kg"; one unit for all."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from equipoise.errors import DataError

NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*([a-zA-Zµμ%]+(?:\s*/\s*(?:\d+\s*)?[a-zA-Z]+)*)?")


def doses_from_text(cells: Sequence[object]) -> tuple[np.ndarray, str | None]:
    """Return doses, NaN where a cell is empty, and their unit.

    Raises
    ------
    DataError
        When a cell is no single dose, or units differ: shows which.

    Examples
    --------
    >>> doses_from_text(["25 mg", "1 mg", ""])
    (array([25.,  1., nan]), 'mg')
    >>> doses_from_text(["25 mg", "0.3 mg/kg"])
    Traceback (most recent call last):
    ...
    equipoise.errors.DataError: Doses have the units 'mg' ('25 mg'), 'mg/kg' ('0.3 mg/kg'): ...
    """
    out: list[float] = []
    first: dict[str, str] = {}
    for cell in cells:
        text = "" if cell is None or cell != cell else str(cell).strip()  # noqa: PLR0124  (NaN)
        if not text:
            out.append(np.nan)
            continue
        match = NUMBER.fullmatch(text)
        if match is None:
            raise DataError(
                f"{text!r} is not one dose: write a number, with or without a unit. A course of "
                "several doses is for you to sum up (its highest, or its total), and to say how."
            )
        out.append(float(match[1]))
        first.setdefault(match[2] or "", text)
    if len(first) > 1:
        told = ", ".join(f"{unit!r} ({cell!r})" for unit, cell in first.items())
        raise DataError(f"Doses have the units {told}: convert them to one, in a column of yours.")
    return np.array(out), next(iter(first), None) or None
