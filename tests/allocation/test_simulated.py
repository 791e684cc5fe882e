"""What is simulated agrees with what is exact, or with the numbers of the design notes."""

import importlib.util

import numpy as np
import pytest
from allocation_specs import ABC, FACTORS, factor_specs, list_specs, name_of
from numpy.testing import assert_allclose
from scipy.stats import chi2

from equipoise.allocation import (
    BigStickSpec,
    BlockUrnSpec,
    GeneratorDraws,
    HuHuSpec,
    MinimisationSpec,
    StratifiedSpec,
    ThompsonSpec,
    allocate_sequence,
    apply_spec,
)
from equipoise.allocation.judgement import (
    all_sequences,
    exact_properties,
    judge,
    minimised,
    random_people,
    recommended,
    simulated_arms,
    usual_specs,
)
from equipoise.allocation.judgement.simulated_properties import simulated_properties
from equipoise.errors import DataError

ALPHA = 1e-4
DRAWS = 10_000
PEOPLE = [(0, 1), (0, 0), (1, 1), (0, 1), (0, 1), (1, 0)]


def chi_square_p(found, lists):
    """P value of drawn allocations (rows) against the exact probability of each list."""
    codes, count = np.unique(found, axis=0, return_counts=True)
    got = {tuple(row): k for row, k in zip(codes.tolist(), count.tolist(), strict=True)}
    assert got.keys() <= lists.keys()
    want = {arms: float(p) * len(found) for arms, p in lists.items()}
    rare = [arms for arms, expected in want.items() if expected < 5]
    cells = [(got.get(a, 0), e) for a, e in want.items() if e >= 5]
    if rare:
        cells.append((sum(got.get(a, 0) for a in rare), sum(want[a] for a in rare)))
    statistic = sum((k - e) ** 2 / e for k, e in cells)
    return chi2.sf(statistic, max(len(cells) - 1, 1))


@pytest.mark.parametrize("spec", list_specs(6), ids=name_of)
def test_lists_come_as_often_as_they_should(spec):
    n = 6 if len(spec.arms) < 4 else 3
    rng = np.random.default_rng(20261125)
    found = simulated_arms(spec, np.zeros((DRAWS, n, 0), np.int8), rng)
    assert chi_square_p(found, all_sequences(spec, n)) > ALPHA


@pytest.mark.parametrize("spec", factor_specs(), ids=name_of)
def test_allocations_of_people_come_as_often_as_they_should(spec):
    rng = np.random.default_rng(7)
    lists = all_sequences(spec, len(PEOPLE), PEOPLE)
    people = np.broadcast_to(np.array(PEOPLE, np.int8), (DRAWS, len(PEOPLE), 2))
    assert chi_square_p(simulated_arms(spec, people, rng), lists) > ALPHA
    assert chi_square_p(apply_spec(spec, PEOPLE).redraw(rng, DRAWS), lists) > ALPHA


@pytest.mark.parametrize("spec", [BlockUrnSpec(ratio=(2, 1)), *factor_specs()], ids=name_of)
def test_the_step_by_step_list_comes_as_often_as_it_should(spec):
    """The path that a trial takes: exact fractions and whole numbers."""
    draws = GeneratorDraws(np.random.default_rng(11))
    people = PEOPLE[:4] if hasattr(spec, "factors") else None
    found = [allocate_sequence(spec, 4, draws, people).arms for _ in range(800)]
    assert chi_square_p(np.array(found), all_sequences(spec, 4, people)) > ALPHA


@pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="the extra fast is not there")
@pytest.mark.parametrize("measure", ["range", "sd", "variance"])
@pytest.mark.parametrize("unequal", ["shares", "biased-coin"])
def test_compiled_minimisation_draws_the_same_lists(measure, unequal):
    rng = np.random.default_rng(13)
    people = np.broadcast_to(np.array(PEOPLE[:5], np.int8), (DRAWS, 5, 2))
    for about in ({"ratio": (2, 1)}, {"arms": ABC, "ratio": (1, 2, 1)}, {}, {"arms": ABC}):
        factors = (
            {"name": "sex", "levels": ("f", "m"), "weight": 2},
            {"name": "site", "levels": ("n", "s"), "weight": "1/2"},
        )
        spec = MinimisationSpec(factors=factors, measure=measure, unequal=unequal, **about)
        lists = all_sequences(spec, 5, PEOPLE[:5])
        assert chi_square_p(minimised(spec, people, rng), lists) > ALPHA


# Probability, guess rate from the total D, E|D_100| of the design notes, whose own errors are
# half a digit; factors of 2, 4 and 2 levels.
NOTES = [(0.75, 0.606, 1.49), (0.85, 0.643, 0.94), (1, 0.696, 0.44)]


@pytest.mark.parametrize(("p", "guess", "distance"), NOTES)
def test_minimisation_has_the_design_notes_numbers(p, guess, distance):
    spec = MinimisationSpec(factors={"a": "01", "b": "0123", "c": "01"}, probability=p)
    rng = np.random.default_rng(3)
    found, _ = simulated_properties(spec, random_people(spec, 100, 4000, rng), rng)
    assert abs(found.guess - guess) < 0.0005 + 4 * found.guess_se
    assert abs(found.imbalance - distance) < 0.005 + 4 * found.imbalance_se * np.sqrt(2)


@pytest.mark.parametrize("spec", [s for s in list_specs(8) if len(s.arms) < 4], ids=name_of)
def test_simulated_properties_agree_with_exact_ones(spec):
    rng = np.random.default_rng(5)
    exact = exact_properties(spec, 8)
    found, arms = simulated_properties(spec, np.zeros((4000, 8, 0), np.int8), rng)
    assert arms.shape == (4000, 8)
    assert abs(found.guess - exact.guess) <= 4.5 * found.guess_se + 1e-12
    assert abs(found.imbalance - exact.imbalance) <= 4.5 * found.imbalance_se + 1e-12
    assert found.worst <= exact.worst + 1e-9
    if exact.best_guess is not None:
        assert_allclose(found.best_guess, exact.best_guess, atol=0.02)
        assert_allclose(found.certain, exact.certain, atol=0.02)


def test_stratified_lists_are_guessed_within_the_stratum():
    """Eight people in each of two strata: everyone is guessed as in a list of eight."""
    spec = StratifiedSpec(within=BigStickSpec(limit=2), factors={"site": "ab"})
    rng = np.random.default_rng(5)
    people = np.tile(np.repeat([0, 1], 8).astype(np.int8)[None, :, None], (4000, 1, 1))
    found, _ = simulated_properties(spec, people, rng)
    assert abs(found.guess - exact_properties(BigStickSpec(limit=2), 8).guess) < 4 * found.guess_se


def test_hu_hu_evens_out_strata_better_than_minimisation():
    rng = np.random.default_rng(6)
    left = {}
    for spec in (MinimisationSpec(factors=FACTORS), HuHuSpec(factors=FACTORS, stratum=4)):
        people = random_people(spec, 60, 2000, rng)
        side = 2 * simulated_arms(spec, people, rng).astype(int) - 1
        cell = people[:, :, 0] * 2 + people[:, :, 1]
        left[spec.name] = np.mean(
            [np.abs((side * (cell == k)).sum(axis=1)).mean() for k in range(4)]
        )
    assert left["hu-hu"] < 0.9 * left["minimisation"]


def test_judgement_warns_where_it_should():
    rng = np.random.default_rng(1)
    specs = usual_specs(("A", "B"), (1, 1), 48)
    judged = {spec.describe(): judge(spec, 48, rng=rng, trials=100) for spec in specs}
    warned = {name for name, found in judged.items() if found.warnings}
    assert warned == {"permuted blocks of 4, 1:1", "permuted blocks of 2 or 4 at random, 1:1"}
    assert all("65.0%" in judged[name].warnings[0] for name in warned)
    sure = judge(MinimisationSpec(factors=FACTORS, probability=1), 20, rng=rng, trials=100)
    assert any("random element" in text for text in sure.warnings)
    drifting = judge(BlockUrnSpec(ratio=(2, 1), sets=3), 30, rng=rng, trials=100)
    assert any("not the ratio at each place" in text for text in drifting.warnings)


def test_the_recommended_procedure():
    two = recommended(("active", "placebo"), sites=("north", "south"))
    assert two.spec == StratifiedSpec(
        within=BigStickSpec(arms=("active", "placebo"), limit=5),
        factors=({"name": "site", "levels": ("north", "south")},),
    )
    assert "predictability matters" in two.reason
    assert abs(exact_properties(BigStickSpec(limit=5), 80).guess - 0.55) < 0.01
    assert recommended(("A", "B", "C")).spec.name == "block-urn"


def test_what_cannot_be_judged_is_told():
    rng = np.random.default_rng(1)
    with pytest.raises(DataError, match="follows outcomes"):
        judge(ThompsonSpec(), 20, rng=rng)
    with pytest.raises(DataError, match="planned for"):
        judge(usual_specs(("A", "B"), (), 20)[3], 40, rng=rng)
