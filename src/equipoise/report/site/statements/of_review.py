"""Sentences of reviews that a statement asks for; a name that does not exist is an error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from equipoise.errors import DataError
from equipoise.protocol.consistency import mismatch
from equipoise.report.evidence.answer import Answer
from equipoise.report.evidence.as_told import told_of
from equipoise.report.evidence.sentences import KINDS, kind_of, sentences_of
from equipoise.report.evidence.side_by_side import apart, not_compared
from equipoise.synthesis.review.certainty import risk_of_bias_of

if TYPE_CHECKING:
    from equipoise.report.evidence import Sentence
    from equipoise.report.site.content import Content, Told
    from equipoise.report.site.statements.plan import OfApart, OfReports, OfReview, OfSideBySide


def of_review(query: OfReview, content: Content) -> Iterator[Sentence]:
    """Yield a review's sentences of the kinds asked for, in the order of the kinds."""
    told = review_named(query.review, content)
    for kind in query.kinds:
        if kind not in KINDS:
            raise DataError(f"There is no such kind of sentence: {mismatch(kind, KINDS)}.")
    for group in _groups(query, told):
        chosen = [one for one in group if kind_of(one) in query.kinds]
        yield from sorted(chosen, key=lambda one: query.kinds.index(kind_of(one)))


def _groups(query: OfReview, told: Told) -> Iterator[Sequence[Sentence]]:
    """Yield the sentences of each analysis that is named; of none, those of each outcome."""
    for name in query.analyses:
        answer = _answer(told, name)
        yield sentences_of(answer) if answer else ()
    if not query.analyses:
        outcomes = dict.fromkeys(one.outcome for one in told.sentences)
        for outcome in outcomes:
            yield [one for one in told.sentences if one.outcome == outcome]


def of_reports(query: OfReports, content: Content) -> Iterator[Sentence]:
    """Yield what reports of a review's studies say in words."""
    told = review_named(query.review, content)
    studies = told.synthesis.folder.studies
    for name in query.studies:
        if name not in studies:
            raise DataError(f"{query.review} has no such study: {mismatch(name, list(studies))}.")
    known = sorted({row.outcome for study in studies.values() for row in study.outcomes})
    for outcome in query.outcomes:
        if outcome not in known:
            raise DataError(
                f"No study of {query.review} reports on it: {mismatch(outcome, known)}."
            )
    yield from told_of(told.synthesis, query.outcomes, query.studies)


def of_apart(query: OfApart, content: Content) -> Iterator[Sentence]:
    """Yield how far two analyses lie apart."""
    one, other = answer_named(query.one, content), answer_named(query.other, content)
    if one is not None and other is not None:
        yield apart(one, other)


def of_side_by_side(query: OfSideBySide, content: Content) -> Iterator[Sentence]:
    """Yield that the treatments were not compared with one another."""
    found = [answer_named(name, content) for name in query.analyses]
    known = [one for one in found if one is not None and one.rows]
    if len(known) > 1:
        yield not_compared(known)


def answer_named(name: str, content: Content) -> Answer | None:
    """Return the analysis that `review:analysis` names; None where it could not be run.

    Raises
    ------
    DataError
        When there is no such review or analysis.
    """
    review, _, analysis = name.partition(":")
    return _answer(review_named(review, content), analysis)


def review_named(name: str, content: Content) -> Told:
    """Return a review of the site.

    Raises
    ------
    DataError
        When there is none of that name; says which is nearest.
    """
    if name not in content.reviews:
        raise DataError(f"There is no such review here: {mismatch(name, list(content.reviews))}.")
    return content.reviews[name]


def _answer(told: Told, name: str) -> Answer | None:
    named = {one.name: one for one in told.review.analyses}
    if name not in named:
        raise DataError(f"{told.name} plans no such analysis: {mismatch(name, list(named))}.")
    if name not in told.synthesis.found:
        return None
    plan, folder = named[name], told.synthesis.folder
    return Answer(told.synthesis, plan, risk_of_bias_of(folder, plan.outcome))
