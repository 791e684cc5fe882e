"""equipoise pool: the command of the documents, and what stops it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from equipoise.cli.main import cli

ROWS = """study,g,se,year,kind
A,-0.5,0.2,2001,inert
B,-0.2,0.3,2002,active
C,-0.9,0.25,2003,inert
D,-0.4,0.2,2004,active
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "trials.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def run(*arguments: object) -> dict[str, object]:
    result = CliRunner().invoke(cli, ["pool", *map(str, arguments), "--json"])
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_the_published_psilocybin_result(trial_data: Path) -> None:
    file = trial_data / "evidence" / "psilocybin_main12.csv"
    how = ("--effect", "g", "--se", "g_se", "--study", "study", "--method", "REML")
    rows = {
        (row["name"], row["label"]): row
        for row in run(file, *how, "--test", "hartung-knapp")["estimates"]  # type: ignore[attr-defined]
    }
    pooled = rows["pooled-effect", None]
    got = [round(pooled[field], 3) for field in ("estimate", "low", "high")]
    assert got == [-0.903, -1.256, -0.550]  # printed by SYPRES
    classic = rows["prediction-interval", "classic"]
    assert [round(classic[f], 4) for f in ("low", "high")] == [-1.7183, -0.0879]
    assert round(rows["i2-q", None]["estimate"], 1) == 53.9
    assert round(rows["i2-tau2", None]["estimate"], 3) == 54.311


def test_everything_at_once(table: Path) -> None:
    asked = ["--leave-one-out", "--influence", "--studies", "--exponentiate", "--permutations", 99]
    asked += [
        "--subgroup",
        "kind",
        "--moderators",
        "year",
        "--cumulative",
        "year",
        "--bootstrap",
        199,
    ]
    found = run(table, "--effect", "g", "--se", "se", "--study", "study", *asked)
    names = {row["name"] for row in found["estimates"]}  # type: ignore[attr-defined]
    assert {"pooled-ratio", "leave-one-out", "coefficient", "subgroup-test"} <= names
    assert {"permutation-test", "bootstrap-effect", "cumulative-effect", "baujat-x"} <= names


def test_text_names_both_prediction_intervals(table: Path) -> None:
    result = CliRunner().invoke(cli, ["pool", str(table), "--effect", "g", "--se", "se"])
    assert result.exit_code == 0
    assert "hartung-knapp" in result.output
    assert "classic" in result.output


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("B,-0.2", "A,-0.2"), "more than one row"),
        (("0.3,2002", "-0.3,2002"), "standard error -0.3"),
    ],
)
def test_bad_rows_stop_it(table: Path, change: tuple[str, str], said: str) -> None:
    table.write_text(ROWS.replace(*change), encoding="utf-8")
    how = ["--effect", "g", "--se", "se", "--study", "study"]
    result = CliRunner().invoke(cli, ["pool", str(table), *how])
    assert result.exit_code == 1
    assert said in result.output


def test_columns_must_be_named(table: Path) -> None:
    assert CliRunner().invoke(cli, ["pool", str(table)]).exit_code == 2
    both = ["--effect", "g", "--se", "se", "--variance", "se"]
    assert CliRunner().invoke(cli, ["pool", str(table), *both]).exit_code == 2


def drawn(tmp_path: Path, *arguments: object) -> str:
    path = tmp_path / "forest.svg"
    run(*arguments, "--plot", path)
    return path.read_text(encoding="utf-8")


def test_the_axis_of_ratios_is_not_named_after_logarithms(tmp_path: Path) -> None:
    table = tmp_path / "counts.csv"
    table.write_text("study,a,n1,c,n2\nA,4,20,9,20\nB,6,30,8,31\nC,2,25,7,24\n", encoding="utf-8")
    how = ("--events1", "a", "--total1", "n1", "--events2", "c", "--total2", "n2")
    shown = drawn(tmp_path, table, "--measure", "RR", "--study", "study", *how)
    assert "risk ratio" in shown
    assert "log risk ratio" not in shown


def test_the_forest_plot_says_how_far_studies_differ_and_who_is_favoured(
    tmp_path: Path, table: Path
) -> None:
    how = ("--effect", "g", "--se", "se", "--study", "study", "--favours", "drug", "placebo")
    shown = drawn(tmp_path, table, *how)
    assert "Effect [95% interval]" in shown
    assert "(REML), Q = " in shown
    assert "favours drug" in shown
    assert "favours placebo" in shown


def test_a_warning_of_a_subgroup_names_it(table: Path) -> None:
    how = ("--effect", "g", "--se", "se", "--study", "study", "--subgroup", "kind")
    told = {w for row in run(table, *how)["estimates"] for w in row["warnings"]}  # type: ignore[attr-defined]
    assert any(w.startswith("active: tau2 was estimated as 0") for w in told)
