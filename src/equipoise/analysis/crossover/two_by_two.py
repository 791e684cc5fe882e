"""The AB/BA crossover by the differences and the sums of each participant's two periods.

Half the difference of the mean period differences between the sequences is the treatment effect,
free of the period effect; their half sum is the period effect. Differences hold no variance
between participants. Sums do: they are all that tells of carry-over, which is why that test has
so little power.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.linear_model import least_squares
from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from equipoise.analysis.contrast import Contrast

PERIOD_ADJUSTED = (
    "Within-participant comparison adjusted for period: two-sample t of the period differences, "
    "n - 2 df (Hills & Armitage 1979)"
)


@dataclass(frozen=True, slots=True)
class TwoByTwo:
    """What an AB/BA crossover says of treatment, period and carry-over, in outcome units.

    Parameters
    ----------
    treatment
        Active minus control.
    period
        Second period minus first.
    carry_over
        What lingers of active minus what lingers of control, from the sums over both periods.
        None when the analysis is adjusted for baselines, which says nothing of it.
    within_sd, df
        Standard deviation of one measurement about its participant's own level, and the
        degrees of freedom it rests on.
    """

    treatment: Contrast
    period: Contrast
    carry_over: Contrast | None
    within_sd: float
    df: int


def two_by_two(
    first: ArrayLike,
    second: ArrayLike,
    active_first: ArrayLike,
    covariate: ArrayLike | None = None,
) -> TwoByTwo:
    """Analyse participants with both periods.

    Parameters
    ----------
    first, second : shape (n,)
        Outcome in the first and second period.
    active_first : shape (n,)
        True where active came first: the sequence.
    covariate : shape (n,)
        First-period baseline minus second-period baseline, if each period has its own.

    Examples
    --------
    >>> result = two_by_two([5, 7, 6, 2, 1, 3], [3, 4, 4, 5, 4, 5], [1, 1, 1, 0, 0, 0])
    >>> round(result.treatment.estimate, 3), round(result.period.estimate, 3), result.df
    (2.5, 0.167, 4)

    References
    ----------
    Hills & Armitage (1979), Br J Clin Pharmacol 8:7-20. With baselines: Kenward & Roger (2010),
    Biostatistics 11:1-17.
    """
    one, two, group = _periods(first, second, active_first)
    side = np.where(group, 0.5, -0.5)  # so that a slope is the difference between sequences
    design, columns = [np.ones(len(one)), side], ["period", "sequence"]
    if covariate is not None:
        design.append(np.asarray(covariate, dtype=np.float64))
        columns.append("difference of baselines")
    change = least_squares(one - two, np.column_stack(design), columns)
    if not change.s2 > 1e-24 * max(1.0, float(np.square([one, two]).max())):
        raise NotIdentifiedError(
            "All participants of a sequence changed by the same amount: there is no variance "
            "within participants to judge by. Look whether the outcome was recorded as intended."
        )
    rest = [0.0] * (len(columns) - 2)
    carry = None
    if covariate is None:
        carry = least_squares(one + two, np.column_stack(design), columns).contrast([0, 1])
    return TwoByTwo(
        treatment=change.contrast([0, 0.5, *rest]),
        period=change.contrast([-1, 0, *rest]),
        carry_over=carry,
        within_sd=math.sqrt(float(change.s2) / 2),
        df=change.df,
    )


def _periods(
    first: ArrayLike, second: ArrayLike, active_first: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    one, two = (np.asarray(y, dtype=np.float64) for y in (first, second))
    group = np.asarray(active_first).astype(bool)
    if not (one.shape == two.shape == group.shape and one.ndim == 1):
        raise DataError(
            f"Two periods and a sequence need one value a participant. Got {one.shape}, "
            f"{two.shape} and {group.shape}."
        )
    for name, size in (("active first", group.sum()), ("control first", (~group).sum())):
        if size == 0:
            raise NotIdentifiedError(
                f"Nobody with both periods had {name}: treatment cannot be told from period. "
                "A crossover needs both orders."
            )
    return one, two, group
