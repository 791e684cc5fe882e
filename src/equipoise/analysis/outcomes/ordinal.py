"""Ordered outcomes: common odds ratio with its check, Mann-Whitney probability, win odds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.contrast import Contrast
from equipoise.analysis.outcomes.arm_model import INDEPENDENT, RANDOMISED, ArmModel, arm_model
from equipoise.analysis.outcomes.proportional_odds import (
    ChiSquare,
    ProportionalOdds,
    brant_test,
    proportional_odds,
)
from equipoise.analysis.outcomes.scales import (
    Higher,
    Reading,
    log_scale_row,
    share_row,
)
from equipoise.analysis.outcomes.win_odds import (
    log_win_odds,
    mann_whitney_probability,
    stratified_probability,
)
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame
    from numpy.typing import NDArray

WALD = "Proportional odds by maximum likelihood (McCullagh 1980), Wald limits on the log scale"
PROFILE = "Proportional odds by maximum likelihood (McCullagh 1980), profile-likelihood limits"
BRANT = "Wald test that the odds ratios of all cuts are equal (Brant 1990)"
MANN_WHITNEY = (
    "Rank placements, variance and degrees of freedom of Brunner & Munzel (2000); limits on the "
    "logit scale"
)
WIN_ODDS = (
    "Win odds (Brunner, Vandemeulebroecke & Mütze 2021), variance and degrees of freedom of "
    "Brunner & Munzel (2000); limits on the log scale"
)
STRATIFIED = "; strata weighted n1 n0 / (n1 + n0)"
ONE_RATIO = "Proportional odds: the odds ratio is the same at every cut of the outcome"
MANY_CATEGORIES = 50
Found = tuple[list[Estimate], list[Refusal]]


def ordinal(
    frame: IntoDataFrame,
    formula: str,
    *,
    control: str,
    arm: str = "arm",
    order: Sequence[str] | None = None,
    strata: str | None = None,
    higher: Higher | None = None,
    level: float = 0.95,
) -> Estimates:
    """Compare an ordered outcome between arms.

    Parameters
    ----------
    frame
        Any data frame, one row a person.
    formula
        R's grammar: ``"improvement ~ arm + baseline"``. The outcome is numbers, or text with
        `order`.
    control, arm
        The reference arm, and the column of the arms.
    order
        The categories from low to high, where they are text.
    strata
        Column of strata for the win odds.
    higher
        Whether a higher category is ``better`` or ``worse``; the win odds then count wins.
    level
        Coverage of the intervals.

    Returns
    -------
    Estimates
        Against control: ``common-odds-ratio`` (``wald`` and ``profile``) of a higher category,
        ``mann-whitney-probability`` and ``win-odds`` (also ``stratified``, without covariates);
        ``proportional-odds-check`` of all coefficients and of each arm.
    """
    model = arm_model(frame, formula, arm=arm, control=control, needed=[strata] if strata else ())
    value, category = coded(model, order)
    reading = Reading(model.arms[0], higher, level)
    rows, refused = _odds_ratios(model, category, reading)
    wins, refused_wins = _wins(model, value, strata, reading)
    found = Estimates((*rows, *wins), (*refused, *refused_wins))
    named = found.with_fields(outcome=str(model.outcome.name), warnings=model.warnings)
    common = (INDEPENDENT, RANDOMISED)
    kept = tuple(replace(row, assumptions=(*common, *row.assumptions)) for row in named.rows)
    return Estimates(kept, named.refused)


def coded(
    model: ArmModel, order: Sequence[str] | None
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return the outcome as numbers that keep its order, and as categories 0 .. J - 1.

    Raises
    ------
    DataError
        When it is text without an order, or holds a category that the order lacks.
    """
    outcome = model.outcome
    if order is None:
        try:
            value = np.asarray(outcome, dtype=np.float64)
        except (TypeError, ValueError):
            found = sorted(map(str, outcome.unique()))[:8]
            raise DataError(
                f"{outcome.name!r} is text ({found}): give its categories from low to high in "
                "`order`."
            ) from None
    else:
        names = [str(name) for name in order]
        text = [f"{v:g}" if isinstance(v, float) else str(v) for v in outcome]
        if unknown := sorted(set(text) - set(names)):
            raise DataError(f"{outcome.name!r} holds {unknown}, which `order` {names} lacks.")
        value = np.array([names.index(name) for name in text], dtype=np.float64)
    levels, category = np.unique(value, return_inverse=True)
    if len(levels) < 2:
        raise DataError(f"Everybody has the same {outcome.name!r}: there is nothing to compare.")
    return value, category.astype(np.intp)


def _odds_ratios(model: ArmModel, category: NDArray[np.intp], reading: Reading) -> Found:
    names = ("common-odds-ratio", "proportional-odds-check")
    matrix, columns = model.without_constant()
    if (count := int(category.max()) + 1) > MANY_CATEGORIES:
        why = f"{count} categories are too many for a model with a cut between each."
        return [], [Refusal(name, why) for name in names]
    if not model.arm_columns:
        why = "The arm interacts with a covariate in this formula: there is no single odds ratio."
        return [], [Refusal(name, why) for name in names]
    places = {arm: columns.index(model.columns[at]) for arm, at in model.arm_columns.items()}
    rows: list[Estimate] = []
    refused: list[Refusal] = []
    try:
        fit = proportional_odds(category, matrix)
        for arm, column in places.items():
            rows += _one_ratio(fit, column, arm, reading, refused)
    except NotIdentifiedError as error:
        refused.append(Refusal(names[0], str(error)))
    checks = {"all": None, **{arm: [column] for arm, column in places.items()}}
    try:
        for label, chosen in checks.items():
            rows.append(_check_row(brant_test(category, matrix, chosen), label))
    except NotIdentifiedError as error:
        refused.append(Refusal(names[1], str(error)))
    return rows, refused


def _one_ratio(
    fit: ProportionalOdds,
    column: int,
    arm: str,
    reading: Reading,
    refused: list[Refusal],
) -> list[Estimate]:
    effect = Contrast(float(fit.coefficients[column]), fit.standard_error(column), math.inf)
    row = log_scale_row(
        "common-odds-ratio", effect, level=reading.level, label="wald", arm=arm, method=WALD,
        unit=reading.unit("odds ratio of a higher category", arm, 1),
        assumptions=(ONE_RATIO,),
    )  # fmt: skip
    try:
        low, high = fit.profile(column, level=reading.level)
    except NotIdentifiedError as error:
        refused.append(Refusal("common-odds-ratio", str(error), label=f"profile, {arm}"))
        return [row]
    low, high = math.exp(low), math.exp(high)
    other = replace(row, label="profile", method=PROFILE, se=None, p=None, low=low, high=high)
    return [row, other]


def _check_row(test: ChiSquare, label: str) -> Estimate:
    return Estimate(
        "proportional-odds-check",
        label=label,
        arm=None if label == "all" else label,
        estimate=test.statistic,
        p=test.p,
        unit=f"chi-square with {test.df} degrees of freedom",
        estimand="The odds ratio is the same at every cut of the outcome; a large p is no proof",
        method=BRANT,
    )


def _wins(
    model: ArmModel,
    value: NDArray[np.float64],
    strata: str | None,
    reading: Reading,
) -> Found:
    rows: list[Estimate] = []
    refused: list[Refusal] = []
    better = -value if reading.higher == "worse" else value  # then a win is a lower value
    for k, arm in enumerate(model.arms[1:], start=1):
        first, second = model.arm == k, model.arm == 0
        kinds = {"unstratified": None, **({"stratified": strata} if strata else {})}
        for label, column in kinds.items():
            try:
                if column is None:
                    p = mann_whitney_probability(better[first], better[second])
                else:
                    s = model.table[column].astype(str).to_numpy(dtype=str)
                    p = stratified_probability(better[first], better[second], s[first], s[second])
                rows += _win_rows(p, label, arm, reading)
            except NotIdentifiedError as error:
                names = ("mann-whitney-probability", "win-odds")
                refused += [Refusal(name, str(error), label=f"{label}, {arm}") for name in names]
    return rows, refused


def _win_rows(p: Contrast, label: str, arm: str, reading: Reading) -> list[Estimate]:
    words = {"better": "a better (higher)", "worse": "a better (lower)", None: "a higher"}
    word, control = words[reading.higher], reading.control
    estimand = f"Chance that a person of {arm} has {word} value than one of {control}, ties half"
    wins: Higher | None = None if reading.higher is None else "better"
    more = STRATIFIED if label == "stratified" else ""
    probability = share_row(
        "mann-whitney-probability",
        p,
        level=reading.level,
        label=label,
        arm=arm,
        unit=f"probability (above 0.5: {word} value in {arm})",
        estimand=estimand,
        method=MANN_WHITNEY + more,
    )
    odds = log_scale_row(
        "win-odds",
        log_win_odds(p),
        level=reading.level,
        label=label,
        arm=arm,
        unit=reading._replace(higher=wins).unit("odds", arm, 1),
        estimand=f"{estimand}, as odds",
        method=WIN_ODDS + more,
    )
    test = Contrast(p.estimate - 0.5, p.se, p.df)
    return [replace(probability, p=test.p), odds]
