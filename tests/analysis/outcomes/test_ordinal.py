"""Common odds ratio, its check, and win odds: against clm, polr and rank formulas in R."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from equipoise.analysis.outcomes import (
    brant_test,
    log_win_odds,
    mann_whitney_probability,
    ordinal,
    proportional_odds,
    stratified_probability,
)
from equipoise.errors import DataError, NotIdentifiedError

FORMULA = "improvement ~ arm + baseline + sex"
# Brunner & Munzel (2000): pain after surgery; R's lawstat::brunner.munzel.test prints their test
DRUG_Y = [1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1]
DRUG_N = [3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4]


@pytest.fixture(scope="module")
def found(outcomes):
    return ordinal(outcomes, FORMULA, control="placebo", strata="sex", higher="better")


def one(found, name, arm, label):
    (row,) = found.select(name=name, arm=arm, label=label).rows
    return row


@pytest.mark.parametrize("arm", ["high", "low"])
def test_common_odds_ratio_agrees_with_clm(found, r_says, arm):
    r = r_says("ordinal")
    row = one(found, "common-odds-ratio", arm, "wald")
    assert_allclose(np.log(row.estimate), r("clm", f"arm{arm}"), rtol=1e-10)
    assert_allclose(row.se / row.estimate, r("clm", f"arm{arm} se"), rtol=1e-10)
    # polr's own optimiser stops sooner
    assert_allclose(np.log(row.estimate), r("polr", f"arm{arm}"), rtol=1e-6)
    assert_allclose(row.se / row.estimate, r("polr", f"arm{arm} se"), rtol=1e-5)
    profile = one(found, "common-odds-ratio", arm, "profile")
    expected = [r("clm-profile", f"arm{arm} {end}") for end in ("low", "high")]
    assert_allclose(np.log([profile.low, profile.high]), expected, rtol=1e-9)


def test_every_parameter_agrees_with_clm(outcomes, r_says):
    r = r_says("ordinal")
    columns = [outcomes["arm"] == "high", outcomes["arm"] == "low", outcomes["baseline"]]
    X = np.column_stack([*columns, outcomes["sex"] == "m"]).astype(float)
    fit = proportional_odds(outcomes["improvement"].to_numpy() - 1, X)
    assert_allclose(fit.log_likelihood, r("clm", "loglik"), rtol=1e-13)
    names = ["1|2", "2|3", "3|4", "4|5", "armhigh", "armlow", "baseline", "sexm"]
    got = np.concatenate([fit.cuts, fit.coefficients])
    assert_allclose(got, [r("clm", name) for name in names], rtol=1e-10)
    errors = [r("clm", f"{name} se") for name in names]
    assert_allclose(np.sqrt(np.diag(fit.covariance)), errors, rtol=1e-10)


def test_brant_agrees_with_separate_logits_in_r(found, r_says):
    r = r_says("ordinal")
    for label in ("all", "high", "low"):
        (row,) = found.select(name="proportional-odds-check", label=label).rows
        assert_allclose(row.estimate, r("brant", label), rtol=1e-9)
    row = found["proportional-odds-check"]
    assert_allclose(row.p, r("brant", "all p"), rtol=1e-9)
    assert row.unit == "chi-square with 12 degrees of freedom"


@pytest.mark.parametrize("arm", ["high", "low"])
def test_mann_whitney_and_win_odds_agree_with_ranks_in_r(found, r_says, arm):
    r = r_says("ordinal")
    p, se, df = (r("brunner-munzel", f"{arm} {k}") for k in ("p", "se", "df"))
    row = one(found, "mann-whitney-probability", arm, "unstratified")
    assert_allclose([row.estimate, row.se, row.df], [p, se, df], rtol=1e-11)
    odds = one(found, "win-odds", arm, "unstratified")
    assert_allclose(odds.estimate, p / (1 - p), rtol=1e-11)
    half = stats.t.ppf(0.975, df) * se / (p * (1 - p))
    limits = np.log([odds.low, odds.high])
    assert_allclose(limits, np.log(p / (1 - p)) + np.array([-half, half]), rtol=1e-10)


def test_stratified_agrees_with_weighted_strata_in_r(found, r_says):
    r = r_says("ordinal")
    row = one(found, "mann-whitney-probability", "high", "stratified")
    expected = [r("stratified", "high p"), r("stratified", "high se")]
    assert_allclose([row.estimate, row.se], expected, rtol=1e-11)


def test_published_example_and_scipy(r_says):
    estimate, se, df = mann_whitney_probability(DRUG_N, DRUG_Y)
    # printed by R's lawstat for this example: 3.1375, df 17.683, p 0.005786, P 0.788961
    assert_allclose((estimate - 0.5) / se, 3.1375, atol=5e-5)
    assert_allclose([df, estimate], [17.683, 0.788961], atol=5e-4)
    test = stats.brunnermunzel(DRUG_Y, DRUG_N)
    assert_allclose((estimate - 0.5) / se, test.statistic, rtol=1e-12)
    assert_allclose(2 * stats.t.sf((estimate - 0.5) / se, df), test.pvalue, rtol=1e-10)
    r = r_says("ordinal")
    assert_allclose([estimate, se, df], [r("pain", k) for k in ("p", "se", "df")], rtol=1e-12)


VALUES = st.lists(st.integers(0, 6), min_size=3, max_size=25).filter(lambda y: len(set(y)) > 1)


@given(VALUES, VALUES)
def test_swapping_arms_turns_the_odds_round(active, control):
    if max(active) < min(control) or max(control) < min(active):
        return
    one_way, other = (mann_whitney_probability(*pair) for pair in
                      ((active, control), (control, active)))  # fmt: skip
    assert_allclose(one_way.estimate, 1 - other.estimate, atol=1e-12)
    assert_allclose([one_way.se, one_way.df], [other.se, other.df], rtol=1e-9)
    odds = [log_win_odds(p).estimate for p in (one_way, other)]
    assert_allclose(odds[0], -odds[1], atol=1e-10)


@given(VALUES, VALUES)
def test_only_the_order_counts(active, control):
    if max(active) < min(control) or max(control) < min(active):
        return
    plain = mann_whitney_probability(active, control)
    stretched = mann_whitney_probability(np.exp(active), np.exp(control))
    assert_allclose(plain, stretched, rtol=1e-12)


def test_one_stratum_is_no_stratum():
    plain = mann_whitney_probability(DRUG_N, DRUG_Y)
    one = stratified_probability(DRUG_N, DRUG_Y, ["s"] * 11, ["s"] * 14)
    assert_allclose(one, plain, rtol=1e-14)


def test_turning_the_categories_round_inverts_the_odds_ratio(outcomes, found):
    turned = outcomes.assign(improvement=6 - outcomes["improvement"])
    other = ordinal(turned, FORMULA, control="placebo", higher="worse")
    a, b = found["common-odds-ratio"], other["common-odds-ratio"]
    assert_allclose(a.estimate, 1 / b.estimate, rtol=1e-9)
    assert_allclose([a.low, a.high], [1 / b.high, 1 / b.low], rtol=1e-9)
    # wins are wins, whichever way the scale runs
    assert_allclose(found["win-odds"].estimate, other["win-odds"].estimate, rtol=1e-12)
    check = "proportional-odds-check"
    assert_allclose(found[check].estimate, other[check].estimate, rtol=1e-8)


def test_two_categories_are_a_logistic_regression(outcomes, r_says):
    found = ordinal(outcomes, "remission ~ arm + baseline + sex", control="placebo")
    row = one(found, "common-odds-ratio", "high", "wald")
    assert_allclose(np.log(row.estimate), r_says("binary")("additive:glm", "armhigh"), rtol=1e-9)
    assert "one cut" in next(r.reason for r in found.refused)


def test_text_needs_an_order(outcomes):
    names = ["much worse", "worse", "same", "better", "much better"]
    words = outcomes.assign(improvement=[names[k - 1] for k in outcomes["improvement"]])
    plain = ordinal(outcomes, FORMULA, control="placebo")
    found = ordinal(words, FORMULA, control="placebo", order=names)
    assert_allclose(found.column("estimate"), plain.column("estimate"))
    with pytest.raises(DataError, match="from low to high"):
        ordinal(words, FORMULA, control="placebo")
    with pytest.raises(DataError, match="lacks"):
        ordinal(words, FORMULA, control="placebo", order=names[:4])


def test_what_has_no_answer_is_refused():
    with pytest.raises(NotIdentifiedError, match="infinite"):
        log_win_odds(mann_whitney_probability([3, 3, 2], [1, 2, 1])._replace(estimate=1.0))
    with pytest.raises(NotIdentifiedError, match="no standard error"):
        mann_whitney_probability([5, 6, 7], [1, 2, 3])
    with pytest.raises(NotIdentifiedError, match="Join strata"):
        stratified_probability([1, 2, 3], [1, 2, 3], ["a", "a", "b"], ["a", "a", "b"])
    arm = np.repeat([0.0, 1.0], 10)[:, None]
    with pytest.raises(NotIdentifiedError, match="separate"):
        proportional_odds(np.repeat([0, 2, 1, 2], [10, 0, 5, 5]), arm)
    with pytest.raises(NotIdentifiedError, match="cut"):
        brant_test(np.repeat([0, 1, 0, 1, 2], [5, 5, 3, 3, 4]), arm)
    with pytest.raises(DataError, match="each present"):
        proportional_odds(np.array([0, 2, 2]), np.ones((3, 1)))


def test_separated_arm_and_interaction_become_refusals(outcomes):
    best = outcomes["improvement"].where(outcomes["arm"] != "high", 6)
    found = ordinal(outcomes.assign(improvement=best), "improvement ~ arm", control="placebo")
    assert "separate" in next(r.reason for r in found.refused if r.name == "common-odds-ratio")
    assert {r.label for r in found.refused if r.name == "win-odds"} == {"unstratified, high"}
    crossed = ordinal(outcomes, "improvement ~ arm * baseline", control="placebo")
    assert "interacts" in crossed.refused[0].reason


@pytest.mark.slow
@pytest.mark.parametrize(("people", "bound"), [(15, 0.012), (40, 0.008), (100, 0.008)])
def test_win_odds_cover(rng, people, bound):
    """Five ordered categories, unequal arms, and a spread that differs between them.

    With 15 in the smaller arm the limits are a little wide: they cover in 96.6 %.
    """
    trials, hit = 10_000, 0
    cuts = np.array([-1, 0, 1, 2.0])
    draw = [
        np.searchsorted(cuts, rng.normal(m, s, (trials, n)))
        for m, s, n in ((0.6, 1.5, people), (0, 1, 2 * people))
    ]
    big = [np.searchsorted(cuts, rng.normal(m, s, 2_000_000)) for m, s in ((0.6, 1.5), (0, 1))]
    share = [np.bincount(b, minlength=5) / len(b) for b in big]
    p = sum(share[0][i] * (share[1][:i].sum() + share[1][i] / 2) for i in range(5))
    truth = np.log(p / (1 - p))
    for active, control in zip(*draw, strict=True):
        low, high = log_win_odds(mann_whitney_probability(active, control)).interval(0.95)
        hit += low <= truth <= high
    assert abs(hit / trials - 0.95) < bound + 3 * np.sqrt(0.95 * 0.05 / trials)
