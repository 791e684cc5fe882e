"""The tipping map of a trial: deltas of two arms, what the trial then says, and where it tips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.analysis.imputation.analyser import Analyser
from equipoise.analysis.imputation.ancova import default_formula
from equipoise.analysis.imputation.delta import DeltaOn, delta_grid
from equipoise.analysis.imputation.events import StrategyChoice
from equipoise.analysis.imputation.method import Kind, Method, Prior, Resampling
from equipoise.analysis.imputation.reference_based import label_for, prepared, said_of
from equipoise.analysis.imputation.rows import limits
from equipoise.analysis.imputation.setup import Setup
from equipoise.analysis.imputation.tipping import DeltaPlane, delta_plane, frontier
from equipoise.analysis.imputation.worlds import LsWeights
from equipoise.errors import DataError
from equipoise.estimates import Estimate, Estimates, Refusal

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from narwhals.typing import IntoDataFrame
    from numpy.typing import NDArray

MARGINAL = (
    "The delta is added to imputed scores after imputation: it does not carry over to other visits"
)


@dataclass(frozen=True, eq=False)
class TippingMap(Estimates):
    """The estimates, and the plane they lie on.

    Parameters
    ----------
    map
        Columns active, control (the deltas), estimate, se, low, high, p.
    frontier
        Columns control and active: where p is 1 - level; missing where it is so nowhere.
    arms
        Active and control arm.
    """

    map: pd.DataFrame = field(kw_only=True)
    frontier: pd.DataFrame = field(kw_only=True)
    arms: tuple[str, str] = field(kw_only=True)
    unit: str = field(kw_only=True)
    level: float = field(kw_only=True)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw estimate and frontier over the two deltas."""
        from equipoise import plots  # noqa: PLC0415  (matplotlib is heavy)

        return plots.tipping_map(
            self.map, arms=self.arms, scale=self.unit, alpha=1 - self.level, ax=ax
        )


def tipping_map(
    data: IntoDataFrame,
    formula: str,
    *,
    subject: str,
    visit: str,
    arm: str,
    reference: str | Mapping[str, str],
    control: str | None = None,
    active: str | None = None,
    at_visit: str | None = None,
    deltas: Sequence[float] | None = None,
    control_deltas: Sequence[float] | None = None,
    strategy: StrategyChoice = "MAR",
    events: IntoDataFrame | None = None,
    method: Kind = "conditional-mean",
    resampling: Resampling = "jackknife",
    draws: int | None = None,
    covariance: str = "us",
    covariance_by_arm: bool = False,
    reml: bool = True,
    prior: Prior = "inverse-wishart",
    burn_in: int = 100,
    ancova: str | None = None,
    ls_weights: LsWeights = "proportional",
    lag: Sequence[float] | None = None,
    delta_on: DeltaOn = "imputed",
    level: float = 0.95,
    rng: np.random.Generator | None = None,
) -> TippingMap:
    """Vary a delta in each of two arms and find where the conclusion changes.

    Parameters
    ----------
    active
        The arm that is compared with control; needed where there are several.
    at_visit
        The last by default.
    deltas, control_deltas
        Grids of the two deltas; by default 21 steps to 2 standard deviations either way, and
        `control_deltas` as `deltas`.
    lag
        A delta that grows with the time since the event: see `delta_grid`.

    The others are those of `impute_and_analyse`.

    Returns
    -------
    TippingMap
        ``imputed-contrast`` without deltas. ``tipping-point``: the delta of the active arm, with
        that of control at 0 and with both alike, nearest to 0 at which p is 1 - level.
        ``tipping-map``: the contrast at each point.
    """
    how = Method(
        method, resampling, draws, covariance, covariance_by_arm, reml, "ancova", prior, burn_in
    )
    made = prepared(
        data, formula, subject=subject, visit=visit, arm=arm, reference=reference,
        control=control, events=events, method=how, ancova=ancova, rng=rng,
    )  # fmt: skip
    grid = made.grid
    analyser = Analyser(made, ancova or default_formula(grid), ls_weights)
    number = _active(made, active)
    when = len(grid.visits) - 1 if at_visit is None else grid.index_of_visit(at_visit)
    found = made.events(strategy)
    directions = np.array(
        [
            delta_grid(made.grid, made.first, {name: 1.0}, lag=lag, on=delta_on)
            for name in (grid.arms[number], grid.arms[0])
        ]
    )
    plane = delta_plane(analyser, found, directions, visit=when, arm=number)
    own = _grid(deltas, made, when)
    other = own if control_deltas is None else _checked(control_deltas)
    arms = (grid.arms[number], grid.arms[0])
    table = _table(plane, own, other, level)
    edge = frontier(plane, other, own[0], own[-1], level)
    label = label_for(made, strategy)
    rows, refused = _points(plane, own, arms, label, level)
    as_imputed = _table(plane, np.zeros(1), np.zeros(1), level).to_dict("records")[0]
    first = _map_row(as_imputed, arms, label, level)
    rows.insert(0, replace(first, name="imputed-contrast", label=label))
    rows += [_map_row(row, arms, label, level) for row in table.to_dict("records")]
    said = said_of(analyser, found)
    said["assumptions"] = (*said["assumptions"], MARGINAL)
    named = Estimates(tuple(rows), tuple(refused)).with_fields(
        outcome=grid.outcome, visit=grid.visits[when], **said
    )
    import pandas as pd  # noqa: PLC0415

    return TippingMap(
        named.rows,
        named.refused,
        map=table,
        frontier=pd.DataFrame({"control": other, "active": edge}),
        arms=arms,
        unit=f"{grid.outcome}, {arms[0]} less {arms[1]}",
        level=level,
    )


def _active(made: Setup, active: str | None) -> int:
    arms = made.grid.arms
    if len(arms) < 2:
        raise DataError(f"A contrast needs two arms. There is {list(arms)}.")
    if active is None:
        if len(arms) > 2:
            raise DataError(f"Name the active arm, one of {list(arms[1:])}.")
        return 1
    if str(active) not in arms[1:]:
        raise DataError(f"The active arm is one of {list(arms[1:])}. Got {active!r}.")
    return arms.index(str(active))


def _grid(deltas: Sequence[float] | None, made: Setup, visit: int) -> NDArray[np.float64]:
    if deltas is not None:
        return _checked(deltas)
    sd = float(np.nanstd(made.grid.scores[:, visit]))
    edge = float(f"{2 * sd:.1g}") or 1.0
    return np.linspace(-edge, edge, 21)


def _checked(deltas: Sequence[float]) -> NDArray[np.float64]:
    values = np.unique(np.asarray(deltas, dtype=np.float64))
    if values.ndim != 1 or len(values) < 2 or not np.isfinite(values).all():
        raise DataError(f"A grid of deltas needs at least 2 finite values. Got {deltas}.")
    return values


def _table(
    plane: DeltaPlane, own: NDArray[np.float64], other: NDArray[np.float64], level: float
) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415

    active, control = (axis.reshape(-1) for axis in np.meshgrid(own, other, indexing="ij"))
    pooled = plane.at(active, control)
    half, p = limits(pooled, level)
    return pd.DataFrame(
        {
            "active": active,
            "control": control,
            "estimate": pooled.estimate,
            "se": pooled.se,
            "df": pooled.df,
            "low": pooled.estimate - half,
            "high": pooled.estimate + half,
            "p": p,
        }
    )


def _points(
    plane: DeltaPlane,
    own: NDArray[np.float64],
    arms: tuple[str, str],
    label: str,
    level: float,
) -> tuple[list[Estimate], list[Refusal]]:
    """Write the tipping points: control at 0, and both arms alike."""
    both = DeltaPlane(
        *_turned(plane, np.array([[1.0, 0, 0], [0, 1, 1], [0, 0, 0]])), plane.imputations, plane.df
    )
    rows, refused = [], []
    zero = np.zeros(1)
    for where, which in ((f"{arms[1]} 0", plane), (f"{arms[1]} alike", both)):
        point = float(frontier(which, zero, own[0], own[-1], level)[0])
        named = f"{label}, delta of {arms[0]} with {where}"
        if np.isnan(point):
            start = which.at(zero, zero)
            half, _ = limits(start, level)
            kept = "leaves out" if abs(start.estimate[0]) > half[0] else "covers"
            refused.append(
                Refusal(
                    "tipping-point",
                    f"the interval {kept} 0 at every delta between {own[0]:g} and {own[-1]:g}",
                    named,
                )
            )
            continue
        rows.append(
            Estimate(
                "tipping-point",
                label=named,
                arm=arms[0],
                estimate=point,
                unit="points added to imputed scores",
                estimand=f"the delta nearest to 0 at which p is {1 - level:g}",
            )
        )
    return rows, refused


def _turned(
    plane: DeltaPlane, turn: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    return turn @ plane.mean, turn @ plane.within @ turn.T, turn @ plane.between @ turn.T


def _map_row(row: dict[Any, float], arms: tuple[str, str], label: str, level: float) -> Estimate:
    return Estimate(
        "tipping-map",
        label=f"{label}, delta {arms[0]} {row['active']:g}, {arms[1]} {row['control']:g}",
        arm=arms[0],
        estimate=row["estimate"],
        se=row["se"],
        low=row["low"],
        high=row["high"],
        level=level,
        df=row["df"] if np.isfinite(row["df"]) else None,
        p=row["p"],
        unit=f"{arms[0]} less {arms[1]}",
    )
