"""A table of everyone who was allocated, in order of entry, as scores and codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from equipoise.allocation import IndependentBlocks
from equipoise.analysis.arm_design import arm_design
from equipoise.analysis.randomisation_test.scores import (
    log_rank_scores,
    logistic_scores,
    rank_scores,
)
from equipoise.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    from narwhals.typing import IntoDataFrame
    from numpy.typing import NDArray

    from equipoise.allocation import Procedure

Scores = Literal["outcome", "ranks", "logistic", "log-rank"]


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Rows in order of entry.

    `arms` names control, active, then the others; `code` (n,) is each person's arm among them;
    `outcome` (n,) and `covariates` (n, q) hold NaN where `complete` is False.
    """

    table: pd.DataFrame
    arms: tuple[str, ...]
    code: NDArray[np.int8]
    outcome: NDArray[np.float64]
    event: NDArray[np.float64] | None
    covariates: NDArray[np.float64] | None
    complete: NDArray[np.bool_]
    warnings: tuple[str, ...]

    def check(self, procedure: Procedure) -> None:
        """Raise DataError unless the procedure can have given these arms."""
        if procedure.people != len(self.code):
            raise DataError(
                f"The procedure allocated {procedure.people} people; the table has "
                f"{len(self.code)}. Give a row for everyone who was allocated."
            )
        if procedure.arms != len(self.arms):
            raise DataError(
                f"The procedure has {procedure.arms} arms; the table has {list(self.arms)}."
            )
        if why := procedure.impossible(self.code):
            named = ", ".join(f"arm {k} is {arm}" for k, arm in enumerate(self.arms))
            raise DataError(
                f"This allocation cannot come from {procedure.description}: {why} ({named}). Check "
                "the order of the people, the strata, and that the arm is the one that was drawn."
            )

    def scored(
        self, kind: Scores, procedure: Procedure, *, pair: bool
    ) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        """Return a score a person, NaN where not observed, and covariates still to adjust for.

        Ranks are among the people whose allocation is redrawn: of the two arms compared where
        the others are taken as given, else of all.
        """
        used = self.complete.copy()
        if pair and len(self.arms) > 2 and isinstance(procedure, IndependentBlocks):
            used &= self.code < 2
        score, X = np.full(len(used), np.nan), self.covariates
        y = self.outcome[used]
        if kind == "log-rank":
            if self.event is None:
                raise DataError("Log-rank scores need the column of the event indicator.")
            score[used] = log_rank_scores(y, self.event[used])
        elif kind == "logistic":
            score[used] = logistic_scores(y, np.empty((len(y), 0)) if X is None else X[used])
            X = None
        else:
            score[used] = rank_scores(y) if kind == "ranks" else y
        return score, X


def read_people(
    frame: IntoDataFrame,
    *,
    outcome: str,
    arm: str,
    active: str,
    control: str,
    order: str | None = None,
    covariates: Sequence[str] = (),
    event: str | None = None,
) -> People:
    """Read the columns of a table, put it in order, and count what is missing."""
    import narwhals as nw  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    table = nw.from_native(frame, eager_only=True).to_pandas()
    named = [outcome, arm, *covariates, *(name for name in (order, event) if name)]
    if missing := [name for name in named if name not in table.columns]:
        raise DataError(f"The table has no column {missing}; it has {list(table.columns)}.")
    for name in (arm, *([order] if order else [])):
        if lost := int(table[name].isna().sum()):
            raise DataError(
                f"Column {name!r} is empty for {lost} of {len(table)} people. Everyone in the "
                "table was allocated: give everyone's arm and place in the order."
            )
    tied = int(table[order].duplicated(keep=False).sum()) if order else 0
    if order:
        table = table.sort_values(order, kind="stable").reset_index(drop=True)
    arms, code = _arms(_names(table[arm]), active, control)
    y = _numbers(table, outcome)
    happened = None if event is None else _numbers(table, event)
    parts = [y, *([] if happened is None else [happened])]
    whole = np.asarray(np.isfinite(np.column_stack(parts)).all(axis=1))
    known = np.asarray(~table[list(covariates)].isna().to_numpy(dtype=bool).any(axis=1))
    complete = whole & known
    X = _covariates(table, covariates, complete) if covariates else None
    warnings = _counted(len(table), whole, known, tied, order)
    y = np.where(complete, y, np.nan)
    return People(pd.DataFrame(table), arms, code, y, happened, X, complete, warnings)


def _names(column: pd.Series[Any]) -> NDArray[np.object_]:
    """Return arms as text; codes that are whole numbers as such, however they were read."""
    if column.dtype.kind in "biuf":
        return np.array([f"{value:g}" for value in column], dtype=object)
    return column.astype(str).to_numpy(dtype=object)


def _arms(
    given: NDArray[np.object_], active: str, control: str
) -> tuple[tuple[str, ...], NDArray[np.int8]]:
    names = sorted(set(given))
    if absent := [name for name in (active, control) if name not in names] or active == control:
        raise DataError(f"Two different arms of {names} are compared; got {absent or [active]}.")
    arms = (control, active, *(name for name in names if name not in (active, control)))
    return arms, np.array([arms.index(name) for name in given], dtype=np.int8)


def _numbers(table: pd.DataFrame, name: str) -> NDArray[np.float64]:
    try:
        return table[name].to_numpy(dtype=np.float64, na_value=np.nan)
    except (ValueError, TypeError) as error:
        raise DataError(f"Column {name!r} must hold numbers: {error}.") from error


def _covariates(
    table: pd.DataFrame, names: Sequence[str], complete: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return their columns; text is coded by its levels, NaN for people who lack a value."""
    values = {}
    for name in names:
        column = table.loc[complete, name]
        numeric = column.dtype.kind in "biuf"
        values[name] = column.to_numpy() if numeric else column.astype(str).to_numpy(dtype=object)
    nobody = ["all"] * int(complete.sum())
    matrix = arm_design(nobody, ["all"], values).matrix[:, 1:]
    out = np.full((len(complete), matrix.shape[1]), np.nan)
    out[complete] = matrix
    return out


def _counted(
    people: int,
    whole: NDArray[np.bool_],
    known: NDArray[np.bool_],
    tied: int,
    order: str | None,
) -> tuple[str, ...]:
    told = []
    if lost := int((~whole).sum()):
        told.append(
            f"{lost} of {people} people have no outcome; they keep their place in the allocation "
            "and are left out of the means"
        )
    if lost := int((whole & ~known).sum()):
        told.append(f"{lost} of {people} people lack a covariate and are left out of the means")
    if tied:
        told.append(
            f"{tied} people share a value of {order!r} with another: taken in the table's order"
        )
    return tuple(told)
