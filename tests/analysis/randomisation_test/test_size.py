"""Size and coverage under each procedure while outcomes drift with time, which models forget."""

import numpy as np
import pytest

from equipoise.allocation import (
    biased_coin,
    complete_randomisation,
    maximal_procedure,
    minimisation,
    permuted_blocks,
    random_allocation_rule,
    random_blocks,
    wei_urn,
)
from equipoise.analysis import randomisation_test

N, DRAWS = 40, 199  # (1 + DRAWS) times 0.05 is whole: the test has exactly that size
SITE = np.arange(N) % 3
SEX = np.arange(N) // 2 % 2
PROCEDURES = {
    "blocks": permuted_blocks(N, stratum=SITE),
    "blocks at 2:1": permuted_blocks(N, size=6, ratio=(2, 1)),
    "random blocks": random_blocks(N, sizes=(2, 4, 6), stratum=SITE),
    "complete": complete_randomisation(N),
    "random allocation rule": random_allocation_rule(N, totals=(20, 20)),
    "biased coin": biased_coin(N),
    "urn": wei_urn(N),
    "maximal": maximal_procedure(N, tolerance=3),
    "minimisation": minimisation({"site": SITE, "sex": SEX}),
    "strict minimisation": minimisation({"site": SITE, "sex": SEX}, probability=1),
}


def drifting(rng):
    """Heavy-tailed outcomes with a strong trend over the order of entry, and site effects."""
    return 4 * np.arange(N) / N + SITE + rng.standard_t(3, N)


def trials(procedure, rng, count, **ask):
    for arm in procedure.redraw(rng, count):
        yield arm, randomisation_test(
            drifting(rng) + ask.get("effect", 0.0) * arm, arm, procedure, exact=False,
            draws=DRAWS, rng=rng, **{k: v for k, v in ask.items() if k != "effect"},
        )  # fmt: skip


@pytest.mark.parametrize("name", ["blocks", "minimisation"])
def test_size_is_right_quickly(name, rng):
    rejected = [found.p <= 0.05 for _, found in trials(PROCEDURES[name], rng, 400)]
    assert abs(np.mean(rejected) - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 400)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(PROCEDURES))
@pytest.mark.parametrize("adjusted", [False, True])
def test_size_is_nominal_under_a_trend(name, adjusted, rng):
    count = 4000
    covariates = np.column_stack([SITE == 1, SITE == 2, SEX]) if adjusted else None
    found = trials(PROCEDURES[name], rng, count, covariates=covariates)
    rejected = np.mean([test.p <= 0.05 for _, test in found])
    assert abs(rejected - 0.05) < 4 * np.sqrt(0.05 * 0.95 / count)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["blocks", "blocks at 2:1", "complete", "urn", "minimisation"])
def test_intervals_cover(name, rng):
    """Equal tails of 5% each; 199 draws and the observed make that exact, too."""
    count = 3000
    found = [t for _, t in trials(PROCEDURES[name], rng, count, effect=1.5, level=0.9)]
    low = np.mean([t.low > 1.5 for t in found])
    high = np.mean([t.high < 1.5 for t in found])
    assert abs(low - 0.05) < 4 * np.sqrt(0.05 * 0.95 / count)
    assert abs(high - 0.05) < 4 * np.sqrt(0.05 * 0.95 / count)
    effects = np.array([t.effect for t in found])
    assert abs(effects.mean() - 1.5) < 4 * effects.std() / np.sqrt(count)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["blocks", "minimisation"])
def test_free_permutation_rejects_too_seldom(name, rng):
    """A procedure spreads both arms over what matters: to permute freely forgets it."""
    count = 2000
    if name == "blocks":
        procedure, outcomes = permuted_blocks(N), drifting
    else:
        procedure = PROCEDURES[name]
        outcomes = lambda rng: 3 * SITE + 2 * SEX + rng.standard_t(3, N)  # noqa: E731
    rejected = []
    for arm in procedure.redraw(rng, count):
        free = random_allocation_rule(N, totals=(int((arm == 0).sum()), int(arm.sum())))
        found = randomisation_test(outcomes(rng), arm, free, exact=False, draws=DRAWS, rng=rng)
        rejected.append(found.p <= 0.05)
    assert np.mean(rejected) < 0.03
