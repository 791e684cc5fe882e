"""How much of one analysis could be belief: what bias would undo it, the effect at chance guessing.

Rows of `blinding` that the study files allow. Nothing here is merged with the pooled effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.blinding import chance_guessing, index_of_counts, tipping_shift
from equipoise.synthesis.pairwise.fit import RandomEffectsFit, random_effects
from equipoise.synthesis.pairwise.rows import effect_row
from equipoise.synthesis.review.analysis_table import guesses_of
from equipoise.synthesis.review.pooling import effects_of, labelled, unit_of

if TYPE_CHECKING:
    from equipoise.estimates.estimates import Status
    from equipoise.synthesis.effects import FloatArray
    from equipoise.synthesis.review.plan import Review, ReviewAnalysis
    from equipoise.synthesis.review.selection import Row

AT_CHANCE = "effect-at-chance-guessing"
TIPPING = "bias-tipping-point"
SHOWN = (AT_CHANCE, TIPPING, "distance-to-chance", "leverage-at-chance")
EQUAL = (
    "Mean bias from unblinding, the same in every trial, that takes the interval's nearer end there"
)
SUPPOSED = "The bias is supposed, not estimated: the row says how large it would have to be"
FEWEST = 4
"""Studies with counted guesses that a slope on the blinding index needs."""


def belief_rows(
    review: Review, analysis: ReviewAnalysis, rows: Sequence[Row], level: float
) -> Estimates:
    """Return the tipping point of bias, and the effect at chance guessing or why there is none."""
    if len(rows) < 2:
        return Estimates()
    effects = effects_of(rows, unit_of(review, analysis))
    thresholds = review.outcomes[analysis.outcome].thresholds
    important = None if thresholds is None else float(getattr(thresholds, review.grade.important))
    fit = random_effects(effects, method=analysis.method, test=analysis.test)
    found = _tipping(fit, important, level)
    counts = _counts(rows)
    counted = int(np.isfinite(counts).all((1, 2)).sum())
    if counted < FEWEST:
        reason = (
            f"{counted} of {len(rows)} studies report what people guessed in both arms; {FEWEST} "
            "are the least that can say how the effect goes with guessing"
        )
        found += Estimates(refused=(Refusal(AT_CHANCE, reason),))
    else:
        found += chance_guessing(effects, index_of_counts(counts), level=level)
    kept = Estimates(
        tuple(row for row in found if row.name in SHOWN),
        tuple(row for row in found.refused if row.name in SHOWN),
    )
    status: Status = "planned" if review.registration else "exploratory"
    told = labelled(kept, analysis.name)
    return Estimates(
        tuple(replace(row, outcome=analysis.outcome, status=status) for row in told),
        tuple(replace(row, outcome=analysis.outcome) for row in told.refused),
    )


def _tipping(fit: RandomEffectsFit, important: float | None, level: float) -> Estimates:
    """Return the bias, the same in all trials, at which the analysis' own interval tips."""
    pooled = effect_row(fit, "pooled-effect", level=level)
    if pooled.estimate is None or pooled.low is None or pooled.high is None:
        return Estimates()
    side = -1.0 if pooled.estimate < 0 else 1.0
    targets = {"no effect": 0.0}
    if important is not None:
        targets["smallest important difference"] = side * important
    rows, refused = [], []
    for label, target in targets.items():
        try:
            shift = abs(tipping_shift(pooled.low, pooled.high, target))
        except NotIdentifiedError as error:
            refused.append(Refusal(TIPPING, str(error), label=label))
            continue
        rows.append(
            Estimate(TIPPING, label=label, estimate=shift, unit=pooled.unit, method=EQUAL,
                     assumptions=(SUPPOSED,))
        )  # fmt: skip
    return Estimates(tuple(rows), tuple(refused))


def _counts(rows: Sequence[Row]) -> FloatArray:
    """Return right, wrong and unsure of both arms, shape (k, 2, 3); NaN where not counted."""
    table = np.full((len(rows), 2, 3), np.nan)
    for i, row in enumerate(rows):
        told = [guesses_of(row, arm) for arm in row.contrast]
        for side, one in enumerate(told):
            if one is not None and one.right is not None and one.wrong is not None:
                table[i, side] = one.right, one.wrong, one.unsure or 0
        if not np.isfinite(table[i]).all():
            table[i] = np.nan
    return table
