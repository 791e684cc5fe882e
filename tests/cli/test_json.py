"""What other programs read: one object, these keys, these slugs, nothing else on stdout."""

import json
import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from equipoise import __version__

CSV = ("--participant", "id", "--arm", "arm", "--guess", "guess", "--outcome", "SCORE")
QUICK = ("--draws", "100")
NUMBERS = ["estimate", "se", "low", "high", "level", "df", "p"]
KEYS = [
    *("name", "label", "outcome", "visit", "arm"),
    *NUMBERS,
    *("unit", "estimand", "method", "status", "assumptions", "warnings"),
]


def found(result, code=0):
    """Check the whole contract; return the object."""
    assert result.exit_code == code, result.stderr
    got = json.loads(result.stdout, parse_constant=pytest.fail)  # no NaN, no Infinity
    assert list(got) == ["equipoise", "source", "estimates", "refused"]
    assert got["equipoise"] == __version__
    assert list(got["source"]) == ["name", "sha256"]
    assert len(got["source"]["sha256"]) == 64
    for row in got["estimates"]:
        assert list(row) == KEYS
        assert all(row[k] is None or isinstance(row[k], int | float) for k in NUMBERS)
        assert all(isinstance(row[k], list) for k in ("assumptions", "warnings"))
        assert row["status"] in {"planned", "exploratory"}
        assert row["name"]
        assert row["low"] is None or row["low"] <= row["high"]
    for row in got["refused"]:
        assert list(row) == ["name", "label", "outcome", "reason"]
        assert row["reason"]
    return got


def rows_of(got, name, **wanted):
    return [
        row
        for row in got["estimates"]
        if row["name"] == name and all(row[k] == v for k, v in wanted.items())
    ]


@pytest.fixture
def small(run, trial_csv):
    return found(run("belief", trial_csv, *CSV, *QUICK, "--json"))


def test_total_effect_is_the_pooled_t_test_then_welch(small, rows):
    scores = {a: [float(r[3]) for r in rows if r[1] == a] for a in ("drug", "placebo")}
    first, second = rows_of(small, "total-effect")
    for row, equal in ((first, True), (second, False)):
        test = stats.ttest_ind(scores["drug"], scores["placebo"], equal_var=equal)
        interval = test.confidence_interval(0.95)
        assert_allclose(row["estimate"], 3.4, rtol=1e-12)  # 9.2 - 5.8
        want = [test.df, test.pvalue, interval.low, interval.high]
        assert_allclose([row[k] for k in ("df", "p", "low", "high")], want, rtol=1e-9)
    assert first["label"] is None
    assert second["label"] == "welch"


def test_effects_given_belief_are_those_of_hand(small):
    standard = rows_of(small, "belief-standardised-effect")
    assert [row["label"] for row in standard[:4]] == ["plug-in", "g-formula", "ipw", "aipw"]
    # q = 20 of 40 guessed drug: (12 - 10)/2 + (5 - 3)/2; no covariates, so all four agree
    assert_allclose([row["estimate"] for row in standard[:4]], 2, rtol=1e-9)
    assert_allclose(rows_of(small, "belief-part")[0]["estimate"], 3.4 - 2, rtol=1e-9)
    strata = {(r["arm"], r["label"]): r["estimate"] for r in rows_of(small, "stratum-mean")}
    assert strata["drug", "guess drug"] == pytest.approx(12)
    assert strata["placebo", "guess placebo"] == pytest.approx(3)


def test_blinding_counts_are_those_of_hand(small):
    overall, *by_arm = rows_of(small, "correct-guess-rate")
    assert overall["arm"] is None
    assert_allclose([row["estimate"] for row in (overall, *by_arm)], 0.6, rtol=1e-12)
    assert {row["arm"] for row in by_arm} == {"drug", "placebo"}
    bang = rows_of(small, "bang-index")
    assert_allclose([row["estimate"] for row in bang], (12 - 8) / 20, rtol=1e-12)
    assert_allclose([row["se"] for row in bang], math.sqrt((1 - 0.2**2) / 20), rtol=1e-12)
    assert {row["arm"] for row in bang} == {"drug", "placebo"}
    (leak,) = rows_of(small, "belief-difference-index")
    assert_allclose(leak["estimate"], 0.6 - 0.4, rtol=1e-12)


def test_curves_have_the_thirteen_points_of_the_grid(small):
    labels = [f"{k / 12:.3f}" for k in range(13)]
    for slug in ("correct-guess-rate-curve", "correct-guess-rate-curve-symmetric"):
        assert [row["label"] for row in rows_of(small, slug)] == labels


def test_wald_intervals_are_the_closed_form(run, trial_csv):
    got = found(run("belief", trial_csv, *CSV, *QUICK, "--interval", "wald", "--json"))
    z = stats.norm.ppf(0.975)
    for row in rows_of(got, "bang-index") + rows_of(got, "james-index"):
        want = np.add(row["estimate"], [-z * row["se"], z * row["se"]])
        assert_allclose([row["low"], row["high"]], want, rtol=1e-9)


def test_level_reaches_the_rows(run, trial_csv):
    got = found(run("belief", trial_csv, *CSV, *QUICK, "--level", "0.9", "--json"))
    assert {row["level"] for row in got["estimates"]} <= {0.9, None}


def test_a_plain_table_is_never_planned(small):
    assert {row["status"] for row in small["estimates"]} == {"exploratory"}


def test_every_slug_of_the_contract_is_answered_or_refused(small):
    slugs = {
        *("total-effect", "correct-guess-rate", "bang-index", "james-index"),
        *("belief-difference-index", "information-leak", "belief-standardised-effect"),
        *("correct-guess-rate-curve", "correct-guess-rate-curve-symmetric", "tipping-point"),
        *("principal-strata-bounds", "controlled-direct-effect", "belief-share"),
        *("negative-control", "expectancy-moderation"),
    }
    told = {row["name"] for row in small["estimates"] + small["refused"]}
    assert slugs <= told


def test_what_conditions_on_a_guess_prints_assumptions_and_warnings(small):
    for slug in ("belief-standardised-effect", "correct-guess-rate-curve"):
        assert all(row["assumptions"] for row in rows_of(small, slug))
        assert all(row["warnings"] for row in rows_of(small, slug))


def test_same_seed_same_bytes_and_another_seed_other_bytes(run, trial_csv):
    words = ("belief", trial_csv, *CSV, *QUICK, "--json", "--seed")
    one, again, other = (run(*words, seed).stdout for seed in (3, 3, 4))
    assert one == again
    assert one != other


def test_two_outcomes_are_both_there_and_nothing_twice(run, trial_csv):
    got = found(run("belief", trial_csv, *CSV, "--outcome", "age", *QUICK, "--json"))
    assert {row["outcome"] for row in rows_of(got, "total-effect")} == {"SCORE", "age"}
    texts = [json.dumps(row) for row in got["estimates"]]
    assert len(texts) == len(set(texts))


def test_no_guesses_is_a_refusal_in_one_object_and_exit_1(run, trial_csv):
    words = [w for w in CSV if w not in {"--guess", "guess"}]
    result = run("belief", trial_csv, *words, "--json")
    got = found(result, code=1)
    assert got["estimates"] == []
    assert [row["outcome"] for row in got["refused"]] == ["SCORE"]
    assert "No guesses are recorded" in got["refused"][0]["reason"]
    assert "No guesses are recorded" in result.stderr


def test_analyse_gives_the_same_object(run, trial_csv):
    got = found(run("analyse", trial_csv, *CSV, "--json"))
    assert rows_of(got, "total-effect")[0]["estimate"] == pytest.approx(3.4)


def test_datasets_and_check_print_one_object(run):
    listed = json.loads(run("datasets", "--json").stdout)["datasets"]
    assert {row["name"] for row in listed} == {
        "self-blinding-microdose",
        "self-blinding-microdose-week1",
        "self-blinding-microdose-outcomes",
    }
    assert all(len(row["sha256"]) == 64 and row["licence"] for row in listed)
    schema = json.loads(run("check", "--schema").stdout)
    assert schema["$schema"].startswith("https://json-schema.org/")
