"""Every planned analysis of a review with what it found: none is left out for what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from equipoise.report.evidence.answer import Answer
from equipoise.report.evidence.effect import effect_shown, texts
from equipoise.synthesis.review.certainty import risk_of_bias_of
from equipoise.synthesis.review.study_numbers import BASELINE

if TYPE_CHECKING:
    from equipoise.report.site.content import Told


@dataclass(frozen=True, slots=True)
class Planned:
    """One planned analysis: its place in the plan, and its numbers as they are written."""

    name: str
    outcome: str
    role: str
    against: str
    studies: int
    effect: str
    certainty: str


def planned_analyses(told: Told) -> tuple[Planned, ...]:
    """Return every analysis of the plan that was run, in the order of the plan."""
    made, folder = told.synthesis, told.synthesis.folder
    every = (Answer(made, one, risk_of_bias_of(folder, one.outcome))
             for one in told.review.analyses if one.name in made.found)  # fmt: skip
    return tuple(_planned(one) for one in every)


def _planned(answer: Answer) -> Planned:
    plan, row = answer.analysis, answer.central
    role = "main" if plan.primary else "other"
    if plan.sensitivity_of is not None:
        role = f"check of {plan.sensitivity_of}"
    effect = "none could be computed" if answer.rows else "no number"
    if row is not None and row.low is not None:
        told = texts(effect_shown(row, plan.measure))
        effect = f"{told['estimate']} ({told['low']} to {told['high']})"
    against = answer.control if BASELINE not in plan.comparators else "the same people before"
    if plan.adjusted_for_guess:
        against += ", with the guess held equal"
    return Planned(
        plan.name, answer.outcome.label, role, against, len(answer.rows), effect, answer.certainty
    )
