"""How sure a review may be: GRADE's rules on each analysis, and what people decided instead.

`judgements/rob2.yaml` (and `robins-i.yaml`) hold answers by study, in the form that
`equipoise judge` reads; `judgements/grade.yaml` is the ledger of decisions. Rules that nobody
confirmed hold as suggestions, and the row says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimates, Refusal
from equipoise.synthesis.judgement import Ledger, from_mapping, judge_studies, read_ledger
from equipoise.synthesis.judgement.grade import (
    Certainty,
    certainty,
    certainty_row,
    grade_settings,
    inputs_now,
    suggest,
)
from equipoise.synthesis.review.grade_evidence import evidence_of
from equipoise.synthesis.review.study import OF_STUDIES

if TYPE_CHECKING:
    from equipoise.synthesis.judgement import Assessed, Judgement
    from equipoise.synthesis.judgement.grade.certainty import Design
    from equipoise.synthesis.review.folder import ReviewFolder
    from equipoise.synthesis.review.plan import ReviewAnalysis
    from equipoise.synthesis.review.selection import Row

TOOLS = {"rob2.yaml": "rob2", "robins-i.yaml": "robins-i"}
GRADE_LEDGER = "grade.yaml"
NOT_JUDGED = "not judged"
NOBODY = "nobody has judged the risk of bias of"
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
    """Return the certainty of an analysis, and which decisions rest on older data."""
    suggested = suggestions(folder, analysis, rows)
    decided = grade_ledger(folder)
    known = {(one.rule, one.about) for one in decided.current()}
    whole = decided.append(*(s for s in suggested if (s.rule, s.about) not in known))
    randomised = all(row.study.design.randomised for row in rows)
    design: Design = "randomised" if randomised else "observational"
    certain = certainty(analysis.name, whole, design=design)
    return certain, decided.stale(inputs_now(suggested))


def suggestions(
    folder: ReviewFolder, analysis: ReviewAnalysis, rows: Sequence[Row]
) -> tuple[Judgement, ...]:
    """Return what the rules of GRADE suggest of one analysis, ready for a ledger."""
    review = folder.review
    judged = risk_of_bias_of(folder)
    levels = [judged.get(row.study.id, NOT_JUDGED) for row in rows]
    made = suggest(
        analysis.name,
        evidence_of(review, analysis, rows, levels),
        unblinding_in=review.grade.unblinding_in,
        settings=grade_settings(review.grade.limits),
    )
    lacking = [row.study.id for row, level in zip(rows, levels, strict=True) if level == NOT_JUDGED]
    pools = [row.study.id for row in rows if row.study.design.kind in OF_STUDIES]
    lowered = {"risk-of-bias": (lacking, NOBODY), "inconsistency": (pools, UNREAD)}
    return tuple(_lowered(one, *lowered.get(one.rule, ([], ""))) for one in made)


def risk_of_bias_of(folder: ReviewFolder) -> dict[str, str]:
    """Return the overall level of each study that was judged, in words."""
    return {one.label: one.level("overall") for one in assessed(folder)}


def assessed(folder: ReviewFolder) -> tuple[Assessed, ...]:
    """Return the risk of bias of all studies that the folder has answers for."""
    import yaml  # noqa: PLC0415

    found: list[Assessed] = []
    for name, tool in TOOLS.items():
        file = folder.judgements / name
        if file.is_file():
            try:
                data = yaml.safe_load(file.read_text(encoding="utf-8"))
            except (yaml.YAMLError, UnicodeDecodeError) as error:
                raise DataError(f"{file} is no YAML in UTF-8: {error}") from error
            found += judge_studies(from_mapping(data), tool)  # type: ignore[arg-type]
    return tuple(found)


def grade_ledger(folder: ReviewFolder) -> Ledger:
    """Return the decisions that people made on the certainty, oldest first."""
    file = folder.judgements / GRADE_LEDGER
    if not file.is_file():
        return Ledger()
    return read_ledger(file.read_text(encoding="utf-8"), name=str(file))


def _lowered(one: Judgement, studies: Sequence[str], said: str) -> Judgement:
    """Lower by one where nobody has looked yet: an unread study is not one at low risk."""
    if not studies:
        return one
    level = min(int(one.suggestion), -1)
    inputs = {**one.inputs, "not_judged": tuple(studies)}
    return replace(
        one, inputs=inputs, inputs_sha256="", suggestion=level, decision=level,
        reason=f"{said} {', '.join(studies)}; {one.reason}",
    )  # fmt: skip
