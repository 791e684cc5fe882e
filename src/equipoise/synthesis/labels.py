"""Cells of a table as a person wrote them: a year is 2011, not 2011.0."""

from __future__ import annotations


def written(cell: object) -> str:
    """Write a cell as text, whole numbers without a point.

    Examples
    --------
    >>> written(2011.0), written(2.5), written(" Smith 2011 ")
    ('2011', '2.5', 'Smith 2011')
    """
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
