"""FHIR R5 Evidence, one resource an analysis that was pooled. Experimental.

The resource is at maturity level 1 (trial use) in R5, and its successor in R6 differs.
https://hl7.org/fhir/R5/evidence.html. Every resource says `experimental: true`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from equipoise.estimates import Estimate

if TYPE_CHECKING:
    from equipoise.synthesis.review.plan import Review, ReviewAnalysis
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


def export(synthesis: Synthesis) -> dict[str, str]:
    """Return a file for each pooled analysis; none where nothing could be pooled."""
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
            if row.name in ("pooled-effect", "pooled-ratio") and row.label == name:
                rating = (certainty or {}).get(name)
                found[name] = _resource(synthesis, name, row, rating)
    return found


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
        "synthesisType": {"text": f"Meta-analysis; {row.method}"},
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
