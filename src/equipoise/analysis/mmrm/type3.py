"""Type III tests: each term of the model adjusted for all others, other factors weighted equally.

A term's hypothesis is that its coefficients are 0 when every factor is coded to sum to zero.
Numeric covariates in interactions are held at 0, as in SAS: centre them if 0 means nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.analysis.mmrm.formulas import column_in, factors_of
from equipoise.analysis.mmrm.levels import is_number
from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.analysis.mmrm.table import ModelTable


def type3_rows(model: ModelTable) -> dict[str, NDArray[np.float64]]:
    """Return the hypothesis of each term, shape (q, p), by the term's name.

    Raises
    ------
    NotIdentifiedError
        For a constrained model, whose terms have no such form.
    """
    import formulaic  # noqa: PLC0415

    if model.columns.common_visit is not None:
        raise NotIdentifiedError(
            "Type III tests are not defined with a common mean at baseline; test the contrasts."
        )
    terms = [term for term in model.formula.rhs if factors_of(term)]
    ones = [] if len(terms) < len(list(model.formula.rhs)) else ["0"]
    coded = " + ".join([*ones, *(_sum_coded(term, model) for term in terms)])
    summed = formulaic.Formula(coded).get_model_matrix(model.table, output="numpy", context={})
    names = [str(term) for term in terms]
    X = np.asarray(summed, dtype=np.float64)
    solved, *_ = np.linalg.lstsq(X, model.design, rcond=None)
    change = np.where(np.abs(solved) > 1e-10, solved, 0.0)  # design = X change; tidied
    if not np.allclose(X @ change, model.design, atol=1e-8 * np.abs(model.design).max()):
        raise NotIdentifiedError("The terms of this formula have no sum-to-zero form.")
    where = [w for t, w in summed.model_spec.term_indices.items() if factors_of(t)]
    return {name: change[list(columns)] for name, columns in zip(names, where, strict=True)}


def _sum_coded(term: Any, model: ModelTable) -> str:
    parts = []
    for factor in factors_of(term):
        inner = column_in(factor)
        categorical = inner in model.table.columns and (
            inner != factor.strip("`") or not is_number(model.table[inner])
        )
        plain = f"`{inner}`" if not inner.isidentifier() else inner
        own = plain if inner == factor.strip("`") else factor
        parts.append(f"C({plain}, contr.sum)" if categorical else own)
    return ":".join(parts)
