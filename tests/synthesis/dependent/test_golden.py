"""Numbers of metafor 5.0-1 and clubSandwich 0.6.0 (tests/golden/dependent.R prints them).

metafor's optimiser ends where the likelihood no longer tells points apart, so its variances hold to
half its digits; where it did not get there the bound below is a share of the standard error.
"""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from equipoise.synthesis.dependent import (
    KINDS,
    independent_clusters,
    profile_interval,
    robust,
    three_level,
    three_level_fit,
)
from equipoise.synthesis.dependent.fit import typical_variance
from equipoise.synthesis.dependent.profile import profiled
from equipoise.synthesis.dependent.robust import cluster_robust

CASES = [
    (data, rho, method, moderators)
    for data in ("time", "dep", "gad")
    for rho in (0, 0.3, 0.6, 0.9)
    for method in ("REML", "ML")
    for moderators in ("one", "days")
]


def fit_of(effects, rows, case):
    data, rho, method, moderators = case
    X = None
    if moderators == "days":
        X = np.column_stack([np.ones(len(rows[data])), rows[data].days])
    fit = three_level_fit(effects[data], rho=rho, X=X, criterion=method)
    return fit, f"{rho:g}-{method}-{moderators}"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_three_levels(effects, rows, numbers, case):
    fit, model = fit_of(effects, rows, case)

    def of(name):
        return numbers[case[0], model, name]

    assert fit.maximum.converged
    assert fit.log_likelihood >= of("ll") - 1e-9
    assert_allclose(fit.log_likelihood, of("ll"), rtol=1e-10)
    assert_allclose(fit.q_test()[0], of("QE"), rtol=1e-12)
    assert_allclose(fit.phi, [of("sigma2.1"), of("sigma2.2")], rtol=2e-5, atol=1e-8)
    total = of("sigma2.1") + of("sigma2.2")  # I2 at metafor's variances, so its definition alone
    share = np.array([of("sigma2.1"), of("sigma2.2")]) / (total + typical_variance(fit.problem))
    assert_allclose(100 * share, [of("i2.1"), of("i2.2")], rtol=1e-10)
    for j, (b, se) in enumerate(zip(fit.coefficients, fit.se, strict=True), start=1):
        assert_allclose(b, of(f"beta{j}"), rtol=0, atol=5e-6 * se)
        assert_allclose(se, of(f"se{j}"), rtol=5e-6)
    if case[3] == "days":
        test = fit.moderator_test()
        assert test
        assert_allclose(test[0], of("QM"), rtol=1e-5)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cluster_robust_errors(effects, rows, numbers, case):
    fit, model = fit_of(effects, rows, case)
    for kind in KINDS:
        found = robust(fit, kind=kind)
        for j, weights in enumerate(np.eye(len(fit.se)), start=1):
            got = [found.se[j - 1], found.satterthwaite(weights)]
            expected = [numbers[case[0], model, f"{kind}.{n}{j}"] for n in ("se", "df")]
            assert_allclose(got, expected, rtol=5e-6, err_msg=kind)


@pytest.mark.parametrize("kind", ["CR1", "CR2"])
@pytest.mark.parametrize("data", ["time", "dep", "gad"])
def test_two_coefficients_at_once(effects, rows, numbers, data, kind):
    fit, model = fit_of(effects, rows, (data, 0.6, "REML", "days"))
    F, _, df, p = robust(fit, kind=kind).wald(np.eye(2))
    expected = [numbers[data, model, f"{kind}.htz-{n}"] for n in ("f", "df", "p")]
    assert_allclose([F, df, p], expected, rtol=1e-6)


def test_the_rows_of_the_psilocybin_trials_over_time(effects, numbers):
    found = three_level(effects["time"], rho=0.6)
    plain, sandwich = found.select(name="pooled-effect").rows
    model = ("time", "0.6-REML-one")
    assert_allclose([plain.p, plain.low], [numbers[*model, n] for n in ("p1", "low1")], rtol=1e-4)
    assert_allclose(
        [sandwich.p, sandwich.low], [numbers[*model, f"CR2.{n}1"] for n in ("p", "low")], rtol=1e-5
    )
    interval = found["prediction-interval"]
    expected = [numbers[*model, n] for n in ("pi-low", "pi-high")]
    assert_allclose([interval.low, interval.high], expected, atol=1e-5)
    by_t = three_level(effects["time"], rho=0.6, test="t", robust=None)["pooled-effect"]
    assert by_t.df == 38
    assert_allclose([by_t.p, by_t.low], [numbers[*model, n] for n in ("t-p1", "t-low1")], rtol=1e-4)


@pytest.mark.parametrize("data", ["time", "dep", "gad"])
def test_the_likelihood_profile(effects, numbers, data):
    fit = three_level_fit(effects[data], rho=0.6)
    checked = 0
    for held in (0, 0.02, 0.1, 0.3):
        for j in (1, 2):
            expected = numbers.get((data, "profile", f"ll-{j}-{held:g}"))
            if expected is None:  # the optimiser there gave up
                continue
            start = np.delete(np.sqrt(fit.phi), j - 1)
            got = profiled(fit, j - 1, held, start)
            assert got
            assert got.at.log_likelihood >= expected - 1e-9
            assert_allclose(got.at.log_likelihood, expected, atol=1e-7)
            checked += 1
    assert checked > 4


def test_profile_intervals_near_those_of_a_root_finder(effects, numbers):
    fit = three_level_fit(effects["dep"], rho=0.6)
    for j in (0, 1):
        low, high = profile_interval(fit, j)
        assert_allclose(low, numbers["dep", "0.6-REML-one", f"profile-low{j + 1}"], atol=2e-5)
        expected = numbers["dep", "0.6-REML-one", f"profile-high{j + 1}"]
        if np.isfinite(expected):
            assert_allclose(high, expected, atol=2e-5)


@pytest.mark.parametrize("data", ["time", "dep", "gad"])
def test_independent_rows_in_clusters(effects, numbers, data):
    e = effects[data]
    tau2 = numbers[data, "plain", "tau2"]
    clusters, b = independent_clusters(e.y, np.ones((len(e), 1)), e.v, tau2, e.study)
    assert_allclose(b[0], numbers[data, "plain", "beta"], rtol=1e-9)
    for kind in ("CR1", "CR2"):
        found = cluster_robust(clusters, b, kind)
        got = [found.se[0], found.satterthwaite([1.0])]
        expected = [numbers[data, "plain", f"{kind}.{n}"] for n in ("se", "df")]
        assert_allclose(got, expected, rtol=1e-9)
