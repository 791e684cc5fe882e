"""equipoise bayes: pool, network, biased classes."""

import json
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parents[1] / "golden"
TRIALS, PAIRS = GOLDEN / "blinding_synthesis_trials.csv", GOLDEN / "bayes_network.csv"
EFFECTS = ("--study", "study", "--effect", "effect", "--se", "se")


def rows(result, name):
    assert result.exit_code == 0, result.stderr
    return {r["label"]: r for r in json.loads(result.stdout)["estimates"] if r["name"] == name}


def test_a_pool(run):
    """The numbers are R's: tests/golden/bayes.R."""
    result = run("bayes", TRIALS, *EFFECTS, "--below", "0", "--studies", "--json")
    effect = rows(result, "posterior-effect")
    assert effect[None]["estimate"] == pytest.approx(-0.4402385778864, abs=1e-8)
    assert effect[None]["low"] == pytest.approx(-0.6764724729201, abs=1e-8)
    assert effect["mean"]["estimate"] == pytest.approx(-0.4405564094314, abs=1e-8)
    assert rows(result, "probability-below")["0"]["estimate"] == pytest.approx(0.9994965095016)
    assert len(rows(result, "posterior-study-effect")) == 16
    text = run("bayes", TRIALS, *EFFECTS).stdout
    assert "half-normal(0.5)" in text
    assert all(len(line) <= 100 for line in text.splitlines())


def test_priors(run):
    more = ("--tau-prior", "log-normal:-2.5,1.6", "--mean-prior", "-0.1", "0.2", "--json")
    method = rows(run("bayes", TRIALS, *EFFECTS, *more), "posterior-effect")[None]["method"]
    assert "log-normal(-2.5, 1.6)" in method
    assert "N(-0.1, 0.2²)" in method


def test_a_network(run):
    more = ("--treat1", "treat1", "--treat2", "treat2", "--reference", "placebo", "--json")
    result = run("bayes", PAIRS, *EFFECTS, *more)
    assert len(rows(result, "posterior-network-effect")) == 10
    assert set(rows(result, "sucra")) == {"placebo", "drug", "low", "therapy", "waiting"}


def test_biased_classes(run):
    more = ("--design", "class", "--bias", "inert=-0.2:0.15:0.1", "--bias", "active=-0.05:0.05")
    result = run("bayes", TRIALS, *EFFECTS, *more, "--json")
    assert set(rows(result, "posterior-bias")) == {"inert", "active"}
    assert set(rows(result, "posterior-effect")) == {"bias taken off"}


@pytest.mark.parametrize(
    ("more", "code", "text"),
    [
        (("--effect", "effect"), 2, "--study"),
        ((*EFFECTS, "--treat1", "class"), 2, "go together"),
        ((*EFFECTS, "--design", "class"), 2, "go together"),
        ((*EFFECTS, "--tau-prior", "half-normal"), 2, "half-normal:0.5"),
        ((*EFFECTS, "--tau-prior", "gamma:1"), 2, "prior of tau"),
        ((*EFFECTS, "--design", "class", "--bias", "inert=0.2"), 2, "CLASS=MEAN"),
        ((*EFFECTS, "--design", "class", "--bias", "open=0.2:0.1"), 1, "No trial is of class"),
        ((*EFFECTS, "--treat1", "a", "--treat2", "b"), 2, "no column 'a'"),
    ],
)
def test_wrong_use_says_what_to_do(run, more, code, text):
    result = run("bayes", TRIALS, *more)
    assert result.exit_code == code
    assert text in result.stderr
