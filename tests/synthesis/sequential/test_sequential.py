"""The rows: information, looks, verdicts; against the pooled effects checked elsewhere."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.special import ndtr, ndtri, stdtr

from equipoise.errors import DataError
from equipoise.synthesis import checked_effects
from equipoise.synthesis.sequential import (
    SequentialPlan,
    diversity,
    people_needed,
    people_needed_for_risks,
    precision_needed,
    sequential_analysis,
)
from equipoise.synthesis.sequential.cumulative_looks import critical_value, normal_equivalent
from equipoise.synthesis.sequential.required_information import active_risk

Z = ndtri(0.975) + ndtri(0.8)


def trials(k=6, effect=-0.5, seed=2):
    rng = np.random.default_rng(seed)
    n = rng.integers(30, 80, k)
    return checked_effects(effect + rng.normal(0, 0.2, k), 4 / n), n


def test_required_people_agree_with_rtsa(golden):
    theirs = golden[golden["program"] == "rtsa"].set_index("case")["value"]
    risk = active_risk(0.4, 0.75, "or")
    assert np.ceil(people_needed(0.3)) == theirs["md 0.3"]
    assert np.ceil(people_needed_for_risks(0.4, 0.3)) == theirs["rr 0.75"]
    assert np.ceil(people_needed_for_risks(0.4, risk)) == theirs["or 0.75"]


def test_required_information_is_the_formula_of_wetterslev():
    assert_allclose(people_needed(0.3, diversity=0.5), 4 * Z**2 / 0.09 / 0.5)
    assert_allclose(people_needed(3, variance=100), 4 * 100 * Z**2 / 9)
    assert_allclose(precision_needed(0.3), Z**2 / 0.09)
    assert active_risk(0.4, 0.75, "rr") == pytest.approx(0.3)


def test_diversity_of_the_psilocybin_trials(trial_data):
    """From the printed tau2 of REML, 0.117424 (metafor 5.0-1): 1 - V_fixed / V_random."""
    table = pd.read_csv(trial_data / "evidence" / "psilocybin_main12.csv")
    effects = checked_effects(table["g"], table["g_se"] ** 2, list(table["study"]))
    by_hand = 1 - np.sum(1 / (effects.v + 0.117424)) / np.sum(1 / effects.v)
    n = table["n_arm1"] + table["n_arm2"]
    found = sequential_analysis(effects, list(table["year"]), SequentialPlan(0.5), n)
    assert_allclose(found.estimates["diversity"].estimate, by_hand, rtol=1e-5)
    last = found.estimates.select(name="cumulative-effect").rows[-1]
    # metafor 5.0-1, Hartung-Knapp
    assert_allclose(
        [last.estimate, last.low, last.high], [-0.903081, -1.256106, -0.550056], rtol=0, atol=5e-7
    )


def test_the_z_of_a_t_has_the_same_p():
    z = normal_equivalent(np.array([-3.0, 2.0, 2.0]), np.array([4.0, 11.0, np.nan]))
    assert_allclose(ndtr(-np.abs(z[:2])), [stdtr(4, -3.0), stdtr(11, -2.0)], rtol=1e-12)
    assert z[0] < 0
    assert z[2] == 2.0
    assert_allclose(critical_value(-z[0], 4.0), 3.0, rtol=1e-10)


def test_looks_come_in_their_order_and_ties_keep_the_file():
    effects, n = trials()
    found = sequential_analysis(effects, [3, 1, 1, 2, 5, 4], SequentialPlan(0.3), n)
    assert found.looks.study[:3] == ("study 2", "study 3", "study 4")
    assert_allclose(found.information, np.cumsum(n[[1, 2, 3, 0, 5, 4]]))


def test_a_verdict_short_of_information_is_no_evidence_of_no_effect():
    effects, n = trials(k=3, effect=0.0)
    found = sequential_analysis(effects, range(3), SequentialPlan(0.2, test="z"), n)
    assert "not evidence of no effect" in found.verdict
    final = found.estimates.select(name="sequential-boundary").rows[-1]
    assert final.label == "at the required information"


def test_a_crossed_boundary_names_its_look_and_side():
    effects, n = trials(k=8, effect=-1.2)
    found = sequential_analysis(effects, range(8), SequentialPlan(0.5, test="z"), n)
    assert "Boundary crossed at look" in found.verdict
    assert "below 0" in found.verdict
    row = found.estimates["sequential-effect"]
    plain = found.estimates.select(name="cumulative-effect", label=row.label).rows[0]
    assert row.low <= plain.low
    assert row.high >= plain.high
    assert row.p >= plain.p


def test_after_the_required_information_no_error_is_left():
    effects, n = trials(k=8)
    found = sequential_analysis(effects, range(8), SequentialPlan(0.9), 4 * n)
    spent = [r.label for r in found.estimates.refused if "spent at an earlier look" in r.reason]
    assert spent[-1] == "8: study 8"


def test_futility_is_drawn_in_and_named():
    effects, n = trials(k=6, effect=0.0, seed=5)
    plan = SequentialPlan(0.5, futility=True, test="z", diversity=0.0)
    found = sequential_analysis(effects, range(6), plan, n)
    assert len(found.estimates.select(name="futility-boundary"))
    assert "Futile at look" in found.verdict or "Required information reached" in found.verdict


def test_what_the_plan_lacks_is_asked_for():
    effects, n = trials()
    with pytest.raises(DataError, match="--control-risk"):
        sequential_analysis(effects, range(6), SequentialPlan(0.8, measure="rr"), n)
    with pytest.raises(DataError, match="--variance"):
        sequential_analysis(effects, range(6), SequentialPlan(3, measure="md"), n)
    with pytest.raises(DataError, match="delta differs from 0"):
        sequential_analysis(effects, range(6), SequentialPlan(0.0), n)
    with pytest.raises(DataError, match="order has 3 values for 6"):
        sequential_analysis(effects, range(3), SequentialPlan(0.3), n)
    with pytest.raises(DataError, match="People are above 0"):
        sequential_analysis(effects, range(6), SequentialPlan(0.3), n * 0)


def test_diversity_is_0_without_heterogeneity():
    effects, _ = trials()
    assert diversity(effects, 0.0) == 0.0
    assert 0 < diversity(effects, 0.1) < 1
