"""Curves, medians, restricted means, log-rank, Cox: against R survival; laws; refusals."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.analysis.outcomes import (
    cox,
    cumulative_incidence,
    kaplan_meier,
    km_transform,
    log_rank,
    survival,
    survival_curves,
)
from equipoise.analysis.outcomes.cox import _risk_sets
from equipoise.errors import DataError, NotIdentifiedError

# Freireich et al. 1963: weeks in remission of leukaemia, 6-MP and placebo
MP = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
LEUKAEMIA = pd.DataFrame(
    {
        "weeks": MP + PLACEBO,
        "relapse": [1] * 9 + [0] * 12 + [1] * 21,
        "arm": ["6-MP"] * 21 + ["placebo"] * 21,
    }
)
COLUMNS = {"time": "weeks", "event": "remitted", "control": "placebo"}


@pytest.fixture(scope="module")
def trial(outcomes):
    other = (outcomes["status"] == 2).astype(int)
    return outcomes.assign(other=other, site=np.tile(np.arange(1, 16), 10))


@pytest.fixture(scope="module")
def found(trial):
    covariates = ["baseline", "sex"]
    return survival(trial, **COLUMNS, covariates=covariates, tau=12, at=(4, 8, 12), higher="better")


def one(found, name, **wanted):
    (row,) = found.select(name=name, **wanted).rows
    return row


@pytest.mark.parametrize("arm", ["placebo", "high", "low"])
def test_curves_medians_and_restricted_means_agree_with_survfit(found, r_says, arm):
    r = r_says("survival")
    for at in (4, 8, 12):
        row = one(found, "survival-probability", arm=arm, label=f"at {at}")
        expected = [r(f"km {at}", f"{arm} {v}") for v in ("surv", "std.err", "lower", "upper")]
        assert_allclose([row.estimate, row.se, row.low, row.high], expected, rtol=1e-11)
    row = one(found, "median-survival", arm=arm)
    expected = [r("median", f"{arm} {v}") for v in ("quantile", "lower", "upper")]
    assert_allclose([row.estimate, row.low, row.high], expected)
    row = one(found, "rmst", arm=arm)
    expected = [r("rmst 12", f"{arm} {v}") for v in ("mean", "se")]
    assert_allclose([row.estimate, row.se], expected, rtol=1e-11)


def test_contrasts_of_restricted_means_follow_from_them(found, r_says):
    r = r_says("survival")
    (m1, s1), (m0, s0) = (
        [r("rmst 12", f"{arm} {v}") for v in ("mean", "se")] for arm in ("high", "placebo")
    )
    row = one(found, "rmst-difference", arm="high")
    assert_allclose([row.estimate, row.se], [m1 - m0, math.hypot(s1, s0)], rtol=1e-10)
    assert row.unit == "weeks (below 0 favours high)"  # remission is better sooner
    row = one(found, "rmst-ratio", arm="high")
    half = 1.959963984540054 * math.hypot(s1 / m1, s0 / m0)
    expected = [m1 / m0, m1 / m0 * math.exp(-half), m1 / m0 * math.exp(half)]
    assert_allclose([row.estimate, row.low, row.high], expected, rtol=1e-10)


def test_log_rank_agrees_with_survdiff(trial, found, r_says):
    r = r_says("survival")
    row = found["log-rank"]
    assert_allclose(row.estimate, r("logrank", "plain"), rtol=1e-11)
    assert row.unit == "chi-square with 2 degrees of freedom"
    within = survival(trial, **COLUMNS, strata="sex")
    assert_allclose(within["log-rank"].estimate, r("logrank", "sex"), rtol=1e-11)


MODELS = {
    "plain": {},
    "adjusted": {"covariates": ["baseline", "sex"]},
    "stratified": {"covariates": ["baseline"], "strata": "sex"},
}


@pytest.mark.parametrize("model", MODELS)
def test_hazard_ratio_and_its_check_agree_with_coxph_and_cox_zph(trial, r_says, model):
    r = r_says("survival")
    found = survival(trial, **COLUMNS, **MODELS[model])
    for arm in ("high", "low"):
        row = one(found, "hazard-ratio", arm=arm)
        assert_allclose(np.log(row.estimate), r(f"cox {model}", f"arm{arm}"), rtol=1e-10)
        assert_allclose(row.se / row.estimate, r(f"cox {model}", f"arm{arm} se"), rtol=1e-10)
        row = one(found, "proportional-hazards-check", label=arm)
        assert_allclose(row.estimate, r(f"zph {model}", f"arm{arm}"), rtol=1e-8)
    row = one(found, "proportional-hazards-check", label="all")
    assert_allclose(row.estimate, r(f"zph {model}", "GLOBAL"), rtol=1e-8)


def test_robust_variance_agrees_with_coxph(trial, r_says):
    r = r_says("survival")
    found = survival(trial, **COLUMNS, covariates=["baseline"], cluster="site")
    for arm in ("high", "low"):
        row = one(found, "hazard-ratio", arm=arm)
        assert_allclose(row.se / row.estimate, r("cox robust", f"arm{arm} se"), rtol=1e-10)
    assert "robust to clusters" in found["hazard-ratio"].method


@pytest.mark.parametrize("arm", ["placebo", "high", "low"])
def test_cumulative_incidence_agrees_with_cmprsk_etm_and_survfit(trial, r_says, arm):
    r = r_says("survival")
    found = survival(trial, **COLUMNS, competing="other", at=(6, 12))
    for at in (6, 12):
        row = one(found, "cumulative-incidence", arm=arm, label=f"at {at}")
        expected = [r("cuminc", f"{arm} {at}"), r("cuminc", f"{arm} {at} se")]
        assert_allclose([row.estimate, row.se], expected, rtol=1e-10)
    row = one(found, "cumulative-incidence", arm=arm, label="at 6")
    assert_allclose([row.low, row.high], [r("etm", f"{arm} low"), r("etm", f"{arm} high")])
    assert {"survival-probability", "rmst", "median-survival"} <= {r.name for r in found.refused}


def test_leukaemia_trial_as_published(r_says):
    """Medians 23 and 8 weeks, log-rank 16.79, log hazard ratio -1.57 (Cox 1972 and textbooks)."""
    r = r_says("survival")
    columns = {"time": "weeks", "event": "relapse", "control": "placebo"}
    found = survival(LEUKAEMIA, **columns, tau=20, higher="worse")
    assert_allclose(found["log-rank"].estimate, 16.79, atol=0.005)
    assert_allclose(found["log-rank"].estimate, r("leukaemia", "logrank"), rtol=1e-11)
    assert_allclose(np.log(found["hazard-ratio"].estimate), r("leukaemia", "cox"), rtol=1e-10)
    zph = one(found, "proportional-hazards-check", label="all").estimate
    assert_allclose(zph, r("leukaemia", "zph"), rtol=1e-7)
    active, control = (one(found, "median-survival", arm=arm) for arm in ("6-MP", "placebo"))
    assert (active.estimate, control.estimate) == (23, 8)
    assert (active.low, active.high) == (13, math.inf)
    assert any("upper limit of the median was not reached" in w for w in active.warnings)
    assert (control.low, control.high) == (4, 11)
    for arm in ("6-MP", "placebo"):
        expected = [r("leukaemia rmst 20", f"{arm} {v}") for v in ("mean", "se")]
        row = one(found, "rmst", arm=arm)
        assert_allclose([row.estimate, row.se], expected, rtol=1e-11)
    assert found["rmst-difference"].unit == "weeks (above 0 favours 6-MP)"


PEOPLE = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 1)), min_size=5, max_size=40)


@given(PEOPLE)
def test_without_censoring_the_curve_is_the_share_left(people):
    time = np.array([t for t, _ in people], dtype=float)
    curve = kaplan_meier(time, np.ones(len(time)))
    left = [(time > t).mean() for t in curve.time]
    assert_allclose(curve.survival, left, atol=1e-12)
    tau = float(time.max())
    mean, se = curve.restricted_mean(tau)
    assert_allclose(mean, time.mean(), rtol=1e-12)
    assert_allclose(se, time.std() / np.sqrt(len(time)), rtol=1e-9, atol=1e-12)


@given(PEOPLE)
def test_limits_enclose_the_curve_and_stay_in_range(people):
    curve = kaplan_meier(*np.array(people, dtype=float).T)
    low, high = curve.limits()
    known = ~np.isnan(low)
    assert (low[known] <= curve.survival[known]).all()
    assert (curve.survival[known] <= high[known]).all()
    assert ((low[known] >= 0) & (high[known] <= 1)).all()
    assert (np.diff(curve.survival) <= 1e-15).all()


@given(PEOPLE, st.integers(1, 30))
def test_with_no_competing_event_incidence_is_one_less_kaplan_meier(people, at):
    time, event = np.array(people, dtype=float).T
    if at < time.min() or at > time.max():
        return
    share = cumulative_incidence(time, event, np.zeros(len(time)), at=at)
    free, se = kaplan_meier(time, event).at(at)
    assert_allclose([share.estimate, share.se], [1 - free, se], atol=1e-7)


def test_only_the_order_of_times_counts_for_tests_and_hazards(trial):
    stretched = trial.assign(weeks=np.exp(trial["weeks"] / 10.0))
    plain, other = (survival(table, **COLUMNS) for table in (trial, stretched))
    for name in ("log-rank", "hazard-ratio", "proportional-hazards-check"):
        a, b = (f.select(name=name).column("estimate") for f in (plain, other))
        assert_allclose(a, b, rtol=1e-9)


def test_swapping_control_inverts_ratios(trial):
    two = trial[trial["arm"] != "low"]
    one_way = survival(two, **COLUMNS, tau=12)
    other = survival(two, **(COLUMNS | {"control": "high"}), tau=12)
    for name in ("hazard-ratio", "rmst-ratio"):
        assert_allclose(one_way[name].estimate, 1 / other[name].estimate, rtol=1e-10)
    assert_allclose(one_way["log-rank"].estimate, other["log-rank"].estimate, rtol=1e-10)


def test_score_test_of_cox_is_the_log_rank_test_without_ties(rng):
    """The identity of Cox (1972): at no effect the score test is the log-rank test."""
    time, arm = rng.exponential(size=60), np.repeat([0.0, 1.0], 30)
    event = (rng.random(60) < 0.7).astype(float)
    scaled = (arm[:, None] - 0.5) * 2
    sets = _risk_sets(time, event, scaled, np.zeros(60, dtype=int), np.zeros(1))
    score = float(sets.score.sum() ** 2 / sets.information.sum())
    assert_allclose(score, log_rank(time, event, arm.astype(int)).statistic, rtol=1e-10)


def test_default_tau_is_the_last_time_all_arms_were_seen(trial, r_says):
    found = survival(trial, **COLUMNS)
    tau = r_says("survival")("tau", "last common time")
    assert found["rmst"].label == f"to {tau:g}"
    assert found["survival-probability"].label == f"at {tau:g}"
    far = survival(trial, **COLUMNS, tau=100)
    refused = {(r.name, r.label) for r in far.refused}
    assert ("rmst", "placebo") in refused
    assert "Nobody was followed to 100" in far.refused[0].reason


def test_median_that_was_not_reached_is_refused_with_its_lower_limit():
    table = pd.DataFrame(
        {
            "weeks": [1, 2, 3, *[10] * 9, *range(1, 11)],
            "relapse": [1, 1, 1, *[0] * 9, *[1] * 10],
            "arm": ["a"] * 12 + ["p"] * 10,
        }
    )
    found = survival(table, time="weeks", event="relapse", control="p")
    (refusal,) = found.select(name="median-survival").refused
    assert refusal.label == "a"
    assert "Fewer than half" in refusal.reason
    assert any("Only 3 events in arm 'a'" in w for w in found["hazard-ratio"].warnings)


def test_an_arm_without_events_has_no_hazard_ratio_but_a_log_rank(trial):
    event = trial["remitted"].where(trial["arm"] != "high", 0)
    found = survival(trial.assign(remitted=event), **COLUMNS)
    assert "had no events" in next(r.reason for r in found.refused if r.name == "hazard-ratio")
    assert found["log-rank"].p < 0.01


def test_monotone_likelihood_is_found():
    time, arm = np.arange(1.0, 21), np.repeat([1.0, 0.0], 10)[:, None]
    with pytest.raises(NotIdentifiedError, match="no maximum"):
        cox(time, np.ones(20), arm)  # all of one arm fell first
    with pytest.raises(NotIdentifiedError, match="Nobody had the event"):
        cox(time, np.zeros(20), arm)
    with pytest.raises(NotIdentifiedError, match="2 clusters"):
        cox(time, np.ones(20), arm[::-1] * 0 + np.tile([[0.0], [1.0]], (10, 1)), cluster=[1] * 20)


def test_impossible_follow_up_is_refused(trial):
    with pytest.raises(DataError, match="0 or more"):
        kaplan_meier([-1, 2], [1, 0])
    with pytest.raises(DataError, match="1 if it happened"):
        survival(trial, time="weeks", event="status", control="placebo")
    with pytest.raises(DataError, match="one comes first"):
        cumulative_incidence([1, 2], [1, 0], [1, 0], at=1)
    with pytest.raises(DataError, match="no column"):
        survival(trial, time="months", event="remitted", control="placebo")
    with pytest.raises(DataError, match="must be numbers"):
        survival(trial, time="sex", event="remitted", control="placebo")
    with pytest.raises(DataError, match="above 0"):
        survival(trial, **COLUMNS, tau=0)
    with pytest.raises(NotIdentifiedError, match="at risk together"):
        log_rank([1, 2, 3, 4], [1, 1, 0, 0], [0, 0, 1, 1], ["a", "a", "b", "b"])


def test_missing_values_are_counted(trial):
    holed = trial.assign(baseline=trial["baseline"].where(trial.index > 2))
    found = survival(holed, **COLUMNS, covariates=["baseline"])
    assert all("3 of 150 rows lack a value and were left out" in r.warnings for r in found)


def test_curves_to_draw_start_at_one_and_count_everybody(trial):
    frame = survival_curves(trial, **COLUMNS)
    assert list(dict.fromkeys(frame["arm"])) == ["placebo", "high", "low"]
    for arm, rows in frame.groupby("arm"):
        assert rows.iloc[0][["time", "estimate", "low", "high"]].tolist() == [0, 1, 1, 1]
        people = (trial["arm"] == arm).sum()
        assert rows["at_risk"].iloc[0] == people
        assert rows["events"].sum() + rows["censored"].sum() == people


def test_transform_is_one_less_the_curve_just_before():
    got = km_transform([1, 2, 3, 4], [1, 1, 0, 1], np.array([1.0, 2.0, 4.0]))
    assert_allclose(got, [0, 0.25, 0.5])


@pytest.mark.slow
@pytest.mark.parametrize("people", [15, 40, 100])
def test_restricted_means_and_hazard_ratios_cover(rng, people):
    trials, tau, log_hr = 2000, 8.0, math.log(0.6)
    rates = (0.15, 0.15 * 0.6)
    truth = [(1 - math.exp(-r * tau)) / r for r in rates]
    hits, done = np.zeros(2), 0
    arm = np.repeat([0, 1], people)
    for _ in range(trials):
        event_time = rng.exponential(1 / np.where(arm == 1, rates[1], rates[0]))
        censoring = rng.uniform(4, 16, 2 * people)
        time = np.minimum(event_time, np.minimum(censoring, 14.0))
        event = (event_time <= np.minimum(censoring, 14.0)).astype(float)
        if min(time[arm == a].max() for a in (0, 1)) < tau:
            continue  # refused: nobody was followed to tau
        done += 1
        means = [kaplan_meier(time[arm == a], event[arm == a]).restricted_mean(tau) for a in (0, 1)]
        difference, se = means[1][0] - means[0][0], math.hypot(means[0][1], means[1][1])
        hits[0] += abs(difference - (truth[1] - truth[0])) < 1.96 * se
        fit = cox(time, event, arm[:, None])
        hits[1] += abs(fit.coefficients[0] - log_hr) < 1.96 * math.sqrt(fit.covariance[0, 0])
    error = 3 * math.sqrt(0.95 * 0.05 / trials)
    assert done > 0.95 * trials
    assert (abs(hits / done - 0.95) < 0.012 + error).all()
