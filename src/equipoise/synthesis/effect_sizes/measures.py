"""The catalogue of measures: what columns each needs, what its numbers are, how to turn it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from equipoise.errors import DataError
from equipoise.synthesis.effect_sizes import (
    association,
    change,
    correlations,
    hazard_ratio,
    mean_difference,
    one_group,
    rates,
    ratio_of_means,
    standardised_mean_difference,
    two_by_two,
    variability,
)
from equipoise.synthesis.effect_sizes.checks import EffectSize

Back = Literal["none", "exp", "tanh", "logistic"]
"""What turns a number of the analysis into one that people read."""

MEANS = ("mean1", "sd1", "n1", "mean2", "sd2", "n2")
CHANGES = ("mean1", "sd1", "mean2", "sd2", "n", "r")
COUNTS = ("events1", "total1", "events2", "total2")
EVENTS, ONE_MEAN, ONE_RATE = ("events", "total"), ("mean", "sd", "n"), ("events", "time")
PERSON_TIME = ("events1", "time1", "events2", "time2")


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of effect.

    Parameters
    ----------
    code
        Its short name, metafor's where it has one.
    title
        Its name in words, with its scale.
    needs
        Names of the arguments of `compute`, which are also the default names of columns.
    back
        What turns a pooled number into one that people read: exp for log ratios, tanh for
        Fisher's z, logistic for log odds of one group.
    flips
        Whether changing the sign of the effect is the effect of the reversed scale.
    zero_cells, variances
        Whether a `ZeroCells` rule applies; and the names that `variance` may have.
    """

    code: str
    title: str
    needs: tuple[str, ...]
    compute: Callable[..., EffectSize]
    back: Back = "none"
    flips: bool = True
    zero_cells: bool = False
    variances: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The title of the number after back-transformation: "risk ratio" for "log risk ratio"."""
        return self.title.removeprefix("log ") if self.back == "exp" else self.title

    @property
    def groups(self) -> int:
        """Two, or one."""
        return 2 if any(name.endswith("2") for name in self.needs) else 1


def _means(
    code: str,
    title: str,
    compute: Callable[..., EffectSize],
    back: Back = "none",
    *,
    variances: tuple[str, ...] = (),
) -> Measure:
    flips = back == "none"  # a ratio of means turned upside down is not that of a reversed scale
    return Measure(code, title, MEANS, compute, back, flips, variances=variances)


def _counts(
    code: str,
    title: str,
    compute: Callable[..., EffectSize],
    back: Back = "none",
    *,
    flips: bool = True,
) -> Measure:
    return Measure(code, title, COUNTS, compute, back, flips, zero_cells=True)


def _one(
    code: str,
    title: str,
    needs: tuple[str, ...],
    compute: Callable[..., EffectSize],
    back: Back = "none",
) -> Measure:
    counted = "events" in needs
    return Measure(
        code, title, needs, partial(compute, scale=code), back, flips=False, zero_cells=counted
    )


_smd = standardised_mean_difference
_HEDGES = ("LS", "LS2", "UB", "AV", "H0", "Metapsy")
_LISTED = (
    _means("MD", "mean difference", mean_difference.mean_difference, variances=("LS", "HO")),
    _means("SMD", "Hedges' g", _smd.standardised_mean_difference, variances=_HEDGES),
    _means("SMDH", "Hedges' g, unequal variances", _smd.smd_heteroscedastic),
    Measure(
        "SMD1", "Glass' delta", ("mean1", "n1", "mean2", "sd2", "n2"), _smd.glass_delta,
        variances=_HEDGES,
    ),
    _means("SMD1H", "Glass' delta, unequal variances", _smd.glass_delta_heteroscedastic),
    _means("SMDU", "Cohen's d, uncorrected", _smd.cohen_d),
    _means(
        "ROM", "log ratio of means", ratio_of_means.log_ratio_of_means, "exp",
        variances=("LS", "LS2", "HO", "AV", "AVHO"),
    ),
    Measure(
        "VR", "log variability ratio", ("sd1", "n1", "sd2", "n2"),
        variability.log_variability_ratio, back="exp", flips=False,
    ),
    _means(
        "CVR", "log ratio of coefficients of variation",
        variability.log_coefficient_of_variation_ratio, "exp",
    ),
    Measure("MC", "mean change", CHANGES, change.mean_change),
    Measure(
        "SMCC", "standardised mean change (SD of changes)", CHANGES,
        change.standardised_change_of_change,
    ),
    Measure(
        "SMCR", "standardised mean change (SD at one time)", ("mean1", "mean2", "sd1", "n", "r"),
        change.standardised_change,
    ),
    Measure(
        "SMCRH", "standardised mean change (SD at one time, unequal variances)", CHANGES,
        change.standardised_change_heteroscedastic,
    ),
    Measure(
        "SMCRPH", "standardised mean change (average SD, unequal variances)", CHANGES,
        change.standardised_change_pooled,
    ),
    Measure(
        "ROMC", "log ratio of means of one group", CHANGES,
        change.log_ratio_of_means_of_change, back="exp", flips=False,
    ),
    _counts("RR", "log risk ratio", two_by_two.log_risk_ratio, "exp", flips=False),
    _counts("OR", "log odds ratio", two_by_two.log_odds_ratio, "exp"),
    _counts("RD", "risk difference", two_by_two.risk_difference),
    _counts("AS", "arcsine difference", two_by_two.arcsine_difference),
    _counts("PETO", "log Peto odds ratio", two_by_two.peto_log_odds_ratio, "exp"),
    _counts("PHI", "phi coefficient", association.phi_coefficient),
    _counts("YUQ", "Yule's Q", association.yules_q),
    _counts("YUY", "Yule's Y", association.yules_y),
    _counts("PBIT", "difference of probits", association.probit_difference),
    Measure(
        "IRR", "log rate ratio", PERSON_TIME, rates.log_rate_ratio, back="exp", flips=False,
        zero_cells=True,
    ),
    Measure("IRD", "rate difference", PERSON_TIME, rates.rate_difference, zero_cells=True),
    Measure(
        "IRSD", "difference of square roots of rates", PERSON_TIME, rates.root_rate_difference,
        zero_cells=True,
    ),
    Measure("COR", "correlation", ("r", "n"), correlations.correlation, variances=("LS", "AV")),
    Measure(
        "UCOR", "correlation, bias corrected", ("r", "n"),
        partial(correlations.correlation, corrected=True), variances=("LS", "AV", "UB"),
    ),
    Measure("ZCOR", "Fisher's z", ("r", "n"), correlations.fisher_z, back="tanh"),
    Measure(
        "HR", "log hazard ratio", ("observed_minus_expected", "log_rank_variance"),
        hazard_ratio.log_hazard_ratio, back="exp",
    ),
    _one("PR", "proportion", EVENTS, one_group.proportion),
    _one("PLN", "log proportion", EVENTS, one_group.proportion, "exp"),
    _one("PLO", "log odds", EVENTS, one_group.proportion, "logistic"),
    _one("PAS", "arcsine of the proportion", EVENTS, one_group.proportion),
    _one("PFT", "double arcsine of the proportion", EVENTS, one_group.proportion),
    _one("MN", "mean", ONE_MEAN, one_group.single_mean),
    _one("MNLN", "log mean", ONE_MEAN, one_group.single_mean, "exp"),
    _one("SMN", "standardised mean", ONE_MEAN, one_group.single_mean),
    _one("IR", "rate", ONE_RATE, one_group.rate),
    _one("IRLN", "log rate", ONE_RATE, one_group.rate, "exp"),
    _one("IRS", "square root of the rate", ONE_RATE, one_group.rate),
    _one("IRFT", "double square root of the rate", ONE_RATE, one_group.rate),
)  # fmt: skip

MEASURES = {measure.code: measure for measure in _LISTED}
"""Every measure by its code."""


def measure_named(code: str) -> Measure:
    """Return a measure.

    Raises
    ------
    DataError
        For an unknown code; lists those that are known.
    """
    if code not in MEASURES:
        raise DataError(f"There is no measure {code!r}. The measures are: {', '.join(MEASURES)}.")
    return MEASURES[code]
