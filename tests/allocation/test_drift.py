"""The t test under drift and favouring: limits that are known, and outcomes drawn."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.stats import nct, ncx2, norm, t

from equipoise.allocation import BigStickSpec, CompleteSpec, PermutedBlocksSpec
from equipoise.allocation.judgement import favouring, rejection, simulated_arms, trend
from equipoise.allocation.judgement.drift import (
    TRENDS,
    by_density,
    by_quadrature,
    doubly_noncentral_t,
)
from equipoise.errors import DataError


def even(n):
    return np.array([[0, 1] * (n // 2)], dtype=np.int8)


@pytest.mark.parametrize("n", [4, 20, 64])
def test_without_bias_the_level_is_kept_and_power_is_the_noncentral_t(n):
    assert_allclose(rejection(even(n), np.zeros(n)), [0.05], rtol=1e-9)
    critical = t.ppf(0.995, n - 2)
    delta = 0.6 * np.sqrt(n) / 2
    want = nct.sf(critical, n - 2, delta) + nct.cdf(-critical, n - 2, delta)
    assert_allclose(rejection(even(n), np.zeros(n), effect=0.6, alpha=0.01), [want], rtol=1e-8)


def test_power_of_the_design_notes():
    """d = .5, 90 %, two-sided .05 needs 85.03 an arm: 85 give a little less, 86 a little more."""
    power = [rejection(even(2 * n), np.zeros(2 * n), effect=0.5)[0] for n in (85, 86)]
    assert 0.8985 < power[0] < 0.9 < power[1] < 0.9050


@pytest.mark.parametrize(("delta", "spread"), [(0.0, 3.0), (1.2, 8.0), (-0.7, 40.0)])
def test_doubly_noncentral_t_by_integrating(delta, spread):
    """P(T <= x) = E Phi(x sqrt(W / df) - delta) over W, non-central chi-square."""
    df = 18
    w = (np.arange(200_000) + 0.5) / 200_000 * 400
    weight = ncx2.pdf(w, df, spread) * 400 / 200_000
    for x in (-2.1, 0.3, 2.1):
        want = weight @ norm.cdf(x * np.sqrt(w / df) - delta)
        got = doubly_noncentral_t(x, df, np.array([delta]), np.array([spread]))
        assert_allclose(got, [want], atol=2e-7)


@pytest.mark.parametrize("df", [20, 60, 400])
def test_the_two_ways_to_integrate_agree(df):
    rng = np.random.default_rng(df)
    delta, spread = rng.normal(0, 2, 12), 0.1 + rng.exponential(df / 8, 12)
    for x in (-3.2, -2.0, 0.4, 2.6):
        want = integrated(x, df, delta, spread)
        assert_allclose(by_quadrature(x, df, delta, spread), want, rtol=0, atol=1e-8)


@pytest.mark.parametrize("df", [2, 3, 5, 11, 19, 40])
def test_few_degrees_of_freedom(df):
    delta, spread = np.array([0, 0, 1.5, -2.5]), np.array([0.0, 3.0, 0.4, 12.0])
    for x in (-2.5, 0.7, 4.3):
        assert_allclose(
            by_density(x, df, delta[1:], spread[1:]),
            integrated(x, df, delta[1:], spread[1:]),
            rtol=0,
            atol=1e-8,
        )
        assert_allclose(by_density(x, df, delta[:1], spread[:1]), [t.cdf(x, df)], atol=1e-10)


def integrated(x, df, delta, spread):
    """SciPy's adaptive quadrature over its non-central chi-square, by its square root."""
    found = []
    for d, s in zip(delta, spread, strict=True):
        centre = np.sqrt(df + s)
        value, _ = quad(
            lambda u, d=d, s=s: 2 * u * ncx2.pdf(u * u, df, s) * norm.cdf(x * u / np.sqrt(df) - d),
            max(0, centre - 10), centre + 10, points=[centre], epsabs=1e-11, limit=200,
        )  # fmt: skip
        found.append(value)
    return found


@pytest.mark.parametrize("kind", TRENDS)
def test_trends_start_at_nothing_and_end_at_their_size(kind):
    moved = trend(kind, 12, 0.8)
    assert (moved[0], moved[-1]) == (0, pytest.approx(0.8))
    assert (np.diff(moved) >= 0).all()


def drawn_error(arm, shift, rng, rounds):
    """Share of rejections with outcomes drawn."""
    n = arm.shape[1]
    critical = t.ppf(0.975, n - 2)
    ones = arm.sum(axis=1)
    usable = (ones > 0) & (ones < n)
    rejected = 0.0
    for _ in range(rounds):
        y = rng.standard_normal(arm.shape) + shift
        one = np.where(usable, (y * arm).sum(axis=1) / np.maximum(ones, 1), 0)
        zero = np.where(usable, (y * (1 - arm)).sum(axis=1) / np.maximum(n - ones, 1), 0)
        rest = ((y - np.where(arm == 1, one[:, None], zero[:, None])) ** 2).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            se = np.sqrt(rest / (n - 2) * (1 / ones + 1 / (n - ones)))
            rejected += (np.abs((one - zero) / se)[usable] > critical).sum() / len(arm)
    return rejected / rounds


@pytest.mark.parametrize("spec", [PermutedBlocksSpec(), BigStickSpec(limit=3), CompleteSpec()])
def test_errors_under_bias_agree_with_drawn_outcomes(spec):
    rng = np.random.default_rng(8)
    arm = simulated_arms(spec, np.zeros((3000, 24, 0), np.int8), rng)
    for shift in (trend("linear", 24, 2.0), favouring(arm, (1, 1), 0.5)):
        want = drawn_error(arm, shift, rng, 20)
        got = rejection(arm, shift).mean()
        assert abs(got - want) < 4 * np.sqrt(want * (1 - want) / 60_000)


def test_favouring_biases_small_blocks_most():
    rng = np.random.default_rng(9)
    error = {}
    for spec in (PermutedBlocksSpec(size=2), PermutedBlocksSpec(size=4), BigStickSpec(limit=5)):
        arm = simulated_arms(spec, np.zeros((2000, 60, 0), np.int8), rng)
        error[spec.describe()] = rejection(arm, favouring(arm, (1, 1), 0.3)).mean()
    two, four, stick = error.values()
    assert two > four > stick > 0.05


def test_an_arm_that_nobody_has_rejects_nothing():
    assert rejection(np.zeros((1, 6), np.int8), np.zeros(6)).tolist() == [0.0]


def test_too_few_people_are_told():
    with pytest.raises(DataError, match="four or more"):
        rejection(even(2), np.zeros(2))
    with pytest.raises(DataError, match="linear, log or step"):
        trend("cubic", 5, 1)
