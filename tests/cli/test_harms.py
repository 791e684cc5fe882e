"""equipoise harms: from two tables or from records."""

import json

import pytest

from equipoise.records import write_folder
from equipoise.simulation import demo_protocol, simulate

EVENTS = """participant,event,day,severity,serious,withdrawal
p0,headache,3,mild,no,no
p0,headache,9,mild,no,no
p2,nausea,1,severe,yes,yes
p1,headache,5,mild,no,no
"""


@pytest.fixture
def tables(tmp_path):
    people = "".join(f"p{k},{('drug', 'placebo')[k % 2]},28,s{k % 3}\n" for k in range(40))
    files = tmp_path / "events.csv", tmp_path / "people.csv"
    files[0].write_text(EVENTS, encoding="utf-8")
    files[1].write_text("participant,arm,exposure_days,site\n" + people, encoding="utf-8")
    return ("--events", files[0], "--people", files[1], "--control", "placebo")


def test_arms_stand_side_by_side(run, tables):
    result = run("harms", *tables)
    assert result.exit_code == 0, result.stderr
    assert "2 (10.0%) [3]" in result.stdout
    assert "Dosed: 20 people in placebo, 20 people in drug" in result.stdout
    assert "16.8%" in result.stdout
    assert "significant" not in result.stdout


def test_json_is_one_object_with_every_row(run, tables):
    result = run("harms", *tables, "--strata", "site", "--per", "year", "--json")
    found = json.loads(result.stdout)
    names = {row["name"] for row in found["estimates"]}
    assert {"incidence", "incidence-difference", "exposure-adjusted-rate"} <= names
    units = {row["unit"] for row in found["estimates"]}
    assert "people per 100 person-years" in units
    assert any("Mantel-Haenszel" in row["method"] for row in found["estimates"] if row["method"])


def test_all_prints_rates_and_the_plot_is_written(run, tables, tmp_path):
    result = run("harms", *tables, "--all", "--test", "mid-p", "--plot", tmp_path / "harms.svg")
    assert result.exit_code == 0, result.stderr
    assert "Exposure-adjusted incidence rate" in result.stdout
    svg = (tmp_path / "harms.svg").read_text(encoding="utf-8")
    assert svg.count("<svg") == 1


def test_a_records_folder_is_a_source(run, tmp_path):
    write_folder(simulate(demo_protocol(), seed=1), tmp_path / "trial")
    result = run("harms", tmp_path / "trial")
    assert result.exit_code == 0, result.stderr
    assert "participant-periods in placebo" in result.stdout
    assert "any event" in result.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "Give a SOURCE, or both"),
        (("--events", "e.csv"), "Give a SOURCE, or both"),
        (("--events", "e.csv", "--people", "p.csv"), "Name the control arm"),
        (("trial", "--control", "x"), "go with --events and --people"),
        (("trial.csv",), "goes in two"),
    ],
)
def test_usage_is_explained(run, words, says):
    result = run("harms", *words)
    assert result.exit_code == 2
    assert says in result.stderr
