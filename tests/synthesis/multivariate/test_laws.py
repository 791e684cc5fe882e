"""What must hold whatever the data, and what must not happen."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis import checked_effects
from equipoise.synthesis.multivariate import (
    bivariate_arms,
    i2_inflation,
    multivariate,
    multivariate_fit,
    prediction_region,
)
from equipoise.synthesis.multivariate.structures import STRUCTURES, structure
from equipoise.synthesis.pairwise import random_effects
from equipoise.synthesis.sparse import two_by_two


@pytest.mark.parametrize("p", [2, 3, 4])
@pytest.mark.parametrize("name", STRUCTURES)
def test_derivatives_of_every_structure(name, p):
    model = structure(name, p)
    h = 1e-6
    for theta in model.starts(1.0):
        phi, J, bend = model.to_phi(theta)
        assert np.linalg.eigvalsh(filled(phi, p))[0] > -1e-12
        for k in range(len(theta)):
            step = h * np.eye(len(theta))[k]
            up, down = model.to_phi(theta + step), model.to_phi(theta - step)
            assert_allclose(J[:, k], (up[0] - down[0]) / (2 * h), atol=1e-8)
            assert_allclose(bend[:, :, k], (up[1] - down[1]) / (2 * h), atol=1e-8)


def filled(phi, p):
    T = np.zeros((p, p))
    T[np.triu_indices(p)] = phi
    return T + np.triu(T, 1).T


def long(seed, k=9):
    rng = np.random.default_rng(seed)
    T = np.array([[0.10, 0.05], [0.05, 0.08]])
    v = rng.uniform(0.02, 0.1, (k, 2))
    y = rng.multivariate_normal([0.3, -0.1], T, k) + rng.normal(0, np.sqrt(v))
    return checked_effects(y.ravel(), v.ravel(), np.repeat(np.arange(k), 2)), ["a", "b"] * k


@given(st.integers(0, 10**6))
@settings(max_examples=5)
def test_without_correlations_each_outcome_is_its_own_meta_analysis(seed):
    effects, outcome = long(seed)
    found = multivariate_fit(effects, outcome, rho=0, struct="DIAG", criterion="ML")
    for j, name in enumerate("ab"):
        own = effects.take([o == name for o in outcome])
        alone = random_effects(own, method="ML", test="z")
        assert_allclose(found.T[j, j], alone.tau2, rtol=1e-6, atol=1e-8)
        assert_allclose(found.fit.coefficients[j], alone.beta[0], rtol=1e-6)


@given(st.integers(0, 10**6))
@settings(max_examples=5)
def test_a_wider_structure_is_at_least_as_likely(seed):
    effects, outcome = long(seed)
    fits = {s: multivariate_fit(effects, outcome, rho=0.3, struct=s).fit for s in STRUCTURES}
    like = {name: fit.log_likelihood for name, fit in fits.items()}
    assert like["UN"] >= max(like["CS"], like["DIAG"]) - 1e-9
    assert min(like["CS"], like["DIAG"]) >= like["ID"] - 1e-9
    assert_allclose(like["UN"], like["HCS"], rtol=1e-12)


@given(st.integers(0, 10**6))
@settings(max_examples=5)
def test_turning_one_outcome_turns_its_correlation(seed):
    effects, outcome = long(seed)
    sign = np.where(np.array(outcome) == "a", -1.0, 1.0)
    V = np.diag(effects.v)
    turned = checked_effects(sign * effects.y, effects.v, effects.study)
    one, two = (multivariate_fit(e, outcome, V=V) for e in (effects, turned))
    assert_allclose(one.fit.log_likelihood, two.fit.log_likelihood, rtol=1e-9, atol=1e-9)
    assert_allclose(one.T[0, 1], -two.T[0, 1], rtol=1e-4, atol=1e-6)


def test_i2_is_0_where_nothing_varies_between_studies():
    y = [0.30, 0.31, 0.29, 0.30, 0.31, 0.30, 0.30, 0.31]
    effects = checked_effects(y, [0.05] * 8, np.repeat(np.arange(4), 2))
    found = multivariate_fit(effects, ["a", "b"] * 4, rho=0.2)
    each, whole = i2_inflation(found)
    assert_allclose([*each, whole], 0, atol=1e-6)
    rows = multivariate(effects, ["a", "b"] * 4, rho=0.2)
    assert any("border" in warning for warning in rows.warnings)


def test_the_region_of_a_new_study_holds_the_means():
    effects, outcome = long(3)
    found = multivariate_fit(effects, outcome, rho=0.2)
    centre, covariance, radius = prediction_region(found)
    assert_allclose(centre, found.fit.coefficients)
    assert_allclose(covariance, found.T + found.fit.covariance)
    assert_allclose(radius, 5.991464547107979)  # chi-squared, 2 df, R: qchisq(0.95, 2)


def test_arms_of_a_constant_odds_ratio_have_slope_1():
    rng = np.random.default_rng(5)
    n = np.full(40, 4000)
    base = rng.normal(-1, 0.8, 40)
    a, c = (rng.binomial(n, 1 / (1 + np.exp(-(base + shift)))) for shift in (0.7, 0.0))
    found = bivariate_arms(two_by_two(a, n, c, n))
    assert_allclose(found["baseline-slope"].estimate, 1, atol=0.05)
    assert_allclose(found["pooled-ratio"].estimate, np.exp(0.7), rtol=0.05)
    assert found["pooled-share"].label == "first arm"


def test_what_cannot_be_told_is_refused():
    effects, outcome = long(1)
    with pytest.raises(DataError, match="correlate"):
        multivariate_fit(effects, outcome)
    with pytest.raises(DataError, match="more than once"):
        multivariate_fit(effects, ["a"] * len(outcome), rho=0)
    apart = checked_effects(effects.y, effects.v, np.arange(len(effects)))
    with pytest.raises(NotIdentifiedError, match="0 studies have both"):
        multivariate_fit(apart, outcome, rho=0)
    assert multivariate_fit(apart, outcome, rho=0, struct="DIAG").fit.maximum.converged
    with pytest.raises(NotIdentifiedError, match="several"):
        multivariate_fit(apart, ["a"] * len(outcome), rho=0)
