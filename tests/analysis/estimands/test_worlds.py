"""A world in which rescue medication works: every strategy recovers its own truth, and they differ.

HAM-D-like scores at three visits. Who is badly off at a visit takes rescue medication before the
next one, more often on placebo; rescue lowers later scores. The truths are computed from the same
people under both arms, many more of them than a trial has.
"""

from typing import NamedTuple

import numpy as np
import pytest

from equipoise.analysis.estimands import (
    bounds_with_sampling,
    difference_in_trimmed_means,
    risk_difference,
    stratum_bounds,
)
from equipoise.analysis.mmrm import fit_mmrm

FAILURE = 35.0
CUT = 0.65
DRUG = np.array([1.0, 2.0, 3.0])
"""Points by which the drug lowers the score at each visit."""
RESCUE = 5.0
"""Points by which rescue medication lowers every later score."""


class People(NamedTuple):
    """Scores (n, 3) with and without rescue, baseline, first visit after rescue (n,): 3 none."""

    seen: np.ndarray
    unrescued: np.ndarray
    baseline: np.ndarray
    rescue: np.ndarray


def people(rng, n):
    """Draw what people of both arms share."""
    baseline = rng.normal(24, 4, n)
    person = rng.normal(0, 3, n)
    noise = rng.normal(0, 3, (n, 3))
    luck = rng.random((n, 2))
    return baseline, person, noise, luck


def live(drawn, arm):
    """Live through a trial under an arm, 0 or 1 (n,)."""
    baseline, person, noise, luck = drawn
    course = 6 + 0.7 * baseline[:, None] - np.array([1.0, 2.0, 3.0]) + person[:, None] + noise
    unrescued = course - arm[:, None] * DRUG
    rescue = np.full(len(baseline), 3)
    for visit in (0, 1):  # the decision after a visit looks at its score: missing at random
        takes = luck[:, visit] < 1 / (1 + np.exp(-(unrescued[:, visit] - 24) / 1.5))
        rescue = np.where(takes & (rescue == 3), visit + 1, rescue)
    later = np.arange(3) >= rescue[:, None]
    return People(unrescued - RESCUE * later, unrescued, baseline, rescue)


def later(found):
    return np.arange(3) >= found.rescue[:, None]


def on_treatment(found):
    """Take the last score before rescue, or the end."""
    return found.seen[np.arange(len(found.rescue)), np.minimum(found.rescue, 3) - 1]


def truths():
    drawn = people(np.random.default_rng(99), 400_000)
    n = len(drawn[0])
    one, zero = live(drawn, np.ones(n)), live(drawn, np.zeros(n))

    def gap(of):
        return float(np.mean(of(one)) - np.mean(of(zero)))

    failed = [np.where(p.rescue < 3, np.nan, p.seen[:, 2]) for p in (one, zero)]
    always = (one.rescue == 3) & (zero.rescue == 3)
    return {
        "treatment policy": gap(lambda p: p.seen[:, 2]),
        "hypothetical": gap(lambda p: p.unrescued[:, 2]),
        "composite": gap(lambda p: np.where(p.rescue < 3, FAILURE, p.seen[:, 2])),
        "while on treatment": gap(on_treatment),
        "trimmed": difference_in_trimmed_means(*failed, CUT, worst="high").estimate,
        "response": gap(lambda p: (p.seen[:, 2] <= 18) & (p.rescue == 3)),
        "stratum": float((one.seen[:, 2] - zero.seen[:, 2])[always].mean()),
    }


@pytest.fixture(scope="module")
def truth():
    return truths()


def mmrm_at_end(scores, baseline, arm):
    """Fit arm x visit + baseline x visit; return the effect at the last visit and its se."""
    n = len(arm)
    visit = np.tile(np.arange(3), n)
    person = np.repeat(np.arange(n), 3)
    at = np.eye(3)[visit]
    centred = (baseline - baseline.mean())[person]
    design = np.hstack([at, at * arm[person][:, None], at * centred[:, None]])
    y = scores.ravel()
    kept = np.isfinite(y)
    fit = fit_mmrm(
        y[kept], design[kept], person[kept], visit[kept],
        columns=tuple("abcdefghi"), visits=("1", "2", "3"), df="satterthwaite",
    )  # fmt: skip
    found = fit.contrasts(np.eye(9)[5])
    return float(found.estimate[0]), float(found.se[0])


def least_squares_at_end(y, baseline, arm):
    x = np.column_stack([np.ones(len(y)), arm, baseline])
    solved, residual, *_ = np.linalg.lstsq(x, y, rcond=None)
    spread = residual[0] / (len(y) - 3) * np.linalg.inv(x.T @ x)[1, 1]
    return float(solved[1]), float(np.sqrt(spread))


def trial(seed, n=300):
    rng = np.random.default_rng([5, seed])
    arm = rng.permutation(np.arange(n) % 2).astype(float)
    found = live(people(rng, n), arm)
    after, end = later(found), found.seen[:, 2]
    met = found.rescue < 3
    failed = np.where(met, np.nan, end)
    good = (end <= 18) & ~met
    counts = [c for a in (1, 0) for c in (int(good[arm == a].sum()), int((arm == a).sum()))]
    risk = risk_difference(*counts)
    return {
        "treatment policy": mmrm_at_end(found.seen, found.baseline, arm),
        "hypothetical": mmrm_at_end(np.where(after, np.nan, found.seen), found.baseline, arm),
        "composite": mmrm_at_end(np.where(after, FAILURE, found.seen), found.baseline, arm),
        "while on treatment": least_squares_at_end(on_treatment(found), found.baseline, arm),
        "trimmed": tuple(
            difference_in_trimmed_means(failed[arm == 1], failed[arm == 0], CUT, worst="high")[:2]
        ),
        "response": (risk.estimate, risk.se),
        "bounds": stratum_bounds(failed[arm == 1], failed[arm == 0])[:2],
        "naive": (float(np.nanmean(failed[arm == 1]) - np.nanmean(failed[arm == 0])), np.nan),
    }


def test_the_truths_differ(truth):
    means = ("treatment policy", "hypothetical", "composite", "while on treatment")
    values = sorted(truth[name] for name in means)
    assert min(np.diff(values)) > 0.05
    assert truth["hypothetical"] == pytest.approx(-DRUG[2], abs=1e-9)
    assert truth["treatment policy"] > truth["hypothetical"] + 0.3  # rescue helps placebo more


@pytest.mark.slow
def test_each_strategy_recovers_its_own_truth(truth):
    trials = [trial(seed) for seed in range(1000)]
    for name in truth:
        if name == "stratum":
            continue
        estimate, se = np.array([t[name] for t in trials]).T
        error = estimate.std(ddof=1) / np.sqrt(len(trials))
        assert abs(estimate.mean() - truth[name]) < 4 * error, name
        covered = np.abs(estimate - truth[name]) < 1.968 * se  # t of about 297 df
        assert 0.93 < covered.mean() < 0.97, name
    others = np.array([t["treatment policy"][0] for t in trials])
    apart = abs(others.mean() - truth["hypothetical"])
    assert apart > 10 * others.std(ddof=1) / np.sqrt(len(trials))


@pytest.mark.slow
def test_bounds_hold_the_effect_in_the_stratum_and_the_naive_comparison_misses_it(truth):
    """The drug prevents rescue and never causes it here: monotone."""
    drawn = people(np.random.default_rng(98), 200_000)
    n = len(drawn[0])
    arm = (np.arange(n) % 2).astype(float)
    found = live(drawn, arm)
    failed = np.where(found.rescue < 3, np.nan, found.seen[:, 2])
    low, high, _ = stratum_bounds(failed[arm == 1], failed[arm == 0])
    assert low < truth["stratum"] < high
    naive = np.nanmean(failed[arm == 1]) - np.nanmean(failed[arm == 0])
    assert abs(naive - truth["stratum"]) > 0.3
    held = 0
    for seed in range(60):
        rng = np.random.default_rng([6, seed])
        arm = rng.permutation(np.arange(200) % 2).astype(float)
        small = live(people(rng, 200), arm)
        failed = np.where(small.rescue < 3, np.nan, small.seen[:, 2])
        limits = bounds_with_sampling(failed[arm == 1], failed[arm == 0], rng, draws=300)
        held += limits[0] < truth["stratum"] < limits[1]
    assert held >= 55
