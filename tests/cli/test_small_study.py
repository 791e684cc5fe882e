"""equipoise small-study: the command of the documents, its options, its figure."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from equipoise.cli.main import cli


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rng = np.random.default_rng(4)
    n = rng.integers(20, 200, 15)
    events, others = rng.binomial(n, 0.5), rng.binomial(n, 0.3)
    se = np.sqrt(4 / n)
    g = 0.1 + np.abs(se * rng.normal(size=15)) * 2  # nothing below 0.1 was published
    lines = [f"T{j},{g[j]},{se[j]},{events[j]},{n[j]},{others[j]},{n[j]}" for j in range(len(n))]
    path = tmp_path / "trials.csv"
    path.write_text("\n".join(["study,g,se,a,n1,c,n2", *lines, "T15,,,1,2,1,2"]), "utf-8")
    return path


def run(*arguments: object) -> dict[str, list[dict[str, object]]]:
    result = CliRunner().invoke(cli, ["small-study", *map(str, arguments), "--json"])
    assert result.exit_code == 0, result.output
    found: dict[str, list[dict[str, object]]] = json.loads(result.stdout)
    return found


def test_the_command_of_the_documents(trial_data: Path) -> None:
    file = trial_data / "evidence" / "psilocybin_main12.csv"
    how = ("--effect", "g", "--se", "g_se", "--study", "study", "--alternative", "less")
    rows = {(r["name"], r["label"]): r for r in run(file, *how)["estimates"]}
    egger = rows["egger-test", "classical"]
    assert [egger["estimate"], egger["df"], egger["p"]] == [
        pytest.approx(-1.337819, abs=5e-7), 10, pytest.approx(0.210583, abs=5e-7),
    ]  # fmt: skip
    assert egger["unit"] == "t with 10 df"
    assert rows["trim-and-fill-missing", "L0, right"]["estimate"] == 0


def test_sizes_and_counts_bring_more_tests(table: Path) -> None:
    more = ("--n", "n1", "--arm-n", "n1", "n2", "--counts", "a", "n1", "c", "n2")
    how = ("--effect", "g", "--se", "se", "--study", "study", "--target", 0.1, "--step", 0.1)
    found = run(table, *how, *more)["estimates"]
    labels = {row["label"] for row in found if row["name"] == "regression-test"}
    assert {"Harbord", "Peters", "Macaskill", "Pustejovsky-Rodgers", "classical, ninv"} <= labels
    assert {row["label"] for row in found if row["name"] == "fail-safe-n"} >= {"Orwin"}
    assert all("left out: T15" in row["warnings"][0] for row in found)  # type: ignore[index]


def test_the_figure_is_written(table: Path, tmp_path: Path) -> None:
    figure = tmp_path / "funnel.svg"
    arguments = ["small-study", table, "--effect", "g", "--se", "se", "--method", "begg"]
    result = CliRunner().invoke(cli, [*map(str, arguments), "--plot", str(figure)])
    assert result.exit_code == 0, result.output
    text = figure.read_text("utf-8")
    assert "pseudo-limits" in text
    assert "filled in" in text
    assert "0.10 to 0.05" in text


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--effect", "g"], 2, "--se"),
        (["--effect", "g", "--se", "se", "--n", "size"], 1, "no column 'size'"),
        (["--effect", "g", "--se", "se", "--n", "study"], 1, "'study' must hold a number"),
        (["--effect", "g", "--se", "se", "--method", "eggar"], 2, "egger"),
    ],
)
def test_wrong_requests(table: Path, arguments: list[str], code: int, words: str) -> None:
    result = CliRunner().invoke(cli, ["small-study", str(table), *arguments])
    assert result.exit_code == code
    assert words in result.output


@pytest.mark.parametrize(
    "more", [("--side", "left"), ("--estimator", "R0"), ("--step", "0.05"), ("--target", "0.1")]
)
def test_an_option_of_a_method_not_asked_for_is_refused(table: Path, more: tuple) -> None:
    how = ("--effect", "g", "--se", "se", "--method", "egger", *more)
    result = CliRunner().invoke(cli, ["small-study", str(table), *how])
    assert result.exit_code == 2
    assert f"{more[0]} goes with --method" in result.output
