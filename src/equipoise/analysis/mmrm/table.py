"""From a person's table and a formula to the rows of a model, checked.

One row is a person at a visit. Rows without the outcome say nothing and are counted; anything
that would make a wrong answer quietly (a visit twice, a person in two arms) is refused by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.analysis.mmrm.encoding import Encoding, Table, coded, encoding_of
from equipoise.analysis.mmrm.formulas import arm_of, column_in, factors_of, parsed
from equipoise.analysis.mmrm.levels import as_factor, as_levels, is_number
from equipoise.analysis.mmrm.table_checks import (
    examples_of,
    refuse_empty_cells,
    refuse_infinite,
    refuse_twice,
    refuse_two_arms,
    refuse_weights,
)
from equipoise.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from narwhals.typing import IntoDataFrame
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Columns:
    """Which column is what."""

    formula: str
    subject: str
    visit: str
    arm: str | None = None
    control: str | None = None
    group: str | None = None
    weights: str | None = None
    coordinates: tuple[str, ...] = ()
    common_visit: str | None = None
    references: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class ModelTable:
    """Complete rows, and the formula ready to make design rows of them or of others.

    Parameters
    ----------
    table
        Complete rows: subject, visit, arm and group categorical, in natural order.
    outcome, arm
        Names of columns; arm is None where no factor interacts with the visit.
    formula, encoding
        A formulaic formula, and how its right-hand side is encoded; `kept` are the columns used.
    used
        Columns that the formula speaks of.
    people, person
        Labels, and each row's number among them.
    """

    columns: Columns
    table: pd.DataFrame
    outcome: str
    arm: str | None
    formula: Any
    encoding: Encoding
    names: tuple[str, ...]
    kept: NDArray[np.intp]
    used: tuple[str, ...]
    design: NDArray[np.float64]
    people: tuple[str, ...]
    person: NDArray[np.intp]
    warnings: tuple[str, ...]

    @cached_property
    def visits(self) -> tuple[str, ...]:
        """Labels of the visits."""
        return tuple(map(str, self.table[self.columns.visit].cat.categories))

    @property
    def visit(self) -> NDArray[np.intp]:
        """Number of each row's visit."""
        return np.asarray(self.table[self.columns.visit].cat.codes, dtype=np.intp)

    @cached_property
    def arms(self) -> tuple[str, ...]:
        """Labels of the arms, the reference first."""
        return () if self.arm is None else tuple(map(str, self.table[self.arm].cat.categories))

    def design_rows(self, table: Table) -> NDArray[np.float64]:
        """Encode further rows as those of the model were: shape (n, p)."""
        return self.encoding.rows(with_common_mean(table, self.columns, self.arm))[:, self.kept]


def model_table(frame: IntoDataFrame, columns: Columns) -> ModelTable:
    """Check a table and encode it.

    Raises
    ------
    DataError
        For a missing column, a subject-visit twice, a person in two arms, a visit without any
        score, weights that are not positive, infinite values.
    """
    import narwhals as nw  # noqa: PLC0415

    raw: pd.DataFrame = nw.from_native(frame, eager_only=True).to_pandas()
    formula, outcome, used = parsed(columns.formula, raw)
    roles = (columns.subject, columns.visit, columns.arm, columns.group, columns.weights)
    needed = [name for name in (*roles, *columns.coordinates) if name is not None]
    if lacking := [name for name in needed if name not in raw.columns]:
        raise DataError(f"The table lacks {lacking}; its columns are {list(raw.columns)}.")
    refuse_infinite(raw, [*used, *needed])
    for name in (columns.weights, *columns.coordinates):
        if name is not None and not is_number(raw[name]):
            raise DataError(f"Column {name!r} must be numbers; {examples_of(raw[name])}.")
    if not is_number(raw[outcome]):
        shown = examples_of(raw[outcome])
        raise DataError(f"The outcome {outcome!r} must be numbers; it has {shown}.")
    table, arm = _with_factors(raw, formula, columns, used)
    refuse_twice(table, columns.subject, columns.visit)
    for name in dict.fromkeys(n for n in (arm, columns.group) if n is not None):
        refuse_two_arms(table, columns.subject, name)
    complete, warnings = _complete(table, outcome, [*used, *needed], columns.subject)
    refuse_empty_cells(complete, columns.visit, arm, outcome)
    if columns.weights is not None:
        refuse_weights(complete[columns.weights], columns.weights)
    encoding = encoding_of(formula, complete)
    encoded = encoding.rows(with_common_mean(complete, columns, arm))
    arms = () if arm is None else list(map(str, complete[arm].cat.categories))
    kept = _kept(encoding, columns, arm, arms)
    if not len(kept):
        raise DataError(f"{columns.formula!r} has no fixed effect: write at least '1'.")
    people, person = _numbered(complete[columns.subject])
    return ModelTable(
        columns=columns,
        table=complete,
        outcome=outcome,
        arm=arm,
        formula=formula,
        encoding=encoding,
        names=tuple(encoding.names[j] for j in kept),
        kept=kept,
        used=tuple(used),
        design=encoded[:, kept],
        people=people,
        person=person,
        warnings=warnings,
    )


def _with_factors(
    raw: pd.DataFrame, formula: Any, columns: Columns, used: Sequence[str]
) -> tuple[pd.DataFrame, str | None]:
    """Make factors of the visit, the arm, the group and every text of the formula; name the arm."""
    first = {name: str(level) for name, level in columns.references}
    for name in first:
        if name not in used:
            raise DataError(f"{columns.formula!r} has no {name!r} to set a reference of: {used}.")
    if columns.common_visit is not None:
        first[columns.visit] = columns.common_visit
    arm = columns.arm or arm_of(formula, raw, columns.visit)
    if arm is not None and arm not in used:
        raise DataError(f"{columns.formula!r} has no {arm!r}: the arm must be in it.")
    if columns.control is not None:
        if arm is None:
            raise DataError(
                f"No single factor interacts with {columns.visit!r} in {columns.formula!r}, so "
                "nothing says which column the control is a level of: name the arm."
            )
        first[arm] = str(columns.control)
    coded_as_factor = {column_in(f) for t in formula.rhs for f in factors_of(t) if f[:2] == "C("}
    named = [columns.visit, arm, columns.group, *first]
    named += [n for n in used if not is_number(raw[n]) or n in coded_as_factor]
    levels = {}
    for name in dict.fromkeys(n for n in named if n is not None):
        _refuse_dates(raw[name], name)
        levels[name] = as_levels(raw[name], first=first.get(name), what=name)
        if name == columns.group and name != arm:  # nobody at all: nothing is lost
            levels[name] = levels[name].cat.remove_unused_categories()
    return raw.assign(**levels), arm


def _refuse_dates(values: pd.Series[Any], name: str) -> None:
    import pandas as pd  # noqa: PLC0415

    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        raise DataError(f"{name!r} holds dates: turn them into numbers, such as days since entry.")


def _numbered(values: pd.Series[Any]) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    import pandas as pd  # noqa: PLC0415

    codes, labels = pd.factorize(values)
    return tuple(map(str, labels)), codes.astype(np.intp)


def _complete(
    table: pd.DataFrame, outcome: str, needed: list[str], subject: str
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Drop rows that say nothing, and say how many and why."""
    import pandas as pd  # noqa: PLC0415

    absent = {name: pd.isna(table[name].array) for name in dict.fromkeys([outcome, *needed])}
    scored = ~np.asarray(absent.pop(outcome))
    if not scored.any():
        raise DataError(f"The outcome {outcome!r} is missing in all {len(table)} rows.")
    lacking = [name for name, gone in absent.items() if (gone & scored).any()]
    whole = scored & ~np.logical_or.reduce([absent[name] for name in lacking] or [~scored])
    if not whole.any():
        raise DataError(f"No row has {outcome} together with {', '.join(lacking)}.")
    warnings = []
    if unusable := int((scored & ~whole).sum()):
        warnings.append(
            f"{unusable} of {int(scored.sum())} rows with a score lack {' or '.join(lacking)} and "
            "were left out"
        )
    complete = table[whole].reset_index(drop=True)
    everybody = table[subject].nunique()
    if lost := everybody - complete[subject].nunique():
        warnings.append(
            f"{lost} of {everybody} people have no usable score of {outcome} and are not in the "
            "analysis"
        )
    return complete, tuple(warnings)


def with_common_mean(table: Table, columns: Columns, arm: str | None) -> Table:
    """Let everybody count as of the reference arm at the common visit, as cLDA asks."""
    if columns.common_visit is None or arm is None:
        return table

    visits, when = coded(table[columns.visit])
    arms, who = coded(table[arm])
    codes = np.where(when == visits.index(columns.common_visit), 0, who)
    return {**dict(table.items()), arm: as_factor(codes, arms)}


def _kept(
    encoding: Encoding, columns: Columns, arm: str | None, arms: Sequence[str]
) -> NDArray[np.intp]:
    """Return the columns that are used: with a common mean, arms have no main effect there."""
    every = np.arange(len(encoding.names))
    if columns.common_visit is None:
        return every
    if arm is None:
        raise DataError("A common mean at baseline needs an arm that interacts with the visit.")
    where = {frozenset(term): places for term, places in encoding.terms.items()}
    dropped = where.get(frozenset((arm,)))
    full = any(f"{arm}[{level}]" in encoding.names for level in arms)  # without an intercept
    if dropped is None or full or frozenset((arm, columns.visit)) not in where:
        raise DataError(
            f"A common mean at baseline needs an intercept and {arm} * {columns.visit} in the "
            f"formula, as in 'score ~ {arm} * {columns.visit}'. Got {columns.formula!r}."
        )
    return np.array([j for j in every if j not in dropped], dtype=np.intp)
