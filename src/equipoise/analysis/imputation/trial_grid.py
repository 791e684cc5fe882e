"""A person's table as a full grid: every person at every visit, covariates known, scores or not.

People stand in natural order of their label and visits in theirs, so that no result, random ones
included, depends on the order of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.analysis.mmrm.formulas import parsed
from equipoise.analysis.mmrm.levels import as_levels
from equipoise.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from narwhals.typing import IntoDataFrame
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class TrialGrid:
    """n people at m visits.

    Parameters
    ----------
    frame
        n m rows, people outermost: subject (categorical), visit and arm (categorical), covariates
        and the outcome, NaN where it was not seen.
    scores
        Shape (n, m), NaN where not seen.
    arm
        Shape (n,): index in `arms`, of which the first is the control.
    person_covariates
        Covariates of the formula that are the same at all visits of everybody.
    """

    frame: pd.DataFrame
    subject: str
    visit: str
    arm_column: str
    outcome: str
    formula: str
    people: tuple[str, ...]
    visits: tuple[str, ...]
    arms: tuple[str, ...]
    scores: NDArray[np.float64]
    arm: NDArray[np.intp]
    person_covariates: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Where a score was seen, shape (n, m)."""
        return ~np.isnan(self.scores)

    def index_of_person(self, label: object) -> int:
        """Return the number of a person."""
        return _index(self.people, label, f"{self.subject} in the analysis")

    def index_of_visit(self, label: object) -> int:
        """Return the number of a visit."""
        return _index(self.visits, label, f"visit of {self.visit!r}")


def trial_grid(
    data: IntoDataFrame,
    formula: str,
    *,
    subject: str,
    visit: str,
    arm: str,
    control: str | None = None,
    others: Sequence[str] = (),
) -> TrialGrid:
    """Check a table and lay it out as a grid.

    Parameters
    ----------
    formula
        Of the imputation model.
    control
        The arm that stands first; None: the first in natural order.
    others
        Further columns that the analysis after imputation needs.

    Raises
    ------
    DataError
        For a missing column, a person twice at a visit or in two arms, a covariate that changes
        over visits and is not given where the score is missing.
    """
    import narwhals as nw  # noqa: PLC0415

    raw: pd.DataFrame = nw.from_native(data, eager_only=True).to_pandas()
    _, outcome, used = parsed(formula, raw)
    covariates = list(dict.fromkeys(n for n in (*used, *others) if n != outcome))
    covariates = [name for name in covariates if name not in (subject, visit, arm)]
    needed = [subject, visit, arm, outcome, *covariates]
    if lacking := [name for name in needed if name not in raw.columns]:
        raise DataError(f"The table lacks {lacking}; its columns are {list(raw.columns)}.")
    raw = raw[needed]
    if unnamed := int(raw[[subject, visit]].isna().any(axis=1).sum()):
        raise DataError(f"{unnamed} rows lack {subject!r} or {visit!r}: say whose they are.")
    who, when = as_levels(raw[subject], what=subject), as_levels(raw[visit], what=visit)
    who, when = who.cat.remove_unused_categories(), when.cat.remove_unused_categories()
    n, m = len(who.cat.categories), len(when.cat.categories)
    place = who.cat.codes.to_numpy().astype(np.intp) * m + when.cat.codes.to_numpy()
    _refuse_twice(place, raw, subject, visit)
    scores = _scores(raw[outcome], place, n * m)
    arms = as_levels(raw[arm], first=control, what=arm).cat.remove_unused_categories()
    columns = {name: _filled(raw[name], place, n, m) for name in covariates}
    for name, column in columns.items():
        _refuse_unknown(column, scores, who, name, outcome)
    own_arm = _filled(arms, place, n, m)
    if own_arm.varies.any():
        bad = who.cat.categories[own_arm.varies]
        raise DataError(
            f"{len(bad)} person(s) have more than one {arm!r}, the first {bad[0]!r}: everybody has "
            "one arm here."
        )
    kept, warnings = _kept({arm: own_arm, **columns}, n)
    frame = _frame(
        {arm: own_arm, **columns}, kept, who=who.cat.categories, when=when.cat.categories,
        names=(subject, visit),
    )  # fmt: skip
    frame[outcome] = scores.reshape(n, m)[kept].reshape(-1)
    return TrialGrid(
        frame=frame,
        subject=subject,
        visit=visit,
        arm_column=arm,
        outcome=outcome,
        formula=formula,
        people=tuple(map(str, who.cat.categories[kept])),
        visits=tuple(map(str, when.cat.categories)),
        arms=tuple(map(str, arms.cat.categories)),
        scores=scores.reshape(n, m)[kept],
        arm=frame[arm].cat.codes.to_numpy().reshape(-1, m)[:, 0].astype(np.intp),
        person_covariates=tuple(n for n in covariates if n in used and not columns[n].varies.any()),
        warnings=warnings,
    )


@dataclass(frozen=True, eq=False)
class _Column:
    """A column on the grid: codes (n, m) into `levels`, -1 unknown; who has several values."""

    codes: NDArray[np.intp]
    levels: Any
    varies: NDArray[np.bool_]


def _filled(values: pd.Series[Any], place: NDArray[np.intp], n: int, m: int) -> _Column:
    """Lay a column on the grid; what is the same in all rows of a person holds everywhere."""
    import pandas as pd  # noqa: PLC0415

    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, levels = values.cat.codes.to_numpy().astype(np.intp), values.cat.categories
    else:
        codes, levels = pd.factorize(values, sort=True)
    flat = np.full(n * m, -1, dtype=np.intp)
    flat[place] = codes
    grid = flat.reshape(n, m)
    highest = grid.max(axis=1)
    lowest = np.where(grid < 0, len(levels), grid).min(axis=1)
    constant = (lowest == highest) | (highest < 0)
    grid = np.where(constant[:, None], highest[:, None], grid)
    dtype = values.dtype if isinstance(values.dtype, pd.CategoricalDtype) else None
    return _Column(grid, pd.Series(levels, dtype=None if dtype is None else dtype), ~constant)


def _frame(
    columns: dict[str, _Column],
    kept: NDArray[np.bool_],
    *,
    who: pd.Index[Any],
    when: pd.Index[Any],
    names: tuple[str, str],
) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415

    m = len(when)
    people = np.repeat(np.arange(int(kept.sum())), m)
    visits = np.tile(np.arange(m), int(kept.sum()))
    table: dict[str, Any] = {
        names[0]: pd.Categorical.from_codes(people, who[kept]),
        names[1]: pd.Categorical.from_codes(visits, when),
    }
    for name, column in columns.items():
        table[name] = column.levels.iloc[column.codes[kept].reshape(-1)].array
    return pd.DataFrame(table)


def _scores(values: pd.Series[Any], place: NDArray[np.intp], size: int) -> NDArray[np.float64]:
    import pandas as pd  # noqa: PLC0415

    if not pd.api.types.is_numeric_dtype(values):
        raise DataError(
            f"The outcome {values.name!r} must be numbers; it has {values.dropna().unique()[:3]}."
        )
    scores = np.full(size, np.nan)
    scores[place] = values.to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(scores).any():
        raise DataError(f"The outcome {values.name!r} has infinite values: make them missing.")
    return scores


def _refuse_twice(place: NDArray[np.intp], raw: pd.DataFrame, subject: str, visit: str) -> None:
    _, first, count = np.unique(place, return_index=True, return_counts=True)
    if (count > 1).any():
        row = raw.iloc[int(first[count > 1][0])]
        raise DataError(
            f"{int((count > 1).sum())} pairs of {subject} and {visit} have several rows; the first "
            f"is {row[subject]!r} at {row[visit]!r}. A person has one row a visit: keep one."
        )


def _refuse_unknown(
    column: _Column,
    scores: NDArray[np.float64],
    who: pd.Series[Any],
    name: str,
    outcome: str,
) -> None:
    """Refuse a covariate that varies over visits and is unknown where a score is to be imputed."""
    lost = (column.codes < 0).any(axis=1) & column.varies
    if lost.any():
        raise DataError(
            f"Covariate {name!r} changes over visits and is unknown at some of them in "
            f"{int(lost.sum())} person(s), the first {who.cat.categories[int(np.argmax(lost))]!r}. "
            f"To impute {outcome}, give a row with {name!r} for each visit, with the outcome empty."
        )
    if len(column.levels) < 1:
        raise DataError(f"Covariate {name!r} is missing in all {len(scores)} rows.")


def _kept(columns: dict[str, _Column], n: int) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """Leave out people without a covariate; say how many and of which."""
    kept = np.ones(n, dtype=bool)
    lacking = []
    for name, column in columns.items():
        known = (column.codes >= 0).all(axis=1)
        if not known.all():
            lacking.append(name)
        kept &= known
    if kept.all():
        return kept, ()
    text = f"{int((~kept).sum())} of {n} people lack {' or '.join(lacking)} and were left out"
    if not kept.any():
        raise DataError(f"{text}: nobody is left.")
    return kept, (text,)


def _index(labels: tuple[str, ...], label: object, what: str) -> int:
    text = str(int(label)) if isinstance(label, float) and label.is_integer() else str(label)
    if text not in labels:
        shown = ", ".join(labels[:6]) + (", ..." if len(labels) > 6 else "")
        raise DataError(f"{text!r} is no {what}: {shown}.")
    return labels.index(text)
