"""equipoise synthesise EVIDENCE --out: versions of a site, and errors that help."""

import json
import re
import shutil

import pytest
import yaml

from equipoise.synthesis.evidence import HERE

REVIEW = "microdosing-anxiety"


@pytest.fixture
def evidence(tmp_path):
    """One review of the evidence that comes with equipoise, with its studies and a site.yaml."""
    folder = tmp_path / "evidence-of-mine"
    shutil.copytree(HERE / "studies", folder / "studies")
    shutil.copytree(HERE / "reviews" / REVIEW, folder / "reviews" / REVIEW)
    (folder / "site.yaml").write_text("title: Mine\nupdate_days: 30\n", encoding="utf-8")
    return folder


def test_it_prints_progress_warnings_files_and_version_on_stderr_alone(run, evidence):
    result = run("synthesise", evidence, "--out", "site", "--date", "2026-11-25")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    assert f"Review 1 of 1: {REVIEW}" in result.stderr
    assert "Warning: Crisis line: United States, 988: not yet checked by a person." in result.stderr
    assert re.search(r"Warning: .*: \d+ days old, more than 180", result.stderr)
    assert "Version 2026.11.1: the first version" in result.stderr
    assert re.search(
        r"Wrote \d+ files into site, and a copy for good: site/v/2026\.11\.1", result.stderr
    )


def test_the_same_day_gives_the_same_version_and_a_later_one_the_next(run, evidence, tmp_path):
    run("synthesise", evidence, "--out", "site", "--date", "2026-11-25")
    again = run("synthesise", evidence, "--out", "site", "--date", "2026-11-25")
    assert "Version 2026.11.1 stands as it was" in again.stderr
    later = run("synthesise", evidence, "--out", "site", "--date", "2026-11-26")
    assert "Version 2026.11.2: no sentence changed" in later.stderr
    listed = json.loads((tmp_path / "site" / "versions.json").read_text(encoding="utf-8"))
    assert [(one["version"], one["date"]) for one in listed["versions"]] == [
        ("2026.11.1", "2026-11-25"), ("2026.11.2", "2026-11-26"),
    ]  # fmt: skip


def test_without_a_date_the_version_is_of_today(run, evidence, tmp_path):
    result = run("synthesise", evidence, "--out", "site")
    assert result.exit_code == 0, result.stderr
    (listed,) = json.loads((tmp_path / "site" / "versions.json").read_text("utf-8"))["versions"]
    assert listed["version"].startswith(listed["date"][:7].replace("-", "."))


def test_a_check_that_is_overdue_is_told(run, evidence):
    overdue = "was to be looked at again by 2026-12-25"
    run("synthesise", evidence, "--out", "site", "--date", "2026-11-25")
    early = run("synthesise", evidence, "--out", "site", "--date", "2026-11-25")
    late = run("synthesise", evidence, "--out", "site", "--date", "2026-12-26")
    assert overdue not in early.stderr
    assert overdue in late.stderr


def test_a_changed_study_is_told_by_number_of_sentences(run, evidence):
    run("synthesise", evidence, "--out", "site", "--date", "2026-11-25")
    file = evidence / "studies" / "szigeti2021.yaml"
    study = yaml.safe_load(file.read_text(encoding="utf-8"))
    (row,) = [one for one in study["outcomes"] if one["outcome"] == "anxiety"][:1]
    row["effects"][0]["estimate"] -= 0.3
    row["effects"][0]["low"] -= 0.3
    row["effects"][0]["high"] -= 0.3
    file.write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")
    result = run("synthesise", evidence, "--out", "site", "--date", "2026-11-25")
    assert re.search(r"Version 2026\.11\.2: \d+ sentences? changed", result.stderr), result.stderr


def test_a_corrupt_list_of_versions_is_an_error_that_helps(run, evidence, tmp_path):
    run("synthesise", evidence, "--out", "site", "--date", "2026-11-25")
    (tmp_path / "site" / "versions.json").write_text("{", encoding="utf-8")
    result = run("synthesise", evidence, "--out", "site", "--date", "2026-11-26")
    assert result.exit_code == 1
    said = " ".join(result.stderr.split())
    assert "versions.json does not hold the versions of this site" in said
    assert "Nothing was written" in said
    assert "Review 1" not in said  # before any work is done
    assert not (tmp_path / "site" / "v" / "2026.11.2").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--date", "2026-11-25"), "give --out as well"),
        (("--out", "site", "--date", "yesterday"), "yesterday"),
        (("--out", "site", "--json"), "only --date fits"),
        (("--out", "site", "--analysis", "any-microdose"), "only --date fits"),
    ],
)
def test_a_day_is_that_of_a_site(run, evidence, arguments, said):
    result = run("synthesise", evidence, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
