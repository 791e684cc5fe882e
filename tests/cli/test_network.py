"""The verb network: comparisons and arms in, one object out, mistakes in words."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from numpy.testing import assert_allclose

from equipoise.cli.main import cli

GOLDEN = Path(__file__).parents[1] / "golden"
CONTRASTS = ["--effect", "TE", "--se", "seTE", "--study", "id", "--treat1", "treat1", "--treat2",
             "treat2"]  # fmt: skip


def run(*words, code=0):
    found = CliRunner().invoke(cli, ["network", *map(str, words)])
    assert found.exit_code == code, found.output
    return found


def rows(*words):
    found = json.loads(run(*words, "--json").stdout)
    return {(row["name"], row["label"]): row for row in found["estimates"]}


def test_linde2015_just_works(trial_data):
    file = trial_data / "evidence" / "linde2015.csv"
    found = rows(file, "--arms")
    # shared anchors: netmeta 3.3-1
    effect = found["network-effect", "SSRI vs Placebo"]
    assert_allclose([effect["estimate"], effect["se"]], [0.517580, 0.091167], atol=5e-7)
    assert_allclose(found["tau2", None]["estimate"], 0.035163, atol=5e-7)
    total, between = found["q-test", "total"], found["q-test", "between designs"]
    assert_allclose([total["estimate"], between["estimate"]], [79.36508, 29.95206], atol=5e-6)
    assert [total["df"], between["df"]] == [58, 19]
    assert ("p-score", "Hypericum") in found
    assert ("node-split", "SSRI vs TCA") in found
    assert ("contribution", "Hypericum vs Placebo") in found
    remission = rows(file, "--arms", "--events", "remi", "--method", "REML")
    assert remission["tau2", None]["method"].startswith("REML")


def test_comparisons_with_a_reference_of_any_case():
    found = rows(GOLDEN / "network_contrasts_data.csv", *CONTRASTS, "--reference", "a",
                 "--small-values", "good")  # fmt: skip
    first = next(label for name, label in found if name == "network-effect")
    assert first == "B vs A"
    table = run(GOLDEN / "network_contrasts_data.csv", *CONTRASTS).output
    assert "Direct less indirect evidence" in table
    assert "contribution" not in table.lower()


def test_components_kinds_covariates_and_figures(tmp_path):
    made = GOLDEN / "network_components_data.csv"
    found = rows(made, "--arms", "--components", "--inactive", "care")
    assert ("component-effect", "A") in found
    kinds = tmp_path / "kinds.csv"
    studies = range(1, 94)
    kinds.write_text(
        "study,treatment,kind\n"
        + "".join(f"{s},placebo,{'active' if s % 3 else 'inert'}\n" for s in studies)
    )
    figures = [tmp_path / f"{name}.svg" for name in ("graph", "league", "ranks")]
    found = rows(GOLDEN / "network_22_data.csv", "--arms", "--kinds", kinds, "--small-values",
                 "bad", "--reference", "placebo (inert)", "--plot", figures[0], "--plot-league",
                 figures[1], "--plot-ranks", figures[2], "--contribution", "none")  # fmt: skip
    assert ("rank-shift", "drug01") in found
    assert ("joined-effect", "drug01 vs placebo") in found
    assert all(figure.stat().st_size > 1000 for figure in figures)
    regression = rows(GOLDEN / "network_regression_data.csv", "--arms", "--covariate", "severity",
                      "--covariate", "weeks", "--coefficients", "exchangeable")  # fmt: skip
    assert ("coefficient-sd", "severity") in regression
    one = run(made, "--arms", "--kind", "care=care as usual").output
    assert "Ranks moved" in one


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"-0.4": "0.9"}, "S1 do not add up"),
        ({"0.21": "-0.21"}, "S2, A vs D"),
        ({"A,D": "E,D"}, "2 parts with no study between them: (1) A, B, C; (2) D, E"),
        ({"A,D": "D,D"}, "S2 compares D with itself"),
        ({"A,D,0.7": 'A,D,"0,7"'}, "Decimal commas? Add --decimal"),
    ],
)
def test_mistakes_are_told_by_study(tmp_path, change, told):
    rows_of = ("id,treat1,treat2,TE,seTE", "S1,A,B,0.5,0.2", "S1,A,C,0.1,0.2", "S1,B,C,-0.4,0.2",
               "S2,A,D,0.7,0.21")  # fmt: skip
    text = "\n".join(rows_of)
    file = tmp_path / "file.csv"
    file.write_text(text)
    run(file, *CONTRASTS)
    for old, new in change.items():
        text = text.replace(old, new)
    file.write_text(text)
    assert told in run(file, *CONTRASTS, code=1).output


def test_usage(tmp_path):
    file = GOLDEN / "network_contrasts_data.csv"
    assert "--se, --treat1" in run(file, "--effect", "TE", code=2).output
    assert "Only with --arms: --events" in run(file, *CONTRASTS, "--events", "x", code=2).output
    assert "leave out --arms" in run(file, "--arms", "--effect", "TE", code=2).output
    assert "Placebo=inert" in run(file, *CONTRASTS, "--kind", "A", code=2).output
    assert "No treatment is called 'Z'" in run(file, *CONTRASTS, "--reference", "Z", code=1).output


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--pool-same",), "Only with --arms: --pool-same"),
        (("--inactive", "A"), "--inactive goes with --components"),
        (("--separator", "/"), "--separator goes with --components"),
        (("--coefficients", "independent"), "--coefficients goes with --covariate"),
        (("--joined", "x"), "--joined goes with --kind or --kinds"),
        (("--tau2", "0.1", "--method", "REML"), "leave one of them out"),
        (("--tau2", "0.1", "--covariate", "TE"), "leave out --tau2"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(more, told):
    file = GOLDEN / "network_contrasts_data.csv"
    assert told in run(file, *CONTRASTS, *more, code=2).output


def test_a_known_tau2_holds_for_components_too(tmp_path):
    file = tmp_path / "file.csv"
    file.write_text("id,treat1,treat2,TE,seTE\n1,A+B,A,0.5,0.1\n2,A+B,B,0.4,0.1\n3,A,B,0.3,0.2\n")
    found = run(file, *CONTRASTS, "--components", "--tau2", "0.3", "--json")
    rows = json.loads(found.stdout)["estimates"]
    tau2 = {row["label"]: row["estimate"] for row in rows if row["name"] == "tau2"}
    assert tau2["additive model"] == 0.3
    told = {row["method"] for row in rows if row["name"] == "component-effect"}
    assert all("tau2 by given" in text for text in told)


def test_parts_that_components_join_have_no_league_to_draw(tmp_path):
    file = tmp_path / "file.csv"
    file.write_text("id,treat1,treat2,TE,seTE\n1,A+B,A,0.5,0.1\n2,B+C,C,0.4,0.1\n")
    league = ("--components", "--plot-league", tmp_path / "league.svg")
    assert "leave out --plot-league" in run(file, *CONTRASTS, *league, code=1).output
