"""FHIR R5 Evidence, one resource an analysis: its pool, or its only study. Experimental.

The resource is at maturity level 1 (trial use) in R5, and its successor in R6 differs.
https://hl7.org/fhir/R5/evidence.html. Every resource says `experimental: true`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from equipoise.estimates import Estimate
from equipoise.synthesis.review.study import OF_STUDIES

if TYPE_CHECKING:
    from equipoise.synthesis.review.plan import Review, ReviewAnalysis
    from equipoise.synthesis.review.selection import Row
    from equipoise.synthesis.review.synthesise import Synthesis

NAME = "fhir"
Certainty = Literal["high", "moderate", "low", "very-low"]
SYSTEM = "http://terminology.hl7.org/CodeSystem"
INTERVAL = {"coding": [{"system": f"{SYSTEM}/attribute-estimate-type", "code": "C53324",
                        "display": "Confidence interval"}]}  # fmt: skip
STATISTICS = {
    "SMD": "Standardized mean difference", "MD": "Mean difference", "OR": "Odds ratio",
    "RR": "Relative risk", "HR": "Hazard ratio", "ROM": "Ratio of means",
    "RD": "Risk difference", "COR": "Correlation coefficient",
}  # fmt: skip
POOLED = ("pooled-effect", "pooled-ratio")
OWN = ("study-effect", "study-ratio")


def export(synthesis: Synthesis) -> dict[str, str]:
    """Return a file for each analysis with an effect; none where no study has one."""
    return {
        f"evidence-{name}.json": json.dumps(resource, ensure_ascii=False, indent=1) + "\n"
        for name, resource in evidence(synthesis).items()
    }


def evidence(
    synthesis: Synthesis, certainty: Mapping[str, Certainty] | None = None
) -> dict[str, dict[str, Any]]:
    """Return an Evidence resource by analysis.

    Parameters
    ----------
    synthesis
    certainty
        Of each analysis, as judged; one that is not judged has no `certainty` in the resource.
    """
    found = {}
    for name, estimates in synthesis.found.items():
        for row in estimates:
            if _is_central(row, name, synthesis.selections[name].rows):
                rating = (certainty or {}).get(name)
                found[name] = _resource(synthesis, name, row, rating)
    return found


def _is_central(row: Estimate, name: str, rows: Sequence[Row]) -> bool:
    if row.low is None or row.high is None:
        return False
    if len(rows) == 1:
        return row.name in OWN and row.label == f"{name}: {rows[0].study.id}"
    return row.name in POOLED and row.label == name


def _resource(
    synthesis: Synthesis, name: str, row: Estimate, rating: Certainty | None
) -> dict[str, Any]:
    review = synthesis.folder.review
    analysis = review.analysis(name)
    made: dict[str, Any] = {
        "resourceType": "Evidence",
        "id": f"{review.identifier}-{name}".replace("_", "-")[:64],
        "version": synthesis.version.short,
        "title": f"{review.title}: {name}",
        "status": "draft",
        "experimental": True,
        "description": _description(row),
        "variableDefinition": list(_variables(review, analysis)),
        "synthesisType": {"text": f"{_kind(synthesis.selections[name].rows)}; {row.method}"},
        "statistic": [_statistic(synthesis, name, analysis, row)],
        "note": [{"text": f"Computed by equipoise, version {synthesis.version.sha256}."}],
    }
    if row.assumptions:
        made["note"] += [{"text": text} for text in row.assumptions]
    unverified = [one.study.id for one in synthesis.selections[name].rows if not one.verified]
    if unverified:
        made["note"] += [{"text": f"Pooled unverified: {', '.join(unverified)}."}]
    if rating is not None:
        made["certainty"] = [
            {
                "type": {"coding": [{"system": f"{SYSTEM}/certainty-type", "code": "Overall"}]},
                "rating": {"coding": [{"system": f"{SYSTEM}/certainty-rating", "code": rating}]},
            }
        ]
    return made


def _kind(rows: Sequence[Row]) -> str:
    """Say what a number is: nothing was pooled here where there is one study."""
    if len(rows) > 1:
        return "Meta-analysis"
    of_studies = rows[0].study.design.kind in OF_STUDIES
    return "Published synthesis, as stated" if of_studies else "One study, not pooled"


def _description(row: Estimate) -> str:
    level = f"{100 * (row.level or 0.95):g}%"
    return f"{row.estimate:.3g} ({level} CI {row.low:.3g} to {row.high:.3g}), {row.unit}"


def _variables(review: Review, analysis: ReviewAnalysis) -> Iterator[dict[str, Any]]:
    question = review.question
    roles = (
        ("population", question.population),
        ("exposure", question.intervention),
        ("referenceExposure", f"{question.comparator} ({', '.join(analysis.comparators)})"),
        ("measuredVariable", review.outcomes[analysis.outcome].label),
    )
    for role, text in roles:
        coding = [{"system": f"{SYSTEM}/variable-role", "code": role}]
        yield {"description": text, "variableRole": {"coding": coding}}


def _statistic(
    synthesis: Synthesis, name: str, analysis: ReviewAnalysis, row: Estimate
) -> dict[str, Any]:
    chosen = synthesis.selections[name].rows
    people = [
        arm.n for one in chosen for arm in one.study.arms if arm.name in one.contrast and arm.n
    ]
    size: dict[str, Any] = {"numberOfStudies": len(chosen)}
    complete = len(people) == 2 * len(chosen)
    if complete:
        size["numberOfParticipants"] = sum(people)
    else:
        size["description"] = "Not every study reports how many people were allocated."
    interval = {
        "type": INTERVAL, "level": row.level,
        "range": {"low": {"value": row.low}, "high": {"value": row.high}},
    }  # fmt: skip
    made = {
        "statisticType": {"text": STATISTICS[analysis.measure]},
        "quantity": {"value": row.estimate},
        "sampleSize": size,
        "attributeEstimate": [interval],
    }
    if row.p is not None:
        made["attributeEstimate"].append(  # type: ignore[attr-defined]
            {"type": {"text": "P value"}, "quantity": {"value": row.p}}
        )
    return made
