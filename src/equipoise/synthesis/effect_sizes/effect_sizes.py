"""Effects of a table with declared directions, ready to pool, and as estimates to print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from equipoise.errors import DataError
from equipoise.estimates import Estimate, Estimates
from equipoise.synthesis.effect_sizes.columns import study_names
from equipoise.synthesis.effect_sizes.directions import declared_directions, rows_to_flip
from equipoise.synthesis.effect_sizes.measured import Measured, measured
from equipoise.synthesis.effect_sizes.zero_cells import ZeroCells
from equipoise.synthesis.effects import Effects

if TYPE_CHECKING:
    import pandas as pd


def effect_sizes(
    frame: pd.DataFrame,
    measure: str,
    names: Mapping[str, str] | None = None,
    *,
    study: str | None = None,
    outcome: str | None = None,
    direction: str | Mapping[str, str] | None = None,
    pool_as: str | None = None,
    arms: tuple[str, str] | None = None,
    zero: ZeroCells | None = None,
    variance: str | None = None,
) -> Measured:
    """Compute a measure for every row, with directions as declared.

    Parameters
    ----------
    frame, measure, names, study, zero, variance
        As in `measured`.
    outcome
        Column of outcomes or instruments. With several, directions must be declared.
    direction
        "lower is better" or "higher is better" for all rows, a mapping of outcomes to these, or
        the column that holds them.
    pool_as
        The direction of the pooled effect, where outcomes differ: rows of the other change sign.
    arms
        Columns that name both arms; a row that compares an arm with itself is refused.

    Raises
    ------
    DataError
        As in `measured`, and for directions that are missing, mixed within an outcome, or mixed
        between outcomes without `pool_as`.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({
    ...     "study": ["A", "B"], "scale": ["HAM-D", "WHO-5"], "mean1": [10, 60], "sd1": [6, 20],
    ...     "n1": [30, 40], "mean2": [14, 50], "sd2": [7, 21], "n2": [30, 41]})
    >>> found = effect_sizes(table, "SMD", outcome="scale", pool_as="lower is better",
    ...     direction={"HAM-D": "lower is better", "WHO-5": "higher is better"})
    >>> print(found.effects.y.round(3), found.effects.scale)
    [-0.606 -0.483] Hedges' g (below 0 favours group 1)
    """
    if arms is not None:
        _arms_differ(frame, arms, study)
    found = measured(frame, measure, names, study=study, zero=zero, variance=variance)
    return with_directions(
        found, frame, study=study, outcome=outcome, direction=direction, pool_as=pool_as
    )


def with_directions(
    found: Measured,
    frame: pd.DataFrame,
    *,
    study: str | None = None,
    outcome: str | None = None,
    direction: str | Mapping[str, str] | None = None,
    pool_as: str | None = None,
) -> Measured:
    """Turn signs where declared directions ask for it, and name the direction in the scale."""
    used = frame.iloc[found.rows]
    names = study_names(used, study)
    directions = declared_directions(used, direction, outcome, names)
    if directions is None:
        if pool_as is not None:
            raise DataError("`pool_as` needs `direction`: how each outcome runs as it is.")
        return found
    wanted, flip = rows_to_flip(
        directions, pool_as, flips=found.measure.flips, measure=found.measure.code
    )
    side = "below" if wanted == "lower is better" else "above"
    scale = found.measure.title
    if found.measure.groups == 2:  # one group favours nobody
        scale = f"{scale} ({side} 0 favours group 1)"
    effects = found.effects
    y = np.where(flip, -effects.y, effects.y)
    account = tuple(
        replace(row, flipped=bool(turn)) for row, turn in zip(found.account, flip, strict=True)
    )
    return replace(found, effects=Effects(effects.study, y, effects.v, scale), account=account)


def _arms_differ(frame: pd.DataFrame, arms: tuple[str, str], study: str | None) -> None:
    for column in arms:
        if column not in frame.columns:
            raise DataError(f"There is no column {column!r} of arms.")
    first, second = ([str(cell).strip() for cell in frame[column]] for column in arms)
    for name, one, two in zip(study_names(frame, study), first, second, strict=True):
        if one == two:
            raise DataError(f"{name} compares {one!r} with itself: look at {' and '.join(arms)}.")


def study_effects(found: Measured, *, level: float = 0.95) -> Estimates:
    """Return one estimate a study: slug `study-effect`, labelled with the study."""
    z = float(ndtri((1 + level) / 2))
    effects = found.effects
    unit = effects.scale or found.measure.title
    rows = []
    for account, y, se in zip(found.account, effects.y, effects.se, strict=True):
        turned = ("The sign was turned, since its scale runs the other way.",)
        rows.append(
            Estimate(
                "study-effect",
                label=account.study,
                estimate=y,
                se=se,
                low=y - z * se,
                high=y + z * se,
                level=level,
                unit=unit,
                method=f"{account.measure} from {account.source}",
                assumptions=account.assumptions + (turned if account.flipped else ()),
                warnings=found.warnings,
            )
        )
    return Estimates(tuple(rows))
