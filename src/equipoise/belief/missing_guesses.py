"""Missing guesses: how many in each arm, and what they could do to the effect given belief.

A guess is often missing because the person left, felt nothing, or felt too much. Nothing here
drops them in silence: they are counted, weighted for, and put to their worst.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.belief.coded_answers import cluster_sums, columns
from equipoise.belief.contrast_row import contrast_row
from equipoise.belief.index_intervals import wilson
from equipoise.belief.multinomial_logit import multinomial_logit
from equipoise.belief.standardised_effect import common_share_weights
from equipoise.belief.stratum_means import Contrast
from equipoise.belief.worst_case_guesses import GuessRows, guess_rows, worst_case
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal

IntArray = NDArray[np.intp]

EFFECT = "belief-standardised-effect"
MIN_MISSING = 10  # fewer cannot tell what goes with being missing

IPW_ASSUMPTIONS = (
    "Those of the belief-standardised effect",
    "Whether a guess is missing does not depend on the guess itself, given arm, outcome and "
    "baseline covariates",
)


def missing_counts(rows: GuessRows) -> IntArray:
    """Count rows by arm, shape (2, 2): control then active; missing, all."""
    return np.array(
        [[(rows.missing & (rows.arm == a)).sum(), (rows.arm == a).sum()] for a in (0, 1)]
    )


def weighted_effect(rows: GuessRows, x: ArrayLike | None = None) -> Contrast:
    """Estimate the belief-standardised effect with weights 1 / P(guess observed).

    The probability is a logit on arm, outcome, their product, and x. The influence function is
    made orthogonal to its scores, because the weights are estimated. q is held fixed.

    Parameters
    ----------
    x : shape (n, p), optional
        Baseline covariates.

    References
    ----------
    Seaman & White (2013), Stat Methods Med Res 22:278-295.
    """
    missing = int(rows.missing.sum())
    if missing < MIN_MISSING:
        raise NotIdentifiedError(
            f"{missing} missing guesses are too few to say what goes with being missing "
            f"({MIN_MISSING} are needed): read the worst-case bounds."
        )
    covariates = columns(x, rows.y.size, "x")
    if np.isnan(covariates).any():
        raise DataError("`x` must be complete: a covariate with gaps cannot weight for gaps.")
    design = np.column_stack([rows.arm, rows.y, rows.arm * rows.y, covariates])
    model = multinomial_logit(design, (~rows.missing).astype(np.intp), 2)
    weight = np.where(rows.missing, 0.0, 1 / model.probability[:, 1])
    inside = (rows.guess[:, None] == np.arange(rows.categories)) * weight[:, None]
    q = inside.sum(axis=0) / weight.sum()
    psi, estimate = np.zeros(rows.y.size), 0.0
    for a, of_guess in enumerate(common_share_weights(q)):
        for g in np.flatnonzero(of_guess):
            w = inside[:, g] * (rows.arm == a)
            if np.count_nonzero(w) < 2:
                raise NotIdentifiedError(
                    "not identified: fewer than two people in an arm-by-guess stratum."
                )
            mean = (w @ rows.y) / w.sum()
            estimate += of_guess[g] * mean
            psi += of_guess[g] * w * (rows.y - mean) / w.sum()
    psi -= model.scores @ np.linalg.lstsq(model.scores, psi, rcond=None)[0]
    people = int(rows.person.max()) + 1
    df = float(people - (1 if people < rows.y.size else 2 * np.count_nonzero(q)))
    se = np.sqrt((cluster_sums(psi, rows.person) ** 2).sum() * people / df)
    return Contrast(np.asarray(estimate), se, np.asarray(df))


def missing_guesses_estimates(
    y: ArrayLike,
    arm: ArrayLike,
    guess: ArrayLike,
    *,
    x: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    categories: int = 2,
    level: float = 0.95,
    arms: tuple[str, str] = ("active", "control"),
    unit: str | None = None,
) -> Estimates:
    """Count missing guesses by arm; where there are any, weight for them and bound their effect.

    Rows: `missing-guesses` (labels count, share), and `belief-standardised-effect` with labels
    "missing guesses: ipw", "missing guesses: worst case" and "... with sampling uncertainty".
    """
    rows = guess_rows(y, arm, guess, cluster, categories)
    counted = Estimates(_count_rows(rows, arms, level))
    if not rows.missing.any():
        return counted
    found, refused = [], []
    try:
        found.append(_weighted_row(rows, x, level, unit))
    except NotIdentifiedError as error:
        refused.append(Refusal(EFFECT, str(error), label="missing guesses: ipw"))
    try:
        found += _worst_case_rows(rows, level, unit)
    except NotIdentifiedError as error:
        refused.append(Refusal(EFFECT, str(error), label="missing guesses: worst case"))
    return counted + Estimates(tuple(found), tuple(refused))


def _count_rows(rows: GuessRows, arms: tuple[str, str], level: float) -> tuple[Estimate, ...]:
    out = []
    for name, (missing, total) in zip(arms, missing_counts(rows)[::-1], strict=True):
        unit = f"rows without a guess, of {total}"
        row = Estimate("missing-guesses", "count", arm=name, estimate=missing, unit=unit)
        out.append(replace(row, method="Count"))
        if not total:
            continue
        low, high = map(float, wilson(missing, total, level))
        share = replace(row, label="share", estimate=missing / total, unit="share of rows")
        method = "Wilson (1927) interval, rows as if independent"
        out.append(replace(share, low=low, high=high, level=level, method=method))
    return tuple(out)


def _weighted_row(rows: GuessRows, x: ArrayLike | None, level: float, unit: str | None) -> Estimate:
    given = "arm, outcome" if x is None else "arm, outcome, baseline"
    return contrast_row(
        EFFECT,
        weighted_effect(rows, x),
        level,
        label="missing guesses: ipw",
        unit=unit,
        estimand="Effect had both arms believed alike, everybody's guess known",
        method=f"Weights 1 / P(guess observed | {given}) (Seaman & White 2013)",
        assumptions=IPW_ASSUMPTIONS,
    )


def _worst_case_rows(rows: GuessRows, level: float, unit: str | None) -> tuple[Estimate, ...]:
    found = worst_case(rows, level=level)
    warnings = (
        ("Some fillings leave an arm-by-guess stratum empty; the bounds are over the others.",)
        if found.emptying
        else ()
    )
    method = "Every way to fill in the missing guesses (Horowitz & Manski 2000)"
    bounds = Estimate(
        EFFECT,
        "missing guesses: worst case",
        low=found.inner_low,
        high=found.inner_high,
        unit=unit,
        estimand="Effect had both arms believed alike, whatever the missing guesses were",
        method=method,
        assumptions=("Those of the belief-standardised effect", "None about the missing guesses"),
        warnings=warnings,
    )
    widened = Estimate(
        EFFECT,
        "missing guesses: worst case, with sampling uncertainty",
        low=found.low,
        high=found.high,
        level=level,
        unit=unit,
        estimand=bounds.estimand,
        method=f"{method}; interval of Imbens & Manski (2004)",
        assumptions=bounds.assumptions,
        warnings=warnings,
    )
    return bounds, widened
