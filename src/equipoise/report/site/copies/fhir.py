"""reviews/NAME.fhir.json: FHIR R5, an Evidence for each pooled analysis and who judged it how.

Both resources are at maturity level 1 (trial use): https://hl7.org/fhir/R5/evidence.html and
https://hl7.org/fhir/R5/artifactassessment.html. Codes of certainty are those of HL7 terminology.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from equipoise.report.site.living.feed import moment
from equipoise.report.site.machine.undosed import undosed
from equipoise.report.site.page import File
from equipoise.synthesis.judgement.grade.certainty import UPGRADES
from equipoise.synthesis.review.certainty import certainty_of
from equipoise.synthesis.review.exporters.fhir_evidence import SYSTEM, evidence

if TYPE_CHECKING:
    from equipoise.report.site.content import Content, Told
    from equipoise.synthesis.judgement import Judgement
    from equipoise.synthesis.judgement.grade import Certainty
    from equipoise.synthesis.review.exporters.fhir_evidence import Certainty as Code

DOMAINS = {
    "risk-of-bias": "RiskOfBias", "inconsistency": "Inconsistency",
    "indirectness": "Indirectness", "unblinding": "Indirectness", "imprecision": "Imprecision",
    "publication-bias": "PublicationBias", "large-effect": "LargeEffect",
    "dose-gradient": "DoseResponseGradient", "opposing-confounding": "PlausibleConfounding",
}  # fmt: skip
MOVED = {
    -2: "downcode2", -1: "downcode1", 0: "no-change", 1: "upcode1", 2: "upcode2",
}  # fmt: skip
NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "https://hl7.org/fhir/R5/evidence.html")


def files(content: Content) -> Iterator[File]:
    """Yield a file for each review; its bundle is empty where nothing could be pooled."""
    for name, told in content.reviews.items():
        text = json.dumps(
            undosed(bundle(told, content)), ensure_ascii=False, allow_nan=False, indent=1
        )
        yield File(f"reviews/{name}.fhir.json", text + "\n")


def bundle(told: Told, content: Content) -> dict[str, Any]:
    """Return a review as a bundle of Evidence and ArtifactAssessment."""
    sure = _certainties(told)
    codes = {name: cast("Code", one.word.replace(" ", "-")) for name, one in sure.items()}
    resources = []
    for name, made in evidence(told.synthesis, codes).items():
        made |= {"date": content.today.isoformat(), "copyright": content.plan.licence}
        made["relatedArtifact"] = _papers(told, name)
        resources.append(made)
        if name in sure:
            made["certainty"][0]["rater"] = _raters(sure[name])
            resources.append(_assessment(made, sure[name], content))
    entries = [{"fullUrl": _urn(one["id"]), "resource": one} for one in resources]
    return {
        "resourceType": "Bundle",
        "id": told.name[:64].replace("_", "-"),
        "type": "collection",
        "timestamp": moment(content.today),
        **({"entry": entries} if entries else {}),
    }


def _certainties(told: Told) -> dict[str, Certainty]:
    made = told.synthesis
    return {
        name: certainty_of(made.folder, told.review.analysis(name), chosen.rows)[0]
        for name, chosen in made.selections.items()
        if made.found[name].select(name="certainty").rows
    }


def _papers(told: Told, name: str) -> list[dict[str, Any]]:
    found = []
    for row in told.synthesis.selections[name].rows:
        paper: dict[str, Any] = {"type": "derived-from", "citation": row.study.citation}
        if row.study.doi:
            paper["document"] = {"url": f"https://doi.org/{row.study.doi}"}
        found.append(paper)
    return found


def _raters(certain: Certainty) -> str:
    people = dict.fromkeys(one.author for one in certain.judgements if one.confirmed)
    return ", ".join(people) or "rules of equipoise, confirmed by nobody"


def _assessment(made: dict[str, Any], certain: Certainty, content: Content) -> dict[str, Any]:
    overall = {
        "informationType": "rating",
        "type": _coded("certainty-type", "Overall"),
        "classifier": [_coded("certainty-rating", certain.word.replace(" ", "-"))],
        "summary": "; ".join(certain.reasons),
        "author": {"display": _raters(certain)},
        "component": [_judged(one, certain) for one in certain.judgements],
    }
    return {
        "resourceType": "ArtifactAssessment",
        "id": _urn(f"grade of {made['id']}").removeprefix("urn:uuid:"),
        "title": f"Certainty of {made['title']}",
        "date": content.today.isoformat(),
        "artifactReference": {"reference": _urn(made["id"]), "display": made["title"]},
        "content": [overall],
    }


def _judged(one: Judgement, certain: Certainty) -> dict[str, Any]:
    moved = certain.counted(one)
    said = one.reason or one.threshold
    if one.rule in UPGRADES and moved != one.decision:
        said += " (does not count: something lowers the certainty)"
    return {
        "informationType": "rating",
        "type": _coded("certainty-type", DOMAINS[one.rule]),
        "classifier": [_coded("certainty-rating", MOVED[moved])],
        "summary": f"{one.rule}: {said}",
        "author": {"display": one.author if one.confirmed else "rule, confirmed by nobody"},
    }


def _coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": f"{SYSTEM}/{system}", "code": code}]}


def _urn(name: str) -> str:
    return f"urn:uuid:{uuid.uuid5(NAMES, name)}"
