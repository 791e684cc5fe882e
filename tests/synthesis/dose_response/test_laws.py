"""What must hold whatever the data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.synthesis.dose_response import dose_curve, dose_shape, dose_study
from equipoise.synthesis.dose_response.cross_products import cross_products, whitened
from equipoise.synthesis.dose_response.dose_curve import contrast_block
from equipoise.synthesis.dose_response.slope_likelihood import (
    at_psi,
    factor_hessian,
    factor_score,
    log_likelihood,
)

from .conftest import made_studies

SHAPE = dose_shape("quadratic")


def other_referent(study, j):
    """The same arms with arm j as the referent."""
    m = len(study)
    order = [j, *(k for k in range(m + 1) if k != j)]
    A = np.vstack([np.zeros(m), np.eye(m)])  # arms' levels relative to the first
    C = A[order][1:] - A[order][0]
    return dose_study(study.name, study.dose[order], C @ study.y, C @ study.covariance @ C.T)


@pytest.mark.parametrize("method", ["fixed", "ml", "reml"])
def test_the_choice_of_referent_does_not_matter(method):
    studies = made_studies(sd=0.02)
    moved = tuple(other_referent(s, i % 4) for i, s in enumerate(studies))
    one, two = (dose_curve(s, SHAPE, method).fit for s in (studies, moved))
    assert_allclose(two.beta, one.beta, rtol=1e-7)
    assert_allclose(two.psi, one.psi, rtol=1e-5, atol=1e-12)
    assert_allclose(two.q, one.q, rtol=1e-9)


@pytest.mark.parametrize("method", ["fixed", "ml", "reml"])
def test_one_and_two_stages_agree_where_every_study_has_enough_doses(method):
    studies = made_studies(sd=0.02)
    one = dose_curve(studies, SHAPE, method).fit
    two = dose_curve(studies, SHAPE, method, one_stage=False).fit
    assert_allclose(two.beta, one.beta, rtol=1e-8)
    assert_allclose(two.covariance, one.covariance, rtol=1e-6)
    assert_allclose(two.psi, one.psi, rtol=1e-5, atol=1e-12)


@settings(max_examples=20)
@given(st.floats(0.01, 1000))
def test_a_unit_of_dose_changes_coefficients_only(unit):
    studies = made_studies(sd=0.02)
    scaled = tuple(dose_study(s.name, s.dose * unit, s.y, s.covariance) for s in studies)
    one, two = (dose_curve(s, SHAPE, "reml") for s in (studies, scaled))
    assert_allclose(two.fit.beta * [unit, unit**2], one.fit.beta, rtol=1e-6)
    assert_allclose(two.effect(20 * unit, 0.0), one.effect(20, 0.0), rtol=1e-6)


def test_score_and_hessian_are_those_of_the_likelihood():
    blocks, *_ = whitened([contrast_block(s, SHAPE) for s in made_studies(sd=0.02)])
    data = cross_products(blocks)
    L = np.array([[0.7, 0.0], [0.3, 0.5]])
    where = list(zip(*np.tril_indices(2), strict=True))
    for restricted in (False, True):
        score = factor_score(data, L, restricted=restricted)
        H = factor_hessian(data, L, restricted=restricted)
        for k, (i, j) in enumerate(where):
            step = np.zeros((2, 2))
            step[i, j] = 1e-5
            up, down = ((L + s * step) @ (L + s * step).T for s in (1, -1))
            slope = log_likelihood(data, up, restricted=restricted)
            slope -= log_likelihood(data, down, restricted=restricted)
            assert_allclose(slope / 2e-5, score[k], rtol=1e-6, atol=1e-7)
            bend = factor_score(data, L + step, restricted=restricted)
            bend = bend - factor_score(data, L - step, restricted=restricted)
            assert_allclose(bend / 2e-5, H[:, k], rtol=1e-6, atol=1e-6)


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.floats(0, 0.05))
def test_a_fit_is_a_maximum_or_says_that_it_is_none(seed, sd):
    """Also on the boundary, where many of these land: no move of Psi raises the likelihood."""
    studies = made_studies(k=8, seed=seed, sd=sd)
    fit = dose_curve(studies, SHAPE, "reml").fit
    assert fit.converged
    blocks, _, Kz, _ = whitened([contrast_block(s, SHAPE) for s in studies])
    data = cross_products(blocks)
    psi = Kz.T @ fit.psi @ Kz
    best = log_likelihood(data, psi, restricted=True)
    rng = np.random.default_rng(seed)
    for _ in range(20):
        A = 0.05 * rng.standard_normal((2, 2))
        near = (1 - rng.uniform(0, 0.1)) * psi + A @ A.T
        assert log_likelihood(data, near, restricted=True) <= best + 1e-8
    assert np.isfinite(at_psi(data, psi, restricted=True).rss)


@pytest.mark.slow
def test_coverage_of_a_predicted_effect():
    """ML and REML with 30 studies: the 95% interval of the effect at 40 against 0."""
    inside = {"ml": 0, "reml": 0}
    draws = 400
    for seed in range(draws):
        studies = made_studies(k=30, seed=seed, sd=0.01)
        for method in inside:
            value, se = dose_curve(studies, dose_shape("linear"), method).effect(40, 0.0)
            inside[method] += abs(value[0] - 0.8) <= 1.959964 * se[0]
    # 400 draws of 0.95: +- 0.033 is three standard errors; z after 30 studies falls a little short
    assert 0.90 < inside["ml"] / draws < 0.983
    assert 0.91 < inside["reml"] / draws < 0.983
