"""The verb: every procedure can be named, and says when it cannot be the one."""

import json

import numpy as np
import pytest

from equipoise.allocation import (
    biased_coin,
    complete_randomisation,
    maximal_procedure,
    minimisation,
    permuted_blocks,
    random_allocation_rule,
    random_blocks,
    wei_urn,
)
from equipoise.analysis import randomisation_test

ASK = ("--outcome", "SCORE", "--arm", "arm", "--active", "drug", "--control", "placebo")
QUICK = ("--draws", "500", "--seed", "3")
N = 24
SITE = ["n", "s", "n"] * 8
SEX = ["f", "m"] * 12


@pytest.fixture
def table(write):
    """Return a function that writes a trial allocated by a procedure."""

    def make(procedure, header="id,arm,SCORE,site,sex,block,age"):
        rng = np.random.default_rng(2)
        arm = procedure.redraw(rng, 1)[0]
        score = rng.integers(0, 20, N) + 3 * arm
        names = ["placebo", "drug", "low"]
        rows = [
            [f"p{i}", names[arm[i]], str(score[i]), SITE[i], SEX[i], str(i // 4), str(20 + i % 7)]
            for i in range(N)
        ]
        return write("trial.csv", rows, header=header), arm, score

    return make


PROCEDURES = {
    "blocks": (permuted_blocks(N, stratum=SITE), ["--stratum", "site"]),
    "blocks at 2:1": (
        permuted_blocks(N, size=3, ratio=(1, 2)), ["--block-size", 3, "--ratio", "drug=2"],
    ),
    "blocks of random size": (
        random_blocks(N, sizes=(2, 4)), ["--block-size", 2, "--block-size", 4],
    ),
    "blocks as listed": (permuted_blocks(N), ["--block", "block"]),
    "complete": (complete_randomisation(N), []),
    "random-allocation-rule": (
        random_allocation_rule(N, totals=(14, 10)), ["--total", "drug=10", "--total", "placebo=14"],
    ),
    "biased-coin": (biased_coin(N, probability=0.7), ["--probability", 0.7]),
    "urn": (wei_urn(N, alpha=2), ["--alpha", 2]),
    "maximal": (maximal_procedure(N, tolerance=2), ["--tolerance", 2, "--planned", 24]),
    "minimisation": (
        minimisation({"site": SITE, "sex": SEX}, weights={"site": 2}),
        ["--factor", "site=2", "--factor", "sex"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(PROCEDURES))
def test_every_procedure_gives_what_the_function_gives(run, table, name):
    procedure, options = PROCEDURES[name]
    path, arm, score = table(procedure)
    named = name.split(" ")[0]
    result = run("rerandomise", path, *ASK, "--procedure", named, *options, *QUICK, "--json")
    assert result.exit_code == 0, result.stderr
    row = next(r for r in json.loads(result.stdout)["estimates"] if r["name"] == "randomisation-p")
    want = randomisation_test(
        score, arm, procedure, draws=500, rng=np.random.default_rng(3), level=0.95
    )
    assert row["p"] == pytest.approx(want.p, rel=1e-12)
    if "listed" not in name:
        assert f"Allocation procedure: {procedure.description}" in row["assumptions"]


def test_the_terminal_tells_procedure_null_and_error(run, table):
    procedure, options = PROCEDURES["minimisation"]
    path, *_ = table(procedure)
    how = ("--procedure", "minimisation", *options, "--covariate", "age", *QUICK)
    result = run("rerandomise", path, *ASK, *how)
    assert result.exit_code == 0, result.stderr
    for words in (
        "Randomisation test ·", "Monte Carlo standard error", "Sharp null",
        "Allocation procedure: minimisation of site (2 levels, weight 2), sex (2 levels, weight 1)",
        "Free permutation is for comparison only",
    ):  # fmt: skip
        assert words in " ".join(result.stdout.split())
    assert max(map(len, result.stdout.splitlines())) <= 100
    assert run("rerandomise", path, *ASK, *how).stdout == result.stdout  # same seed, same bytes


def test_all_arms_and_other_scores(run, table):
    procedure = permuted_blocks(N, size=6, ratio=(1, 1, 1))
    path, *_ = table(procedure)
    how = ("--procedure", "blocks", "--block-size", 6, *QUICK, "--json")
    every = run("rerandomise", path, *ASK, *how, "--statistic", "f")
    assert every.exit_code == 0, every.stderr
    ranks = run("rerandomise", path, *ASK, *how, "--scores", "ranks", "--alternative", "greater")
    assert json.loads(ranks.stdout)["refused"][0]["name"] == "randomisation-interval"


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--procedure", "blocks", "--factor", "sex"), 2, "does not take --factor"),
        (("--procedure", "minimisation"), 2, "needs --factor"),
        (("--procedure", "minimisation", "--factor", "sex=x"), 2, "is no number"),
        (("--procedure", "random-allocation-rule"), 2, "--total ARM=PLACES"),
        (("--procedure", "blocks", "--ratio", "drgu=2"), 2, "ARM=NUMBER"),
        (("--procedure", "blocks", "--block", "block", "--block-size", 2, "--block-size", 4), 2,
         "one --block-size"),
        (("--procedure", "blocks", "--block-size", "3"), 1, "multiple of 2"),
        (("--procedure", "blocks", "--stratum", "clinic"), 1, "clinic"),
        (("--procedure", "blocks", "--block-size", "2"), 1, "cannot come from permuted blocks"),
        (("--procedure", "maximal", "--planned", "7"), 1, "cannot serve 24"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(run, table, options, code, told):
    path, *_ = table(permuted_blocks(N, size=8))
    result = run("rerandomise", path, *ASK, *options)
    assert result.exit_code == code, result.output
    assert told in result.stderr
