"""equipoise sequential: trials as they came."""

import json

import pytest

TRIALS = """study,year,g,se,n1,n2
A,2016,-0.8,0.30,25,25
B,2018,-0.6,0.25,32,32
C,2019,-0.9,0.20,50,50
D,2021,-0.5,0.18,60,60
E,2023,-0.7,0.15,90,90
"""
COLUMNS = ("--effect", "g", "--se", "se", "--study", "study", "--order", "year")


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "trials.csv"
    path.write_text(TRIALS, encoding="utf-8")
    return path


def test_looks_boundaries_and_a_figure(run, table, tmp_path):
    more = ("--n", "n1", "--n", "n2", "--delta", 0.3, "--plot", "looks.svg")
    result = run("sequential", table, *COLUMNS, *more, "--json")
    assert result.exit_code == 0, result.stderr
    rows = json.loads(result.stdout)["estimates"]
    shares = {r["label"]: r["estimate"] for r in rows if r["name"] == "information-share"}
    needed = {r["label"]: r["estimate"] for r in rows if r["name"] == "required-information"}
    assert shares["1: A"] == pytest.approx(50 / needed["adjusted for diversity"])
    assert needed["one true effect"] == pytest.approx(348.839)
    assert "required" in (tmp_path / "looks.svg").read_text(encoding="utf-8")


def test_a_person_reads_the_verdict(run, table):
    result = run("sequential", table, *COLUMNS, "--delta", 0.3, "--test", "z", "--futility")
    assert result.exit_code == 0, result.stderr
    assert "Verdict: Boundary crossed at look" in result.stdout
    assert "sum of inverse variances" in result.stdout


def test_ratios(run, table):
    asked = ("--n", "n1", "--measure", "rr", "--delta", 0.7, "--control-risk", 0.4)
    assert run("sequential", table, *COLUMNS, *asked).exit_code == 0
    result = run("sequential", table, *COLUMNS, *asked[:-2])
    assert result.exit_code == 1
    assert "--control-risk" in result.stderr


def test_rows_that_lack_a_number_are_named(run, tmp_path):
    (tmp_path / "t.csv").write_text(TRIALS + "F,2024,,0.2,20,20\n", encoding="utf-8")
    result = run("sequential", "t.csv", *COLUMNS, "--delta", 0.3)
    assert "left out: F" in result.stdout
    (tmp_path / "t.csv").write_text(TRIALS + "F,2024,-0.2,-0.2,20,20\n", encoding="utf-8")
    result = run("sequential", "t.csv", *COLUMNS, "--delta", 0.3)
    assert result.exit_code == 1
    assert "F has the standard error -0.2" in result.stderr
