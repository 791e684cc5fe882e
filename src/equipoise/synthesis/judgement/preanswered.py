"""RoB 2 questions that a trial's own records answer, each with what proves it.

A trial run in equipoise keeps its plan, its list, its guesses and its missing scores. What these
prove is answered; what they do not prove stays open, with the reason. Every answer can be changed,
with a reason. A plan that says "concealed" proves nothing: only a verified list does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from equipoise.errors import DataError
from equipoise.synthesis.judgement.proofs import (
    Proof,
    from_baseline,
    from_guesses,
    from_list,
    from_plan,
    from_schedule,
    from_scores,
)
from equipoise.synthesis.judgement.proofs.allocation_list import AllocationProof
from equipoise.synthesis.judgement.rob2 import domains
from equipoise.synthesis.judgement.signalling import read_answer

if TYPE_CHECKING:
    from equipoise.estimates import Estimate
    from equipoise.records import UnblindedRecords

OPEN = "the records do not say: read the report of the trial"


@dataclass(frozen=True, slots=True)
class Preanswers:
    """Answers proved by records, and the questions that are still open.

    Parameters
    ----------
    proved
        Question number to its answer and what proves it.
    open
        Question number to why it has no answer.
    by_people
        Question number to an answer that somebody gave, or changed, and why.
    """

    about: str
    proved: Mapping[str, Proof]
    open: Mapping[str, str]
    by_people: Mapping[str, Proof] = field(default_factory=dict)

    def answers(self) -> dict[str, str]:
        """Return question number to answer, those of people before those of records."""
        both = {**self.proved, **self.by_people}
        return {number: both[number].answer for number in sorted(both)}

    def answered(self, number: str, answer: str, *, author: str, reason: str) -> Preanswers:
        """Return them with one answer given or changed by a person.

        Raises
        ------
        DataError
            When author or reason is missing, the question unknown, or the answer none.
        """
        known = {question.number for domain in domains() for question in domain.questions}
        if number not in known:
            raise DataError(f"RoB 2 has no question {number!r} for the effect of assignment.")
        if not author.strip() or not reason.strip():
            raise DataError(f"Question {number}: say who answers it, and why.")
        code = read_answer(answer)
        if not code:
            raise DataError(f"Question {number}: the answer is empty.")
        before = self.proved.get(number)
        instead = f" (instead of {before.answer}: {before.proved_by})" if before else ""
        given = Proof(code, f"{author.strip()}: {reason.strip()}{instead}")
        still = {key: why for key, why in self.open.items() if key != number}
        return replace(self, open=still, by_people={**self.by_people, number: given})


def preanswered(
    records: UnblindedRecords,
    outcome: str,
    *,
    visit: str | None = None,
    allocation: AllocationProof | None = None,
    result: Estimate | None = None,
    unblinded_on: date | None = None,
) -> Preanswers:
    """Answer what the records of a trial prove about one outcome, for the effect of assignment.

    Parameters
    ----------
    records
        A trial whose arms are known.
    outcome, visit
        The protocol's short name of an instrument; the visit of the result, None for the last
        that measures it.
    allocation
        What the vault says of the list; None: nothing is known, 1.1 and 1.2 stay open.
    result
        The estimate whose bias is judged: its status says whether the plan names it.
    unblinded_on
        The day on which outcomes could first be seen by arm.
    """
    plan = records.protocol
    if outcome not in plan.instruments:
        raise DataError(
            f"{plan.identifier} has no outcome {outcome!r}. Its outcomes: "
            f"{', '.join(plan.instruments)}."
        )
    measured = [v.name for v in plan.visits if not v.baseline and outcome in v.instruments]
    if not measured or (visit is not None and visit not in measured):
        raise DataError(
            f"{outcome} is not measured at {visit or 'any visit after baseline'}. It is measured "
            f"at: {', '.join(measured) or 'none'}."
        )
    at = visit or measured[-1]
    found: dict[str, Proof | str] = {
        question.number: OPEN for domain in domains() for question in domain.questions
    }
    found |= from_list(allocation)
    found |= from_baseline(records)
    found |= from_guesses(records, outcome)
    found |= from_scores(records, outcome, at)
    found |= from_schedule(records, outcome)
    found |= from_plan(plan, outcome, result, unblinded_on)
    proved = {number: one for number, one in found.items() if isinstance(one, Proof)}
    still = {number: one for number, one in found.items() if isinstance(one, str)}
    return Preanswers(f"{plan.identifier}, {outcome} at {at}", proved, still)
