"""Multi-arm studies as comparisons: what adds up is taken, what does not is told and mended."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.network import network_of_comparisons
from equipoise.synthesis.network.multi_arm import Comparison, block_of


def three(effects=(0.5, 0.9, 0.4), se=(0.2, 0.2, 0.2)):
    pairs = [("A", "B"), ("A", "C"), ("B", "C")]
    return [Comparison(*p, e, s) for p, e, s in zip(pairs, effects, se, strict=True)]


def refused(given_rows, **how):
    with pytest.raises(DataError) as error:
        block_of("Alpha 2020", given_rows, **how)
    return str(error.value)


def test_effects_that_do_not_add_up_are_told_with_the_smallest_correction():
    told = refused(three((0.5, 0.9, -0.4)))
    assert "Alpha 2020" in told
    assert "A vs B 0.5 and B vs C -0.4 make A vs C 0.1, the file has 0.9" in told
    # least squares spreads the gap of 0.8 over the three: by hand
    assert "A vs B 0.5 to 0.7667, A vs C 0.9 to 0.6333, B vs C -0.4 to -0.1333" in told
    assert "B vs C alone to 0.4 (its sign turned: are the treatments swapped?)" in told


def test_of_four_arms_the_one_wrong_number_is_found():
    arms = {"A": 0.0, "B": 1.0, "C": -0.5, "D": 0.3}
    rows = [
        Comparison(a, b, arms[a] - arms[b], math.sqrt(0.08)) for a in arms for b in arms if a < b
    ]
    rows[4] = rows[4]._replace(effect=2.0)  # B vs D, which should be 0.7
    told = refused(rows)
    assert "changing B vs D alone to 0.7 would mend it" in told
    assert told.count(" alone to ") == 1


def test_mending_takes_the_nearest_effects_and_says_so():
    block, notes = block_of("s", three((0.5, 0.9, -0.4)), mend=True)
    assert_allclose(block.effects[0] - block.effects[1], 0.5 + 0.8 / 3)
    assert "were taken" in notes[0]


def test_rounding_is_no_inconsistency():
    block, notes = block_of("s", three((0.3333, 0.6667, 0.3333)))
    assert not notes
    assert_allclose(block.effects[0] - block.effects[2], 0.6667, atol=1e-4)


def test_standard_errors_that_fit_no_arms_are_told_with_what_would():
    told = refused(three(se=(0.2, 0.9, 0.2)))
    assert "Alpha 2020" in told
    assert "arm variance of B -0.365" in told  # (0.04 + 0.04 - 0.81) / 2
    assert "A vs C (now 0.9) between 0 and 0.2828" in told
    mended = three(se=(0.2, 0.28, 0.2))  # within what the message allows
    assert (np.linalg.eigvalsh(block_of("s", mended)[0].covariance)[1:] > 0).all()


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([Comparison("A", "A", 0.1, 0.2)], "with itself"),
        ([Comparison("A", "B", 0.1, 0.0)], "above 0"),
        ([Comparison("A", "B", 0.1, -0.2)], "above 0"),
        ([Comparison("A", "B", 0.1, 0.2), Comparison("B", "A", -0.1, 0.2)], "twice"),
        ([Comparison("A", "B", 0.1, 0.2), Comparison("C", "D", 0.1, 0.2)], "no comparison between"),
        (three()[:2], "do not determine those of B vs C"),
    ],
)
def test_mistakes_name_the_study(rows, told):
    message = refused(rows)
    assert "Alpha 2020" in message
    assert told in message


def test_a_missing_comparison_that_the_others_determine_is_completed():
    v, theta = dict(zip("ABCD", [0.1, 0.2, 0.05, 0.3], strict=True)), [1.0, 0.4, -0.2, 0.7]
    at = dict(zip("ABCD", theta, strict=True))
    rows = [Comparison(a, b, at[a] - at[b], math.sqrt(v[a] + v[b])) for a in v for b in v if a < b]
    whole = block_of("s", rows)[0]
    less = block_of("s", [r for r in rows if (r.first, r.second) != ("B", "D")])[0]
    assert_allclose(less.effects, whole.effects, atol=1e-12)
    assert_allclose(less.covariance, whole.covariance, atol=1e-12)


@given(st.lists(st.floats(0.01, 4), min_size=3, max_size=6), st.integers(0, 10**6))
def test_arms_come_back_from_their_comparisons(variances, seed):
    names, theta = "ABCDEF"[: len(variances)], np.random.default_rng(seed).normal(size=6)
    rows = [
        Comparison(a, b, theta[i] - theta[j], math.sqrt(variances[i] + variances[j]))
        for i, a in enumerate(names)
        for j, b in enumerate(names)
        if i < j
    ]
    block = block_of("s", rows)[0]
    differences = block.effects[:, None] - block.effects
    k = len(names)
    assert_allclose(differences, theta[:k, None] - theta[:k], atol=1e-9)
    wanted = np.add.outer(variances, variances)
    np.fill_diagonal(wanted, 0)
    assert_allclose(block.variances, wanted, rtol=1e-9, atol=1e-12)


def corrected(told):
    """Do what a message says: "A vs B 0.5 to 0.7667"."""
    new = {
        (a, b): float(value)
        for a, b, value in re.findall(r"(\w) vs (\w) \S+ to (-?[\d.e+-]*\d)(?=[,.] )", told)
    }
    assert new
    return new


@given(st.integers(3, 5), st.sampled_from([0.5, 30.0, 2000.0]), st.integers(0, 10**6))
def test_the_effects_that_the_message_prints_do_mend(arms, size, seed):
    rng, names = np.random.default_rng(seed), "ABCDE"[:arms]
    theta, v = rng.normal(0, size, arms), rng.uniform(0.01, 1, arms)
    pairs = [(i, j) for i in range(arms) for j in range(i + 1, arms)]
    rows = [
        Comparison(names[i], names[j], theta[i] - theta[j], math.sqrt(v[i] + v[j]))
        for i, j in pairs
    ]
    wrong = int(rng.integers(len(rows)))
    rows[wrong] = rows[wrong]._replace(effect=rows[wrong].effect + 0.1 + size)
    with pytest.raises(DataError, match="do not add up") as error:
        block_of("s", rows)
    nearest = str(error.value).split("least squares): ")[1].split(" Or changing")[0]
    new = corrected(nearest.split(" Correct the file")[0] + " ")
    block_of("s", [c._replace(effect=new[c.first, c.second]) for c in rows])


@given(st.integers(3, 5), st.sampled_from([0.05, 0.2, 4.0, 20.0]), st.integers(0, 10**6))
def test_the_standard_errors_that_the_message_prints_do_mend(arms, factor, seed):
    rng, names = np.random.default_rng(seed), "ABCDE"[:arms]
    v = rng.uniform(0.01, 1, arms)
    rows = [
        Comparison(names[i], names[j], 0.0, math.sqrt(v[i] + v[j]))
        for i in range(arms)
        for j in range(i + 1, arms)
    ]
    wrong = int(rng.integers(len(rows)))
    rows[wrong] = rows[wrong]._replace(se=rows[wrong].se * factor)
    try:
        block_of("s", rows)
    except DataError as error:
        nearest = str(error).split("least squares on variances): ")[1].split(" One standard")[0]
        new = corrected(nearest + " ")
        block_of("s", [c._replace(se=new.get((c.first, c.second), c.se)) for c in rows])


@pytest.mark.parametrize("se", [1e-200, 1e200, -1.0])
def test_a_standard_error_of_no_sensible_size_is_told(se):
    with pytest.raises(DataError, match="Study 7, B vs A has the standard error"):
        network_of_comparisons([1.0, 1.0], [se, 0.1], ["7", "8"], ["B", "C"], ["A", "A"])


def test_standard_errors_too_far_apart_to_add_up_are_told():
    with pytest.raises(DataError, match=r"from 1e-09 \(Study 7\) to 0.1 \(Study 8\)"):
        network_of_comparisons([1.0, 1.0], [1e-9, 0.1], ["7", "8"], ["B", "C"], ["A", "A"])


def test_a_network_in_parts_names_the_treatments_of_each():
    with pytest.raises(NotIdentifiedError, match=r"\(1\) A, B, E; \(2\) C, D"):
        network_of_comparisons(
            [1.0, 1.0, 1.0], [0.1] * 3, list("stu"), ["A", "C", "E"], ["B", "D", "A"]
        )


def test_rows_without_numbers_are_counted():
    network = network_of_comparisons([1.0, np.nan], [0.1, 0.1], ["s", "t"], ["A", "A"], ["B", "B"])
    assert "left out: 1" in network.notes[0]
