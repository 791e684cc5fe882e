"""equipoise multilevel, multivariate and sparse: the commands of the documents, what stops them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from equipoise.cli.main import cli

LONG = """study,row,scale,g,se,days,kind
A,1,mood,-0.5,0.2,7,inert
A,2,sleep,-0.4,0.2,28,inert
B,3,mood,-0.2,0.3,7,active
B,4,sleep,-0.1,0.3,28,active
C,5,mood,-0.9,0.25,7,inert
C,6,sleep,-0.3,0.25,,inert
D,7,mood,-0.4,0.2,7,active
D,8,sleep,-0.8,0.2,28,active
"""
EVENTS = """study,a,n1,c,n2
A,0,20,2,22
B,2,30,4,28
C,5,60,9,55
D,0,15,0,15
E,,40,1,40
F,3,22,3,20
"""
COLUMNS = ("--events1", "a", "--total1", "n1", "--events2", "c", "--total2", "n2")


@pytest.fixture
def long(tmp_path: Path) -> Path:
    path = tmp_path / "long.csv"
    path.write_text(LONG, encoding="utf-8")
    return path


@pytest.fixture
def events(tmp_path: Path) -> Path:
    path = tmp_path / "events.csv"
    path.write_text(EVENTS, encoding="utf-8")
    return path


def run(*arguments: object) -> dict[tuple[str, str | None], dict[str, object]]:
    result = CliRunner().invoke(cli, [*map(str, arguments), "--json"])
    assert result.exit_code == 0, result.output
    return {(row["name"], row["label"]): row for row in json.loads(result.stdout)["estimates"]}


def fails(*arguments: object) -> str:
    result = CliRunner().invoke(cli, [*map(str, arguments)])
    assert result.exit_code in (1, 2), result.output
    return result.output


def test_the_psilocybin_trials_over_time(trial_data: Path) -> None:
    file = trial_data / "evidence" / "psilocybin_time.csv"
    how = ("--effect", "g", "--se", "g_se", "--study", "study", "--row", "esid", "--rho", "0.6")
    rows = run("multilevel", file, *how, "--robust", "CR2")
    assert rows["pooled-effect", "three-level"]["estimate"] == pytest.approx(-0.808000, abs=5e-7)
    robust = rows["pooled-effect", "three-level, CR2"]
    assert robust["se"] == pytest.approx(0.129964, abs=1e-6)
    assert robust["df"] == pytest.approx(9.9762, abs=1e-4)
    assert rows["tau2", "between studies"]["estimate"] == pytest.approx(0.101536, abs=1e-6)
    assert rows["tau2", "within studies"]["estimate"] == pytest.approx(0.043068, abs=1e-6)


def test_several_rho_are_told_apart(long: Path) -> None:
    how = ("--effect", "g", "--se", "se", "--study", "study", "--rho", "0.3", "--rho", "0.6")
    rows = run("multilevel", long, *how)
    assert ("pooled-effect", "three-level, CR2, rho 0.3") in rows
    assert ("q-test", "rho 0.6") in rows


def test_a_moderator_that_a_row_lacks(long: Path) -> None:
    how = ("--effect", "g", "--se", "se", "--study", "study", "--moderator", "days")
    rows = run("multilevel", long, *how, "--test", "t")
    slope = rows["coefficient", "days"]
    assert slope["df"] == 5
    assert any("1 rows" in warning for warning in slope["warnings"])  # type: ignore[attr-defined]


def test_what_multilevel_refuses(long: Path) -> None:
    how = ("--effect", "g", "--se", "se", "--study", "study")
    assert "twice" in fails("multilevel", long, *how, "--row", "kind")
    assert "from 0 to" in fails("multilevel", long, *how, "--rho", "1")
    assert "no column" in fails("multilevel", long, *how, "--cluster", "site")
    assert "clusters" in fails("multilevel", long, *how, "--cluster", "scale")
    assert "--effect" in fails("multilevel", long, "--study", "study")


def test_outcomes_together(long: Path) -> None:
    how = ("--effect", "g", "--se", "se", "--study", "study", "--outcome", "scale")
    rows = run("multivariate", long, *how, "--rho", "0.5", "--structure", "CS")
    assert ("outcome-contrast", "mood minus sleep") in rows
    assert "--rho" in fails("multivariate", long, *how)


def test_arms_together(events: Path) -> None:
    rows = run("multivariate", events, *COLUMNS, "--structure", "DIAG")
    assert ("pooled-share", "second arm") in rows
    assert "both" in fails("multivariate", events, *COLUMNS, "--effect", "a")


def test_both_are_drawn(long: Path, events: Path, tmp_path: Path) -> None:
    how = ("--effect", "g", "--se", "se", "--study", "study", "--outcome", "scale", "--rho", "0.5")
    for name, arguments in (("a.svg", (long, *how)), ("b.svg", (events, *COLUMNS))):
        run("multivariate", *arguments, "--structure", "CS", "--plot", tmp_path / name)
        assert "a new study" in (tmp_path / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("method", ["mh", "peto", "glmm"])
def test_few_events(events: Path, method: str) -> None:
    rows = run("sparse", events, *COLUMNS, "--study", "study", "--method", method)
    (pooled,) = [row for (name, _), row in rows.items() if name == "pooled-effect"]
    assert pooled["estimate"] < 0  # type: ignore[operator]
    said = " ".join(pooled["warnings"])  # type: ignore[arg-type]
    assert "(D)" in said
    assert "left out: E" in said


def test_what_sparse_refuses(events: Path) -> None:
    assert "--measure OR" in fails(
        "sparse", events, *COLUMNS, "--method", "peto", "--measure", "RR"
    )
    assert "OR or IRR" in fails("sparse", events, *COLUMNS, "--method", "glmm", "--measure", "RD")
    assert "four columns" in fails("sparse", events, "--events1", "a")
    assert "no column" in fails("sparse", events, *COLUMNS[:-1], "n3")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--method", "peto", "--add", "1"), "--add goes with --method mh"),
        (("--method", "glmm", "--no-correction"), "--no-correction goes with --method mh"),
        (("--model", "UM.FS"), "--model goes with --method glmm"),
        (("--method", "glmm", "--correlated"), "--correlated goes with --model UM.RS"),
        (("--add-to", "all"), "such as --add 0.5"),
        (("--add", "-1"), "not in the range"),
    ],
)
def test_an_option_of_another_method_is_refused(events: Path, more: tuple, told: str) -> None:
    assert told in fails("sparse", events, *COLUMNS, *more)


def test_options_of_effects_are_no_options_of_events(events: Path, long: Path) -> None:
    assert "leave out --rho" in fails("multivariate", events, *COLUMNS, "--rho", "0.5")
    how = ("--effect", "g", "--se", "se", "--study", "study")
    assert "no column 'x'" in fails("multivariate", long, *how, "--outcome", "x", "--rho", "0")
    robust = ("--robust", "none", "--cluster", "study")
    assert "leave out --robust none" in fails("multilevel", long, *how, *robust)
