"""equipoise adjust: a table of tests, one row a hypothesis."""

import json

import pytest

TESTS = """outcome,p,effect,se,df,n
PHQ,0.01,3,1.1,57,20
GAD,0.04,2,1.1,57,20
mood,0.2,1,1.1,57,20
"""
GRAPH = """
hypotheses: [GAD, PHQ, mood]
weights: [0.5, 0.5, 0]
transitions:
  PHQ: {GAD: 0.5, mood: 0.5}
  GAD: {PHQ: 0.5, mood: 0.5}
"""
NAMED = ("--p", "p", "--label", "outcome")


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "tests.csv"
    path.write_text(TESTS, encoding="utf-8")
    return path


def p_values(result):
    assert result.exit_code == 0, result.stderr
    return {row["label"]: row["p"] for row in json.loads(result.stdout)["estimates"]}


def test_holm_by_default(run, table):
    got = p_values(run("adjust", table, *NAMED, "--json"))
    assert got == pytest.approx({"PHQ": 0.03, "GAD": 0.08, "mood": 0.2})
    result = run("adjust", table, *NAMED)
    assert "Rejected at familywise 0.05: PHQ" in result.stdout


def test_weights_and_alpha(run, table):
    more = ("--method", "bonferroni", "--weights", "0.8,0.1,0.1", "--alpha", "0.1")
    got = p_values(run("adjust", table, *NAMED, *more, "--json"))
    assert got == pytest.approx({"PHQ": 0.0125, "GAD": 0.4, "mood": 1})
    assert "familywise 0.1: PHQ" in run("adjust", table, *NAMED, *more).stdout


def test_a_graph_finds_its_hypotheses_by_name_and_is_drawn(run, table, tmp_path):
    graph = tmp_path / "graph.yaml"
    graph.write_text(GRAPH, encoding="utf-8")
    more = ("--method", "graphical", "--graph", graph)
    got = p_values(run("adjust", table, *NAMED, *more, "--json"))
    assert got == pytest.approx({"PHQ": 0.02, "GAD": 0.04 / 0.75, "mood": 0.2})
    picture = tmp_path / "graph.svg"
    assert run("adjust", table, *NAMED, *more, "--plot", picture).exit_code == 0
    assert "<svg" in picture.read_text(encoding="utf-8")


def test_dunnett_and_one_sided_bounds(run, table):
    columns = ("--estimate", "effect", "--se", "se", "--df", "df", "--label", "outcome")
    more = ("--size", "n", "--control-size", "20", "--method", "dunnett")
    rows = json.loads(run("adjust", table, *columns, *more, "--json").stdout)["estimates"]
    half = (rows[0]["high"] - rows[0]["low"]) / 2
    assert half / 1.1 == pytest.approx(2.41, abs=0.02)  # Dunnett 1964: k = 3, 60 df: 2.41
    side = ("--method", "holm", "--alternative", "greater")
    assert "from 0" in run("adjust", table, *columns, *side).stdout


@pytest.mark.parametrize(
    ("graph", "says"),
    [
        ("hypotheses: [PHQ, GAD]\nweights: [0.9, 0.9]\n", "sum to at most 1"),
        ("hypotheses: [PHQ, GAD, mood]\nweights: [1, 0]\n", "3 hypotheses need 3 weights"),
        ("weights: [1]\n", "must hold `hypotheses`"),
        ("hypotheses: [A, B, C]\nweights: [1, 0, 0]\n", "each must be in both once"),
        (
            "hypotheses: [PHQ, GAD, mood]\nweights: [1, 0, 0]\ntransitions: {PHQ: {other: 1}}\n",
            "which are not in hypotheses",
        ),
        ("hypotheses: [PHQ\n", "must hold"),
    ],
)
def test_a_wrong_graph_says_what_is_wrong(run, table, tmp_path, graph, says):
    path = tmp_path / "g.yaml"
    path.write_text(graph, encoding="utf-8")
    result = run("adjust", table, *NAMED, "--method", "graphical", "--graph", path)
    assert result.exit_code == 1
    assert says in result.stderr


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ((), 2, "Name the column of p values"),
        (("--p", "outcome"), 1, "must be numbers"),
        (("--p", "q"), 1, "q"),
        (("--p", "p", "--weights", "a,b"), 2, "numbers separated by commas"),
        (("--p", "p", "--method", "dunnett"), 1, "estimate and standard error"),
        (("--p", "p", "--plot", "x.svg"), 2, "draws the graph"),
    ],
)
def test_mistakes_are_explained(run, table, words, code, says):
    result = run("adjust", table, *words)
    assert result.exit_code == code
    assert says in result.stderr
