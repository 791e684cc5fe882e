"""Crossover of any design: treatment and period fixed, participant random.

Participants with some periods missing stay in: what they tell between participants is weighed in
by its precision. First-order carry-over is what the treatment of the period before leaves behind,
as its difference from what control leaves; what control leaves is part of the period effects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from equipoise.analysis.clusters import clusters_of
from equipoise.analysis.contrast import Contrast
from equipoise.analysis.mixed_model import MixedModelFit, random_intercept_fit
from equipoise.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

DegreesOfFreedom = Literal["satterthwaite", "between-within"]
PERIOD_MODEL = (
    "Linear mixed model: treatment and period fixed, random intercept per participant, REML"
)


@dataclass(frozen=True, slots=True, eq=False)
class PeriodModel:
    """A fit with each treatment minus control, each period minus the first, and carry-over.

    `carry_over` holds what each treatment leaves behind minus what control leaves; empty if it
    is not in the model. `price` is then how many times larger the variance of each treatment
    effect is than without it, at the same variance components.
    """

    fit: MixedModelFit
    treatments: dict[str, Contrast]
    periods: dict[str, Contrast]
    carry_over: dict[str, Contrast]
    price: dict[str, float]


def period_model(
    outcome: ArrayLike,
    participant: ArrayLike,
    period: ArrayLike,
    treatment: ArrayLike,
    *,
    control: str,
    previous: ArrayLike | None = None,
    covariates: dict[str, NDArray[np.float64]] | None = None,
    df: DegreesOfFreedom = "satterthwaite",
) -> PeriodModel:
    """Fit outcome ~ treatment + period (+ carry-over) + random participant by REML.

    Parameters
    ----------
    outcome : shape (n,)
    participant, period, treatment : shape (n,)
        Labels; the first period in sorted order is the reference.
    previous : shape (n,)
        Treatment of the period before, "" in the first: puts carry-over into the model.
    covariates
        Name to values of shape (n,).
    df
        Satterthwaite's, or between-within: rows less participants less the coefficients that
        vary within participants.

    References
    ----------
    Jones & Kenward (2014), Design and Analysis of Cross-Over Trials, 3rd ed., CRC Press.
    """
    y, people = np.asarray(outcome, dtype=np.float64), np.asarray(participant)
    given, when = np.asarray(treatment, dtype=object), np.asarray(period)
    others = sorted(set(given.tolist()) - {control})
    if control not in set(given.tolist()) or not others:
        raise DataError(f"Control {control!r} and another treatment are needed. Got {others}.")
    later = np.unique(when)[1:]
    columns: dict[str, NDArray[np.float64]] = {"intercept": np.ones(len(y))}
    columns |= {f"treatment {name}": _is(given, name) for name in others}
    columns |= {f"period {k}": (when == k).astype(np.float64) for k in later}
    columns |= covariates or {}
    plain = np.column_stack(list(columns.values()))
    if previous is not None:
        before = np.asarray(previous, dtype=object)
        columns |= {f"carry-over of {name}": _is(before, name) for name in others}
    X = np.column_stack(list(columns.values()))
    fit = random_intercept_fit(y, X, people, columns=list(columns))
    denominator = None if df == "satterthwaite" else _between_within(X, people)
    at = {name: _coefficient(fit, k, denominator) for k, name in enumerate(columns)}
    return PeriodModel(
        fit=fit,
        treatments={name: at[f"treatment {name}"] for name in others},
        periods={str(k): at[f"period {k}"] for k in later},
        carry_over={n: at[f"carry-over of {n}"] for n in others if previous is not None},
        price=_price(fit, plain, people, others) if previous is not None else {},
    )


def _is(labels: NDArray[np.object_], name: str) -> NDArray[np.float64]:
    return np.asarray(labels == name, dtype=np.float64)


def _coefficient(fit: MixedModelFit, k: int, df: int | None) -> Contrast:
    effect = fit.contrast(np.eye(len(fit.coefficients))[k])
    return effect if df is None else effect._replace(df=float(df))


def _between_within(X: NDArray[np.float64], people: NDArray[np.generic]) -> int:
    """Return rows less participants less the rank of the design within participants."""
    order, starts, sizes = clusters_of(people)
    table = X[order]
    means = np.add.reduceat(table, starts, axis=0) / sizes[:, None]
    within = table - np.repeat(means, sizes, axis=0)
    df = len(X) - len(sizes) - int(np.linalg.matrix_rank(within))
    if df < 1:
        raise DataError(
            "No degrees of freedom are left within participants for between-within df. "
            "Use Satterthwaite's, or leave carry-over out."
        )
    return df


def _price(
    fit: MixedModelFit,
    plain: NDArray[np.float64],
    people: NDArray[np.generic],
    names: Sequence[str],
) -> dict[str, float]:
    """Return the variance with carry-over over the variance without, at the fitted components."""
    order, starts, sizes = clusters_of(people)
    sums = np.add.reduceat(plain[order], starts, axis=0)
    shrink = fit.s2b / (fit.s2 + sizes * fit.s2b)
    information = (plain.T @ plain - (sums * shrink[:, None]).T @ sums) / fit.s2
    variance = np.diagonal(np.linalg.inv(information))
    with_it = np.diagonal(fit.covariance)
    return {name: float(with_it[1 + k] / variance[1 + k]) for k, name in enumerate(names)}
