"""equipoise allocate: the printed numbers are those of the functions; nothing live is drawn."""

import csv
import json

import numpy as np
import pytest

from equipoise.allocation import BigStickSpec, ChenSpec, MinimisationSpec
from equipoise.allocation.judgement import exact_properties, judge

QUICK = ("--trials", 200)


def test_judge_prints_exact_numbers_and_the_reason(run):
    result = run("allocate", "judge", "--n", 80, *QUICK)
    assert result.exit_code == 0, result.output
    want = exact_properties(BigStickSpec(), 80)
    assert f"{want.guess:.3f}" in result.output
    assert f"{want.loss:.3f}" in result.output
    assert "Recommended: Big stick with limit 5" in result.output
    assert "Warnings" not in result.output


def test_compare_warns_of_small_blocks(run):
    result = run("allocate", "judge", "--compare", "--n", 48, *QUICK)
    assert result.exit_code == 0, result.output
    flat = " ".join(result.output.split())
    assert "permuted blocks of 4, 1:1: somebody who sees past allocations guesses 70.8%" in flat
    assert "big stick with limit 5, 1:1: somebody" not in flat


def test_json_holds_the_judgement(run):
    ask = ("--procedure", "chen", "--limit", 2, "--probability", "3/4", "--n", 30)
    result = run("allocate", "judge", *ask, *QUICK, "--json", "--seed", 4)
    found = json.loads(result.stdout)
    spec = ChenSpec(limit=2, probability="3/4")
    want = judge(spec, 30, rng=np.random.default_rng(4), trials=200)
    rows = {(row["name"], row["label"]): row for row in found["estimates"]}
    name = spec.describe()
    assert rows["allocation-guess-rate", name]["estimate"] == want.properties.guess
    assert rows["allocation-loss", name]["estimate"] == want.properties.loss
    assert rows["allocation-guess-rate", name]["warnings"] == list(want.warnings) != []
    drift = f"{name}: step drift of 0.5 SD from first to last"
    assert rows["allocation-type-i-error", drift]["estimate"] == want.test.error_drift["step"]


def test_minimisation_with_weights_is_simulated(run):
    ask = ("--procedure", "minimisation", "--factor", "sex=f,m", "--factor", "site=a,b,c*2")
    result = run("allocate", "judge", *ask, "--n", 20, *QUICK, "--json")
    found = json.loads(result.stdout)["estimates"]
    spec = MinimisationSpec(
        factors=(
            {"name": "sex", "levels": ("f", "m")},
            {"name": "site", "levels": ("a", "b", "c"), "weight": "2"},
        )
    )
    want = judge(spec, 20, rng=np.random.default_rng(1), trials=200).properties
    assert (found[0]["estimate"], found[0]["se"]) == (want.guess, want.guess_se)
    text = run("allocate", "judge", *ask, "--n", 20, *QUICK).output
    assert "* simulated" in text


def test_three_arms_have_no_t_test(run):
    result = run("allocate", "judge", "--ratio", "1:1:1", "--n", 30, *QUICK)
    assert result.exit_code == 0, result.output
    assert "block urn of 3 balanced sets" in result.output
    assert "t test" not in result.output


def test_plot_is_written(run, tmp_path):
    result = run("allocate", "judge", "--compare", "--n", 20, *QUICK, "--plot", "p.svg")
    assert result.exit_code == 0, result.output
    assert "big stick with limit 5" in (tmp_path / "p.svg").read_text(encoding="utf-8")


def test_list_is_balanced_told_to_be_a_rehearsal_and_the_same_again(run, tmp_path):
    ask = ("--procedure", "permuted-blocks", "--stratum", "site=n,s", "--n", 8, "--seed", 3)
    result = run("allocate", "list", *ask, "-o", "list.csv", "--arms", "drug,pill")
    assert result.exit_code == 0, result.output
    assert "REHEARSAL LIST, NOT FOR A TRIAL" in result.stderr
    text = (tmp_path / "list.csv").read_text(encoding="utf-8")
    head, *lines = text.splitlines()
    assert head.startswith("# REHEARSAL LIST, NOT FOR A TRIAL")
    rows = list(csv.DictReader(lines))
    assert len(rows) == 16
    for site in "ns":
        arms = [row["arm"] for row in rows if row["site"] == site]
        assert [arms[k : k + 4].count("drug") for k in (0, 4)] == [2, 2]
    again = run("allocate", "list", *ask, "--arms", "drug,pill")
    assert again.stdout == text


def test_minimisation_lists_the_people_of_a_file(run, tmp_path):
    (tmp_path / "people.csv").write_text("id,sex\n1,f\n2,f\n3,m\n", encoding="utf-8")
    ask = ("--procedure", "minimisation", "--factor", "sex=f,m")
    result = run("allocate", "list", *ask, "--people", "people.csv", "--probability", "1")
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(result.stdout.splitlines()[1:]))
    assert [row["sex"] for row in rows] == ["f", "f", "m"]
    assert rows[0]["arm"] != rows[1]["arm"]
    assert {rows[1]["chance of A"], rows[1]["chance of B"]} == {"0", "1"}


def test_procedures_are_listed_by_ratio(run):
    equal = run("allocate", "procedures").output
    assert "big-stick" in equal
    unequal = run("allocate", "procedures", "--ratio", "2:1").output
    assert "big-stick" not in unequal
    assert "brick-tunnel" in unequal


WRONG = [
    (("judge", "--procedure", "chen", "--ratio", "2:1", "--n", 9), 1, "These can: block-urn"),
    (("judge", "--procedure", "urn", "--limit", 3, "--n", 9), 2, "does not take --limit"),
    (("judge", "--procedure", "urn"), 2, "--n"),
    (("judge", "--procedure", "maximal", "--n", 9), 1, "multiple of 2"),
    (("judge", "--procedure", "hu-hu", "--n", 9), 1, "one or more factors"),
    (("judge", "--procedure", "hu-hu", "--factor", "sex", "--n", 9), 2, "site=north,south"),
    (("judge", "--ratio", "two:1", "--n", 9), 2, "written 2:1"),
    (("judge", "--protocol", "none.yaml", "--n", 9), 1, "none.yaml"),
    (("list", "--procedure", "maximal"), 2, "--n"),
    (("list", "--n", 9), 2, "Name a --procedure"),
    (("list", "--procedure", "minimisation", "--factor", "s=a,b", "--n", 9), 2, "--people"),
    (("list", "--procedure", "urn", "--people", "x.csv"), 2, "does not look at people"),
]


@pytest.mark.parametrize(("ask", "code", "says"), WRONG)
def test_what_is_wrong_is_told(run, ask, code, says):
    result = run("allocate", *ask)
    assert result.exit_code == code, result.output
    assert says in result.output


def test_a_protocol_says_how(run, tmp_path):
    from equipoise.protocol import protocol_text, read_protocol  # noqa: PLC0415
    from equipoise.simulation.rehearsal import demo_protocol  # noqa: PLC0415

    text = protocol_text(demo_protocol())
    (tmp_path / "plain.yaml").write_text(text, encoding="utf-8")
    without = run("allocate", "judge", "--protocol", "plain.yaml", "--n", 20)
    assert without.exit_code == 1
    assert "Add `method`" in without.output
    named = text.replace("allocation:\n", "allocation:\n  method: big-stick\n", 1)
    (tmp_path / "named.yaml").write_text(named, encoding="utf-8")
    assert read_protocol(tmp_path / "named.yaml").allocation.method == "big-stick"
    result = run("allocate", "judge", "--protocol", "named.yaml", "--n", 20, *QUICK)
    assert "big stick with limit 5, 1:1" in result.output
    assert "Allocation: big stick with limit 5" in run("check", "named.yaml").output
    twice = run("allocate", "judge", "--protocol", "named.yaml", "--n", 20, "--limit", 3)
    assert twice.exit_code == 2
    assert "leave out --limit" in twice.output
