"""What reports say of an outcome without a number that can be pooled, each in its own sentence.

They are no part of a review's answer: nothing is pooled and nothing graded. A report with no group
drawn by lot says so in the same breath.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from equipoise.report.evidence.effect import is_pool
from equipoise.report.evidence.facts_told import NOT_GRADED, numbers_of
from equipoise.report.evidence.sentence import Opens, Read, Sentence, Shown
from equipoise.report.evidence.study_name import study_name
from equipoise.report.evidence.templates import fill
from equipoise.synthesis.review.selection import is_intervention
from equipoise.synthesis.review.study_numbers import BASELINE

if TYPE_CHECKING:
    from equipoise.synthesis.review import Review, Study, Synthesis
    from equipoise.synthesis.review.study_numbers import Statement


def told_of(
    synthesis: Synthesis, outcomes: Sequence[str], studies: Sequence[str] = ()
) -> Iterator[Sentence]:
    """Yield the verified statements of a review's studies on some outcomes.

    Parameters
    ----------
    outcomes
        Names of outcomes as the studies have them.
    studies
        Only these; empty: every study of the review.
    """
    times: Counter[str] = Counter()
    for study in synthesis.folder.studies.values():
        for row in study.outcomes:
            if row.outcome not in outcomes or (studies and study.id not in studies):
                continue
            for statement in row.statements:
                if statement.verified and _is_on(synthesis.folder.review, study, statement):
                    name = f"told-{study.id}"
                    times[name] += 1
                    kind = name if times[name] == 1 else f"{name}-{times[name]}"
                    yield _said(synthesis, study, statement, row.outcome, kind)


def _is_on(review: Review, study: Study, statement: Statement) -> bool:
    """Whether a statement is on what the review is about: no other dose or drug of the study."""
    arm = statement.contrast[0]
    return any(is_intervention(review, study, arm, one) for one in review.analyses)


def _said(
    synthesis: Synthesis, study: Study, statement: Statement, outcome: str, kind: str
) -> Sentence:
    template = _template(study, statement)
    name = study_name(study)
    text = fill(template, study=name, says=statement.says)
    read = Read(statement.source or "", study.citation, study.doi, None, statement.checked_by,
                statement.note)  # fmt: skip
    shown = (Shown("study", study.id, None, name), *numbers_of(statement.says, study.id))
    return Sentence(
        id=f"{synthesis.folder.review.identifier}:{outcome.replace(' ', '-')}:{kind}",
        template=template, text=text, outcome=outcome, certainty=NOT_GRADED, size="",
        estimates=shown, studies=(study.id,), version=synthesis.version.sha256,
        opens=Opens(sources=(read,)),
    )  # fmt: skip


def _template(study: Study, statement: Statement) -> str:
    """Return how a report is quoted: whether it compared people whom lots had parted."""
    if is_pool(study):
        return "told-report"
    compared = study.design.randomised and statement.contrast[1] != BASELINE
    return "told-trial" if compared else "told-observed"
