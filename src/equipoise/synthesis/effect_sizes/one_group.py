"""What one group shows: a proportion, a mean, a rate, each on several scales."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import DataError
from equipoise.synthesis.effect_sizes.checks import (
    EffectSize,
    aligned,
    need_people,
    need_positive,
    refuse,
)
from equipoise.synthesis.effect_sizes.small_sample import small_sample_factor
from equipoise.synthesis.effect_sizes.two_by_two import finite_or_nan
from equipoise.synthesis.effect_sizes.zero_cells import HALF, NOTHING, ZeroCells


def proportion(
    events: ArrayLike,
    total: ArrayLike,
    *,
    scale: Literal["PR", "PLN", "PLO", "PAS", "PFT"] = "PLO",
    zero: ZeroCells | None = None,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return the proportion with an event, transformed.

    Parameters
    ----------
    events, total : shape (k,)
    scale
        "PR" as it is, "PLN" logarithm, "PLO" log odds, "PAS" arcsine root, "PFT" Freeman-Tukey
        double arcsine (1950). Back-transformed Freeman-Tukey pools can mislead when study sizes
        differ much (Schwarzer et al. 2019, Res Synth Methods 10:476-483).
    zero
        Added to both counts where one is 0; nothing by default for PAS and PFT.
    """
    x, n = aligned(study, events=events, total=total)
    need_people(study, 1, total=n)
    refuse(x < 0, study, "events is {x}: a count is not below 0.", x=x)
    refuse(x > n, study, "{x} events among {n} people: more events than people.", x=x, n=n)
    rule = zero or (NOTHING if scale in {"PAS", "PFT"} else HALF)
    _plain_amount(rule)
    add = np.where(rule.rows((x == 0) | (x == n)), rule.amounts(n, n)[0], 0.0)
    x, n = x + add, n + 2 * add
    with np.errstate(divide="ignore", invalid="ignore"):
        p = x / n
        match scale:
            case "PR":
                return EffectSize(p, p * (1 - p) / n)
            case "PLN":
                return finite_or_nan(np.log(p), 1 / x - 1 / n)
            case "PLO":
                return finite_or_nan(np.log(x / (n - x)), 1 / x + 1 / (n - x))
            case "PAS":
                return EffectSize(np.arcsin(np.sqrt(p)), 1 / (4 * n))
            case "PFT":
                y = (np.arcsin(np.sqrt(x / (n + 1))) + np.arcsin(np.sqrt((x + 1) / (n + 1)))) / 2
                return EffectSize(y, 1 / (4 * n + 2))


def single_mean(
    mean: ArrayLike,
    sd: ArrayLike,
    n: ArrayLike,
    *,
    scale: Literal["MN", "MNLN", "SMN"] = "MN",
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return a group's mean: "MN" raw, "MNLN" its logarithm, "SMN" over its standard deviation."""
    mean, sd, n = aligned(study, mean=mean, sd=sd, n=n)
    need_positive(study, "a standard deviation", sd=sd)
    need_people(study, n=n)
    if scale == "MN":
        return EffectSize(mean, sd**2 / n)
    if scale == "SMN":
        need_people(study, 3, n=n)
        g = small_sample_factor(n - 1) * mean / sd
        return EffectSize(g, 1 / n + g**2 / (2 * n))
    need_positive(study, "the mean of a logarithm", mean=mean)
    return EffectSize(np.log(mean), sd**2 / (n * mean**2))


def rate(
    events: ArrayLike,
    time: ArrayLike,
    *,
    scale: Literal["IR", "IRLN", "IRS", "IRFT"] = "IRLN",
    zero: ZeroCells | None = None,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return a group's rate of events: "IR" raw, "IRLN" log, "IRS" root, "IRFT" Freeman-Tukey."""
    x, t = aligned(study, events=events, time=time)
    need_positive(study, "person-time", time=t)
    refuse(x < 0, study, "events is {x}: a count is not below 0.", x=x)
    rule = zero or (NOTHING if scale in {"IRS", "IRFT"} else HALF)
    _plain_amount(rule)
    x = x + np.where(rule.rows(x == 0), rule.amounts(t, t)[0], 0.0)
    match scale:
        case "IR":
            return EffectSize(x / t, x / t**2)
        case "IRLN":
            with np.errstate(divide="ignore", invalid="ignore"):
                return finite_or_nan(np.log(x / t), 1 / x)
        case "IRS":
            return EffectSize(np.sqrt(x / t), 1 / (4 * t))
        case "IRFT":
            return EffectSize((np.sqrt(x / t) + np.sqrt((x + 1) / t)) / 2, 1 / (4 * t))


def _plain_amount(rule: ZeroCells) -> None:
    if rule.add == "treatment-arm":
        raise DataError("The treatment-arm correction needs two groups: give `add` as a number.")
