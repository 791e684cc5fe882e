"""What must hold whatever the data, and what must not happen."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis import checked_effects
from equipoise.synthesis.dependent import robust, three_level, three_level_fit
from equipoise.synthesis.dependent.likelihood import evaluate


def made(seed, studies=8):
    rng = np.random.default_rng(seed)
    study = np.repeat(np.arange(studies), rng.integers(1, 5, studies))
    study = np.append(study, [0, 1])
    v = rng.uniform(0.02, 0.2, len(study))
    y = rng.normal(0.3, 0.3, studies)[study] + rng.normal(0, np.sqrt(v + 0.03))
    return checked_effects(y, v, [f"s{i}" for i in study])


@given(st.integers(0, 10**6), st.sampled_from(["REML", "ML"]))
@settings(max_examples=10)
def test_score_and_hessian_are_the_derivatives(seed, criterion):
    fit = three_level_fit(made(seed), rho=0.5, criterion=criterion)
    phi, h = np.array([0.05, 0.04]), 1e-5
    at = evaluate(fit.problem, phi, criterion)
    for k in range(2):
        up, down = (
            evaluate(fit.problem, phi + sign * h * np.eye(2)[k], criterion) for sign in (1, -1)
        )
        slope = (up.log_likelihood - down.log_likelihood) / (2 * h)
        assert_allclose(at.score[k], slope, rtol=1e-5, atol=1e-5)
        assert_allclose(at.hessian[k], (up.score - down.score) / (2 * h), rtol=1e-4, atol=1e-3)


@given(st.integers(0, 10**6), st.floats(0.01, 100), st.floats(-5, 5))
@settings(max_examples=10)
def test_other_units_and_another_zero(seed, factor, shift):
    e = made(seed)
    other = checked_effects(factor * e.y + shift, factor**2 * e.v, e.study)
    one, two = three_level_fit(e, rho=0.4), three_level_fit(other, rho=0.4)
    assert one.maximum.converged
    assert_allclose(two.phi, factor**2 * one.phi, rtol=1e-5, atol=1e-9 * factor**2)
    assert_allclose(two.coefficients, factor * one.coefficients + shift, rtol=1e-6, atol=1e-8)
    a, b = robust(one), robust(two)
    assert_allclose(b.se, factor * a.se, rtol=1e-5)
    assert_allclose(b.satterthwaite([1.0]), a.satterthwaite([1.0]), rtol=1e-5)


@given(st.integers(0, 10**6))
@example(2637)  # a variance near 0, where the likelihood is flat
@settings(max_examples=6)
def test_the_order_of_rows_does_not_matter(seed):
    e = made(seed)
    shuffled = e.take(np.random.default_rng(seed).permutation(len(e)))
    one, two = three_level_fit(e), three_level_fit(shuffled)
    assert_allclose(one.phi, two.phi, rtol=1e-6, atol=1e-9)
    assert_allclose(robust(one).se, robust(two).se, rtol=1e-6)


@given(st.integers(0, 10**6))
@settings(max_examples=6)
def test_no_other_variances_are_likelier(seed):
    fit = three_level_fit(made(seed), rho=0.3)
    grid = np.array([0, 1e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 1.0])
    for phi in np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2):
        at = evaluate(fit.problem, phi, "REML")
        assert at.log_likelihood <= fit.log_likelihood + 1e-9


def test_a_balanced_layout_in_closed_form():
    """Two rows a study, equal variances: analysis of variance gives REML."""
    y = np.array([[1.0, 2.0], [4.0, 5.5], [2.0, 2.5], [6.0, 7.0]])
    e = checked_effects(y.ravel(), [0.1] * 8, np.repeat(["a", "b", "c", "d"], 2))
    fit = three_level_fit(e, rho=0)
    within = ((y - y.mean(axis=1, keepdims=True)) ** 2).sum() / 4
    between = y.mean(axis=1).var(ddof=1)
    assert_allclose(fit.phi, [between - within / 2, within - 0.1], rtol=1e-9)
    assert_allclose(fit.se, np.sqrt(between / 4), rtol=1e-9)
    assert_allclose(robust(fit).se, np.sqrt(between / 4), rtol=1e-9)  # CR2 is exact here
    assert_allclose(robust(fit).satterthwaite([1.0]), 3, rtol=1e-9)


def test_clusters_must_hold_whole_studies():
    fit = three_level_fit(made(1))
    names = list(fit.study)
    names[-1] = "elsewhere"
    with pytest.raises(DataError, match="the whole study"):
        robust(fit, names)
    halves = ["one" if name < "s4" else "two" for name in fit.study]
    assert robust(fit, halves).clusters


def test_what_cannot_be_told_is_refused():
    rows = ([1.0, 2.0], [0.1, 0.1])
    with pytest.raises(NotIdentifiedError, match="at least 2"):
        three_level_fit(checked_effects(*rows, ["a", "a"]))
    with pytest.raises(NotIdentifiedError, match="one row"):
        three_level_fit(checked_effects(*rows, ["a", "b"]))
    with pytest.raises(DataError, match="0 to"):
        three_level_fit(made(1), rho=1.0)
    e = made(2)
    with pytest.raises(NotIdentifiedError, match="cannot be told apart"):
        three_level_fit(e, X=np.ones((len(e), 2)))
    V = np.diag(e.v)
    V[0, 5] = V[5, 0] = 0.001
    with pytest.raises(DataError, match="between studies"):
        three_level_fit(e, V=V)


def test_too_few_clusters_are_a_refusal_not_a_number():
    e = checked_effects([1.0, 2.0, 4.0, 5.0], [0.1] * 4, ["A", "A", "B", "B"])
    found = three_level(e, X=np.column_stack([np.ones(4), [0, 1, 2, 4]]), names=["one", "x"])
    assert found.refused[0].label == "three-level, CR2"
    assert "clusters" in found.refused[0].reason
    assert any("degrees of freedom" in w for w in three_level(e, rho=0).warnings)


@pytest.mark.slow
def test_cr2_keeps_its_size_with_ten_studies():
    """A wrong rho and few studies: CR2 errs at 5%, CR0 with normal quantiles far more often."""
    rng = np.random.default_rng(11)
    rejected = {"CR2": 0, "CR0": 0}
    runs = 600
    study = np.repeat(np.arange(10), 4)
    x = np.repeat([0, 0, 0, 0, 0, 0, 0, 1, 1, 1], 4)
    X = np.column_stack([np.ones(40), x])
    shared = np.kron(np.eye(10), 0.8 * np.ones((4, 4)) + 0.2 * np.eye(4)) * 0.06
    root = np.linalg.cholesky(shared)
    from scipy.special import stdtr  # noqa: PLC0415

    for _ in range(runs):
        y = root @ rng.normal(size=40) + rng.normal(0, 0.25, 10)[study]
        fit = three_level_fit(checked_effects(y, [0.06] * 40, study), rho=0.1, X=X)
        found = robust(fit)
        t = abs(fit.coefficients[1]) / found.se[1]
        rejected["CR2"] += 2 * stdtr(found.satterthwaite([0, 1]), -t) < 0.05
        rejected["CR0"] += abs(fit.coefficients[1]) / robust(fit, kind="CR0").se[1] > 1.96
    assert 0.03 <= rejected["CR2"] / runs <= 0.075
    assert rejected["CR0"] / runs > 0.10
