"""From a table and a formula to arrays: outcome, design, and the design had all been in one arm.

The outcome may be text or a truth value, which a formula would recode: only the right side of
the formula goes through formulaic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    import pandas as pd
    from narwhals.typing import IntoDataFrame
    from numpy.typing import NDArray

INDEPENDENT = "People are independent of each other: one row a person"
RANDOMISED = (
    "Arms were allocated at random, and whether the outcome is missing does not depend on it"
)


@dataclass(frozen=True, slots=True, eq=False)
class ArmModel:
    """Complete rows of a table, ready for a regression on arms and covariates.

    `arm` (n,) numbers the arms, the control arm 0; `arm_columns` says which column of `matrix`
    is each other arm's indicator, or is empty if the formula has interactions with the arm.
    """

    outcome: pd.Series[Any]
    matrix: NDArray[np.float64]
    columns: tuple[str, ...]
    arms: tuple[str, ...]
    arm: NDArray[np.intp]
    arm_columns: dict[str, int]
    table: pd.DataFrame
    warnings: tuple[str, ...]
    spec: Any
    arm_name: str

    @property
    def adjusted(self) -> bool:
        """Whether the formula names anything besides the arm."""
        return len(self.columns) > len(self.arms)

    def had_all_been_in(self, arm: str) -> NDArray[np.float64]:
        """Return the design (n, p) with every person moved to one arm."""
        import pandas as pd  # noqa: PLC0415

        moved = self.table.copy()
        moved[self.arm_name] = pd.Categorical([arm] * len(moved), categories=list(self.arms))
        return np.asarray(self.spec.get_model_matrix(moved), dtype=np.float64)

    def without_constant(self) -> tuple[NDArray[np.float64], tuple[str, ...]]:
        """Return the design without its column of ones, for models with cuts of their own."""
        kept = [k for k, name in enumerate(self.columns) if name != "Intercept"]
        return self.matrix[:, kept], tuple(self.columns[k] for k in kept)


def arm_model(
    frame: IntoDataFrame,
    formula: str,
    *,
    arm: str,
    control: str,
    needed: Sequence[str] = (),
) -> ArmModel:
    """Read `formula` (R's grammar) on a table, the control arm as reference.

    Parameters
    ----------
    frame
        Any data frame, one row a person; rows that lack a value are counted in `warnings`.
    formula
        ``"remission ~ arm + baseline"``; the left side is one column.
    arm, control
        Column of the arms, and the arm the others are compared with.
    needed
        Further columns that must not be missing, such as an exposure.

    Raises
    ------
    DataError
        When the formula or a column does not fit the table.
    """
    import narwhals as nw  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    table = nw.from_native(frame, eager_only=True).to_pandas()
    outcome, right, used = _parsed(formula)
    wanted = list(dict.fromkeys([outcome, arm, *used, *needed]))
    if missing := [name for name in wanted if name not in table.columns]:
        raise DataError(f"{formula!r} needs {missing}; the table has {list(table.columns)}.")
    if arm not in used:
        raise DataError(f"{formula!r} does not name the arm: write '{outcome} ~ {arm} + …'.")
    complete = table[wanted].dropna().reset_index(drop=True)
    arms = arms_of(complete[arm], control, seen=table[arm])
    text = complete[arm].map(name_of_arm)
    complete[arm] = pd.Categorical(text, categories=list(arms))
    matrix = right.get_model_matrix(complete, na_action="raise")
    columns = tuple(str(name) for name in matrix.columns)
    _check_rank(np.asarray(matrix, dtype=np.float64), columns)
    return ArmModel(
        outcome=complete[outcome],
        matrix=np.asarray(matrix, dtype=np.float64),
        columns=columns,
        arms=arms,
        arm=complete[arm].cat.codes.to_numpy().astype(np.intp),
        arm_columns=_arm_columns(columns, arm, arms),
        table=complete,
        warnings=lost_rows(len(table), len(complete)),
        spec=matrix.model_spec,
        arm_name=arm,
    )


def with_rows(model: ArmModel, keep: NDArray[np.bool_]) -> ArmModel:
    """Return the model of some of its rows."""
    return replace(
        model,
        outcome=model.outcome[keep].reset_index(drop=True),
        matrix=model.matrix[keep],
        arm=model.arm[keep],
        table=model.table[keep].reset_index(drop=True),
    )


def name_of_arm(value: object) -> str:
    """Write an arm's code as text: 1.0, which a column with gaps makes of 1, is 1."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def arms_of(column: pd.Series[Any], control: str, *, seen: pd.Series[Any]) -> tuple[str, ...]:
    """Return the arms of complete rows, the control first, then in alphabetical order.

    Raises
    ------
    DataError
        When the control is no arm, or an arm of `seen` has no complete row, or there is one arm.
    """
    before = sorted({name_of_arm(value) for value in seen.dropna()})
    names = sorted({name_of_arm(value) for value in column})
    if control not in before:
        raise DataError(f"{control!r} is no arm of column {seen.name!r}. Its arms are {before}.")
    if gone := [name for name in before if name not in names]:
        raise DataError(f"Nobody in arm {gone[0]!r} has every value that was asked for.")
    if len(names) < 2:
        raise DataError(f"A comparison needs two arms; column {seen.name!r} has {names}.")
    return (control, *(name for name in names if name != control))


def lost_rows(before: int, after: int) -> tuple[str, ...]:
    """Count the rows that were left out."""
    lost = before - after
    return (f"{lost} of {before} rows lack a value and were left out",) if lost else ()


def _parsed(formula: str) -> tuple[str, Any, list[str]]:
    import formulaic  # noqa: PLC0415  (half a second)

    try:
        parsed = formulaic.Formula(formula)
    except formulaic.errors.FormulaicError as error:
        raise DataError(f"{formula!r} is no formula: {error}") from error
    if not hasattr(parsed, "lhs"):
        raise DataError(f"{formula!r} has no outcome: write 'outcome ~ arm + baseline'.")
    left = sorted(str(name) for name in parsed.lhs.required_variables)
    if len(left) != 1 or str(parsed.lhs).strip("`") != left[0]:
        raise DataError(f"The outcome of {formula!r} must be one column as it stands.")
    return left[0], parsed.rhs, sorted(str(name) for name in parsed.rhs.required_variables)


def _arm_columns(columns: tuple[str, ...], arm: str, arms: tuple[str, ...]) -> dict[str, int]:
    """Find each arm's own indicator; none where the arm interacts with a covariate.

    Raises
    ------
    DataError
        When the formula drops the intercept: the indicators are then no comparisons.
    """
    if "Intercept" not in columns:
        raise DataError("Leave the intercept in the formula (no `- 1` or `0 +`).")
    heads = (f"{arm}[", f"C({arm})[", f"C({arm},")
    terms = [column.split(":") for column in columns]
    about = [term for term in terms if any(part.startswith(heads) for part in term)]
    if len(about) != len(arms) - 1:
        return {}
    return {
        name: next(
            k for k, term in enumerate(terms) if term in about and term[0].endswith(f"[T.{name}]")
        )
        for name in arms[1:]
    }


def _check_rank(matrix: NDArray[np.float64], columns: tuple[str, ...]) -> None:
    scaled = matrix / np.maximum(np.abs(matrix).max(axis=0), 1e-300)
    if np.linalg.matrix_rank(scaled) < matrix.shape[1]:
        raise NotIdentifiedError(
            f"The columns {list(columns)} repeat each other, so their effects cannot be told "
            "apart. Leave out a covariate that is constant or follows from the others."
        )
