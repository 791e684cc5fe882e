"""Bias and coverage by simulation; slow."""

import numpy as np
import pytest
from scipy.special import ndtri

from equipoise.synthesis.effect_sizes import MEASURES
from equipoise.synthesis.effect_sizes import conversions as conv

pytestmark = pytest.mark.slow
DRAWS, Z = 200_000, ndtri(0.975)


def means(rng, delta, n1, n2):
    """Draw means and SDs of normal groups, as their sampling distributions are."""
    mean1 = rng.normal(delta, 1 / np.sqrt(n1), DRAWS)
    mean2 = rng.normal(0, 1 / np.sqrt(n2), DRAWS)
    sd1, sd2 = (np.sqrt(rng.chisquare(n - 1, DRAWS) / (n - 1)) for n in (n1, n2))
    return mean1, sd1, np.full(DRAWS, n1), mean2, sd2, np.full(DRAWS, n2)


@pytest.mark.parametrize("delta", [0, 0.5, 1.5])
@pytest.mark.parametrize(("n1", "n2"), [(6, 5), (15, 30)])
def test_g_is_unbiased_and_so_is_its_variance_ub(delta, n1, n2):
    table = means(np.random.default_rng(1), delta, n1, n2)
    g, v = MEASURES["SMD"].compute(*table, variance="UB")
    error = g.std() / np.sqrt(DRAWS)
    assert abs(g.mean() - delta) < 4 * error
    spread = g.var() * np.sqrt(2 / DRAWS) * 3  # heavier tails than normal
    assert abs(v.mean() - g.var()) < 4 * (spread + v.std() / np.sqrt(DRAWS))
    if delta:
        d = MEASURES["SMDU"].compute(*table).y
        assert d.mean() - delta > 4 * error


@pytest.mark.parametrize("variance", ["LS", "LS2", "UB", "Metapsy"])
def test_intervals_of_g_cover(variance):
    g, v = MEASURES["SMD"].compute(*means(np.random.default_rng(2), 0.8, 20, 20), variance=variance)
    assert 0.94 < (np.abs(g - 0.8) <= Z * np.sqrt(v)).mean() < 0.965


def test_quantiles_of_normal_samples_give_mean_and_sd_without_bias():
    rng = np.random.default_rng(3)
    samples = rng.normal(10, 3, (20_000, 41))
    low, q1, median, q3, high = np.quantile(samples, [0, 0.25, 0.5, 0.75, 1], axis=1)
    n = np.full(len(samples), 41)
    for made in (
        conv.from_quartiles(q1, median, q3, n),
        conv.from_range(low, median, high, n),
        conv.from_five_numbers(low, q1, median, q3, high, n),
    ):
        assert made.mean.mean() == pytest.approx(10, abs=0.02)
        assert made.sd.mean() == pytest.approx(3, rel=0.02)
        assert len(made.warnings) / len(samples) < 0.07  # the test of skewness has size 5%
