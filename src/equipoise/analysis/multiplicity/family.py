"""The hypotheses that are adjusted together, and the rows that say what came of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from equipoise.analysis.multiplicity.bonferroni import BONFERRONI
from equipoise.analysis.multiplicity.dunnett import DUNNETT, NORMAL_ALIKE, STEP_DOWN_DUNNETT
from equipoise.analysis.multiplicity.fallback import FALLBACK
from equipoise.analysis.multiplicity.fixed_sequence import FIXED_SEQUENCE, ORDER_PLANNED
from equipoise.analysis.multiplicity.graphical import GRAPHICAL
from equipoise.analysis.multiplicity.hochberg import HOCHBERG, SIMES_HOLDS
from equipoise.analysis.multiplicity.holm import HOLM
from equipoise.analysis.multiplicity.hommel import HOMMEL
from equipoise.analysis.multiplicity.simultaneous_intervals import NO_SHARE, UNINFORMATIVE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.analysis.multiplicity.p_values import Alternative
    from equipoise.estimates import Estimate

    FloatArray = NDArray[np.float64]

Method = Literal[
    "bonferroni", "holm", "hochberg", "hommel", "fixed-sequence", "fallback", "graphical",
    "dunnett", "step-down-dunnett",
]  # fmt: skip
METHODS: tuple[Method, ...] = get_args(Method)
SOURCES: dict[Method, str] = {
    "bonferroni": BONFERRONI,
    "holm": HOLM,
    "hochberg": HOCHBERG,
    "hommel": HOMMEL,
    "fixed-sequence": FIXED_SEQUENCE,
    "fallback": FALLBACK,
    "graphical": GRAPHICAL,
    "dunnett": DUNNETT,
    "step-down-dunnett": STEP_DOWN_DUNNETT,
}
ASSUMED: dict[Method, tuple[str, ...]] = {
    "hochberg": (SIMES_HOLDS,),
    "hommel": (SIMES_HOLDS,),
    "fixed-sequence": (ORDER_PLANNED,),
    "fallback": (ORDER_PLANNED,),
    "graphical": ("The graph was fixed before any data were seen",),
    "dunnett": (NORMAL_ALIKE,),
    "step-down-dunnett": (NORMAL_ALIKE,),
}


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """Rows with their unadjusted p values, and how they are to be adjusted."""

    rows: tuple[Estimate, ...]
    p: FloatArray
    method: Method
    alpha: float
    alternative: Alternative

    @property
    def effects(self) -> tuple[FloatArray, FloatArray, FloatArray] | None:
        """Estimates, standard errors and df, shape (m,) each; None unless every row has them."""
        e, s = numbers(self.rows, "estimate"), numbers(self.rows, "se")
        whole = np.isfinite(e).all() and np.isfinite(s).all() and (s > 0).all()
        df = numbers(self.rows, "df")
        return (e, s, np.where(np.isnan(df), np.inf, df)) if whole else None

    def told(
        self, adjusted: FloatArray, limits: tuple[FloatArray, FloatArray] | None, why: str = ""
    ) -> tuple[Estimate, ...]:
        """Write the rows."""
        m = len(self.rows)
        low, high = limits if limits else (np.full(m, np.nan), np.full(m, np.nan))
        return tuple(
            _row(self, k, float(adjusted[k]), (float(low[k]), float(high[k])), why)
            for k in range(m)
        )


def _row(family: Family, place: int, p: float, limits: tuple[float, float], why: str) -> Estimate:
    row, rejected = family.rows[place], p <= family.alpha
    low, high = (limit if np.isfinite(limit) else None for limit in limits)
    given = not (np.isnan(limits[0]) or np.isnan(limits[1]))
    stepped = family.method not in ("bonferroni", "dunnett")
    warnings = (why,) if why else ()
    if given and low is None and high is None:
        warnings = (NO_SHARE,)
    elif given and stepped and rejected and 0.0 in (low, high):
        warnings = (UNINFORMATIVE,)
    name = ", ".join(part for part in (_named(row), row.label) if part)
    raw = f"Unadjusted p = {family.p[place]:.4g}, {family.alternative}"
    return replace(
        row,
        name="adjusted-p",
        label=name or None,
        low=low,
        high=high,
        level=1 - family.alpha if given else None,
        p=p,
        estimand=". ".join(part for part in (row.estimand, raw) if part),
        method=SOURCES[family.method],
        assumptions=row.assumptions + ASSUMED.get(family.method, ()),
        warnings=row.warnings + warnings,
    )


def _named(row: Estimate) -> str | None:
    return None if row.name == "adjusted-p" else row.name


def numbers(rows: tuple[Estimate, ...], field: str) -> FloatArray:
    """Return a numeric field of the rows, NaN where it is empty."""
    values = [getattr(row, field) for row in rows]
    return np.array([np.nan if v is None else v for v in values], dtype=np.float64)
