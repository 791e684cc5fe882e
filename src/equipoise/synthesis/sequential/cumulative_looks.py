"""Trials pooled as they came: one look a trial."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from equipoise.errors import DataError
from equipoise.synthesis.pairwise import Test, random_effects

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.synthesis.effects import Effects

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CumulativeLooks:
    """Looks at the first, the first two, ... trials; all arrays have shape (k,).

    `rows` is the order of the trials; `z` is the normal quantile of the same p as the test's,
    with the effect's sign; `df` is NaN for a normal test.
    """

    rows: NDArray[np.intp]
    study: tuple[str, ...]
    effect: FloatArray
    se: FloatArray
    df: FloatArray
    z: FloatArray
    tau2: float


def cumulative_looks(
    effects: Effects, order: Sequence[Any], *, method: str = "REML", test: Test = "hartung-knapp"
) -> CumulativeLooks:
    """Pool the trials up to each, in the order of a column; ties keep their order in the file.

    The first trial is alone: its own z. `tau2` is that of the last look.
    """
    if len(order) != len(effects):
        raise DataError(f"The order has {len(order)} values for {len(effects)} studies.")
    rows = np.array(sorted(range(len(effects)), key=lambda i: order[i]), dtype=np.intp)
    found = []
    tau2 = 0.0
    for m in range(1, len(rows) + 1):
        part = effects.take(rows[:m])
        if m == 1:
            found.append((float(part.y[0]), float(part.se[0]), np.nan))
            continue
        fit = random_effects(part, method=method, test=test)
        if fit.se[0] == 0:
            raise DataError(
                f"The first {m} trials have one and the same effect, so that Hartung and Knapp's "
                "standard error is 0 and any boundary would be crossed. Take the test "
                "hartung-knapp-adhoc or z."
            )
        tau2 = fit.tau2
        df = np.nan if fit.df is None else float(fit.df)
        found.append((float(fit.beta[0]), float(fit.se[0]), df))
    effect, se, df = np.array(found).T
    names = tuple(effects.study[i] for i in rows)
    return CumulativeLooks(rows, names, effect, se, df, normal_equivalent(effect / se, df), tau2)


def normal_equivalent(statistic: FloatArray, df: FloatArray) -> FloatArray:
    """Return the z with the same two-sided p as t with df; the statistic itself where df is NaN."""
    with np.errstate(invalid="ignore"):
        tail = np.where(np.isnan(df), ndtr(-np.abs(statistic)), stdtr(df, -np.abs(statistic)))
    z = -ndtri(np.maximum(tail, 1e-300))
    return np.asarray(np.sign(statistic) * np.where(np.isnan(df), np.abs(statistic), z))


def critical_value(bound: float, df: float) -> float:
    """Return the t quantile with the tail of a normal bound; the bound itself where df is NaN."""
    if np.isnan(df) or not np.isfinite(bound):
        return bound
    return float(-stdtrit(df, float(ndtr(-bound))))
