"""Question 1.3: whether the arms differed before treatment by more than chance explains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from equipoise.synthesis.judgement.proofs.proof import Proof

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.records import UnblindedRecords

LIMIT = 0.05
"""Of the test over all covariates at once."""


def from_baseline(records: UnblindedRecords) -> dict[str, Proof | str]:
    """Answer 1.3 "probably no" where baseline differences are no larger than chance makes them.

    Standardised differences between the arms compared, over numeric covariates and baseline
    scores; their joint Mahalanobis distance is held against chi squared. A small p is left to
    people: chance makes one in twenty, and what differs matters.
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
    distance, largest, name = _distance(one, other)
    if not np.isfinite(distance):
        return {"1.3": "baseline numbers do not vary"}
    p = float(chdtrc(len(columns), distance))
    said = (
        f"{len(columns)} baseline numbers of {len(one)} and {len(other)} people; the largest "
        f"standardised difference is {largest:.2f} ({name}); p = {p:.2f} over all"
    )
    if p < LIMIT:
        return {"1.3": f"{said}: chance or a fault, people must look"}
    return {"1.3": Proof("PN", said)}


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


def _distance(one: pd.DataFrame, other: pd.DataFrame) -> tuple[float, float, str]:
    """Return the joint distance, and the largest standardised difference with its name."""
    x, y = one.to_numpy(dtype=np.float64), other.to_numpy(dtype=np.float64)
    n, m = len(x), len(y)
    pooled = ((n - 1) * np.cov(x, rowvar=False) + (m - 1) * np.cov(y, rowvar=False)) / (n + m - 2)
    pooled = np.atleast_2d(pooled)
    sd = np.sqrt(np.diag(pooled))
    if not (sd > 0).all():
        return float("nan"), float("nan"), ""
    difference = x.mean(axis=0) - y.mean(axis=0)
    scaled = difference / sd
    correlation = pooled / np.outer(sd, sd)
    distance = float(scaled @ np.linalg.pinv(correlation) @ scaled) * n * m / (n + m)
    worst = int(np.abs(scaled).argmax())
    return distance, float(abs(scaled[worst])), str(one.columns[worst])
