"""Copies for machines: each reads back to what the review found, and fits its standard."""

import csv
import io
import json
import re
from dataclasses import fields, replace

import pytest
from fhir.resources.artifactassessment import ArtifactAssessment
from fhir.resources.bundle import Bundle
from fhir.resources.evidence import Evidence

from equipoise.estimates import Estimate
from equipoise.report.site import build_site, gather, read_evidence
from equipoise.report.site.behind.amounts import without_amounts
from equipoise.report.site.machine.citation import citations, csl_json, ris
from equipoise.report.site.page import said_beside

from .made_site import DAY, SITE, write_evidence

LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def made(folder, **site):
    content = gather(read_evidence(write_evidence(folder, {**SITE, **site})), DAY, "2026.11.1")
    return content, {file.path: file.text for file in build_site(content).files}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The small folder: every study judged, so that certainties are there."""
    return made(tmp_path_factory.mktemp("evidence"))


@pytest.fixture(scope="module")
def shipped():
    """The evidence that comes with equipoise: real studies, refusals, nothing judged."""
    content = gather(read_evidence("evidence"), DAY, "2026.11.1")
    return content, {file.path: file.text for file in build_site(content).files}


@pytest.fixture(params=["built", "shipped"])
def site(request):
    return request.getfixturevalue(request.param)


def test_each_review_has_its_copies(site):
    content, files = site
    for name in content.reviews:
        for end in (".json", ".csv", "-studies.csv", ".fhir.json"):
            path = f"reviews/{name}{end}"
            assert path in files
            assert f'href="{name}{end}"' in files[f"reviews/{name}.html"]


def test_json_ld_of_every_page_parses_and_has_the_day_of_the_build(site):
    _, files = site
    pages = {path: text for path, text in files.items() if path.endswith(".html")}
    assert pages
    for path, text in pages.items():
        (block,) = LD.findall(text)
        data = json.loads(block)
        assert data["@context"] == "https://schema.org"
        assert data["@type"] == "MedicalWebPage"
        assert data["dateModified"] == DAY.isoformat(), path
        assert f'<time datetime="{data["dateModified"]}">' in text
        assert data["version"] == "2026.11.1"


def nodes(text, kind):
    graph = json.loads(text)["@graph"]
    return [node for node in graph if node["@type"] == kind]


def test_json_ld_of_a_review_names_page_data_studies_and_papers(site):
    content, files = site
    for name, told in content.reviews.items():
        text = files[f"reviews/{name}.json"]
        graph = json.loads(text)["@graph"]
        by_id = {node["@id"]: node for node in graph}
        assert len(by_id) == len(graph)
        (page,) = nodes(text, "MedicalWebPage")
        (data,) = nodes(text, "Dataset")
        assert by_id[page["mainEntity"]["@id"]] == data
        assert page["dateModified"] == data["dateModified"] == DAY.isoformat()
        assert data["version"] == "2026.11.1"
        assert data["license"]["name"] == content.plan.licence
        assert {f"reviews/{one['contentUrl']}" for one in data["distribution"]} <= set(files)
        papers = nodes(text, "MedicalScholarlyArticle")
        studies = told.synthesis.folder.studies
        assert {one["@id"] for one in papers} == {f"#paper-{one}" for one in studies}
        assert {one["@id"] for one in data["citation"]} == {one["@id"] for one in papers}
        assert "ClaimReview" not in text


def test_cohorts_are_observational_and_lots_are_said_only_where_they_were_drawn(shipped):
    content, files = shipped
    kinds = {}
    for name, told in content.reviews.items():
        graph = {node["@id"]: node for node in json.loads(files[f"reviews/{name}.json"])["@graph"]}
        for study in told.synthesis.folder.studies.values():
            node = graph.get(f"#study-{study.id}")
            kinds.setdefault(study.design.kind, set()).add(node["@type"] if node else None)
            drawn = "https://schema.org/RandomizedTrial" in (node or {}).get("trialDesign", ())
            if node:
                assert drawn == study.design.randomised
    assert kinds["parallel"] == kinds["crossover"] == {"MedicalTrial"}
    assert kinds["cohort"] == kinds["cross-sectional"] == {"MedicalObservationalStudy"}
    assert kinds["meta-analysis"] == kinds["review"] == {None}  # a paper, and no study of people


def test_a_title_cannot_break_out_of_its_block(tmp_path):
    title = 'Does it </script><script>alert("x")</script> help & "how"?'
    _, files = made(tmp_path, title=title)
    (block,) = LD.findall(files["changes.html"])
    assert json.loads(block)["isPartOf"]["name"] == title
    assert "<script>alert" not in files["changes.html"]


NUMBERS = ("estimate", "se", "low", "high", "level", "df", "p")
LISTS = ("assumptions", "warnings")


def without_doses(row):
    """Return an estimate as the site tells it: every number, and no amount of a drug."""
    texts = {
        field.name: without_amounts(value)
        for field in fields(Estimate)
        if isinstance(value := getattr(row, field.name), str)
    }
    lists = {name: tuple(map(without_amounts, getattr(row, name))) for name in LISTS}
    return replace(row, **texts, **lists)


def read_back(row):
    values = {field.name: row[field.name] or None for field in fields(Estimate)}
    values |= {name: float(row[name]) if row[name] else None for name in NUMBERS}
    values |= {name: tuple(json.loads(row[name])) if row[name] else () for name in LISTS}
    return Estimate(**values)


def test_a_table_of_estimates_reads_back_to_the_estimates(site):
    content, files = site
    for name, told in content.reviews.items():
        rows = list(csv.DictReader(io.StringIO(files[f"reviews/{name}.csv"])))
        found = told.synthesis.estimates
        estimates = [row for row in rows if not row["refused"]]
        assert [read_back(row) for row in estimates] == [without_doses(row) for row in found]
        refused = [(row["name"], row["refused"]) for row in rows if row["refused"]]
        assert refused == [(one.name, without_amounts(one.reason)) for one in found.refused]


def test_a_table_of_studies_names_every_study_of_every_analysis(site):
    content, files = site
    for name, told in content.reviews.items():
        rows = list(csv.DictReader(io.StringIO(files[f"reviews/{name}-studies.csv"])))
        for analysis, chosen in told.synthesis.selections.items():
            own = [row for row in rows if row["analysis"] == analysis]
            pooled = {row["study"]: float(row["effect"]) for row in own if row["effect"]}
            assert pooled == {row.study.id: row.effect.y for row in chosen.rows}
            left = {row["study"]: row["left_out"] for row in own if row["left_out"]}
            assert left == {one.study.id: without_amounts(one.reason) for one in chosen.left_out}
            assert len(own) == len(chosen.rows) + len(chosen.left_out)


def test_no_file_of_the_site_for_machines_names_an_amount_of_a_drug(shipped):
    content, files = shipped
    amount = re.compile(r"(?<![\w.-])\d[\d.]*\s?(?:[uµμ]g|mcg|mg)\b")  # not in ids such as a-1mg
    rows = "".join(
        one.reason for told in content.reviews.values() for one in told.synthesis.estimates.refused
    )
    assert amount.search(rows)  # else the test could not fail
    copies = {path: text for path, text in files.items() if not path.endswith(".html")}
    assert [path for path, text in copies.items() if amount.search(text)] == []


def test_fhir_is_valid_r5_and_says_what_was_found(site):
    content, files = site
    seen = 0
    for name, told in content.reviews.items():
        text = files[f"reviews/{name}.fhir.json"]
        bundle = Bundle.model_validate_json(text)
        assert bundle.type == "collection"
        entries = json.loads(text).get("entry", [])
        urls = [entry["fullUrl"] for entry in entries]
        assert len(set(urls)) == len(urls)
        evidence = [e for e in entries if e["resource"]["resourceType"] == "Evidence"]
        with_effect = [one for one in told.synthesis.selections.values() if one.rows]
        assert len(evidence) <= len(with_effect)
        for entry in evidence:
            made_ = Evidence.model_validate(entry["resource"])
            assert made_.variableDefinition
            analysis = entry["resource"]["title"].rpartition(": ")[2]
            (statistic,) = entry["resource"]["statistic"]
            chosen = told.synthesis.selections[analysis].rows
            assert statistic["sampleSize"]["numberOfStudies"] == len(chosen)
            row = central(told.synthesis.found[analysis], analysis, chosen)
            assert statistic["quantity"]["value"] == row.estimate
            bounds = statistic["attributeEstimate"][0]["range"]
            assert (bounds["low"]["value"], bounds["high"]["value"]) == (row.low, row.high)
            seen += 1
    assert seen


def central(found, analysis, rows):
    """Return the number that the page shows: the pool, or the only study's own."""
    kind, label = ("study", f"{analysis}: {rows[0].study.id}") if len(rows) == 1 else (
        "pooled", analysis)  # fmt: skip
    names = (f"{kind}-effect", f"{kind}-ratio")
    (row,) = [one for one in found if one.name in names and one.label == label]
    return row


def test_fhir_has_an_evidence_wherever_a_review_has_an_effect_with_an_interval(shipped):
    content, files = shipped
    for name, told in content.reviews.items():
        entries = json.loads(files[f"reviews/{name}.fhir.json"]).get("entry", [])
        titles = {
            entry["resource"]["title"].rpartition(": ")[2]
            for entry in entries
            if entry["resource"]["resourceType"] == "Evidence"
        }
        assert titles == {
            analysis for analysis, chosen in told.synthesis.selections.items() if chosen.rows
        }


def test_fhir_says_that_one_study_is_no_pool(built):
    _, files = built
    kinds = {
        name: json.loads(files[f"reviews/{name}.fhir.json"])["entry"][0]["resource"][
            "synthesisType"
        ]
        for name in ("mood", "sleep")
    }
    assert kinds["mood"]["text"].startswith("Meta-analysis;")
    assert kinds["sleep"]["text"].startswith("One study, not pooled;")


def test_fhir_says_who_judged_what(built):
    content, files = built
    for name, told in content.reviews.items():
        entries = json.loads(files[f"reviews/{name}.fhir.json"])["entry"]
        evidence, judged = entries
        made_ = ArtifactAssessment.model_validate(judged["resource"])
        assert made_.artifactReference.reference == evidence["fullUrl"]
        word = told.synthesis.estimates["certainty"].estimand.removeprefix(
            "certainty of the evidence: "
        )
        code = word.replace(" ", "-")
        (rating,) = evidence["resource"]["certainty"]
        assert rating["rating"]["coding"][0]["code"] == code
        (overall,) = judged["resource"]["content"]
        assert overall["classifier"][0]["coding"][0]["code"] == code
        assert overall["author"]["display"] == "rules of equipoise, confirmed by nobody"
        domains = {one["type"]["coding"][0]["code"] for one in overall["component"]}
        assert {
            "RiskOfBias", "Inconsistency", "Indirectness", "Imprecision", "PublicationBias",
        } <= domains  # fmt: skip


def test_fhir_names_the_person_who_decided(tmp_path):
    from equipoise.synthesis.judgement import Ledger, write_ledger  # noqa: PLC0415
    from equipoise.synthesis.judgement.record import decided  # noqa: PLC0415
    from equipoise.synthesis.review import read_review  # noqa: PLC0415
    from equipoise.synthesis.review.certainty import suggestions  # noqa: PLC0415

    content, _ = made(tmp_path)
    told = content.reviews["mood"]
    folder = read_review(tmp_path / "reviews" / "mood")
    rows = told.synthesis.selections["primary"].rows
    suggested = suggestions(folder, told.review.analysis("primary"), rows)
    one = next(each for each in suggested if each.rule == "indirectness")
    ledger = Ledger().append(
        decided(one, -1, author="B. Reader", reason="other people", when="2026-11-20")
    )
    (folder.judgements / "grade.yaml").write_text(write_ledger(ledger), encoding="utf-8")
    _, files = made(tmp_path)
    _, judged = json.loads(files["reviews/mood.fhir.json"])["entry"]
    (overall,) = judged["resource"]["content"]
    (component,) = [
        each for each in overall["component"] if each["summary"].startswith("indirectness")
    ]
    assert component["author"]["display"] == "B. Reader"
    assert component["classifier"][0]["coding"][0]["code"] == "downcode1"
    assert "other people" in component["summary"]


def test_sentences_are_there_for_machines_word_for_word(site):
    content, files = site
    data = json.loads(files["sentences.json"])
    assert data["version"] == "2026.11.1"
    assert [(one["id"], one["text"], one["certainty"]) for one in data["sentences"]] == [
        (one.id, one.text, one.certainty) for one in (*content.sentences, *said_beside(content))
    ]


def test_citations_have_the_version_and_claim_no_doi(site):
    content, files = site
    cited = list(citations(content))
    assert len(cited) == 1 + len(content.reviews)
    for one in cited:
        assert "Version 2026.11.1, 25 November 2026" in one.text
        assert "No DOI is assigned" in one.text
    every = "".join(files[name] for name in ("cite.html", "cite.bib", "cite.ris", "cite.json"))
    assert "doi.org" not in every
    assert not re.search(r"^\s*doi\s*=|^DO  -|\"DOI\":", every, re.MULTILINE)


def test_bibtex_and_ris_are_read_by_other_programs(site):
    import bibtexparser  # noqa: PLC0415
    import rispy  # noqa: PLC0415

    content, files = site
    library = bibtexparser.parse_string(files["cite.bib"])
    assert not library.failed_blocks
    assert [entry.key for entry in library.entries] == [one.key for one in citations(content)]
    entries = rispy.loads(files["cite.ris"])
    assert [entry["title"] for entry in entries] == [one.title for one in citations(content)]
    assert all(entry["edition"] == "2026.11.1" for entry in entries)


def test_awkward_names_survive_in_every_format(tmp_path):
    title = r"A & B_c: 50% {sure}? #1 \x"
    content, files = made(tmp_path, title=title)
    cited = list(citations(content))
    assert json.loads(csl_json(cited))[0]["title"] == title
    assert f"TI  - {title}\n" in ris(cited)
    assert r"A \& B\_c: 50\% \{sure\}? \#1 \textbackslash{}x" in files["cite.bib"]


def test_the_shipped_site_names_its_makers_as_an_organisation(shipped):
    _, files = shipped
    (block,) = LD.findall(files["cite.html"])
    assert [one["@type"] for one in json.loads(block)["author"]] == ["Organization"]


def test_no_copy_claims_a_systematic_review_without_a_recorded_search(shipped):
    """The pages say that no record of a search stands behind the answers; so do their copies."""
    content, files = shipped
    for name, told in content.reviews.items():
        searched = told.synthesis.folder.searches.is_dir()
        assert searched or "Systematic review" not in files[f"reviews/{name}.json"], name
        assert searched or "no record of a systematic search" in files[f"reviews/{name}.json"]
