"""equipoise review and synthesise: a folder from its first file to a compared result."""

import json
from pathlib import Path

import pytest

from equipoise.records import write_folder
from equipoise.simulation import SCENARIOS, demo_protocol, simulate

FILES = Path(__file__).parents[1] / "synthesis" / "review" / "files"


@pytest.fixture
def folder(run, tmp_path):
    assert run("review", "new", "mine").exit_code == 0
    return tmp_path / "mine"


def verified(folder):
    file = folder / "studies" / "example2020.yaml"
    text = file.read_text(encoding="utf-8")
    text = text.replace("verified: false", "checked_by: anna, verified: true")
    file.write_text(text, encoding="utf-8")
    return file


def test_a_new_review_runs_and_pools_nothing_unverified(run, folder):
    result = run("synthesise", folder)
    assert result.exit_code == 0, result.stderr
    assert "example2020: its numbers are unverified" in result.stdout
    assert "Pooled effect, not given: no study can be pooled" in result.stdout
    assert "Unverified facts" in result.stdout
    check = run("review", "check", folder)
    assert "0 verified facts, 4 unverified" in check.stdout


def test_a_result_becomes_stale_and_is_compared(run, folder):
    file = verified(folder)
    other = file.read_text(encoding="utf-8").replace("example2020", "example2021")
    (file.parent / "example2021.yaml").write_text(other, encoding="utf-8")
    first = run("synthesise", folder)
    version = Path(first.stderr.split()[-1]).name
    assert "current" in run("review", "status", folder).stdout
    file.write_text(file.read_text(encoding="utf-8").replace("14.1", "12.1"), encoding="utf-8")
    assert f"{version}  STALE: the studies changed since" in run("review", "status", folder).stdout
    assert run("synthesise", folder).exit_code == 0
    told = run("review", "diff", folder, version[:6], "latest").stdout
    assert "drug › mean: 14.1 → 12.1" in told
    assert "(data: example2020 changed)" in " ".join(told.split())
    found = json.loads(run("review", "diff", folder, version[:6], "--json").stdout)
    assert {change["where"] for change in found["fields"]} == {"example2020"}
    assert "No study, setting, code or number differs" in run(
        "review", "diff", folder, "latest", "latest").stdout  # fmt: skip


def test_json_is_one_object_and_nothing_else(run):
    result = run("synthesise", "microdosing-depression", "--json")
    found = json.loads(result.stdout)
    assert list(found) == ["equipoise", "source", "estimates", "refused"]
    names = {row["name"] for row in found["estimates"]}
    assert {"study-effect", "pooled-effect", "tau2"} <= names
    assert len(found["source"]["sha256"]) == 64


@pytest.mark.parametrize("options", [("--level", "0.9"), ("--analysis", "primary"), ("--dry-run",)])
def test_only_the_whole_plan_is_written(run, folder, options):
    verified(folder)
    assert run("synthesise", folder, *options).exit_code == 0
    assert not (folder / "results").exists()
    assert "Wrote" in run("synthesise", folder).stderr


def test_a_shipped_review_is_never_written_into(run):
    assert "Wrote" not in run("synthesise", "microdosing-anxiety").stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("synthesise", "microdosing-depresion"), "Did you mean 'microdosing-depression'?"),
        (("review", "import", "yours", "a.ris"), "no review.yaml in yours. `equipoise review new"),
        (("review", "flow", "yours"), "There is no review.yaml in yours"),
        (("review", "flow", "mine"), "holds no records yet"),
        (("review", "import", "mine", "nothing.ris"), "There is no file nothing.ris"),
        (("synthesise", "mine", "--analysis", "second"), 'found "second"; allowed: "primary"'),
        (("review", "diff", "mine", "abc"), "No version starts with 'abc'"),
    ],
)
def test_what_cannot_be_done_is_told_with_exit_code_1(run, folder, arguments, told):
    result = run(*arguments)
    assert result.exit_code == 1
    assert told in result.stderr


def test_records_are_screened_by_two_people(run, folder, tmp_path):
    for name in ("made.ris", "made.nbib", "made.bib"):
        result = run("review", "import", folder, FILES / name, "--source", name[5:])
        assert result.exit_code == 0, result.stderr
    again = run("review", "import", folder, FILES / "made.ris")
    assert "imported before" in again.stderr
    assert "certain" in run("review", "duplicates", folder).stdout
    day = ("--date", "2026-01-02")
    certain = run("review", "duplicates", folder, "--certain", "--as", "anna", *day)
    assert "Logged 2 decisions by anna" in certain.stdout
    for person in ("anna", "ben"):
        run("review", "screen", folder, "r1", "include", "--as", person, *day)
        run("review", "screen", folder, "r1", "include", "--as", person, "--full-text", *day)
    run("review", "screen", folder, "r2", "exclude", "--as", "anna", *day)
    run("review", "screen", folder, "r2", "include", "--as", "ben", *day)
    assert "conflict  r2" in run("review", "screen", folder, "--as", "anna").stdout
    found = json.loads(run("review", "flow", folder, "--json", "--plot", "flow.svg").stdout)
    assert found["databases"] == {"ris": 2, "nbib": 2, "bib": 2}
    assert (found["duplicates"], found["screened"], found["included_reports"]) == (2, 1, 1)
    assert found["conflicts"] == ["r2"]
    assert "Records identified" in (tmp_path / "flow.svg").read_text(encoding="utf-8")


def test_numbers_come_in_once_their_arms_are_confirmed(run, folder):
    first = run("review", "import", folder, FILES / "NCT00000001.json")
    assert first.exit_code == 1
    assert "confirmed by a person" in first.stderr
    path = folder / "searches" / "arm-maps" / "NCT00000001.yaml"
    text = path.read_text(encoding="utf-8").replace("confirmed_by: null", "confirmed_by: anna")
    text = text.replace("outcome: null", "outcome: depression", 1)
    path.write_text(text.replace("higher: null", "higher: worse", 1), encoding="utf-8")
    second = run("review", "import", folder, FILES / "NCT00000001.json")
    assert second.exit_code == 0, second.stderr
    assert (folder / "studies" / "nct00000001.yaml").exists()
    third = run("review", "import", folder, FILES / "NCT00000001.json")
    assert "nct00000001.yaml already; nothing was written" in third.stderr
    record = run("review", "import", folder, FILES / "NCT00000001.json", "--records", "--register")
    assert "1 records" in record.stdout


def test_a_trial_of_ours_comes_in_with_its_guesses(run, folder):
    write_folder(simulate(demo_protocol(), SCENARIOS["drug and belief"], seed=1), "records")
    result = run("review", "import", folder, "records", "--trial", "--year", "2026")
    assert result.exit_code == 0, result.stderr
    assert "unverified" not in result.stdout
    assert "2 studies" in run("review", "check", folder).stdout


def test_an_analysis_goes_on_to_other_verbs(run):
    assert run("review", "table", "microdosing-depression", "any-microdose",
               "-o", "studies.csv").exit_code == 0  # fmt: skip
    pooled = run("pool", "studies.csv", "--effect", "effect", "--se", "se", "--study", "study",
                 "--json")  # fmt: skip
    whole = run("synthesise", "microdosing-depression", "--json")
    first, second = (
        next(
            row for row in json.loads(result.stdout)["estimates"] if row["name"] == "pooled-effect"
        )
        for result in (pooled, whole)
    )
    assert [first[k] for k in ("estimate", "se", "p")] == [
        second[k] for k in ("estimate", "se", "p")
    ]


@pytest.mark.parametrize("kind", ["csv-jsonld", "fhir", "metapsy", "revman"])
def test_a_shipped_review_is_handed_on(run, kind, tmp_path):
    result = run("review", "export", "microdosing-depression", "out", "--format", kind)
    assert result.exit_code == 0, result.stderr
    assert any((tmp_path / "out").iterdir())


def test_a_person_decides_on_the_certainty(run, folder):
    file = verified(folder)
    other = file.read_text(encoding="utf-8").replace("example2020", "example2021")
    other = other.replace("doi:", "# doi:").replace("registration:", "# registration:")
    (folder / "studies" / "example2021.yaml").write_text(other, encoding="utf-8")
    shown = run("review", "grade", folder, "primary")
    assert shown.exit_code == 0, shown.stderr
    assert "suggested by rule" in shown.stdout
    how = ["--as", "anna", "--reason", "few people", "--date", "2026-11-25"]
    done = run("review", "grade", folder, "primary", "imprecision", *how, "--", "-2")
    assert done.exit_code == 0, done.stderr
    again = run("review", "grade", folder, "primary")
    assert "decided -2 by anna" in again.stdout
    assert run("review", "grade", folder, "primary", "imprecision", *how).exit_code == 2
    odd = run("review", "grade", folder, "primary", "nothing", *how, "--", "-1")
    assert odd.exit_code == 1
    assert "has no rule 'nothing'" in odd.stderr
    drawn = run("review", "grade", folder, "--plot", folder / "domains.svg")
    assert drawn.exit_code == 0, drawn.stderr
    assert (folder / "domains.svg").is_file()
