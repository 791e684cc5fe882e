import importlib.util
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from equipoise.analysis.multiplicity import (
    adjust,
    bonferroni,
    fallback,
    fallback_graph,
    fixed_sequence,
    fixed_sequence_graph,
    graphical,
    hochberg,
    holm,
    holm_graph,
    hommel,
    weighted_graph,
)
from equipoise.errors import DataError

_spec = importlib.util.spec_from_file_location("closure", Path(__file__).with_name("conftest.py"))
closure = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(closure)

P = [0.012, 0.001, 0.24, 0.03, 0.0311, 0.9, 0.02]
PROCEDURES = {"bonferroni": bonferroni, "holm": holm, "hochberg": hochberg, "hommel": hommel}
p_values = st.integers(1, 5).flatmap(
    lambda m: arrays(np.float64, m, elements=st.floats(0, 1, allow_subnormal=False))
)


@st.composite
def graphs(draw):
    m = draw(st.integers(1, 4))
    part = st.floats(0.01, 1)
    w = np.array(draw(st.lists(part, min_size=m, max_size=m)))
    G = np.array(draw(st.lists(part, min_size=m * m, max_size=m * m))).reshape(m, m)
    G *= draw(arrays(np.bool_, (m, m)))
    np.fill_diagonal(G, 0)
    leaving = draw(st.floats(0.5, 1))
    total = G.sum(axis=1, keepdims=True)
    G = np.where(total > 0, leaving * G / np.where(total > 0, total, 1), 0)
    p = np.array(draw(st.lists(st.floats(1e-6, 1), min_size=m, max_size=m)))
    return p, w / w.sum(), G


@pytest.mark.parametrize("name", PROCEDURES)
def test_agrees_with_r_p_adjust(name, golden):
    assert_allclose(PROCEDURES[name](P), golden(name).to_numpy(), rtol=1e-11)


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_a_graph_is_the_closed_test_of_its_intersections(drawn):
    p, w, G = drawn
    assert_allclose(graphical(p, weighted_graph(w, G)), closure.closed_test(p, w, G), rtol=1e-8)


def test_two_doses_with_two_endpoints_each():
    """A share flows to the same dose's second endpoint and across to the other dose."""
    w = np.array([0.5, 0.5, 0, 0])
    G = np.array([[0, 0.5, 0.5, 0], [0.5, 0, 0, 0.5], [0, 1, 0, 0], [1, 0, 0, 0]])
    p = np.array([0.01, 0.04, 0.02, 0.5])
    # by hand: H1 at 0.5: 0.02; then H2 has 0.75 and H3 0.25, so H2: 0.04 / 0.75 = 0.0533; then all
    # is on H3 and H4 in equal halves (each got what H2 held, after the loop with H1): 0.0533
    got = graphical(p, weighted_graph(w, G))
    assert_allclose(got[:3], [0.02, 0.04 / 0.75, 0.04 / 0.75], rtol=1e-12)
    assert_allclose(got, closure.closed_test(p, w, G), rtol=1e-12)


@given(p_values)
def test_holm_is_its_graph_and_rejects_whatever_bonferroni_does(p):
    names = [str(k) for k in range(len(p))]
    assert_allclose(holm(p), graphical(p, holm_graph(names)), rtol=1e-9)
    assert (holm(p) <= bonferroni(p) + 1e-15).all()
    assert (hochberg(p) <= holm(p) + 1e-15).all()
    assert (hommel(p) <= hochberg(p) + 1e-12).all()
    assert (hommel(p) >= p - 1e-15).all()


@given(p_values)
def test_sequences_are_their_graphs(p):
    names = [str(k) for k in range(len(p))]
    assert_allclose(fixed_sequence(p), graphical(p, fixed_sequence_graph(names)), rtol=1e-12)
    assert_allclose(fallback(p), graphical(p, fallback_graph(names)), rtol=1e-12)


@given(p_values)
def test_hommel_is_the_closed_simes_test(p):
    m, worst = len(p), np.zeros(len(p))
    for size in range(1, m + 1):
        for chosen in combinations(range(m), size):
            simes = (size * np.sort(p[list(chosen)]) / np.arange(1, size + 1)).min()
            worst[list(chosen)] = np.maximum(worst[list(chosen)], simes)
    assert_allclose(hommel(p), worst, rtol=1e-12)


@given(p_values, st.integers(0, 4), st.floats(0, 1))
def test_a_smaller_p_value_raises_no_adjusted_one(p, place, factor):
    smaller = p.copy()
    smaller[place % len(p)] *= factor
    for name in ("bonferroni", "holm", "hochberg", "hommel", "fixed-sequence", "fallback"):
        before, after = (adjust(v, name).column("p") for v in (p, smaller))
        assert (after <= before + 1e-12).all(), name


@settings(deadline=None)
@given(arrays(np.float64, 4, elements=st.floats(0, 1)), st.permutations(range(4)))
def test_order_of_the_hypotheses_does_not_matter(p, order):
    order = list(order)
    for procedure in PROCEDURES.values():
        assert_allclose(procedure(p[order]), procedure(p)[order], rtol=1e-12)


def test_weighted_holm_is_the_closed_test_with_proportional_shares():
    p, w = np.array([0.01, 0.03, 0.04, 0.2]), np.array([0.1, 0.6, 0.2, 0.1])
    worst = np.zeros(4)
    for size in range(1, 5):
        for chosen in map(list, combinations(range(4), size)):
            worst[chosen] = np.maximum(
                worst[chosen], (p[chosen] / w[chosen]).min() * w[chosen].sum()
            )
    assert_allclose(holm(p, w), np.minimum(worst, 1), rtol=1e-12)


def test_a_hypothesis_without_a_share_is_not_rejected_unless_one_flows_to_it():
    assert_allclose(bonferroni([0.0, 0.01], [0, 1]), [1, 0.01])
    assert_allclose(graphical([0.001, 0.3], weighted_graph([0, 1], np.zeros((2, 2)))), [1, 0.3])


@pytest.mark.parametrize(
    ("weights", "transitions", "says"),
    [
        ([0.7, 0.7], [[0, 1], [1, 0]], "sum to 1.4"),
        ([-0.1, 1], [[0, 1], [1, 0]], "each >= 0"),
        ([0.5, 0.5], [[0, 1.5], [1, 0]], "from 0 to 1; those from 'H1'"),
        ([0.5, 0.5], [[0, -0.5], [1, 0]], "from 0 to 1; those from 'H1'"),
        ([0.5, 0.5], [[0.5, 0.5], [1, 0]], "'H1' has an arrow to itself"),
        ([0.4, 0.3, 0.3], [[0, 0.8, 0.8], [0, 0, 1], [0, 1, 0]], "'H1' carry 1.6"),
        ([0.5, 0.5], [[0, 1, 0], [1, 0, 0]], "square"),
        ([1.0], [[0, 1], [1, 0]], "2 hypotheses need 2 weights"),
    ],
)
def test_a_wrong_graph_is_refused_in_plain_words(weights, transitions, says):
    with pytest.raises(DataError, match=says):
        weighted_graph(weights, transitions)


@pytest.mark.parametrize("p", [[], [0.1, np.nan], [1.2], [-0.1], [[0.1]]])
def test_what_is_no_p_value_is_refused(p):
    for procedure in (*PROCEDURES.values(), fixed_sequence, fallback):
        with pytest.raises(DataError, match=r"p value"):
            procedure(p)


@pytest.mark.slow
def test_familywise_error_is_kept_in_the_strong_sense():
    """Correlated normal tests, some hypotheses false: at most 5 % with a true one rejected."""
    rng, m, draws = np.random.default_rng(5), 4, 20_000
    names = [str(k) for k in range(m)]
    graph = weighted_graph([0.4, 0.4, 0.1, 0.1], np.full((m, m), 1 / 3) - np.eye(m) / 3, names)
    from scipy.special import ndtr  # noqa: PLC0415

    for rho in (0.0, 0.5, 0.9):
        shared = rng.standard_normal((draws, 1))
        z = rho**0.5 * shared + (1 - rho) ** 0.5 * rng.standard_normal((draws, m))
        for false in ((), (0,), (0, 2), (0, 1, 2)):
            shift = np.isin(np.arange(m), false) * 3.5
            p = ndtr(-(z + shift))
            true = [k for k in range(m) if k not in false]
            for test in (holm, hochberg, hommel, lambda v: graphical(v, graph)):
                some = np.mean([(test(row)[true] <= 0.05).any() for row in p[:5000]])
                assert some < 0.05 + 3.3 * (0.05 * 0.95 / 5000) ** 0.5
