"""What must not happen: each wrong evidence folder has its own plain message, and no site."""

import os
import re
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from equipoise.cli.main import cli
from equipoise.report.site import gather, read_evidence

from ..evidence.conftest import CHECKED, DOMAINS, plan, study  # noqa: TID252  (no package)

TODAY = date(2026, 11, 25)
Build = Callable[..., Result]


def put(path: Path, data: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")


def put_study(folder: Path, name: str, **changes: Any) -> dict[str, Any]:
    made = study(name, **changes)
    put(folder / "studies" / f"{name}.yaml", made)
    return made


def put_review(folder: Path, name: str = "mood", **changes: Any) -> None:
    made = plan(identifier=name, studies_folder="../../studies", **changes)
    put(folder / "reviews" / name / "review.yaml", made)


def with_effect(folder: Path, **changes: Any) -> None:
    made = study("a2020")
    made["outcomes"][0]["effects"][0] |= changes
    put(folder / "studies" / "a2020.yaml", made)


def with_counts(folder: Path, **changes: Any) -> None:
    made = study("a2020")
    del made["outcomes"][0]["effects"]
    numbers = [{"arm": arm, "events": 4, "total": 9, **CHECKED} for arm in ("drug", "placebo")]
    made["outcomes"][0]["arms"] = [numbers[0] | changes, numbers[1]]
    put(folder / "studies" / "a2020.yaml", made)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An evidence folder of two studies and one review, which builds."""
    made = tmp_path / "evidence"
    put_study(made, "a2020")
    put_study(made, "b2020")
    put_review(made)
    put(made / "site.yaml", {"identifier": "made-up", "title": "Made up"})
    return made


@pytest.fixture
def build(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Run `equipoise synthesise evidence --out site` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(evidence: str = "evidence", out: str = "site") -> Result:
        return CliRunner().invoke(cli, ["synthesise", evidence, "--out", out])

    return call


def refused(done: Result, *parts: str) -> str:
    """A message of ours, exit code 1, no traceback."""
    said = done.stderr
    assert done.exit_code == 1, (done.exit_code, said, done.exception)
    assert "equipoise: " in said
    assert "Traceback" not in said
    for part in parts:
        assert part in said, f"{part!r} is not in {said!r}"
    return said


def page(build: Build, tmp_path: Path, name: str = "mood") -> str:
    done = build()
    assert done.exit_code == 0, done.stderr
    return (tmp_path / "site" / "reviews" / f"{name}.html").read_text("utf-8")


def test_the_folder_builds(build: Build, tmp_path: Path):
    assert "LSD" in page(build, tmp_path)


# a study with an impossible effect


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"low": 0.1, "high": 0.4}, "the estimate -0.5 lies outside its interval 0.1 to 0.4: was a"
                                    " sign lost?"),
        ({"low": 0.4, "high": 0.1}, "low 0.4 is not below high 0.1"),
        ({"low": -0.9}, "gives one confidence limit: give `low` and `high`, or neither"),
        ({"se": -0.1}, "found -0.1; input should be greater than 0"),
        ({"se": 0}, "found 0; input should be greater than 0"),
        ({"se": float("nan")}, "found .nan"),
        ({"estimate": float("inf")}, "found .inf"),
        ({"p": 1.2}, "found 1.2; input should be less than or equal to 1"),
        ({"p": -0.01}, "found -0.01; input should be greater than or equal to 0"),
        ({"level": 95}, "found 95; input should be less than 1"),
        ({"n": [100, 0]}, "found 0; input should be greater than or equal to 1"),
        ({"measure": "OR"}, "a ratio (OR) is above 0; enter it as it is, not its log"),
        ({"measure": "COR", "estimate": 1.5}, "a correlation lies between -1 and 1; found 1.5"),
    ],
)  # fmt: skip
def test_an_impossible_effect_is_told_with_file_line_and_field(folder, build, changes, told):
    with_effect(folder, **changes)
    said = refused(build(), told, "outcomes[0].effects[0]")
    assert re.search(r"evidence/reviews/mood/\.\./\.\./studies/a2020\.yaml:\d+:", said)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"events": 12}, "12 people with the event of 9: impossible"),
        ({"events": -1}, "found -1; input should be greater than or equal to 0"),
        ({"total": 0}, "found 0; input should be greater than or equal to 1"),
        ({"events": 4.5}, "found 4.5"),
        ({"sd": 2.0, "se": 3.0}, "the standard error 3 is not below the SD 2: are they exchanged?"),
    ],
)
def test_impossible_counts_are_told(folder, build, changes, told):
    with_counts(folder, **changes)
    refused(build(), told, "outcomes[0].arms[0]")


def test_a_share_of_more_than_all_is_told(folder, build):
    put_study(folder, "a2020", blinding={"guesses": [{"arm": "drug", "share_right": 64}]})
    refused(build(), "blinding.guesses[0].share_right", "found 64; input should be less than or")


def test_more_guesses_than_people_are_told(folder, build):
    guesses = [{"arm": "drug", "right": 90, "wrong": 30}]
    put_study(folder, "a2020", blinding={"guesses": guesses})
    refused(build(), "120 guesses in drug, which has 100 people")


@pytest.mark.parametrize(
    ("dose", "told"),
    [
        ({"class": "micro", "amount": 10, "unit": "10"}, 'found "10"; string should match pattern'),
        (
            {"class": "micro", "amount": -10, "unit": "ug"},
            "found -10; input should be greater than or",
        ),
        ({"class": "micro", "amount": 10}, "an amount of 10 without `unit`"),
        ({"class": "mikro"}, 'found "mikro"; allowed: "none", "micro"'),
    ],
)
def test_an_impossible_dose_is_told(folder, build, dose, told):
    made = study("a2020")
    made["arms"][0]["dose"] = dose
    put(folder / "studies" / "a2020.yaml", made)
    refused(build(), told, "arms[0].dose")


# two versions of one study


@pytest.mark.parametrize(
    ("same", "what"),
    [({"doi": "10.1000/ONE"}, "DOI 10.1000/one"), ({"pmid": 12345}, "PMID 12345"),
     ({"registration": ["NCT00000001"]}, "registration NCT00000001")],
)  # fmt: skip
def test_one_study_in_two_files_is_refused(folder, build, same, what):
    put_study(folder, "a2020", **same)
    other = {key: one.lower() if isinstance(one, str) else one for key, one in same.items()}
    put_study(folder, "b2020", **other)
    refused(build(), f"a2020.yaml and b2020.yaml have the same {what}", "Keep one file")


def test_one_id_in_two_files_is_refused(folder, build):
    put(folder / "studies" / "a2020-new.yaml", study("a2020"))
    refused(build(), "a2020-new.yaml: the id is 'a2020' but the file is a2020-new.yaml")


def test_two_reports_of_one_trial_are_never_pooled(folder, build):
    put_study(folder, "b2020", same_trial_as=["a2020"])
    refused(build(), "b2020 and a2020 report one trial: in primary its people would count twice",
            "Name one under `leave_out` with the reason")  # fmt: skip


def test_a_slip_in_the_name_of_the_other_report_is_told(folder, build):
    put_study(folder, "b2020", same_trial_as=["a2021"])
    refused(build(), "b2020.yaml: same_trial_as names a study that is not in the folder",
            'did you mean "a2020"?')  # fmt: skip


# facts


FACT = {"id": "f1", "topic": "nausea", "text": "Some felt sick."}


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        ({"verified": True, "checked_by": "Anna"}, "says verified: true without `source`"),
        ({"verified": True, "source": "a paper"}, "says verified: true without `checked_by`"),
        ({"verified": True, "source": "a paper", "checked_by": "Anna", "origin": "memory"},
         "a fact from memory is not verified: read its source first"),
        ({"sauce": "a paper"}, 'sauce: there is no such field; allowed fields: "source"'),
    ],
)  # fmt: skip
def test_a_wrong_fact_stops_the_build(folder, build, fact, told):
    put(folder / "facts" / "harms.yaml", [FACT, {**FACT, "id": "f2", **fact}])
    refused(build(), f"facts/harms.yaml:{7 if 'sauce' in fact else 4}: the fact f2 is wrong", told)


def test_a_fact_that_is_given_twice_stops_the_build(folder, build):
    put(folder / "facts" / "harms.yaml", [FACT, FACT])
    refused(build(), "facts/harms.yaml: two facts share the id f1")


def test_a_field_of_a_fact_that_is_given_twice_stops_the_build(folder, build):
    file = folder / "facts" / "harms.yaml"
    file.parent.mkdir()
    file.write_text("- id: f1\n  topic: nausea\n  text: Some.\n  text: None.\n", encoding="utf-8")
    refused(build(), "facts/harms.yaml:4: [0].text: given twice, on lines 3 and 4; keep one")


def test_a_file_of_no_kind_of_facts_is_told(folder, build):
    put(folder / "facts" / "harm.yaml", [FACT])
    refused(build(), "facts/harm.yaml: no kind of facts has that name", 'did you mean "harms"?')


def test_an_unverified_fact_is_on_no_page(folder, build, tmp_path):
    put_review(folder, intervention={"substances": ["LSD"]})
    secret = {**FACT, "substance": "LSD", "text": "Nobody compared this with its source."}
    put(folder / "facts" / "harms.yaml", [secret])
    assert build().exit_code == 0
    for file in (tmp_path / "site").rglob("*.html"):
        assert "Nobody compared this" not in file.read_text("utf-8"), file


def test_harms_are_those_of_the_folder(folder):
    put_review(folder, intervention={"substances": ["LSD"]})
    told = {**FACT, "substance": "LSD", **CHECKED}
    put(folder / "facts" / "harms.yaml", [told])
    content = gather(read_evidence(folder), TODAY, "2026.11.1")
    assert [harm.id for harm in content.reviews["mood"].harms] == ["f1"]


# a review without eligible studies


ZERO = re.compile(r"\b(?:0|no|zero) (?:of 100|people|benefit)\b|no difference", re.IGNORECASE)


def says_no_study(text: str) -> None:
    said = " ".join(re.sub(r"<[^>]+>", " ", text).split())
    assert "We found no study that tested LSD for low mood" in said
    assert 'data-certainty="no study"' in text
    assert not ZERO.search(said), ZERO.search(said)


def test_a_review_without_eligible_studies_says_that_there_is_none(folder, build, tmp_path):
    put_review(folder, "empty", intervention={"substances": ["psilocybin"]})
    says_no_study(page(build, tmp_path, "empty"))
    assert "We found no study" not in page(build, tmp_path)


def test_an_evidence_folder_whose_only_review_has_no_study_builds(folder, build, tmp_path):
    put_review(folder, intervention={"substances": ["psilocybin"]})
    says_no_study(page(build, tmp_path))


def test_an_evidence_folder_without_a_study_file_builds(folder, build, tmp_path):
    for file in (folder / "studies").iterdir():
        file.unlink()
    says_no_study(page(build, tmp_path))


def test_ask_says_the_same(folder, build):
    put_review(folder, intervention={"substances": ["psilocybin"]})
    done = CliRunner().invoke(cli, ["ask", "evidence/reviews/mood"])
    assert done.exit_code == 0
    said = " ".join(done.stdout.split())
    assert "We found no study that tested LSD for low mood" in said
    assert not ZERO.search(said)


# a study file that changed after its judgement


def judge(folder: Path, hashes: dict[str, str]) -> None:
    levels = {"levels": dict.fromkeys(DOMAINS, "low"), "reasons": dict.fromkeys(DOMAINS, "read")}
    rows = {name: {**levels, "study_sha256": one} for name, one in hashes.items()}
    put(folder / "reviews" / "mood" / "judgements" / "rob2.yaml", {"studies": rows})


def hashes_of(folder: Path) -> dict[str, str]:
    made = gather(read_evidence(folder), TODAY, "2026.11.1").reviews["mood"].synthesis
    return {name: one.sha256 for name, one in made.folder.studies.items()}


def test_a_judgement_of_another_version_of_a_study_is_shown_as_stale(folder, build, tmp_path):
    judge(folder, hashes_of(folder))
    before = page(build, tmp_path)
    assert "the data of 1 trial changed" not in before
    put_study(folder, "a2020", effect=-0.51)
    after = page(build, tmp_path)
    assert "After someone judged how well trials were run, the data of 1 trial changed." in after
    assert "we count that as not judged" in after
    told = gather(read_evidence(folder), TODAY, "2026.11.1").reviews["mood"]
    headline = told.sentences[0]
    assert dict(headline.opens.risk_of_bias) == {"a2020": "not judged", "b2020": "low"}
    assert any("since the file changed of a2020" in one for one in headline.opens.certainty_reasons)


# files that are no files of ours


def test_a_review_that_names_a_study_that_is_not_there_is_told(folder, build):
    put_review(folder, studies=["a2020", "b2021"])
    refused(build(), "review.yaml: names a study that is not in the folder", 'found "b2021"',
            'did you mean "b2020"?')  # fmt: skip


def test_two_reviews_of_one_name_are_told(folder, build):
    put_review(folder, "other")
    file = folder / "reviews" / "other" / "review.yaml"
    file.write_text(file.read_text("utf-8").replace("identifier: other", "identifier: mood"))
    refused(build(), "have the same identifier mood: their pages would be one. Rename one")


@pytest.mark.parametrize("file", ["studies/a2020.yaml", "reviews/mood/review.yaml", "site.yaml"])
def test_broken_yaml_is_told_with_its_line(folder, build, file):
    path = folder / file
    path.write_text(path.read_text("utf-8") + "title: [a, b\n", encoding="utf-8")
    said = refused(build(), "not valid YAML")
    assert re.search(rf"{Path(file).name}:\d+: not valid YAML", said)


@pytest.mark.parametrize("file", ["studies/a2020.yaml", "reviews/mood/review.yaml", "site.yaml"])
def test_a_key_that_is_given_twice_is_told(folder, build, file):
    path = folder / file
    first, _, rest = path.read_text("utf-8").partition("\n")
    path.write_text(f"{first}\n{first}\n{rest}", encoding="utf-8")
    refused(build(), f"{Path(file).name}:", "given twice, on lines 1 and 2; keep one")


@pytest.mark.parametrize(
    "file", ["studies/a2020.yaml", "reviews/mood/review.yaml", "site.yaml", "facts/harms.yaml"]
)
def test_a_file_that_is_not_utf_8_is_told(folder, build, file):
    path = folder / file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes("# Größe\n".encode("latin-1") + b"id: a2020\n")
    refused(build(), f"{Path(file).name}:1: not UTF-8: byte 0xf6", "Save the file with the")


@pytest.mark.parametrize("file", ["studies/a2020.yaml", "site.yaml"])
def test_an_empty_file_is_told(folder, build, file):
    (folder / file).write_text("", encoding="utf-8")
    refused(build(), f"{Path(file).name}: the file is empty")


def test_an_unknown_field_of_the_site_is_told(folder, build):
    put(folder / "site.yaml", {"titel": "Made up"})
    refused(build(), "site.yaml:1: titel: there is no such field", 'did you mean "title"?')


@pytest.mark.parametrize("field", ["autors", "funding", "update_days"])
def test_a_wrong_site_names_the_field(folder, build, field):
    put(folder / "site.yaml", {field: [1]})
    refused(build(), f"site.yaml:1: {field}")


@pytest.mark.parametrize("file", ["studies/c2020.yaml", "facts/harms.yaml", "site.yaml"])
def test_a_folder_in_the_place_of_a_file_is_told(folder, build, file):
    (folder / file).unlink(missing_ok=True)
    (folder / file).mkdir(parents=True)
    refused(build(), Path(file).name, "folder")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_that_lead_round_are_told(folder, build):
    (folder / "studies" / "c2020.yaml").symlink_to("c2020.yaml")
    refused(build(), "c2020.yaml: cannot be read: ", "symbolic links")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_folder_of_studies_that_is_a_loop_of_links_is_told(folder, build):
    for file in (folder / "studies").iterdir():
        file.unlink()
    (folder / "studies").rmdir()
    (folder / "studies").symlink_to("studies")
    refused(build(), "There is no folder evidence/reviews/mood/../../studies")


def test_a_link_to_a_folder_above_does_no_harm(folder, build, tmp_path):
    if sys.platform != "win32":
        (folder / "studies" / "up").symlink_to(folder)
    assert "LSD" in page(build, tmp_path)


def test_a_folder_that_holds_no_evidence_is_told(build, tmp_path):
    (tmp_path / "photographs").mkdir()
    refused(build("photographs"), "photographs holds no review: neither review.yaml nor",
            "`equipoise review new")  # fmt: skip
    refused(build("nowhere"), "There is no evidence folder nowhere")


def test_a_file_in_the_place_of_the_evidence_is_told(folder, build):
    refused(build("evidence/site.yaml"), "There is no evidence folder evidence/site.yaml")


# where the site would stand


def test_the_site_is_never_written_over_the_evidence(folder, build):
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    refused(build(out="evidence"), "--out evidence is the evidence folder itself")
    refused(build(out="./site/../evidence"), "is the evidence folder itself")
    for part in ("studies", "reviews/site", "facts/site", "reviews/mood/judgements"):
        refused(build(out=f"evidence/{part}"), "which holds the evidence. Give a folder outside it")
    after = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    assert after == before


def test_the_site_may_stand_beside_what_is_read(folder, build, tmp_path):
    assert build(out="evidence/site").exit_code == 0
    first = {f.name: f.read_bytes() for f in (folder / "site").rglob("*.html")}
    assert build(out="other").exit_code == 0
    assert first == {f.name: f.read_bytes() for f in (tmp_path / "other").rglob("*.html")}


def test_a_place_that_is_no_folder_is_told_before_any_work(folder, build, tmp_path):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    said = refused(build(out="file/site"), "--out file/site cannot be made", "file is no folder")
    assert "Review 1" not in said
    assert (tmp_path / "file").read_text("utf-8") == "mine"


@pytest.mark.skipif(
    sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() == 0,
    reason="who may do everything is refused nothing",
)
def test_a_place_that_may_not_be_written_is_told_before_any_work(build, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    said = refused(build(out="locked/site"), "cannot be written", "Give a folder of yours")
    assert "Review 1" not in said


def test_a_refused_build_leaves_the_old_site(folder, build, tmp_path):
    before = page(build, tmp_path)
    with_effect(folder, se=-1)
    refused(build())
    assert (tmp_path / "site" / "reviews" / "mood.html").read_text("utf-8") == before
