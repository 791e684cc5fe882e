"""Rows of the result of an imputation analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from equipoise.analysis.imputation.strategies import STRATEGIES
from equipoise.errors import DataError
from equipoise.estimates import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from equipoise.analysis.imputation.events import Events
    from equipoise.analysis.imputation.pool import Pooled
    from equipoise.analysis.imputation.trial_grid import TrialGrid

NORMAL = "Scores of a person are jointly normal about the means of the imputation model"
GAPS = (
    "Scores missing before an event, or without one, are missing at random given the model's "
    "covariates and the scores seen"
)
ANCHORED = (
    "Rubin's variance with a reference-based strategy does not shrink as more is borrowed from the "
    "reference arm (information anchoring: Cro, Carpenter & Kenward 2019, J R Stat Soc A "
    "182:623-645). It is larger than the variance over repeated trials, which the conditional-mean "
    "method estimates"
)


NOISY = 0.1
"""Share of a standard error that chance in the imputations may have without a warning."""


def noise_warnings(pooled: Pooled) -> tuple[str, ...]:
    """Warn where another seed would move an estimate by more than a tenth of its standard error."""
    if pooled.monte_carlo is None:
        return ()
    share = float((pooled.monte_carlo / pooled.se).max())
    if share <= NOISY:
        return ()
    return (
        f"Another seed moves an estimate by about {share:.0%} of its standard error: ask for more "
        "draws",
    )


def assumptions_of(events: Events, unseen_only: bool) -> tuple[str, ...]:
    """Say what each strategy that somebody has assumes."""
    used = dict.fromkeys(["MAR", *np.unique(events.strategy[events.strategy != "MAR"]).tolist()])
    own = [STRATEGIES[slug].assumption for slug in used if slug != "MAR"]
    mar = STRATEGIES["MAR"].assumption if not own else GAPS
    excluded = () if unseen_only else (
        "Scores seen after an event with a strategy other than MAR are analysed as they are, but "
        "the imputation model does not learn from them",
    )  # fmt: skip
    return (*own, mar, *excluded, NORMAL)


def limits(pooled: Pooled, level: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return half widths of the intervals and two-sided p values."""
    if not 0 < level < 1:
        raise DataError(f"A confidence level lies between 0 and 1. Got {level}.")
    finite = np.isfinite(pooled.df)
    df = np.where(finite, pooled.df, 1.0)
    upper = (1 + level) / 2
    quantile = np.where(finite, stdtrit(df, upper), ndtri(upper))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = -np.abs(pooled.estimate) / pooled.se
    return quantile * pooled.se, 2 * np.where(finite, stdtr(df, ratio), ndtr(ratio))


def written(
    grid: TrialGrid, pooled: Pooled, *, label: str, level: float, unit: str
) -> Iterator[Estimate]:
    """Write pooled means and contrasts, in the order of `ancova.analyse`: contrasts first."""
    arms, visits = len(grid.arms), len(grid.visits)
    half, p = limits(pooled, level)
    contrasts: list[Estimate] = []
    means: list[Estimate] = []
    k = 0
    for visit in range(visits):
        for row in range(2 * arms - 1):
            is_mean = row < arms
            arm = grid.arms[row if is_mean else row - arms + 1]
            made = Estimate(
                "imputed-ls-mean" if is_mean else "imputed-contrast",
                label=label,
                outcome=grid.outcome,
                visit=grid.visits[visit],
                arm=arm,
                estimate=pooled.estimate[k],
                se=pooled.se[k],
                low=pooled.estimate[k] - half[k],
                high=pooled.estimate[k] + half[k],
                level=level,
                df=pooled.df[k] if np.isfinite(pooled.df[k]) else None,
                p=None if is_mean else p[k],
                unit=unit if is_mean else f"{unit} ({arm} less {grid.arms[0]})",
                estimand=_estimand(arm, None if is_mean else grid.arms[0], grid.visits[visit]),
            )
            (means if is_mean else contrasts).append(made)
            k += 1
    yield from contrasts
    yield from means


def count_rows(grid: TrialGrid) -> Iterator[Estimate]:
    """Write how many people have an imputed score, by arm and visit."""
    missing = ~grid.seen
    for number, arm in enumerate(grid.arms):
        own = grid.arm == number
        for visit, count in zip(grid.visits, missing[own].sum(axis=0).tolist(), strict=True):
            yield Estimate(
                "imputed-count",
                label=f"of {int(own.sum())}",
                outcome=grid.outcome,
                visit=visit,
                arm=arm,
                estimate=float(count),
                unit="people with an imputed score",
            )


def _estimand(arm: str, control: str | None, visit: str) -> str:
    if control is None:
        return f"mean of all randomised to {arm} at {visit}"
    return f"mean of all randomised to {arm} less that of all randomised to {control} at {visit}"
