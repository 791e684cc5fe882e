"""How sure a review may be: GRADE's rules on each analysis, and what people decided instead.

`judgements/rob2.yaml` (and `robins-i.yaml`) hold answers by study, in the form that
`equipoise judge` reads; `judgements/grade.yaml` is the ledger of decisions. Rules that nobody
confirmed hold as suggestions, and the row says so. A judgement of data that changed since counts
as none: what it lowered stays lowered, what it spared does not stay spared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimates, Refusal
from equipoise.synthesis.judgement import Ledger, read_ledger
from equipoise.synthesis.judgement.grade import (
    Certainty,
    certainty,
    certainty_row,
    grade_settings,
    inputs_now,
    suggest,
)
from equipoise.synthesis.review.grade_evidence import evidence_of
from equipoise.synthesis.review.risk_of_bias import (
    NOT_JUDGED,
    assessed,
    lapsed_bias,
    risk_of_bias_of,
    some,
    undated_bias,
)
from equipoise.synthesis.review.study import OF_STUDIES

if TYPE_CHECKING:
    from equipoise.synthesis.judgement import Judgement
    from equipoise.synthesis.judgement.grade.certainty import Design
    from equipoise.synthesis.review.folder import ReviewFolder
    from equipoise.synthesis.review.plan import ReviewAnalysis
    from equipoise.synthesis.review.selection import Row

__all__ = ["GRADE_LEDGER", "NOT_JUDGED", "assessed", "certainty_of", "grade_ledger", "graded",
           "risk_of_bias_of", "suggestions"]  # fmt: skip
GRADE_LEDGER = "grade.yaml"
NOBODY = "nobody has judged the risk of bias of"
SINCE = "nobody has judged the risk of bias since the file changed of"
DIGITS = 12
"""Of the hashes of studies that a decision names."""
UNREAD = "nobody has read here how far the trials differ in"
"""A pool taken as stated shows one interval, which says nothing of the spread behind it."""


def graded(folder: ReviewFolder, analysis: ReviewAnalysis, rows: Sequence[Row]) -> Estimates:
    """Return the `certainty` of one analysis, or why there is none.

    Parameters
    ----------
    folder
        The review, with its judgements.
    analysis, rows
        The analysis, and what it pools.
    """
    if not rows:
        return _refused("no study, so no certainty", analysis)
    review = folder.review
    if review.outcomes[analysis.outcome].thresholds is None:
        reason = f"review.yaml declares no thresholds of {analysis.outcome}: how sure of what size?"
        return _refused(reason, analysis)
    try:
        certain, stale = certainty_of(folder, analysis, rows)
    except NotIdentifiedError as error:
        return _refused(str(error), analysis)
    row = certainty_row(certain)
    return Estimates((replace(row, outcome=analysis.outcome, warnings=(*row.warnings, *stale)),))


def _refused(reason: str, analysis: ReviewAnalysis) -> Estimates:
    return Estimates(refused=(Refusal("certainty", reason, analysis.name, analysis.outcome),))


def certainty_of(
    folder: ReviewFolder, analysis: ReviewAnalysis, rows: Sequence[Row]
) -> tuple[Certainty, tuple[str, ...]]:
    """Return the certainty of an analysis, and which judgements are of older data."""
    suggested = suggestions(folder, analysis, rows)
    decided, now = grade_ledger(folder), inputs_now(suggested)
    lapsed = {one.rule: one for one in decided.lapsed(now)}
    known = {one.rule for one in decided.current() if one.about == analysis.name}
    whole = decided.append(
        *(_careful(one, lapsed[one.rule]) for one in suggested if one.rule in lapsed),
        *(one for one in suggested if one.rule not in known),
    )
    randomised = all(row.study.design.randomised for row in rows)
    design: Design = "randomised" if randomised else "observational"
    certain = certainty(analysis.name, whole, design=design)
    return certain, (*decided.stale(now), *_bias_told(folder, rows))


def _careful(suggested: Judgement, lapsed: Judgement) -> Judgement:
    """Return what holds while a decision is of older data: the suggestion, never a surer one.

    Unblinding counts where the decision counted it, so that it cannot come to count twice.
    """
    before, now = int(lapsed.decision or 0), int(suggested.decision or 0)
    elsewhere = suggested.counts_unblinding and not lapsed.counts_unblinding
    level = before if elsewhere else min(before, now)
    reason = f"{lapsed.author} decided {before:+d} on other data, to be judged again"
    return replace(
        suggested, suggestion=level, decision=level, reason=f"{reason}; {suggested.reason}",
        counts_unblinding=lapsed.counts_unblinding,
    )  # fmt: skip


def _bias_told(folder: ReviewFolder, rows: Sequence[Row]) -> tuple[str, ...]:
    """Say which studies changed after they were judged, and of which that cannot be seen."""
    here, changed = {row.study.id for row in rows}, lapsed_bias(folder)
    told = {
        "risk of bias is stale, and counts as not judged: the file changed since of":
            [name for name in folder.studies if name in here & changed],
        "risk of bias says no `study_sha256`, so that a change of the file cannot be seen, of":
            [name for name in undated_bias(folder) if name in here],
    }  # fmt: skip
    return tuple(f"{said} {some(names)}" for said, names in told.items() if names)


def suggestions(
    folder: ReviewFolder, analysis: ReviewAnalysis, rows: Sequence[Row]
) -> tuple[Judgement, ...]:
    """Return what the rules of GRADE suggest of one analysis, ready for a ledger."""
    review = folder.review
    judged = risk_of_bias_of(folder, analysis.outcome)
    levels = [judged.get(row.study.id, NOT_JUDGED) for row in rows]
    made = suggest(
        analysis.name,
        evidence_of(review, analysis, rows, levels),
        unblinding_in=review.grade.unblinding_in,
        settings=grade_settings(review.grade.limits),
    )
    changed = lapsed_bias(folder)
    lacking = [row.study.id for row, level in zip(rows, levels, strict=True) if level == NOT_JUDGED]
    never = [name for name in lacking if name not in changed]
    pools = [row.study.id for row in rows if row.study.design.kind in OF_STUDIES]
    since = [name for name in lacking if name in changed]
    told = [f"{said} {some(names)}" for said, names in ((NOBODY, never), (SINCE, since)) if names]
    bias = (lacking, "; ".join(told))
    lowered = {"risk-of-bias": bias, "inconsistency": (pools, f"{UNREAD} {some(pools)}")}
    judged_on = {row.study.id: row.study.sha256[:DIGITS] for row in rows}
    return tuple(_lowered(_of(one, judged_on), *lowered.get(one.rule, ([], ""))) for one in made)


def grade_ledger(folder: ReviewFolder) -> Ledger:
    """Return the decisions that people made on the certainty, oldest first."""
    file = folder.judgements / GRADE_LEDGER
    if not file.is_file():
        return Ledger()
    return read_ledger(file.read_text(encoding="utf-8"), name=str(file))


def _of(one: Judgement, studies: Mapping[str, str]) -> Judgement:
    """Name the versions of the studies that were judged among the inputs."""
    return replace(one, inputs={"studies": studies, **one.inputs}, inputs_sha256="")


def _lowered(one: Judgement, studies: Sequence[str], said: str) -> Judgement:
    """Lower by one where nobody has looked yet: an unread study is not one at low risk."""
    if not studies:
        return one
    level = min(int(one.suggestion), -1)
    inputs = {**one.inputs, "not_judged": tuple(studies)}
    return replace(
        one, inputs=inputs, inputs_sha256="", suggestion=level, decision=level,
        reason=f"{said}; {one.reason}",
    )  # fmt: skip
