"""`equipoise crossover` and `equipoise n-of-1` on tables as a trialist has them."""

import json
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parents[1] / "golden"
SERIES = GOLDEN / "crossover_n_of_1.csv"
CYCLES = ("--outcome", "y", "--cycle", "cycle", "--treatment", "arm", "--control", "placebo")
PERIODS = (
    "--outcome", "PEF", "--participant", "child", "--period", "visit", "--treatment", "drug",
    "--control", "sal",
)  # fmt: skip


@pytest.fixture
def trial(tmp_path):
    """Three children each way; by hand the effect is (30 + 60) / 2 = 45."""
    rows = ["child;visit;drug;PEF"]
    for child, (a, b) in enumerate([(310, 290), (300, 270), (340, 300)]):
        rows += [f"{child};1;for;{a}", f"{child};2;sal;{b}"]
    for child, (a, b) in enumerate([(300, 350), (250, 310), (280, 350)], start=3):
        rows += [f"{child};1;sal;{a}", f"{child};2;for;{b}"]
    path = tmp_path / "trial.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def found(result):
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_crossover_prints_one_object(run, trial):
    answer = found(run("crossover", trial, *PERIODS, "--delimiter", ";", "--json"))
    rows = {row["name"]: row for row in answer["estimates"]}
    assert rows["treatment-effect"]["estimate"] == pytest.approx(45)
    assert rows["treatment-effect"]["unit"] == "for minus sal"
    assert answer["source"]["name"] == "trial.csv"


def test_crossover_in_the_terminal_tells_of_freeman_and_fits_the_screen(run, trial):
    result = run("crossover", trial, *PERIODS, "--delimiter", ";")
    assert result.exit_code == 0, result.stderr
    assert "Freeman 1989" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 100


def test_crossover_with_carry_over_and_binary(run, trial):
    told = run("crossover", trial, *PERIODS, "--delimiter", ";", "--carry-over").stdout
    assert "times as large" in " ".join(told.split())
    wrong = run("crossover", trial, *PERIODS, "--delimiter", ";", "--binary")
    assert wrong.exit_code == 1
    assert "0 or 1" in wrong.stderr


def test_n_of_1_series_and_one_person(run):
    answer = found(run("n-of-1", SERIES, "--participant", "id", *CYCLES, "--json"))
    names = {row["name"] for row in answer["estimates"]}
    assert {"individual-effect", "mean-effect", "interaction-test", "smallest-p"} <= names
    told = run("n-of-1", SERIES, "--participant", "id", *CYCLES, "--time", "day", "--washout", "1",
               "--residual", "ar1", "--trend")  # fmt: skip
    assert told.exit_code == 0, told.stderr
    assert "\nSerial correlation" in told.stdout
    assert max(map(len, told.stdout.splitlines())) <= 100


@pytest.mark.parametrize("verb", ["crossover", "n-of-1"])
def test_a_column_that_is_not_there_is_named(run, trial, verb):
    words = PERIODS if verb == "crossover" else CYCLES
    wrong = run(verb, SERIES if verb == "crossover" else trial, *words)
    assert wrong.exit_code == 1
    assert "column" in wrong.stderr
