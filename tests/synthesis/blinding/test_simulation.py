"""Bias and coverage where the truth is known: the naive slope is attenuated, the others are not."""

import numpy as np
import pytest
from scipy.special import stdtrit

from equipoise.errors import NotIdentifiedError
from equipoise.synthesis import checked_effects
from equipoise.synthesis.blinding import gibbs, structural_fit
from equipoise.synthesis.pairwise import random_effects

from .conftest import simulated

TRUTH = np.array([0.2, 0.6])
RELIABILITY = 0.04 / (0.04 + 0.025)
"""Variance of true indices over that of observed ones: what is left of a naive slope."""


def covered(estimate, se, df):
    return np.abs(estimate - TRUTH) <= stdtrit(df, 0.975) * se


@pytest.mark.slow
@pytest.mark.parametrize("k", [10, 30])
def test_errors_in_the_index(k):
    reps = 500
    data = simulated(np.random.default_rng(17), k, reps=reps)
    naive, structural, hits = [], [], {"naive": [], "structural": []}
    for y, v, m, w in zip(*data, strict=True):
        fit = random_effects(checked_effects(y, v), np.column_stack([np.ones(k), m]))
        naive.append(fit.beta)
        hits["naive"].append(covered(fit.beta, fit.se, fit.df))
        try:
            found = structural_fit(y, v, m, w)
        except NotIdentifiedError:  # indices that seem not to vary: refused, seldom
            continue
        structural.append(found.coefficients)
        hits["structural"].append(covered(found.coefficients, found.se, found.df))
    # attenuation as the textbook has it, and the intercept that pays for it
    assert np.mean(naive, axis=0)[1] == pytest.approx(0.6 * RELIABILITY, abs=0.04)
    assert np.mean(naive, axis=0)[0] > 0.2 + 0.05
    if k == 30:
        assert np.mean(hits["naive"], axis=0)[1] < 0.85
    assert len(structural) > 0.97 * reps
    assert np.abs(np.median(structural, axis=0) - TRUTH) == pytest.approx([0, 0], abs=0.05)
    assert (np.mean(hits["structural"], axis=0) > 0.935).all()


@pytest.mark.slow
@pytest.mark.parametrize("k", [10, 30])
def test_the_sampler_covers(k):
    """Against a fixed truth; its prior on the slope costs some bias where data are few."""
    rng = np.random.default_rng(23)
    y, v, m, w = simulated(rng, k, reps=400)
    sample = gibbs(y, v, m, w, rng=rng, draws=1000, burn_in=300, chains=400)
    low, high = np.quantile(sample.coefficients, [0.025, 0.975], axis=0)
    assert (((low <= TRUTH) & (high >= TRUTH)).mean(axis=0) > 0.935).all()


@pytest.mark.slow
def test_the_sampler_is_calibrated():
    """Talts et al. (2018): parameters drawn from their prior rank evenly among the draws.

    The flat means are given one value: ranks of slope and spreads do not depend on it.
    """
    from scipy.stats import chisquare  # noqa: PLC0415

    rng, reps, k, bins = np.random.default_rng(31), 600, 8, 20
    slope = rng.standard_normal(reps)
    tau, index_sd = 0.5 * np.abs(rng.standard_normal(reps)), rng.random(reps)
    w, v = rng.uniform(0.02, 0.2, (2, reps, k))
    true = 0.2 + index_sd[:, None] * rng.standard_normal((reps, k))
    y = 0.1 + slope[:, None] * true + tau[:, None] * rng.standard_normal((reps, k))
    y, m = (
        y + np.sqrt(v) * rng.standard_normal((reps, k)),
        true + np.sqrt(w) * (rng.standard_normal((reps, k))),
    )
    sample = gibbs(y, v, m, w, rng=rng, draws=20 * 99, burn_in=300, chains=reps)
    for truth, draws in (
        (slope, sample.coefficients[..., 1]),
        (tau, sample.tau),
        (index_sd, sample.index_sd),
    ):
        rank = (draws[19::20] < truth).sum(axis=0)  # 0 to 99
        counts = np.bincount(rank * bins // 100, minlength=bins)
        assert chisquare(counts).pvalue > 1e-3
