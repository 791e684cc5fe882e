"""Bias and coverage of each strategy where its own assumption is true."""

import numpy as np
import pandas as pd
import pytest

from equipoise.analysis.imputation import impute_and_analyse
from equipoise.analysis.imputation.strategies import STRATEGIES

M = 4
SIGMA = 9 * (0.4 + 0.6 * np.exp(-np.abs(np.subtract.outer(range(M), range(M))) / 2))
MEANS = {"placebo": np.array([-1, -2, -3, -3.5]), "drug": np.array([-1.5, -3.5, -5.5, -6.5])}
SLOPE = 0.4
CALL = {
    "formula": "score ~ base * visit + arm * visit", "subject": "id", "visit": "visit",
    "arm": "arm", "reference": "placebo",
}  # fmt: skip


def drawn(n, rng):
    """Draw scores had nobody an event (n, m), baseline, arm, and first visit after the event.

    The event depends on the score before it: missing at random, and not completely so. Nobody has
    it before the first visit.
    """
    drug = np.arange(n) % 2 == 1
    base = rng.normal(0, 4, n)
    mean = np.where(drug[:, None], MEANS["drug"], MEANS["placebo"]) + SLOPE * base[:, None]
    scores = mean + rng.multivariate_normal(np.zeros(M), SIGMA, n)
    first = np.full(n, M)
    for visit in range(1, M):
        chance = 1 / (1 + np.exp(2.4 - 0.25 * (scores[:, visit - 1] + 3)))
        first[(rng.random(n) < chance) & (first == M)] = visit
    return scores, base, drug, first


def lived_out(scores, base, drug, first, *, slug, rng):
    """Replace scores after the event by what the strategy says they are."""
    strategy, out = STRATEGIES[slug], scores.copy()
    for arm in (False, True):
        for t in range(1, M):
            who = np.flatnonzero((drug == arm) & (first == t))
            weights = strategy.mean(M, t)
            own = MEANS["drug" if arm else "placebo"]
            mean = weights.own @ own + weights.reference @ MEANS["placebo"]
            # a strategy weighs means whose covariate part is SLOPE * base in every arm
            part = (weights.own + weights.reference).sum(axis=1) * SLOPE
            mean = mean + np.outer(base[who], part)
            sigma = strategy.covariance(SIGMA, SIGMA, t)
            slope = sigma[t:, :t] @ np.linalg.inv(sigma[:t, :t])
            rest = sigma[t:, t:] - slope @ sigma[:t, t:]
            after = mean[:, t:] + (scores[who, :t] - mean[:, :t]) @ slope.T
            out[who, t:] = after + rng.multivariate_normal(np.zeros(M - t), rest, len(who))
    return out


def table(scores, base, drug, first):
    seen = np.where(np.arange(M) >= first[:, None], np.nan, scores)
    n = len(base)
    return pd.DataFrame(
        {
            "id": np.repeat(np.arange(n), M),
            "visit": np.tile(np.arange(M), n),
            "arm": np.repeat(np.where(drug, "drug", "placebo"), M),
            "base": np.repeat(base, M),
            "score": seen.reshape(-1),
        }
    )


@pytest.fixture(scope="module")
def truth():
    """Return the difference at the last visit, of all as they lived it out, each strategy's."""
    rng = np.random.default_rng(1)
    scores, base, drug, first = drawn(1_000_000, rng)
    found = {}
    for slug in STRATEGIES:
        last = lived_out(scores, base, drug, first, slug=slug, rng=rng)[:, -1] - SLOPE * base
        found[slug] = last[drug].mean() - last[~drug].mean()
    return found


def simulated(trials, n, seed, **how):
    rng = np.random.default_rng(seed)
    rows = {slug: [] for slug in STRATEGIES}
    for _ in range(trials):
        frame = table(*drawn(n, rng))
        found = impute_and_analyse(frame, strategy=list(STRATEGIES), rng=rng, **how, **CALL)
        for row in found.select(name="imputed-contrast", visit=str(M - 1)):
            rows[row.label].append((row.estimate, row.se, row.low, row.high))
    return {slug: np.array(values) for slug, values in rows.items()}


@pytest.mark.slow
def test_the_jackknife_has_no_bias_and_its_intervals_cover(truth):
    trials = 800
    found = simulated(trials, 120, 2)
    for slug, rows in found.items():
        estimate, se, low, high = rows.T
        error = estimate.std() / np.sqrt(trials)
        assert abs(estimate.mean() - truth[slug]) < 4 * error + 0.01, slug  # truth is drawn too
        covered = ((low <= truth[slug]) & (truth[slug] <= high)).mean()
        assert abs(covered - 0.95) < 4 * np.sqrt(0.05 * 0.95 / trials), slug
        # the mean of the estimated variances is that of the estimates
        assert abs(np.square(se).mean() / estimate.var() - 1) < 4 * np.sqrt(2 / trials), slug


@pytest.mark.slow
@pytest.mark.parametrize("method", ["approximate-bayes", "bayes"])
def test_rubin_covers_under_mar_and_is_wider_under_reference_strategies(truth, method):
    trials = 300
    found = simulated(trials, 120, 3, method=method, draws=40, burn_in=20)
    for slug, rows in found.items():
        estimate, se, low, high = rows.T
        error = estimate.std() / np.sqrt(trials)
        assert abs(estimate.mean() - truth[slug]) < 4 * error + 0.01, slug
        covered = ((low <= truth[slug]) & (truth[slug] <= high)).mean()
        assert covered > 0.95 - 4 * np.sqrt(0.05 * 0.95 / trials), slug
        ratio = np.square(se).mean() / estimate.var()
        if slug == "MAR":
            assert abs(ratio - 1) < 4 * np.sqrt(2 / trials)
        if slug == "JR":  # information anchoring: wider than over repeated trials
            assert ratio > 1.2


@pytest.mark.slow
def test_a_false_strategy_is_seen_to_be_biased(truth):
    """If people jump to reference, MAR overstates the drug by more than chance explains."""
    rows = simulated(200, 120, 4)["MAR"]
    error = rows[:, 0].std() / np.sqrt(len(rows))
    assert rows[:, 0].mean() < truth["JR"] - 6 * error
