"""Rate ratios against glm, sandwich and glm.nb in R; laws; what is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.analysis.outcomes import counts, negative_binomial, poisson
from equipoise.errors import DataError, NotIdentifiedError

FORMULA = "relapses ~ arm + baseline + sex"
TERMS = ["(Intercept)", "armhigh", "armlow", "baseline", "sexm"]


@pytest.fixture(scope="module")
def arrays(outcomes):
    columns = [outcomes["arm"] == "high", outcomes["arm"] == "low", outcomes["baseline"]]
    ones = np.ones(len(outcomes))
    X = np.column_stack([ones, *columns, outcomes["sex"] == "m"]).astype(float)
    return outcomes["relapses"].to_numpy(), X, outcomes["years"].to_numpy()


@pytest.fixture(scope="module")
def found(outcomes):
    return counts(outcomes, FORMULA, control="placebo", exposure="years", higher="worse")


def test_poisson_agrees_with_glm_and_sandwich(arrays, r_says):
    r, fit = r_says("counts"), poisson(*arrays)
    assert_allclose(fit.coefficients, [r("poisson", t) for t in TERMS], rtol=1e-11)
    assert_allclose(fit.dispersion, r("poisson", "dispersion"), rtol=1e-11)
    for kind in ("HC0", "HC1", "HC2", "HC3"):
        got = np.sqrt(np.diag(fit.robust_covariance(kind)))
        assert_allclose(got, [r(kind, t) for t in TERMS], rtol=1e-10)


def test_negative_binomial_agrees_with_glm_nb(arrays, r_says):
    r, fit = r_says("counts"), negative_binomial(*arrays)
    # glm.nb alternates between shape and coefficients and stops at 1e-7 or so
    assert_allclose(fit.coefficients, [r("nb", t) for t in TERMS], rtol=1e-6)
    errors = [r("nb", f"{t} se") for t in TERMS]
    assert_allclose(np.sqrt(np.diag(fit.covariance)), errors, rtol=1e-6)
    assert_allclose(fit.theta, r("nb", "theta"), rtol=1e-6)
    assert_allclose(fit.log_likelihood, r("nb", "loglik"), rtol=1e-11)


def test_rows_agree_with_r(found, r_says):
    r = r_says("counts")
    for arm in ("high", "low"):
        robust, shaped = found.select(name="rate-ratio", arm=arm).rows
        assert (robust.label, shaped.label) == ("poisson", "negative-binomial")
        assert_allclose(np.log(robust.estimate), r("poisson", f"arm{arm}"), rtol=1e-10)
        assert_allclose(robust.se / robust.estimate, r("HC3", f"arm{arm}"), rtol=1e-10)
        assert_allclose(np.log(shaped.estimate), r("nb", f"arm{arm}"), rtol=1e-6)
        assert robust.df == 145
    for arm in ("placebo", "high", "low"):
        (rate,) = found.select(name="rate", arm=arm).rows
        assert_allclose(np.log(rate.estimate), r("rate", f"arm{arm}"), rtol=1e-10)
        assert_allclose(rate.se / rate.estimate, r("rate", f"arm{arm} se"), rtol=1e-10)
    assert found["rate-ratio"].unit == "ratio of rates (below 1 favours high)"


def test_unit_of_time_does_not_change_a_ratio(outcomes, found):
    weeks = outcomes.assign(years=outcomes["years"] * 52.18)
    other = counts(weeks, FORMULA, control="placebo", exposure="years")
    for name in ("rate-ratio", "overdispersion"):
        a, b = found.select(name=name), other.select(name=name)
        assert_allclose(a.column("estimate"), b.column("estimate"), rtol=1e-9)
    assert_allclose(found["rate"].estimate, other["rate"].estimate * 52.18, rtol=1e-9)


@given(st.integers(0, 100_000))
def test_a_rate_is_events_over_time(seed):
    rng = np.random.default_rng(seed)
    arm = np.repeat([0, 1], [12, 15])
    y, time = rng.poisson(2, 27), rng.uniform(0.1, 3, 27)
    if min(y[arm == a].sum() for a in (0, 1)) == 0:
        return
    fit = poisson(y, (arm[:, None] == [0, 1]).astype(float), time)
    expected = [y[arm == a].sum() / time[arm == a].sum() for a in (0, 1)]
    assert_allclose(np.exp(fit.coefficients), expected, rtol=1e-9)
    assert_allclose(np.diag(fit.covariance), [1 / y[arm == a].sum() for a in (0, 1)], rtol=1e-8)


def test_counts_of_no_more_variation_than_poisson_have_no_shape(found):
    y = np.tile([1, 2, 3], 20)
    X = np.column_stack([np.ones(60), np.repeat([0.0, 1.0], 30)])
    with pytest.raises(NotIdentifiedError, match="no more than Poisson"):
        negative_binomial(y, X)
    table = pd.DataFrame({"arm": np.repeat(["p", "a"], 30), "y": y})
    refused = counts(table, "y ~ arm", control="p").refused
    assert [(r.name, r.label) for r in refused] == [("rate-ratio", "negative-binomial")]


def test_an_arm_without_events_is_refused(outcomes):
    none = outcomes.assign(relapses=outcomes["relapses"].where(outcomes["arm"] != "high", 0))
    got = counts(none, FORMULA, control="placebo", exposure="years")
    refused = {(r.name, r.label) for r in got.refused}
    expected = {("rate", None), ("rate-ratio", "poisson"), ("rate-ratio", "negative-binomial")}
    assert refused == expected
    assert "no events at all" in got.refused[0].reason


def test_impossible_counts_and_times_are_refused(outcomes, arrays):
    y, X, time = arrays
    with pytest.raises(DataError, match="whole numbers"):
        poisson(y + 0.5, X, time)
    with pytest.raises(DataError, match="above 0"):
        poisson(y, X, 0 * time)
    with pytest.raises(NotIdentifiedError, match="Nobody had an event"):
        poisson(0 * y, X, time)
    with pytest.raises(NotIdentifiedError, match="too few"):
        poisson(y[:4], X[:4], time[:4])
    with pytest.raises(DataError, match="must be numbers"):
        counts(outcomes, "sex ~ arm", control="placebo")
    with pytest.raises(DataError, match="robust"):
        counts(outcomes, FORMULA, control="placebo", robust="HC7")
    crossed = counts(outcomes, "relapses ~ arm * sex", control="placebo").refused
    assert "interacts" in crossed[0].reason


@pytest.mark.slow
@pytest.mark.parametrize(("people", "bound"), [(15, 0.02), (40, 0.015), (100, 0.01)])
def test_rate_ratios_cover(rng, people, bound):
    """Gamma-mixed Poisson counts (theta 1.5) and a covariate: both rows."""
    trials, truth = 2000, np.log(0.6)
    hits = {"poisson": 0, "nb": 0}
    arm = np.repeat([0.0, 1.0], people)
    n, fitted = 2 * people, 0
    for _ in range(trials):
        x, time = rng.normal(size=n), rng.uniform(0.5, 1.5, n)
        mean = time * np.exp(0.6 + truth * arm + 0.3 * x)
        y = rng.poisson(mean * rng.gamma(1.5, 1 / 1.5, n))
        X = np.column_stack([np.ones(n), arm, x])
        fit = poisson(y, X, time)
        se = np.sqrt(fit.robust_covariance("HC3")[1, 1])
        hits["poisson"] += abs(fit.coefficients[1] - truth) < 1.96 * se
        try:
            shaped = negative_binomial(y, X, time)
        except NotIdentifiedError:
            continue
        fitted += 1
        se = np.sqrt(shaped.covariance[1, 1])
        hits["nb"] += abs(shaped.coefficients[1] - truth) < 1.96 * se
    noise = 3 * np.sqrt(0.95 * 0.05 / trials)
    assert abs(hits["poisson"] / trials - 0.95) < bound + noise
    # few people: the counts of one trial in fourteen look no wider than Poisson
    assert fitted > (0.9 if people < 20 else 0.97) * trials
    assert abs(hits["nb"] / fitted - 0.95) < bound + noise
