"""Heterogeneity, inconsistency and ranks of a network, as rows."""

from __future__ import annotations

from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.i2 import i2_interval, i2_of_q
from equipoise.synthesis.network.fit import NetworkFit
from equipoise.synthesis.network.heterogeneity import SOURCES
from equipoise.synthesis.network.inconsistency import QTest, q_split
from equipoise.synthesis.network.network import Network
from equipoise.synthesis.network.p_scores import SmallValues, p_scores

VARIANCE = "variance of a comparison's true effects between studies"
P_SCORE = "P-score (Rücker & Schwarzer 2015)"
UNDECLARED = (
    "Nobody said whether small values are good or bad (--small-values): P-scores are given for "
    "either, plain where large values are good, and as `A, if small values are good`."
)


def heterogeneity_rows(fit: NetworkFit, common: NetworkFit, method: str, level: float) -> Estimates:
    """Return the `tau2` and `i2-q` rows."""
    if common.df < 1:
        reason = "as many effects as data: no study repeats what others tell"
        return Estimates(refused=(Refusal("tau2", reason), Refusal("i2-q", reason)))
    source = SOURCES.get(method, "set by the analyst")
    tau2 = Estimate(
        "tau2", estimate=fit.tau2, unit=VARIANCE,
        method=f"{method}: {source}; one tau2 for all comparisons",
    )  # fmt: skip
    low, high = i2_interval(common.q, common.df, level) or (None, None)
    i2 = Estimate(
        "i2-q", estimate=i2_of_q(common.q, common.df), low=low, high=high, level=level,
        unit="percent",
        method="From Q; interval of Higgins & Thompson 2002",
    )  # fmt: skip
    return Estimates((tau2, i2))


def q_rows(network: Network) -> Estimates:
    """Return the `q-test` rows: total, within, between, by design, detached, with interaction."""
    split = q_split(network)
    source = "Common effects (Krahn, Binder & König 2013)"
    rows = [
        *(_q_row(test, test.label, source) for test in (split.total, split.within, split.between)),
        *(_q_row(test, f"within {test.label}", source) for test in split.by_design),
        *(_q_row(test, f"between, without {test.label}", source) for test in split.detached),
        _q_row(
            split.interaction,
            "between designs, random effects",
            "Design-by-treatment interaction, widened by tau2 within designs (Jackson et al. 2014)",
        ),
    ]
    within = Estimate(
        "tau2", label="within designs", estimate=split.tau2_within, unit=VARIANCE,
        method="DL in the design-by-treatment interaction model",
    )  # fmt: skip
    parts = [
        Estimate("inconsistency-part", label=label, estimate=part, method=source,
                 unit="part of Q between designs")
        for label, part in split.parts.items()
    ]  # fmt: skip
    given = tuple(row for row in (*rows, *parts) if row is not None)
    lacking = () if split.between.df else (
        Refusal("q-test", "no two designs tell of the same comparison", "between designs"),
    )  # fmt: skip
    return Estimates((*given, within) if split.within.df > 0 else given, lacking)


def _q_row(test: QTest, label: str, method: str) -> Estimate | None:
    if test.df < 1:
        return None
    unit = f"chi-squared with {test.df} df"
    return Estimate(
        "q-test", label=label, estimate=test.q, df=test.df, p=test.p, unit=unit, method=method
    )


def p_score_rows(
    network: Network,
    random: NetworkFit,
    common: NetworkFit,
    small_values: SmallValues | None,
) -> Estimates:
    """Return `p-score` and `p-score-common` rows; for either direction where none is declared."""
    rows = []
    for name, fit in (("p-score", random), ("p-score-common", common)):
        score = p_scores(fit.differences, fit.se, small_values=small_values or "bad")
        rows += [_p_score(name, t, s, small_values) for t, s in
                 zip(network.treatments, score.tolist(), strict=True)]  # fmt: skip
        if small_values is None:
            rows += [_p_score(name, f"{t}, if small values are good", 1 - s, None) for t, s in
                     zip(network.treatments, score.tolist(), strict=True)]  # fmt: skip
    return Estimates(tuple(rows))


def _p_score(name: str, label: str, score: float, declared: SmallValues | None) -> Estimate:
    return Estimate(
        name, label=label, estimate=score, unit="certainty of being better, mean over rivals",
        method=P_SCORE + (f"; small values are {declared}" if declared else ""),
        warnings=() if declared else (UNDECLARED,),
    )  # fmt: skip


def total_people(network: Network) -> dict[str, float]:
    """Return how many people received each treatment, NaN where a study does not say."""
    people = dict.fromkeys(network.treatments, 0.0)
    for block in network.blocks:
        for name, n in zip(block.treatments, block.people, strict=True):
            people[name] += float(n)
    return people
