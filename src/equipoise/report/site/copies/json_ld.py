"""reviews/NAME.json: a review, its studies and their papers as schema.org has them, in JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from equipoise.report.site.machine.described import CONTEXT, credit, distribution, web_page
from equipoise.report.site.machine.undosed import undosed
from equipoise.report.site.page import File
from equipoise.synthesis.review.exporters.csv_jsonld import dataset
from equipoise.synthesis.review.study import OF_STUDIES

if TYPE_CHECKING:
    from equipoise.report.site.content import Content, Told
    from equipoise.synthesis.review import Study

OBSERVED = {
    "cohort": "https://schema.org/CohortStudy",
    "cross-sectional": "https://schema.org/CrossSectional",
}
"""Designs in which the researchers gave nothing; every other study is a trial."""
RANDOMISED = "https://schema.org/RandomizedTrial"
PLACEBO = "https://schema.org/PlaceboControlledTrial"


def files(content: Content) -> Iterator[File]:
    """Yield a file for each review."""
    for name, told in content.reviews.items():
        text = json.dumps(
            undosed(graph(told, content)), ensure_ascii=False, allow_nan=False, indent=1
        )
        yield File(f"reviews/{name}.json", text + "\n")


def graph(told: Told, content: Content) -> dict[str, Any]:
    """Return the page, its data, the studies and the papers, each named so that others can cite."""
    page = web_page(f"reviews/{told.name}.html", told.review.title, content)
    page |= {"@id": "#page", "mainEntity": {"@id": "#data"}}
    studies = told.synthesis.folder.studies.values()
    nodes = [page, _data(told, content)]
    nodes += [_study(one) for one in studies if one.design.kind not in OF_STUDIES]
    nodes += [_article(one) for one in studies]
    return {"@context": CONTEXT, "@graph": nodes}


def _data(told: Told, content: Content) -> dict[str, Any]:
    made = {name: value for name, value in dataset(told.synthesis).items() if name != "@context"}
    made |= {
        "@id": "#data",
        "version": content.version,
        "dateModified": content.today.isoformat(),
        "isAccessibleForFree": True,
        "distribution": distribution(told.name, content),
        "citation": [{"@id": _paper(one)} for one in told.synthesis.folder.studies.values()],
        **credit(content.plan),
    }
    said = [one for one in told.sentences if one.kind == "headline"]
    if said:
        made["abstract"] = " ".join(f"{one.text} (certainty: {one.certainty})" for one in said)
    return made


def _study(study: Study) -> dict[str, Any]:
    made: dict[str, Any] = {
        "@type": "MedicalTrial",
        "@id": f"#study-{study.id}",
        "name": study.citation,
        "description": study.population.described,
        "subjectOf": {"@id": _paper(study)},
    }
    if study.population.condition:
        condition = {"@type": "MedicalCondition", "name": study.population.condition}
        made["healthCondition"] = condition
    if study.registration:
        made["identifier"] = list(study.registration)
    if study.design.kind in OBSERVED:
        return made | {
            "@type": "MedicalObservationalStudy", "studyDesign": OBSERVED[study.design.kind],
        }  # fmt: skip
    placebo = any(arm.kind.endswith("placebo") for arm in study.arms)
    designs = [RANDOMISED] * study.design.randomised + [PLACEBO] * placebo
    return made | ({"trialDesign": designs} if designs else {})


def _article(study: Study) -> dict[str, Any]:
    made: dict[str, Any] = {
        "@type": "MedicalScholarlyArticle",
        "@id": _paper(study),
        "name": study.citation,
        "datePublished": str(study.year),
    }
    if study.doi:
        made["sameAs"] = f"https://doi.org/{study.doi}"
    if study.pmid is not None:
        made["identifier"] = f"pmid:{study.pmid:.0f}"
    if study.design.kind in OF_STUDIES:
        made["publicationType"] = study.design.kind
    return made


def _paper(study: Study) -> str:
    return f"#paper-{study.id}"
