"""Formulas in R's grammar: what they name, and which factor is the arm."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.analysis.mmrm.levels import is_number
from equipoise.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray


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
        raise DataError(f"{text!r} is not a formula: {plain_message(error)}") from error
    left = [column_in(v) for t in getattr(formula, "lhs", ()) for v in factors_of(t)]
    sides = (getattr(formula, "lhs", None), getattr(formula, "rhs", None))
    if len(left) != 1 or left[0] not in frame.columns or any(isinstance(s, tuple) for s in sides):
        raise DataError(
            f"{text!r} must have one outcome column on its left, and one right side: write "
            "'score ~ arm * visit'. Transform the outcome in the table, not in the formula."
        )
    named = {str(name) for name in formula.required_variables}
    used = sorted(named | (names_in(formula) & set(map(str, frame.columns))))
    if lacking := [name for name in used if name not in frame.columns]:
        raise DataError(f"{text!r} names {lacking}; the table has {list(frame.columns)}.")
    return formula, left[0], used


def names_in(formula: Any) -> set[str]:
    """Return every name that a factor speaks of, also as an argument of a function."""
    found: set[str] = set()
    for factor in {text for term in formula.rhs for text in factors_of(term)}:
        try:
            tree = ast.parse(factor, mode="eval")
        except SyntaxError:  # a name in backticks
            continue
        found |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return found


def factors_of(term: Any) -> list[str]:
    """Return the names of a term's factors as they are written."""
    return [str(factor.expr) for factor in term.factors if factor.expr not in ("0", "1")]


def column_in(factor: str) -> str:
    """Return x of C(x, ...), else the text itself."""
    found = re.fullmatch(r"C\(\s*([^,()]+?)\s*(?:,.*)?\)", factor)
    return (found[1] if found else factor).strip("`")


def arm_of(formula: Any, table: pd.DataFrame, visit: str) -> str | None:
    """Return the one categorical factor that interacts with the visit and nothing else."""
    found: dict[str, None] = {}
    for term in formula.rhs:
        factors = [column_in(name) for name in factors_of(term)]
        if len(factors) == 2 and visit in factors:
            other = next(name for name in factors if name != visit)
            if other in table.columns and not is_number(table[other]):
                found[other] = None
    return next(iter(found)) if len(found) == 1 else None


def plain_message(error: Exception) -> str:
    """Return a message without the marks for coloured terminals."""
    text = re.sub(r"\x1b?\[[\d;]+m|[⧛⧚]", "", str(error))
    return " ".join(text.split())


def parsed_hypothesis(
    text: str, columns: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the rows (q, p) and values (q,) of a linear hypothesis about named coefficients."""
    from formulaic.errors import FormulaicError  # noqa: PLC0415
    from formulaic.utils.constraints import LinearConstraints  # noqa: PLC0415

    try:
        found = LinearConstraints.from_spec(text, variable_names=list(columns))
    except (FormulaicError, ValueError, KeyError) as error:
        known = ", ".join(f"`{name}`" for name in columns)
        raise DataError(
            f"{text!r} is not a linear hypothesis about the coefficients: {plain_message(error)} "
            f"Write names in backticks, as they stand here: {known}."
        ) from error
    rows = np.asarray(found.constraint_matrix, dtype=np.float64)
    return rows, np.asarray(found.constraint_values, dtype=np.float64)
