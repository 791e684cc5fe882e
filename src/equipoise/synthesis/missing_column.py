"""A column that is asked for and not there: which one was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from equipoise.errors import DataError


def missing_column(name: str, columns: Iterable[object]) -> DataError:
    """Return the error that names the columns there are, the likeliest first.

    Examples
    --------
    >>> print(missing_column("blindng", ["study", "blinding", "g"]))
    There is no column 'blindng'. Did you mean 'blinding'? The columns are: study, blinding, g.
    """
    there = [str(column) for column in columns]
    same = [column for column in there if column.casefold() == name.casefold()]
    near = same or get_close_matches(name, there, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return DataError(f"There is no column {name!r}.{hint} The columns are: {', '.join(there)}.")
