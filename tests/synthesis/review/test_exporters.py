"""Other programs' formats: what they say is what was computed, and their rules are kept."""

import csv
import io
import json

import pytest
from numpy.testing import assert_allclose

from equipoise.synthesis.review import synthesise
from equipoise.synthesis.review.exporters import exporters
from equipoise.synthesis.review.exporters.fhir_evidence import evidence
from equipoise.synthesis.review.importers import revman, ris
from equipoise.synthesis.review.importers.options import ImportOptions
from equipoise.synthesis.review.screening.log import Vote, add_vote
from equipoise.synthesis.review.screening.record import Record, add_records, cleaned

from .conftest import CHECKED, analysis, study

# From the definition of the resource, https://hl7.org/fhir/R5/evidence.html: element, type,
# and whether it must be there. Only the elements that are written; others are mistakes.
CONCEPT = {"text": str, "coding": [{"system": str, "code": str, "display": str}]}
QUANTITY = {"value": float, "unit": str}
EVIDENCE = {
    "resourceType!": str, "id": str, "version": str, "title": str, "status!": str,
    "experimental": bool, "description": str, "note": [{"text!": str}],
    "variableDefinition!": [{"description": str, "variableRole!": CONCEPT}],
    "synthesisType": CONCEPT,
    "statistic": [{
        "statisticType": CONCEPT, "quantity": QUANTITY,
        "sampleSize": {"description": str, "numberOfStudies": int, "numberOfParticipants": int},
        "attributeEstimate": [{"type": CONCEPT, "quantity": QUANTITY, "level": float,
                               "range": {"low": QUANTITY, "high": QUANTITY}}],
    }],
    "certainty": [{"type": CONCEPT, "rating": CONCEPT}],
}  # fmt: skip


def conforms(value, shape, where="Evidence"):
    if isinstance(shape, list):
        assert isinstance(value, list), where
        assert value, f"{where}: FHIR has no empty lists"
        for one in value:
            conforms(one, shape[0], where)
    elif isinstance(shape, dict):
        known = {name.rstrip("!"): inner for name, inner in shape.items()}
        assert set(value) <= set(known), where
        assert {name[:-1] for name in shape if name.endswith("!")} <= set(value), where
        assert value, f"{where}: FHIR has no empty objects"
        for name, inner in value.items():
            conforms(inner, known[name], f"{where}.{name}")
    else:
        assert isinstance(value, (int, float) if shape is float else shape), where
        assert value != "", f"{where}: FHIR has no empty texts"


@pytest.fixture
def done(made):
    studies = [study("a2020"), study("b2020", 12.0)]
    return synthesise(made(studies, analyses=[analysis(), analysis("none", outcome="depression",
                                              comparators=["waiting-list"])]))  # fmt: skip


def test_every_format_is_found_by_its_file():
    assert list(exporters()) == ["csv-jsonld", "fhir", "metapsy", "revman", "ris"]


def test_evidence_has_the_shape_of_the_published_definition(done):
    files = exporters()["fhir"].export(done)
    assert list(files) == ["evidence-primary.json"]  # nothing where nothing was pooled
    resource = json.loads(files["evidence-primary.json"])
    conforms(resource, EVIDENCE)
    assert resource["resourceType"] == "Evidence"
    assert resource["experimental"] is True
    assert resource["status"] in ("draft", "active", "retired", "unknown")
    roles = [v["variableRole"]["coding"][0]["code"] for v in resource["variableDefinition"]]
    assert roles == ["population", "exposure", "referenceExposure", "measuredVariable"]


def test_evidence_says_what_was_computed(done):
    row = done.estimates["pooled-effect"]
    (statistic,) = evidence(done)["primary"]["statistic"]
    interval = statistic["attributeEstimate"][0]
    assert statistic["quantity"]["value"] == row.estimate
    assert interval["range"] == {"low": {"value": row.low}, "high": {"value": row.high}}
    assert interval["level"] == 0.95
    assert statistic["sampleSize"] == {"numberOfStudies": 2, "numberOfParticipants": 120}


@pytest.mark.parametrize("rating", ["high", "moderate", "low", "very-low"])
def test_certainty_is_there_only_if_it_was_judged(done, rating):
    assert "certainty" not in evidence(done)["primary"]
    judged = evidence(done, {"primary": rating})["primary"]
    conforms(judged, EVIDENCE)
    assert judged["certainty"][0]["rating"]["coding"][0]["code"] == rating


def test_unverified_facts_are_marked_in_every_format(made):
    studies = [study("a2020"), study("b2020", 12.0, verified=False)]
    done = synthesise(made(studies, analyses=[analysis(include_unverified=True)]))
    formats = exporters()
    assert "Pooled unverified: b2020." in formats["fhir"].export(done)["evidence-primary.json"]
    rows = list(csv.DictReader(io.StringIO(formats["csv-jsonld"].export(done)["effects.csv"])))
    assert [row["verified"] for row in rows] == ["true", "false"]
    rows = list(csv.DictReader(io.StringIO(formats["metapsy"].export(done)["metapsy.csv"])))
    assert [row["verified"] for row in rows] == ["1", "0"]
    rows = list(csv.DictReader(io.StringIO(formats["revman"].export(done)["revman.csv"])))
    assert [row["Footnotes"].startswith("UNVERIFIED") for row in rows] == [False, True]


def test_records_go_to_other_screening_programs_and_come_back(made):
    done = synthesise(made([study("a2020")]))
    assert exporters()["ris"].export(done) == {}
    searches = done.folder.searches
    found = [
        Record("One title", ("Müller, Anna", "Ito, C"), 2021, doi="10.1234/made.1", pmid="123",
               journal="Made J", abstract="About."),
        Record("Another title", year=2020),
        Record("One title again", year=2021),
    ]  # fmt: skip
    names = [one.id for one in add_records(searches, found, search="a", sha256="1", source="Made",
                                           kind="database")]  # fmt: skip
    day = "2026-01-02"
    add_vote(searches, Vote("r3", "duplicate", "anna", "same", "r1 alike", day), names)
    for person in ("anna", "ben"):
        add_vote(searches, Vote("r1", "title", person, "include", "", day), names)
        add_vote(searches, Vote("r1", "full text", person, "include", "", day), names)
    files = exporters()["ris"].export(done)
    back = [cleaned(one) for one in ris.records(files["records.ris"])]
    assert [one.title for one in back] == ["One title", "Another title"]
    first = back[0]
    assert (first.authors, first.year, first.doi, first.pmid) == (
        ("Müller, Anna", "Ito, C"), 2021, "10.1234/made.1", "123")  # fmt: skip
    assert [one.title for one in ris.records(files["included.ris"])] == ["One title"]


def test_tables_carry_their_meaning(done):
    files = exporters()["csv-jsonld"].export(done)
    rows = list(csv.DictReader(io.StringIO(files["effects.csv"])))
    assert [row["study"] for row in rows] == ["a2020", "b2020"]
    chosen = done.selections["primary"].rows[0].effect
    assert (float(rows[0]["effect"]), float(rows[0]["se"])) == (chosen.y, chosen.v**0.5)
    described = json.loads(files["csv-metadata.json"])
    assert described["@context"] == "http://www.w3.org/ns/csvw"
    for part in described["tables"]:
        header = files[part["url"]].partition("\n")[0].split(",")
        assert [column["name"] for column in part["tableSchema"]["columns"]] == header
    dataset = json.loads(files["dataset.jsonld"])
    assert (dataset["@context"], dataset["@type"]) == ("https://schema.org", "Dataset")
    assert dataset["identifier"] == done.version.sha256
    assert {one["contentUrl"] for one in dataset["distribution"]} <= set(files)
    assert len(dataset["citation"]) == 2


def test_revman_rows_come_back_as_the_same_effects(made):
    ready = study("c2020")
    ready["outcomes"][0]["effects"] = [
        {"measure": "SMD", "contrast": ["drug", "placebo"], "estimate": -0.4, "se": 0.2,
         "positive_favours": "placebo", **CHECKED}]  # fmt: skip
    done = synthesise(made([study("a2020"), study("b2020", 12.0), ready]))
    text = exporters()["revman"].export(done)["revman.csv"]
    arms = {"Experimental": {"arm": "drug", "kind": "experimental"},
            "Control": {"arm": "placebo", "kind": "inert-placebo"}}  # fmt: skip
    told = ImportOptions("revman.csv", outcome="depression", higher="worse", measure="SMD",
                         positive_favours="arm2", arms=arms, checked_by="anna")  # fmt: skip
    again = [one.model_dump(mode="json", by_alias=True, exclude_defaults=True)
             for one in revman.studies(text, told)]  # fmt: skip
    back = synthesise(made(again)).selections["primary"].rows
    for one, other in zip(done.selections["primary"].rows, back, strict=True):
        assert_allclose((one.effect.y, one.effect.v), (other.effect.y, other.effect.v), rtol=1e-14)
