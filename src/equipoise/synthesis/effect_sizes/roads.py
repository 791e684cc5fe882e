"""Roads from what papers report to one measure, the most trustworthy first.

Each road names the columns it needs. A row takes the first road whose numbers it has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from equipoise.synthesis.effect_sizes import conversions as conv
from equipoise.synthesis.effect_sizes.checks import EffectSize, FloatArray, need_positive
from equipoise.synthesis.effect_sizes.conversions.statistics_to_smd import STUDENT
from equipoise.synthesis.effect_sizes.measured import SE_TO_SD
from equipoise.synthesis.effect_sizes.measures import MEASURES
from equipoise.synthesis.effect_sizes.two_by_two import log_odds_ratio

Values = Mapping[str, FloatArray]
CHANGE = "Changes are standardised by the standard deviation of changes, not of scores."
AS_REPORTED = "The effect and its standard error are taken as the paper reports them."


@dataclass(frozen=True, slots=True)
class Settings:
    """What roads may ask: the level of the papers' intervals, the variance, names of studies."""

    level: float
    options: Mapping[str, Any]
    study: Sequence[str]


@dataclass(frozen=True, slots=True)
class Arrived:
    """Effects, what they assume, and what the data say against it."""

    effect: EffectSize
    assumptions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Road:
    """One way to a measure: its name in an account, its columns, its arithmetic."""

    source: str
    needs: tuple[str, ...]
    walk: Callable[[str, Values, Settings], Arrived]


GROUPS = ("n1", "n2")


def _arms(*stems: str) -> tuple[str, ...]:
    return tuple(f"{stem}{arm}" for arm in (1, 2) for stem in stems)


def _of_means(
    measure: str, groups: Sequence[tuple[FloatArray, FloatArray]], v: Values, to: Settings
) -> EffectSize:
    (mean1, sd1), (mean2, sd2) = groups
    compute = MEASURES[measure].compute
    return compute(mean1, sd1, v["n1"], mean2, sd2, v["n2"], **to.options, study=to.study)


def _means(measure: str, v: Values, to: Settings) -> Arrived:
    groups = [(v[f"mean{arm}"], v[f"sd{arm}"]) for arm in (1, 2)]
    return Arrived(_of_means(measure, groups, v, to))


def _means_and_ses(measure: str, v: Values, to: Settings) -> Arrived:
    groups = [
        (v[f"mean{arm}"], conv.sd_from_se(v[f"se{arm}"], v[f"n{arm}"], study=to.study))
        for arm in (1, 2)
    ]
    return Arrived(_of_means(measure, groups, v, to), (SE_TO_SD,))


def _means_and_intervals(measure: str, v: Values, to: Settings) -> Arrived:
    groups = []
    for arm in (1, 2):
        low, high, n = v[f"low{arm}"], v[f"high{arm}"], v[f"n{arm}"]
        sd = conv.sd_from_interval(low, high, n, level=to.level, study=to.study)
        groups.append((v[f"mean{arm}"], sd))
    told = (f"The {100 * to.level:g}% intervals of the means are from t with n - 1 df.",)
    return Arrived(_of_means(measure, groups, v, to), told)


def _changes(measure: str, v: Values, to: Settings) -> Arrived:
    groups = [(v[f"change{arm}"], v[f"change_sd{arm}"]) for arm in (1, 2)]
    told = (CHANGE,) if measure.startswith("SMD") else ()
    return Arrived(_of_means(measure, groups, v, to), told)


def _quantiles(source: str, method: Callable[..., conv.GroupSummary], *stems: str) -> Road:
    def walk(measure: str, v: Values, to: Settings) -> Arrived:
        made = [
            method(*(v[f"{stem}{arm}"] for stem in stems), v[f"n{arm}"], study=to.study)
            for arm in (1, 2)
        ]
        groups = [(summary.mean, summary.sd) for summary in made]
        warnings = dict.fromkeys(made[0].warnings + made[1].warnings)
        effect = _of_means(measure, groups, v, to)
        return Arrived(effect, made[0].assumptions, tuple(warnings))

    return Road(source, (*_arms(*stems), *GROUPS), walk)


def _difference(measure: str, v: Values, se: FloatArray, to: Settings, told: str) -> Arrived:
    """Take a mean difference and its standard error to MD, or over the pooled SD to SMD."""
    if measure == "MD":
        return Arrived(EffectSize(v["md"], se**2), (told,))
    sd = conv.pooled_sd_from_se(se, v["n1"], v["n2"], study=to.study)
    g = conv.smd_from_mean_difference(
        v["md"],
        sd,
        v["n1"],
        v["n2"],
        **to.options,
        study=to.study,
    )
    unadjusted = "The mean difference is not adjusted: its standard error gives the pooled SD."
    return Arrived(g.effect, (told, unadjusted, *g.assumptions))


def _difference_and_interval(measure: str, v: Values, to: Settings) -> Arrived:
    df = v["n1"] + v["n2"] - 2
    se = conv.se_from_interval(
        v["md_low"], v["md_high"], estimate=v["md"], level=to.level, df=df, study=to.study
    )
    told = f"The {100 * to.level:g}% interval of the difference is from t with n1 + n2 - 2 df."
    return _difference(measure, v, se, to, told)


def _difference_and_se(measure: str, v: Values, to: Settings) -> Arrived:
    need_positive(to.study, "a standard error", md_se=v["md_se"])
    return _difference(measure, v, v["md_se"], to, "The standard error is of the difference.")


def _difference_and_p(measure: str, v: Values, to: Settings) -> Arrived:
    df = v["n1"] + v["n2"] - 2
    se = conv.se_from_p(v["md"], v["p"], df=df, study=to.study)
    return _difference(measure, v, se, to, "p is exact, two-sided, of t with n1 + n2 - 2 df.")


def _difference_and_t(measure: str, v: Values, to: Settings) -> Arrived:
    need_positive(to.study, "the ratio of a difference to its t", ratio=v["md"] / v["t"])
    return _difference(measure, v, v["md"] / v["t"], to, STUDENT)


def _from(function: Callable[..., conv.Converted], *names: str) -> Callable[..., Arrived]:
    """Walk by a conversion that takes those columns, and options of the measure."""

    def walk(_measure: str, v: Values, to: Settings) -> Arrived:
        found = function(*(v[name] for name in names), **to.options, study=to.study)
        return Arrived(found.effect, found.assumptions)

    return walk


def _regression(_measure: str, v: Values, to: Settings) -> Arrived:
    n = v["n1"] + v["n2"]
    found = conv.smd_from_regression(v["b"], v["b_se"], v["sd"], n, study=to.study)
    return Arrived(found.effect, found.assumptions)


def _reported(effect: str) -> Callable[..., Arrived]:
    def walk(_measure: str, v: Values, to: Settings) -> Arrived:
        se = v[f"{effect}_se"]
        need_positive(to.study, "a standard error", se=se)
        return Arrived(EffectSize(v[effect], se**2), (AS_REPORTED,))

    return walk


def _counts_to_smd(_measure: str, v: Values, to: Settings) -> Arrived:
    odds = log_odds_ratio(*(v[name] for name in MEASURES["OR"].needs), study=to.study)
    found = conv.smd_from_log_odds_ratio(odds.y, np.sqrt(odds.v), study=to.study)
    sign = v["counts_sign"]
    told = "Events are declared to mean high scores (1) or low scores (-1)."
    return Arrived(EffectSize(sign * found.value, found.se**2), (*found.assumptions, told))


def _measure_itself(measure: str, v: Values, to: Settings) -> Arrived:
    how = MEASURES[measure]
    return Arrived(how.compute(*(v[name] for name in how.needs), **to.options, study=to.study))


def _ratio_and_interval(_measure: str, v: Values, to: Settings) -> Arrived:
    found = conv.log_ratio_from_interval(
        v["ratio"], v["ratio_low"], v["ratio_high"], level=to.level, study=to.study
    )
    return Arrived(found.effect, found.assumptions)


def _ratio_and_p(_measure: str, v: Values, to: Settings) -> Arrived:
    found = conv.log_ratio_from_p(v["ratio"], v["p"], study=to.study)
    return Arrived(found.effect, found.assumptions)


_OF_TWO_MEANS = (
    Road("means and SDs", (*_arms("mean", "sd"), *GROUPS), _means),
    Road("means and SEs", (*_arms("mean", "se"), *GROUPS), _means_and_ses),
    Road("means and CIs", (*_arms("mean", "low", "high"), *GROUPS), _means_and_intervals),
    Road("change scores", (*_arms("change", "change_sd"), *GROUPS), _changes),
    _quantiles(
        "medians, quartiles and ranges",
        conv.from_five_numbers,
        "min",
        "q1_",
        "median",
        "q3_",
        "max",
    ),
    _quantiles("medians and IQRs", conv.from_quartiles, "q1_", "median", "q3_"),
    _quantiles("medians and ranges", conv.from_range, "min", "median", "max"),
    Road("difference and CI", ("md", "md_low", "md_high", *GROUPS), _difference_and_interval),
    Road("difference and SE", ("md", "md_se", *GROUPS), _difference_and_se),
    Road("difference and t", ("md", "t", *GROUPS), _difference_and_t),
    Road("difference and p", ("md", "p", *GROUPS), _difference_and_p),
)
_SMD = (
    *_OF_TWO_MEANS,
    Road("t", ("t", *GROUPS), _from(conv.smd_from_t, "t", *GROUPS)),
    Road("F", ("f", *GROUPS, "sign"), _from(conv.smd_from_f, "f", *GROUPS, "sign")),
    Road("p", ("p", *GROUPS, "sign"), _from(conv.smd_from_p, "p", *GROUPS, "sign")),
    Road("regression coefficient", ("b", "b_se", "sd", *GROUPS), _regression),
    Road("effect as reported", ("g", "g_se"), _reported("g")),
    Road("counts", (*MEASURES["OR"].needs, "counts_sign"), _counts_to_smd),
)
_RATIO = (
    Road("ratio and CI", ("ratio", "ratio_low", "ratio_high"), _ratio_and_interval),
    Road("ratio and p", ("ratio", "p"), _ratio_and_p),
    Road("log ratio as reported", ("log_ratio", "log_ratio_se"), _reported("log_ratio")),
)


def _counted(measure: str, source: str) -> tuple[Road, ...]:
    return (Road(source, MEASURES[measure].needs, _measure_itself), *_RATIO)


ROADS: Mapping[str, tuple[Road, ...]] = {
    "SMD": _SMD,
    "MD": (*_OF_TWO_MEANS, Road("effect as reported", ("md", "md_se"), _reported("md"))),
    "OR": _counted("OR", "counts"),
    "RR": _counted("RR", "counts"),
    "IRR": _counted("IRR", "counts in person-time"),
    "HR": _counted("HR", "O-E and V"),
}
"""Roads to each measure that `from_reported` knows, in the order in which they are tried."""
