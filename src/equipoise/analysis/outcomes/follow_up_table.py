"""From a table of follow-up to arrays: time, event, arm, strata and covariates; curves to draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.analysis.arm_design import arm_design
from equipoise.analysis.outcomes.arm_model import arms_of, lost_rows, name_of_arm
from equipoise.analysis.outcomes.kaplan_meier import SurvivalCurve, follow_up, kaplan_meier
from equipoise.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    from narwhals.typing import IntoDataFrame
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class FollowUp:
    """Complete rows of a table: `arm` (n,) numbers the arms, the control arm 0."""

    time: FloatArray
    event: FloatArray
    competing: FloatArray | None
    arm: NDArray[np.intp]
    arms: tuple[str, ...]
    strata: NDArray[np.str_] | None
    cluster: NDArray[np.str_] | None
    matrix: FloatArray
    warnings: tuple[str, ...]

    def curve(self, arm: int) -> SurvivalCurve:
        """Return the Kaplan-Meier curve of one arm."""
        here = self.arm == arm
        return kaplan_meier(self.time[here], self.event[here])

    def events(self) -> dict[str, int]:
        """Count the events by arm."""
        return {name: int(self.event[self.arm == k].sum()) for k, name in enumerate(self.arms)}

    @property
    def last_common_time(self) -> float:
        """The smallest of the arms' largest times: beyond it an arm has nobody to speak for it."""
        return min(float(self.time[self.arm == k].max()) for k in range(len(self.arms)))


def read_follow_up(
    frame: IntoDataFrame,
    *,
    time: str,
    event: str,
    arm: str,
    control: str,
    covariates: Sequence[str] = (),
    strata: str | None = None,
    cluster: str | None = None,
    competing: str | None = None,
) -> FollowUp:
    """Read the columns that were named; rows that lack one of them are counted.

    Raises
    ------
    DataError
        When a column is not there or holds what it cannot.
    """
    import narwhals as nw  # noqa: PLC0415

    table = nw.from_native(frame, eager_only=True).to_pandas()
    columns = [time, event, arm, *covariates]
    columns = list(dict.fromkeys([*columns, *(c for c in (strata, cluster, competing) if c)]))
    if missing := [name for name in columns if name not in table.columns]:
        raise DataError(f"There is no column {missing}; the table has {list(table.columns)}.")
    complete = table[columns].dropna().reset_index(drop=True)
    arms = arms_of(complete[arm], control, seen=table[arm])
    given = complete[arm].map(name_of_arm).to_numpy(dtype=object)
    t, d = follow_up(_numbers(complete, time), _numbers(complete, event))
    other = _numbers(complete, competing) if competing else None
    if other is not None:
        follow_up(t, other)
    design = arm_design(given, arms, {name: complete[name].to_numpy() for name in covariates})
    return FollowUp(
        time=t,
        event=d,
        competing=other,
        arm=np.array([arms.index(name) for name in given], dtype=np.intp),
        arms=arms,
        strata=_text(complete, strata),
        cluster=_text(complete, cluster),
        matrix=design.matrix[:, 1:],
        warnings=lost_rows(len(table), len(complete)),
    )


def survival_curves(
    frame: IntoDataFrame,
    *,
    time: str,
    event: str,
    control: str,
    arm: str = "arm",
    level: float = 0.95,
) -> pd.DataFrame:
    """Return the Kaplan-Meier curves of the arms, to be drawn by `plots.kaplan_meier`.

    Returns
    -------
    DataFrame
        A row an arm and time, the first at time 0, the control arm first: ``arm, time, estimate,
        low, high, at_risk, events, censored``.
    """
    import pandas as pd  # noqa: PLC0415

    data = read_follow_up(frame, time=time, event=event, arm=arm, control=control)
    parts = []
    for k, name in enumerate(data.arms):
        curve = data.curve(k)
        low, high = curve.limits(level=level)
        leaving = -np.diff(np.append(curve.at_risk, 0))
        columns = {
            "time": (0.0, curve.time),
            "estimate": (1.0, curve.survival),
            "low": (1.0, np.where(curve.survival == 1, 1.0, low)),
            "high": (1.0, np.where(curve.survival == 1, 1.0, high)),
            "at_risk": (float(curve.at_risk[0]), curve.at_risk),
            "events": (0.0, curve.events),
            "censored": (0.0, leaving - curve.events),
        }
        part = pd.DataFrame({c: np.concatenate([[a], v]) for c, (a, v) in columns.items()})
        parts.append(part.assign(arm=name))
    return pd.concat(parts, ignore_index=True)


def _numbers(table: pd.DataFrame, column: str) -> FloatArray:
    try:
        return np.asarray(table[column], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"Column {column!r} must be numbers: {error}.") from error


def _text(table: pd.DataFrame, column: str | None) -> NDArray[Any] | None:
    return None if column is None else table[column].astype(str).to_numpy(dtype=str)
