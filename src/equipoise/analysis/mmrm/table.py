"""From a person's table and a formula to the rows of a model, checked.

One row is a person at a visit. Rows without the outcome say nothing and are counted; anything
that would make a wrong answer quietly (a visit twice, a person in two arms) is refused by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.errors import DataError, NotIdentifiedError

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
        return self.table[self.columns.visit].cat.codes.to_numpy(dtype=np.intp)

    @property
    def arms(self) -> tuple[str, ...]:
        """Labels of the arms, the reference first."""
        return () if self.arm is None else tuple(map(str, self.table[self.arm].cat.categories))

    def design_rows(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Encode further rows as those of the model were: shape (len(frame), p)."""
        from formulaic.errors import FormulaicError  # noqa: PLC0415

        shown = _with_common_mean(frame, self.columns, self.arm)
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
    from formulaic.errors import FormulaicError  # noqa: PLC0415

    raw: pd.DataFrame = nw.from_native(frame, eager_only=True).to_pandas()
    formula, outcome, used = parsed(columns.formula, raw)
    facts = [name for name in used if name != outcome]
    extra = (columns.subject, columns.visit, columns.arm, columns.group, columns.weights)
    needed = [n for n in (*extra, *columns.coordinates) if n is not None]
    if lacking := [name for name in needed if name not in raw.columns]:
        raise DataError(f"The table lacks {lacking}; its columns are {list(raw.columns)}.")
    _refuse_twice(raw, columns)
    numbers = [n for n in used if _is_number(raw[n])] + list(columns.coordinates)
    _refuse_infinite(raw, [*numbers, *([columns.weights] if columns.weights else [])])
    if not _is_number(raw[outcome]):
        raise DataError(
            f"The outcome {outcome!r} must be numbers; it has {_examples(raw[outcome])}."
        )
    table = raw.assign(**{columns.visit: as_levels(raw[columns.visit])})
    arm = columns.arm or _arm_of(formula, table, columns.visit)
    for name in dict.fromkeys(n for n in (arm, columns.group) if n is not None):
        first = columns.control if name == arm else None
        table[name] = as_levels(table[name], first=first, what=name)
        _refuse_two(table, columns.subject, name)
    complete, warnings = _complete(table, outcome, list(dict.fromkeys([*facts, *needed])), columns)
    _refuse_empty_cells(complete, table, columns, arm, outcome)
    if columns.weights is not None:
        _refuse_weights(complete[columns.weights], columns.weights)
    try:
        encoded = _with_common_mean(complete, columns, arm)
        matrices = formula.get_model_matrix(encoded, output="numpy", context={})
    except FormulaicError as error:
        raise DataError(f"{columns.formula!r} cannot be used: {_plain(error)}") from error
    spec = matrices.rhs.model_spec
    kept = _kept(spec, columns, arm)
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
        design=np.asarray(matrices.rhs, dtype=np.float64)[:, kept],
        people=people,
        person=person,
        warnings=warnings,
    )


def parsed(text: str, frame: pd.DataFrame) -> tuple[Any, str, list[str]]:
    """Return a formula, its outcome, and the columns it uses.

    Raises
    ------
    DataError
        When it is no formula, has no outcome, or names columns that are not there.
    """
    import formulaic  # noqa: PLC0415  (half a second)
    from formulaic.errors import FormulaicError  # noqa: PLC0415

    try:
        formula = formulaic.Formula(text)
    except FormulaicError as error:
        raise DataError(f"{text!r} is not a formula: {_plain(error)}") from error
    left = [str(v) for t in getattr(formula, "lhs", ()) for v in _variables(t)]
    if len(left) != 1 or str(formula.lhs).strip() != left[0]:
        raise DataError(
            f"{text!r} must begin with one outcome column: write 'score ~ arm * visit'."
        )
    used = sorted(str(name) for name in formula.required_variables)
    if lacking := [name for name in used if name not in frame.columns]:
        raise DataError(f"{text!r} names {lacking}; the table has {list(frame.columns)}.")
    return formula, left[0], used


def as_levels(
    values: pd.Series[Any], *, first: str | None = None, what: str = "arm"
) -> pd.Series[Any]:
    """Make a column categorical text: its own categories, else in natural order (V2 before V10)."""
    import pandas as pd  # noqa: PLC0415

    if isinstance(values.dtype, pd.CategoricalDtype):
        text = values.cat.rename_categories([_label(v) for v in values.cat.categories])
        if first is None:
            return text
        levels = list(text.cat.categories)
    else:
        text = values.map(_label, na_action="ignore")
        levels = sorted(text.dropna().unique(), key=_natural)
    if first is not None:
        if first not in levels:
            raise DataError(f"{first!r} is no level of {what!r}: {', '.join(levels)}.")
        levels = [first, *(level for level in levels if level != first)]
    return pd.Series(pd.Categorical(text, categories=levels), index=values.index)


def _label(value: object) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value)  # type: ignore[call-overload]


def _natural(text: str) -> list[tuple[int, float, str]]:
    parts = re.split(r"(\d+(?:\.\d+)?)", text)
    return [(0, float(p), "") if k % 2 else (1, 0.0, p) for k, p in enumerate(parts) if p]


def _numbered(values: pd.Series[Any]) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    import pandas as pd  # noqa: PLC0415

    codes, labels = pd.factorize(values)
    return tuple(map(str, labels)), codes.astype(np.intp)


def _is_number(values: pd.Series[Any]) -> bool:
    import pandas as pd  # noqa: PLC0415

    return bool(pd.api.types.is_numeric_dtype(values)) and not bool(
        pd.api.types.is_bool_dtype(values)
    )


def _examples(values: pd.Series[Any]) -> str:
    return ", ".join(repr(v) for v in values.dropna().unique()[:3]) or "no value"


def _variables(term: Any) -> list[str]:
    """Return the names of a term's factors as they are written."""
    return [str(factor.expr) for factor in term.factors if factor.expr not in ("0", "1")]


def _inside(factor: str) -> str:
    """Return x of C(x, ...), else the text itself."""
    found = re.fullmatch(r"C\(\s*([^,()]+?)\s*(?:,.*)?\)", factor)
    return (found[1] if found else factor).strip("`")


def _arm_of(formula: Any, table: pd.DataFrame, visit: str) -> str | None:
    """Return the one categorical factor that interacts with the visit and nothing else."""
    found: dict[str, None] = {}
    for term in formula.rhs:
        factors = [_inside(name) for name in _variables(term)]
        if len(factors) == 2 and visit in factors:
            other = next(name for name in factors if name != visit)
            if other in table.columns and not _is_number(table[other]):
                found[other] = None
    return next(iter(found)) if len(found) == 1 else None


def _refuse_twice(raw: pd.DataFrame, columns: Columns) -> None:
    keys = raw[[columns.subject, columns.visit]].dropna()
    twice = keys[keys.duplicated()]
    if len(twice):
        first = twice.iloc[0]
        raise DataError(
            f"{len(twice)} rows repeat a {columns.subject} and {columns.visit}; the first is "
            f"{first.iloc[0]!r} at {first.iloc[1]!r}. A person has one row a visit: keep one."
        )


def _refuse_infinite(raw: pd.DataFrame, names: Sequence[str]) -> None:
    for name in dict.fromkeys(names):
        values = raw[name]
        if not _is_number(values):
            continue
        bad = np.isinf(values.to_numpy(dtype=np.float64, na_value=np.nan))
        if bad.any():
            raise DataError(
                f"Column {name!r} has {int(bad.sum())} infinite value(s), the first in row "
                f"{int(np.argmax(bad)) + 1}. Correct them, or make them missing."
            )


def _refuse_two(table: pd.DataFrame, subject: str, name: str) -> None:
    levels = table.groupby(subject, observed=True)[name].nunique()
    bad = levels[levels > 1]
    if len(bad):
        raise DataError(
            f"{len(bad)} person(s) have more than one {name!r}, the first {bad.index[0]!r}. In a "
            "parallel trial everybody has one arm; if arms change within people, use "
            "`equipoise crossover`."
        )


def _refuse_weights(values: pd.Series[Any], name: str) -> None:
    bad = ~(values.to_numpy(dtype=np.float64) > 0)
    if bad.any():
        raise DataError(
            f"Weights must be above 0; {int(bad.sum())} in {name!r} are not, the first "
            f"{values.to_numpy()[int(np.argmax(bad))]!r}. Leave such rows out."
        )


def _complete(
    table: pd.DataFrame, outcome: str, needed: list[str], columns: Columns
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Drop rows that say nothing, and say how many and why."""
    scored = table[outcome].notna()
    if not scored.any():
        raise DataError(f"The outcome {outcome!r} is missing in all {len(table)} rows.")
    whole = table[needed].notna().all(axis=1)
    warnings = []
    if unusable := int((scored & ~whole).sum()):
        lacking = [name for name in needed if table.loc[scored, name].isna().any()]
        warnings.append(
            f"{unusable} of {int(scored.sum())} rows with a score lack {' or '.join(lacking)} and "
            "were left out"
        )
    complete = table[scored & whole]
    if complete.empty:
        raise DataError(f"No row has {outcome} together with {', '.join(needed)}.")
    everybody = table[columns.subject].nunique()
    lost = everybody - complete[columns.subject].nunique()
    if lost:
        warnings.append(
            f"{lost} of {everybody} people have no usable score of {outcome} and are not in the analysis"
        )
    return complete.reset_index(drop=True), tuple(warnings)


def _refuse_empty_cells(
    complete: pd.DataFrame, table: pd.DataFrame, columns: Columns, arm: str | None, outcome: str
) -> None:
    """Refuse visits without any score, and arms without any at a visit."""
    seen = complete[columns.visit].value_counts()
    if never := [str(v) for v in table[columns.visit].cat.categories if not seen.get(v, 0)]:
        raise DataError(
            f"Visit {', '.join(map(repr, never))} of {columns.visit!r} has no score of {outcome}: "
            "nothing can be said of it. Leave that visit out (its rows, and its category)."
        )
    if len(seen) < 2:
        raise DataError(
            f"All scores are of one visit, {seen.index[0]!r}: use `equipoise ancova`, which needs "
            "no covariance between visits."
        )
    if arm is None:
        return
    cells = complete.groupby([arm, columns.visit], observed=False).size()
    for (who, when), count in cells.items():
        if not count:
            raise NotIdentifiedError(
                f"Nobody in {arm} {who!r} has a score at {columns.visit} {when!r}: the arms "
                "cannot be compared there. Leave out that visit, or that arm."
            )


def _with_common_mean(frame: pd.DataFrame, columns: Columns, arm: str | None) -> pd.DataFrame:
    """For cLDA: at the common visit everybody counts as of the reference arm."""
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
    dropped: set[int] = set()
    for term, where in spec.term_indices.items():
        factors = [_inside(name) for name in _variables(term)]
        if factors == [arm]:
            dropped |= set(where)
    interaction = [
        j
        for term, where in spec.term_indices.items()
        if sorted(_inside(name) for name in _variables(term)) == sorted((arm, columns.visit))
        for j in where
    ]
    if not dropped or not interaction:
        raise DataError(
            f"A common mean at baseline needs {arm} * {columns.visit} in the formula, as in "
            f"'score ~ {arm} * {columns.visit}'. Got {columns.formula!r}."
        )
    return np.array([j for j in every if j not in dropped], dtype=np.intp)


def _plain(error: Exception) -> str:
    """Take the marks for coloured terminals out of a message."""
    text = re.sub(r"\x1b?\[[\d;]+m|[⧛⧚]", "", str(error))
    return " ".join(text.split())
