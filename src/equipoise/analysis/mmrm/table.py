"""From a person's table and a formula to the rows of a model, checked.

One row is a person at a visit. Rows without the outcome say nothing and are counted; anything
that would make a wrong answer quietly (a visit twice, a person in two arms) is refused by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.analysis.mmrm.formulas import (
    arm_of,
    column_in,
    factors_of,
    parsed,
    plain_message,
)
from equipoise.analysis.mmrm.levels import as_levels, is_number
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
    formula
        A formulaic formula; `spec` repeats its encoding; `kept` are the columns that are used.
    people, person
        Labels, and each row's number among them.
    """

    columns: Columns
    table: pd.DataFrame
    outcome: str
    arm: str | None
    formula: Any
    spec: Any
    names: tuple[str, ...]
    kept: NDArray[np.intp]
    design: NDArray[np.float64]
    people: tuple[str, ...]
    person: NDArray[np.intp]
    warnings: tuple[str, ...]

    @property
    def visits(self) -> tuple[str, ...]:
        """Labels of the visits."""
        return tuple(map(str, self.table[self.columns.visit].cat.categories))

    @property
    def visit(self) -> NDArray[np.intp]:
        """Number of each row's visit."""
        return np.asarray(self.table[self.columns.visit].cat.codes, dtype=np.intp)

    @property
    def arms(self) -> tuple[str, ...]:
        """Labels of the arms, the reference first."""
        return () if self.arm is None else tuple(map(str, self.table[self.arm].cat.categories))

    def design_rows(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Encode further rows as those of the model were: shape (len(frame), p)."""
        from formulaic.errors import FormulaicError  # noqa: PLC0415

        shown = with_common_mean(frame, self.columns, self.arm)
        try:
            rows = self.spec.get_model_matrix(shown, output="numpy")
        except FormulaicError as error:
            raise DataError(f"These rows do not fit {self.columns.formula!r}: {error}") from error
        return np.asarray(rows, dtype=np.float64)[:, self.kept]


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
    if not is_number(raw[outcome]):
        shown = examples_of(raw[outcome])
        raise DataError(f"The outcome {outcome!r} must be numbers; it has {shown}.")
    visit = as_levels(raw[columns.visit], first=columns.common_visit, what=columns.visit)
    table = raw.assign(**{columns.visit: visit})
    arm = columns.arm or arm_of(formula, table, columns.visit)
    refuse_twice(table, columns.subject, columns.visit)
    for name in dict.fromkeys(n for n in (arm, columns.group) if n is not None):
        first = columns.control if name == arm else None
        table[name] = as_levels(table[name], first=first, what=name)
        refuse_two_arms(table, columns.subject, name)
    for name, level in columns.references:
        if name not in used:
            raise DataError(f"{columns.formula!r} has no {name!r} to set a reference of: {used}.")
        table[name] = as_levels(table[name], first=level, what=name)
    complete, warnings = _complete(table, outcome, [*used, *needed], columns.subject)
    refuse_empty_cells(complete, columns.visit, arm, outcome)
    if columns.weights is not None:
        refuse_weights(complete[columns.weights], columns.weights)
    spec, design, kept = _encoded(formula, complete, columns, arm)
    people, person = _numbered(complete[columns.subject])
    return ModelTable(
        columns=columns,
        table=complete,
        outcome=outcome,
        arm=arm,
        formula=formula,
        spec=spec,
        names=tuple(str(spec.column_names[j]) for j in kept),
        kept=kept,
        design=design[:, kept],
        people=people,
        person=person,
        warnings=warnings,
    )


def _encoded(
    formula: Any, complete: pd.DataFrame, columns: Columns, arm: str | None
) -> tuple[Any, NDArray[np.float64], NDArray[np.intp]]:
    """Return the encoding, the design rows, and which of their columns are used."""
    from formulaic.errors import FormulaicError  # noqa: PLC0415

    try:
        shown = with_common_mean(complete, columns, arm)
        matrices = formula.get_model_matrix(shown, output="numpy", context={})
    except FormulaicError as error:
        raise DataError(f"{columns.formula!r} cannot be used: {plain_message(error)}") from error
    spec = matrices.rhs.model_spec
    return spec, np.asarray(matrices.rhs, dtype=np.float64), _kept(spec, columns, arm)


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


def with_common_mean(frame: pd.DataFrame, columns: Columns, arm: str | None) -> pd.DataFrame:
    """Let everybody count as of the reference arm at the common visit, as cLDA asks."""
    if columns.common_visit is None or arm is None:
        return frame
    import pandas as pd  # noqa: PLC0415

    levels = frame[arm].cat.categories
    there = (frame[columns.visit].astype(str) == columns.common_visit).to_numpy()
    codes = np.where(there, 0, frame[arm].cat.codes.to_numpy())
    return frame.assign(**{arm: pd.Categorical.from_codes(codes, levels)})


def _kept(spec: Any, columns: Columns, arm: str | None) -> NDArray[np.intp]:
    """Return the columns that are used: with a common mean, arms have no main effect there."""
    every = np.arange(len(spec.column_names))
    if columns.common_visit is None:
        return every
    if arm is None:
        raise DataError("A common mean at baseline needs an arm that interacts with the visit.")
    where = {
        frozenset(column_in(name) for name in factors_of(term)): found
        for term, found in spec.term_indices.items()
    }
    dropped = where.get(frozenset((arm,)))
    if dropped is None or frozenset((arm, columns.visit)) not in where:
        raise DataError(
            f"A common mean at baseline needs {arm} * {columns.visit} in the formula, as in "
            f"'score ~ {arm} * {columns.visit}'. Got {columns.formula!r}."
        )
    return np.array([j for j in every if j not in dropped], dtype=np.intp)
