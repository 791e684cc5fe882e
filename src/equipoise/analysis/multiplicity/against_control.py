"""Several arms of a table against one control: differences in means, adjusted for being several."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.contrast import Contrast
from equipoise.analysis.multiplicity.adjust import adjust
from equipoise.analysis.multiplicity.dunnett import contrasts_with_control
from equipoise.analysis.rows import estimate_row
from equipoise.errors import DataError
from equipoise.estimates import Estimates

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame

    from equipoise.analysis.multiplicity.family import Method
    from equipoise.analysis.multiplicity.p_values import Alternative


def against_control(
    frame: IntoDataFrame,
    score: str,
    *,
    control: str,
    arm: str = "arm",
    method: Method = "dunnett",
    alternative: Alternative = "two-sided",
    alpha: float = 0.05,
    unit: str | None = None,
) -> Estimates:
    """Compare the mean of every arm with the control's, one pooled variance for all.

    Parameters
    ----------
    frame
        Any data frame, one row a person.
    score, arm
        Its columns of scores and arms; rows that lack one are left out and counted.
    control
        The arm that the others are compared with.
    method, alternative, alpha
        As in `adjust`.
    unit
        Of the scores.

    Returns
    -------
    Estimates
        ``adjusted-p`` for each other arm, in alphabetical order: difference, standard error and
        df, the adjusted p value, and the simultaneous interval where the method has one.
    """
    import narwhals as nw  # noqa: PLC0415

    table = nw.from_native(frame, eager_only=True).to_pandas()
    if missing := [name for name in (score, arm) if name not in table]:
        raise DataError(f"The table has no column {missing}; it has {list(table.columns)}.")
    complete = table.dropna(subset=[score, arm])
    groups = {str(name): rows[score].to_numpy() for name, rows in complete.groupby(arm)}
    if control not in groups or len(groups) < 2:
        raise DataError(f"{control!r} and another arm are needed; those with scores: {[*groups]}.")
    others = [name for name in groups if name != control]
    family = contrasts_with_control(groups[control], *(groups[name] for name in others))
    rows = tuple(
        estimate_row(
            "total-effect", Contrast(float(e), float(s), family.df), level=1 - alpha, arm=name,
            unit=unit,
        )
        for name, e, s in zip(others, family.estimate, family.se, strict=True)
    )  # fmt: skip
    joint = method in ("dunnett", "step-down-dunnett")
    found = adjust(
        Estimates(rows), method, alpha=alpha, alternative=alternative,
        sizes=np.array([groups[name].size for name in others]) if joint else None,
        control_size=float(groups[control].size) if joint else None,
    )  # fmt: skip
    lost = len(table) - len(complete)
    told = (
        (f"{lost} of {len(table)} rows lack a score or an arm and were left out",) if lost else ()
    )
    return Estimates(tuple(replace(row, warnings=row.warnings + told) for row in found))
