"""The first sentence of an answer: certainty by size, or why there is no such sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.report.evidence.effect import (
    counted_studies,
    kind_of,
    on_scale,
    size,
    studies_shown,
)
from equipoise.report.evidence.sentence import Shown
from equipoise.report.evidence.templates import fill
from equipoise.synthesis.judgement.plain_statement import (
    NO_STUDY,
    no_study,
    statement,
    statement_name,
)
from equipoise.synthesis.review.study_numbers import BASELINE

if TYPE_CHECKING:
    from equipoise.report.evidence.answer import Answer
    from equipoise.report.evidence.sentence import Sentence

HEADLINE = "headline"
EVERYBODY = "(population 100%"
"""How the rule writes that nobody who took part is of the people asked about."""


def told(answer: Answer) -> Iterator[Sentence]:
    """Yield the headline, and where it applies that lots were not drawn, or people others."""
    yield _headline(answer)
    designs = {row.study.design.randomised for row in answer.rows}
    if len(designs) > 1:
        yield answer.sentence("mixed-designs", "mixed-designs", fill("mixed-designs"))
    lowered = [why for why in answer.certainty_reasons if why.startswith("indirectness -")]
    if lowered:
        template = "indirect-all" if any(EVERYBODY in why for why in lowered) else "indirect"
        yield answer.sentence("indirect", template, fill(template))


def _headline(answer: Answer) -> Sentence:
    known, named = on_scale(answer), size(answer)
    if not answer.rows and answer.without_number:
        return _no_number(answer)
    if not answer.rows:
        everything = answer.synthesis.folder.studies
        return answer.sentence(
            HEADLINE,
            NO_STUDY,
            no_study(answer.wording),
            (Shown("studies", f"of {len(everything)} in the review", 0, ""),),
        )
    if BASELINE in answer.analysis.comparators:
        return _without_answer(answer, "uncontrolled")
    if known is None:
        return _without_answer(answer, "not-pooled")
    if answer.level is None or named is None:
        return _without_answer(answer, "not-judged")
    row = answer.central
    shown = (Shown(row.name, row.label, float(row.estimate or 0), ""),) if row else ()
    unsure = answer.level == 1
    return answer.sentence(
        HEADLINE,
        statement_name(answer.level, named),
        statement(answer.level, named, known[0], answer.wording),
        shown,
        size="" if unsure else named,
    )


def _no_number(answer: Answer) -> Sentence:
    looked = answer.without_number
    text = counted_studies(len(looked), kind_of(looked))
    shown = (Shown("studies", f"{answer.analysis.name}, without a number", len(looked), text),)
    said = fill("no-number", studies=text, x=answer.wording.treatment, y=answer.wording.outcome)
    ids = [study.id for study in looked]
    return answer.sentence(HEADLINE, "no-number", said, shown, studies=ids)


def _without_answer(answer: Answer, template: str) -> Sentence:
    studies = studies_shown(answer)
    words = {"x": answer.wording.treatment, "y": answer.wording.outcome, "studies": studies.text}
    if template == "uncontrolled":
        words["does"] = "do" if answer.wording.plural else "does"
    return answer.sentence(HEADLINE, template, fill(template, **words), (studies,))
