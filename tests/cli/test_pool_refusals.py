"""equipoise pool and its siblings: what a user's file may hold, and options that would be idle."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from equipoise.cli.main import cli

ROWS = """study,g,se,year,kind,x,w
A,-0.5,0.2,2001,inert,1,3
B,-0.2,0.3,2002,active,2,1
C,-0.9,0.25,2003,inert,3,2
D,-0.4,0.2,2004,active,5,4
E,-0.7,0.3,2005,inert,4,2
"""
SAME = "study,g,se,kind\n" + "".join(
    f"{s},0.3,0.{i + 1},{'uv'[i % 2]}\n" for i, s in enumerate("ABCD")
)
NAMED = ("--effect", "g", "--se", "se", "--study", "study")


def run(tmp_path: Path, text: str, *options: str, verb: str = "pool") -> Result:
    path = tmp_path / "trials.csv"
    path.write_text(text, encoding="utf-8")
    return CliRunner().invoke(cli, [verb, str(path), *NAMED, *options, "--json"])


def estimates(result: Result) -> dict[tuple[str, str | None], dict[str, object]]:
    assert result.exit_code == 0, result.output
    return {(row["name"], row["label"]): row for row in json.loads(result.stdout)["estimates"]}


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--weights", "kind"), 1, "A has the weight 'inert'"),
        (("--moderators", "0"), 1, "leaves no coefficient"),
        (("--show", "year"), 2, "--show is about the --plot"),
        (("--narrow",), 2, "--narrow is about the --plot"),
        (("--events1", "x"), 2, "--events1 is a number of a --measure"),
        (("--column", "se1=x"), 2, "--column is a number of a --measure"),
        (("--include-unverified",), 1, "No column says which rows are verified"),
    ],
)
def test_what_would_be_idle_or_cannot_be_is_refused(
    tmp_path: Path, options: tuple[str, ...], code: int, said: str
) -> None:
    result = run(tmp_path, ROWS, *options)
    assert result.exit_code == code
    assert said in result.stderr


def test_limits_of_ratios_are_told(tmp_path: Path) -> None:
    path = tmp_path / "ratios.csv"
    path.write_text("study,rr,lo,hi\nA,1.5,1.1,2.4\nB,1.2,0.9,1.6\nC,2,1.2,3.3\n", encoding="utf-8")
    asked = ["pool", str(path), "--effect", "rr", "--interval", "lo", "hi", "--study", "study"]
    warnings = estimates(CliRunner().invoke(cli, [*asked, "--json"]))["pooled-effect", None]
    assert any("off the middle of its limits: A, B, C" in w for w in warnings["warnings"])  # type: ignore[union-attr, attr-defined]


def test_a_moderator_that_never_varies_is_named(tmp_path: Path) -> None:
    result = run(tmp_path, ROWS.replace("active", "inert"), "--moderators", "kind + year")
    assert result.exit_code == 1
    assert "'kind' is 'inert' in all 5 studies" in result.stderr


def test_the_same_effect_everywhere_is_no_certainty(tmp_path: Path) -> None:
    asked = ("--influence", "--leave-one-out", "--permutations", "99", "--subgroup", "kind")
    result = run(tmp_path, SAME, *asked)
    pooled = estimates(result)["pooled-effect", None]
    assert pooled["estimate"] == pytest.approx(0.3, rel=1e-12)
    assert (pooled["se"], pooled["p"]) == (0, None)
    assert any("effects are all the same" in warning for warning in pooled["warnings"])  # type: ignore[union-attr, attr-defined]
    refused = {row["name"] for row in json.loads(result.stdout)["refused"]}
    assert {"influence", "permutation-test", "subgroup-test"} <= refused
    adhoc = estimates(run(tmp_path, SAME, "--test", "hartung-knapp-adhoc"))
    assert adhoc["pooled-effect", None]["se"] > 0  # type: ignore[operator]


def test_empty_names_and_cells_are_told(tmp_path: Path) -> None:
    text = ROWS.replace("E,-0.7,0.3", ",-0.7,") + ",,,,,,\n"
    rows = estimates(run(tmp_path, text))
    warnings = rows["pooled-effect", None]["warnings"]
    assert any("row 5 (no name), row 6 (no name)" in text for text in warnings)  # type: ignore[union-attr, attr-defined]
    result = run(tmp_path, ROWS.replace("2001", ""), "--cumulative", "year")
    refused = json.loads(result.stdout)["refused"]
    assert "no place in the order: A" in refused[0]["reason"]
    result = run(
        tmp_path, ROWS.replace("A,-0.5,0.2,2001,inert", "A,-0.5,0.2,2001,"), "--outcome", "kind"
    )
    assert result.exit_code == 1
    assert "no outcome in 'kind': A" in result.stderr


def test_an_outcome_of_one_study_is_refused_alone(tmp_path: Path) -> None:
    result = run(
        tmp_path,
        ROWS.replace("D,-0.4,0.2,2004,active", "D,-0.4,0.2,2004,inert"),
        "--outcome",
        "kind",
    )
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert {row["outcome"] for row in found["estimates"]} == {"inert"}
    assert [(row["name"], row["outcome"]) for row in found["refused"]] == [
        ("pooled-effect", "active")
    ]


def test_whole_numbers_stay_whole_in_labels(tmp_path: Path) -> None:
    text = ROWS.replace("\nA,", "\n1,").replace("\nB,", "\n2,").replace("\nC,", "\n3,")
    text = text.replace("\nD,", "\n4,").replace("\nE,", "\n5,")
    labels = {
        label
        for _, label in estimates(run(tmp_path, text, "--leave-one-out", "--cumulative", "year"))
    }
    assert {"without 1", "2 studies, 2002 (2)"} <= labels


def test_exponents_beyond_numbers_are_refused(tmp_path: Path) -> None:
    result = run(tmp_path, ROWS.replace("-0.9", "9000"), "--exponentiate")
    assert result.exit_code == 1
    assert "no logs of ratios" in result.stderr


def test_bootstrap_with_weights_is_a_refusal(tmp_path: Path) -> None:
    result = run(tmp_path, ROWS, "--weights", "w", "--bootstrap", "199", "--permutations", "99")
    assert result.exit_code == 0
    names = [row["name"] for row in json.loads(result.stdout)["refused"]]
    assert names == ["permutation-test", "bootstrap-effect"]


def test_sequential_checks_studies_as_pool_does(tmp_path: Path) -> None:
    how = ("--order", "year", "--delta", "0.5")
    twice = run(tmp_path, ROWS + "a,-0.1,0.2,2006,inert,1,1\n", *how, verb="sequential")
    assert twice.exit_code == 1
    assert "A, a stand in more than one row" in twice.stderr
    text = ROWS.replace("kind", "verified").replace("active", "no").replace("inert", "yes")
    found = estimates(run(tmp_path, text, *how, verb="sequential"))
    assert sum(name == "cumulative-effect" for name, _ in found) == 3
    same = run(
        tmp_path,
        SAME.replace("kind", "year").replace(",u", ",1").replace(",v", ",2"),
        *how,
        verb="sequential",
    )
    assert same.exit_code == 1
    assert "hartung-knapp-adhoc" in same.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--variance", "3"), "--variance is about people (--n) and --measure md"),
        (("--control-risk", "0.3"), "--control-risk is about people (--n)"),
        (("--level", "0.9", "--alpha", "0.05"), "--level and --alpha say the same"),
    ],
)
def test_idle_options_of_sequential(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    how = ("--order", "year", "--delta", "0.5", *options)
    result = run(tmp_path, ROWS, *how, verb="sequential")
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_network_without_a_treatment_names_the_study(tmp_path: Path) -> None:
    text = ROWS.replace("B,-0.2,0.3,2002,active", "B,-0.2,0.3,2002,")
    result = run(tmp_path, text, "--treat1", "kind", "--treat2", "year", verb="bayes")
    assert result.exit_code == 1
    assert "B has nothing in 'kind'" in result.stderr


def test_dose_response_leaves_unverified_rows_out(tmp_path: Path) -> None:
    path = tmp_path / "doses.csv"
    rows = [f"{s},{d},{5 + d // 2},50,{v}" for s, v in zip("ABC", ("yes", "yes", "no"), strict=True)
            for d in (0, 10, 20)]  # fmt: skip
    path.write_text("study,dose,r,n,verified\n" + "\n".join(rows) + "\n", encoding="utf-8")
    asked = ["dose-response", str(path), "--study", "study", "--dose", "dose", "--events", "r"]
    result = CliRunner().invoke(cli, [*asked, "--total", "n", "--json"])
    assert result.exit_code == 0, result.output
    assert "3 rows were verified by nobody" in result.stdout
    result = CliRunner().invoke(cli, [*asked, "--total", "n", "--covariance", "hamling"])
    assert result.exit_code == 2
    assert "--covariance is about reported effects" in result.stderr
