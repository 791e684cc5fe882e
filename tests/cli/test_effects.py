"""equipoise effects: a row a comparison, an effect a row."""

import json

import pandas as pd
import pytest

from equipoise.cli.effects import MEASURES as OFFERED
from equipoise.synthesis.effect_sizes import MEASURES

TABLE = """study,scale,mean1,sd1,n1,mean2,sd2,n2,r1,t1,r2,t2
Alpha,HAM-D,10,6,30,14,7,30,4,123,11,139
Beta,WHO-5,60,20,40,50,21,41,0,30,3,28
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "trials.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_effects_are_printed_and_written_for_pool(run, table, tmp_path):
    output = tmp_path / "effects.csv"
    result = run("effects", table, "--output", output, "--json")
    assert result.exit_code == 0, result.stderr
    rows = json.loads(result.stdout)["estimates"]
    assert [(row["name"], row["label"]) for row in rows] == [
        ("study-effect", "Alpha"),
        ("study-effect", "Beta"),
    ]
    written = pd.read_csv(output)
    assert written["yi"].tolist() == [row["estimate"] for row in rows]
    pooled = run("pool", output, "--effect", "yi", "--se", "sei", "--study", "study")
    assert pooled.exit_code == 0, pooled.stderr


def test_columns_can_be_named_and_zeros_treated(run, table):
    named = ("--events1", "r1", "--total1", "t1", "--events2", "r2", "--column", "total2=t2")
    result = run("effects", table, "--measure", "or", *named, "--add", "treatment-arm")
    assert result.exit_code == 0, result.stderr
    assert "exp() of them is the odds ratio" in result.stdout
    result = run("effects", table, "--measure", "OR", *named, "--to", "none")
    assert "1 of 2 rows have no effect under the rule for zero cells" in result.stdout


def test_directions_turn_signs(run, table):
    ways = ("--direction", "HAM-D=lower", "--direction", "WHO-5=higher")
    result = run("effects", table, "--outcome", "scale", *ways, "--pool-as", "lower")
    assert result.exit_code == 0, result.stderr
    assert "below 0 favours group 1" in result.stdout
    assert "The sign was turned" in result.stdout


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--outcome", "scale"), 1, "measure several outcomes"),
        (("--measure", "OR"), 1, "no column was found for"),
        (("--column", "mean1"), 2, "NAME=VALUE"),
        (("--add", "few"), 2, "treatment-arm"),
        (("--variance", "XX"), 1, "no variance"),
    ],
)
def test_what_cannot_be_is_told(run, table, options, code, told):
    result = run("effects", table, *options)
    assert result.exit_code == code
    assert told in result.stderr


def test_reported_takes_whatever_a_row_has(run, tmp_path):
    path = tmp_path / "papers.csv"
    path.write_text("study,n1,n2,t,p,sign\nA,20,22,-2.1,,\nB,30,30,,0.04,-1\n", encoding="utf-8")
    result = run("effects", path, "--reported")
    assert result.exit_code == 0, result.stderr
    assert "SMD from t" in result.stdout
    assert "SMD from p" in result.stdout


def test_every_measure_is_offered():
    assert set(OFFERED) == set(MEASURES)


def test_a_forest_plot_is_drawn(run, table, tmp_path):
    result = run("effects", table, "--measure", "ROM", "--plot", tmp_path / "forest.svg")
    assert result.exit_code == 0, result.stderr
    assert "ratio of means" in (tmp_path / "forest.svg").read_text(encoding="utf-8")
