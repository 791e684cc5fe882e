"""The league as rows: every treatment against every other, with ratios and prediction intervals."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from scipy.special import ndtr, ndtri, stdtrit

from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.network.fit import NetworkFit
from equipoise.synthesis.network.network import Network

PREDICTION = "Estimate ± t(df of Q) of tau2 and squared standard error (Veroniki et al. 2019)"


@dataclass(frozen=True, slots=True)
class Told:
    """What all rows of one analysis share: method, unit, level, status of their model."""

    unit: str
    ratio: str | None
    random: str
    common: str
    level: float


def ordered_pairs(network: Network, reference: int) -> Iterator[tuple[int, int]]:
    """Every ordered pair: those against the reference first, then each pair both ways."""
    T = range(len(network.treatments))
    yield from ((i, reference) for i in T if i != reference)
    yield from ((i, j) for i in T for j in T if i < j and reference != j)
    yield from ((i, j) for i in T for j in T if i > j and reference != j)


def label_of(network: Network, i: int, j: int) -> str:
    """Write "A vs B": A less B."""
    return f"{network.treatments[i]} vs {network.treatments[j]}"


def normal_row(
    name: str, label: str, effect: tuple[float, float], told: Told, method: str
) -> Estimate:
    """Return a row of an effect and its standard error, with a normal interval and p value."""
    value, se = effect
    half = float(ndtri((1 + told.level) / 2)) * se
    p = 2 * float(ndtr(-abs(value) / se)) if se > 0 else None
    return Estimate(
        name, label=label, estimate=value, se=se, low=value - half, high=value + half,
        level=told.level, p=p, unit=told.unit, method=method,
    )  # fmt: skip


def league_rows(
    network: Network, random: NetworkFit, common: NetworkFit, reference: int, told: Told
) -> Estimates:
    """Return `network-effect`, `-common`, `network-ratio` and `prediction-interval` rows."""
    rows = []
    models = [("", random, told.random), ("-common", common, told.common)]
    for suffix, fit, method in models:
        d, s = fit.differences.tolist(), fit.se.tolist()
        effects = [
            normal_row(
                f"network-effect{suffix}", label_of(network, i, j), (d[i][j], s[i][j]), told, method
            )
            for i, j in ordered_pairs(network, reference)
        ]
        rows += effects
        if told.ratio:
            rows += [_ratio(row, f"network-ratio{suffix}", told.ratio) for row in effects]
    return Estimates(tuple(rows)) + _predictions(network, random, reference, told)


def _ratio(row: Estimate, name: str, unit: str) -> Estimate:
    def back(value: float | None) -> float | None:
        return None if value is None else math.exp(value)

    return Estimate(
        name, label=row.label, estimate=back(row.estimate), low=back(row.low), high=back(row.high),
        level=row.level, p=row.p, unit=unit, method=row.method,
    )  # fmt: skip


def _predictions(network: Network, fit: NetworkFit, reference: int, told: Told) -> Estimates:
    df = fit.df
    if df < 1:
        reason = "as many effects as data: how they differ between studies is unknown"
        return Estimates(refused=(Refusal("prediction-interval", reason),))
    t, rows = float(stdtrit(df, (1 + told.level) / 2)), []
    d, v = fit.differences.tolist(), fit.variances.tolist()
    for i, j in ordered_pairs(network, reference):
        se = math.sqrt(v[i][j] + fit.tau2)
        rows.append(
            Estimate(
                "prediction-interval", label=label_of(network, i, j), estimate=d[i][j], se=se,
                low=d[i][j] - t * se, high=d[i][j] + t * se, level=told.level, df=df,
                unit=told.unit, method=PREDICTION, estimand="effect in a new study",
            )
        )  # fmt: skip
    return Estimates(tuple(rows))
