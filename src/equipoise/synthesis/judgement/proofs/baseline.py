"""Question 1.3: whether the arms differed before treatment by more than chance explains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import fdtrc

from equipoise.synthesis.judgement.proofs.proof import Proof

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.records import UnblindedRecords

LIMIT = 0.05
"""Of the test over all covariates at once."""


def from_baseline(records: UnblindedRecords) -> dict[str, Proof | str]:
    """Answer 1.3 "probably no" where baseline differences are no larger than chance makes them.

    Standardised differences between the arms compared, over numeric covariates and baseline
    scores, are tested all at once (Hotelling's T²). A small p is left to people: chance makes one
    in twenty, and what differs matters.
    """
    arms = records.allocations.groupby("participant")["arm"].nunique()
    if (arms > 1).any():
        return {"1.3": "people change arms: each is their own control, so there is no baseline"}
    table = _baseline(records)
    active, control = (table[table["arm"] == arm] for arm in records.protocol.contrast)
    columns = [name for name in table if name not in ("participant", "arm")]
    columns = [c for c in columns if active[c].notna().sum() > 2 and control[c].notna().sum() > 2]
    one, other = active[columns].dropna(), control[columns].dropna()
    if not columns or min(len(one), len(other)) <= len(columns) + 1:
        return {"1.3": "no baseline numbers of both arms are recorded for enough people"}
    difference, p = joint_difference(one, other)
    if not np.isfinite(p):
        return {"1.3": "baseline numbers do not vary, or one is a sum of others"}
    worst = int(np.abs(difference).argmax())
    said = (
        f"{len(columns)} baseline numbers of {len(one)} and {len(other)} people; the largest "
        f"standardised difference is {abs(difference[worst]):.2f} ({columns[worst]}); p = {p:.2f} "
        "over all (Hotelling's T²)"
    )
    if p < LIMIT:
        return {"1.3": f"{said}: chance or a fault, people must look"}
    return {"1.3": Proof("PN", said)}


def joint_difference(one: ArrayLike, other: ArrayLike) -> tuple[NDArray[np.float64], float]:
    """Test the difference of k means at once: Hotelling's T² with one covariance.

    Parameters
    ----------
    one, other : shape (n, k) and (m, k)

    Returns
    -------
    tuple
        Standardised differences, shape (k,), and p of no difference; NaN where the covariance
        cannot be inverted.

    References
    ----------
    Hotelling (1931), Ann Math Stat 2:360-378.
    """
    x, y = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    n, m, k = len(x), len(y), x.shape[1]
    sums = (n - 1) * np.cov(x, rowvar=False) + (m - 1) * np.cov(y, rowvar=False)
    pooled = np.atleast_2d(sums / (n + m - 2))
    sd = np.sqrt(np.diag(pooled))
    if not (sd > 0).all():
        return np.full(k, np.nan), float("nan")
    difference = (x.mean(axis=0) - y.mean(axis=0)) / sd
    correlation = pooled / np.outer(sd, sd)
    if np.linalg.cond(correlation) > 1e12:
        return difference, float("nan")
    t2 = float(difference @ np.linalg.solve(correlation, difference)) * n * m / (n + m)
    f = t2 * (n + m - k - 1) / (k * (n + m - 2))
    return difference, float(fdtrc(k, n + m - k - 1, f))


def _baseline(records: UnblindedRecords) -> pd.DataFrame:
    """Return a row a participant: arm, numeric covariates, baseline scores."""
    import pandas as pd  # noqa: PLC0415

    people = records.participants
    numeric = [c for c in people if pd.api.types.is_numeric_dtype(people[c].dtype)]
    arm = records.allocations.drop_duplicates("participant")[["participant", "arm"]]
    table = people[["participant", *numeric]].merge(arm, on="participant", how="inner")
    before = [visit.name for visit in records.protocol.visits if visit.baseline]
    totals = records.total_scores
    scores = totals[totals["visit"].isin(before)]
    if len(scores):
        first = scores.pivot_table(
            index="participant", columns="instrument", values="score", aggfunc="first"
        )
        first.columns = [f"{name} before treatment" for name in first.columns]
        table = table.merge(first.reset_index(), on="participant", how="left")
    return table
