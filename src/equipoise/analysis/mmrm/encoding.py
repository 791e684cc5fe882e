"""Design rows of a formula: formulaic's for any formula, our own for plain ones.

A plain formula names columns and products of columns, with every margin of a product in it, as
"y ~ base + arm * visit". Its treatment coding takes a few array operations, where formulaic's
general way costs more than the whole fit. Names, order and values are formulaic's (a test holds
them to it).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from equipoise.analysis.mmrm.formulas import column_in, factors_of, plain_message
from equipoise.analysis.mmrm.levels import is_number, is_text
from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Term = tuple[str, ...]
Table = Any
"""A frame, or a dict of columns: categoricals, or arrays of numbers."""


class Encoding(Protocol):
    """How rows of a table become rows of a design."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the design's columns."""
        ...

    @property
    def terms(self) -> dict[Term, list[int]]:
        """Columns of each term, by the table's columns that its factors speak of."""
        ...

    def rows(self, table: Table) -> NDArray[np.float64]:
        """Return a design row for each row of the table, shape (n, p)."""
        ...


def encoding_of(formula: Any, table: pd.DataFrame) -> Encoding:
    """Choose the encoding of a formula's right-hand side, with the levels that `table` has."""
    terms = [tuple(factors_of(term)) for term in formula.rhs]
    if _is_plain(formula, terms, table):
        return _plain(terms, table)
    return _general(formula, table)


def _is_plain(formula: Any, terms: Sequence[Term], table: pd.DataFrame) -> bool:
    """Whether all factors are columns, and every margin of a product is a term."""
    if () not in terms or "0" in (str(t) for t in formula.rhs):
        return False
    for term in terms:
        for name in term:
            if name not in table.columns or not (is_number(table[name]) or is_text(table[name])):
                return False
        for left_out in range(len(term)):
            if term[:left_out] + term[left_out + 1 :] not in terms:
                return False
    return len(set(terms)) == len(terms)


@dataclass(frozen=True)
class PlainEncoding:
    """Treatment coding with the first of `levels` as the reference."""

    levels: dict[str, tuple[str, ...]]
    names: tuple[str, ...]
    terms: dict[Term, list[int]]

    def rows(self, table: Table) -> NDArray[np.float64]:
        """Return a design row for each row of the table, shape (n, p)."""
        names = dict.fromkeys(name for term in self.terms for name in term)
        factors = {name: self._columns(table[name], name) for name in names}
        n = len(next(iter(factors.values()), next(iter(dict(table).values()))))
        out = np.empty((n, len(self.names)))
        for term, where in self.terms.items():
            block = np.ones((n, 1))
            for name in term:  # the first factor's levels change fastest
                block = (factors[name][:, :, None] * block[:, None, :]).reshape(n, -1)
            out[:, where[0] : where[-1] + 1] = block
        return out

    def _columns(self, values: Any, name: str) -> NDArray[np.float64]:
        """Return a number as it is, a factor as indicators of all levels but the first."""
        levels = self.levels.get(name)
        if levels is None:
            return np.asarray(values, dtype=np.float64)[:, None]
        own, codes = coded(values)
        place = {level: k for k, level in enumerate(levels)}
        codes = np.array([*(place.get(level, -1) for level in own), -1])[codes]
        if (codes < 0).any():
            odd = values[int(np.argmin(codes))]
            raise DataError(f"{name!r} has a level {odd!r} that the model does not: {levels}.")
        return np.asarray(codes[:, None] == np.arange(1, len(levels)), dtype=np.float64)


def coded(values: Any) -> tuple[list[str], NDArray[np.intp]]:
    """Return the levels of a factor as text, and each row's number among them, -1 if missing."""
    import pandas as pd  # noqa: PLC0415

    array = values.array if isinstance(values, pd.Series) else values
    if isinstance(array, pd.Categorical):
        return list(map(str, array.categories)), np.asarray(array.codes, dtype=np.intp)
    codes, found = pd.factorize(values, sort=True)
    return list(map(str, found)), np.asarray(codes, dtype=np.intp)


def _plain(terms: Sequence[Term], table: pd.DataFrame) -> PlainEncoding:
    levels = {
        name: tuple(observed_levels(table[name]))
        for name in dict.fromkeys(name for term in terms for name in term)
        if not is_number(table[name])
    }
    for name, found in levels.items():
        if len(found) < 2:
            only = found[0] if found else "none"
            raise NotIdentifiedError(
                f"{name!r} has one level ({only}): there is nothing to compare. Leave it out."
            )
    names: list[str] = []
    where: dict[Term, list[int]] = {}
    for term in terms:
        parts = [
            [f"{name}[T.{level}]" for level in levels[name][1:]] if name in levels else [name]
            for name in term
        ]
        own = [":".join(reversed(words)) for words in product(*reversed(parts))]
        where[term] = list(range(len(names), len(names) + len(own)))
        names += own if term else ["Intercept"]
    return PlainEncoding(levels, tuple(names), where)


def observed_levels(values: Any) -> list[str]:
    """Return the levels that occur, in the order of the categories, else sorted."""
    levels, codes = coded(values)
    used = np.bincount(codes[codes >= 0], minlength=len(levels))
    return [level for level, count in zip(levels, used, strict=True) if count]


class FormulaicEncoding:
    """Formulaic's own encoding, repeated."""

    def __init__(self, formula: Any, table: pd.DataFrame) -> None:
        matrix = formula.rhs.get_model_matrix(
            _without_unused(table), output="numpy", context={}, na_action="ignore"
        )
        self._spec = matrix.model_spec
        self.names = tuple(map(str, self._spec.column_names))
        self.terms = {
            tuple(column_in(name) for name in factors_of(term)): list(where)
            for term, where in self._spec.term_indices.items()
        }

    def rows(self, table: Table) -> NDArray[np.float64]:
        """Return a design row for each row of the table, shape (n, p)."""
        import pandas as pd  # noqa: PLC0415

        frame = table if isinstance(table, pd.DataFrame) else pd.DataFrame(dict(table))
        rows = self._spec.get_model_matrix(frame, output="numpy", na_action="ignore")
        return np.asarray(rows, dtype=np.float64)


def _without_unused(table: pd.DataFrame) -> pd.DataFrame:
    """Drop levels of factors that no row has: their columns would be empty."""
    import pandas as pd  # noqa: PLC0415

    factors = {
        name: values.cat.remove_unused_categories()
        for name, values in table.items()
        if isinstance(values.dtype, pd.CategoricalDtype)
    }
    return table.assign(**{str(name): values for name, values in factors.items()})


def _general(formula: Any, table: pd.DataFrame) -> FormulaicEncoding:
    from formulaic.errors import FormulaicError  # noqa: PLC0415

    try:
        return FormulaicEncoding(formula, table)
    except FormulaicError as error:
        raise DataError(f"The formula cannot be used: {plain_message(error)}") from error
