"""What holds for every network, whatever the numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.errors import DataError
from equipoise.synthesis.network import (
    StudyBlock,
    contributions,
    fit_at,
    fit_network,
    make_network,
    network_meta_analysis,
    network_of_comparisons,
    node_split,
    p_scores,
    q_split,
)
from equipoise.synthesis.network.heterogeneity import tau2_of
from equipoise.synthesis.network.kinds import by_kind, rank_shift_rows

seeds = st.integers(0, 10**9)


def made(seed, treatments=5, studies=12, tau=0.4):
    """A connected network with multi-arm studies."""
    rng = np.random.default_rng(seed)
    names, truth = list("ABCDEFGH"[:treatments]), rng.normal(size=treatments)
    blocks = []
    for s in range(studies):
        size = int(rng.integers(2, 5)) if s >= treatments - 1 else 2
        chosen = rng.choice(treatments, min(size, treatments), replace=False)
        if s < treatments - 1:
            chosen = np.array([0, s + 1])
        v = rng.uniform(0.02, 0.4, len(chosen))
        y = truth[chosen] + rng.normal(size=len(chosen)) * np.sqrt(v + tau**2 / 2)
        arms = tuple(names[i] for i in chosen)
        blocks.append(StudyBlock(f"s{s}", arms, y, np.diag(v), np.full(len(arms), 50.0)))
    return make_network(blocks)


def by_generalised_least_squares(network, tau2):
    """The textbook way: differences to a study's first arm, with their whole covariance."""
    y, X, V, place = [], [], [], network.treatments.index
    T = len(network.treatments)
    for block in network.blocks:
        a = len(block.treatments)
        C = np.hstack([-np.ones((a - 1, 1)), np.eye(a - 1)])
        y.append(C @ block.effects)
        V.append(C @ (block.covariance + np.eye(a) * tau2 / 2) @ C.T)
        M = np.zeros((a, T))
        M[np.arange(a), [place(t) for t in block.treatments]] = 1
        X.append(C @ M)
    whole = np.zeros((sum(map(len, y)),) * 2)
    at = 0
    for part in V:
        whole[at : at + len(part), at : at + len(part)] = part
        at += len(part)
    y, X = np.concatenate(y), np.vstack(X)[:, 1:]
    W = np.linalg.inv(whole)
    cov = np.linalg.inv(X.T @ W @ X)
    beta = cov @ X.T @ W @ y
    return beta, np.sqrt(np.diag(cov)), float((y - X @ beta) @ W @ (y - X @ beta)), (y, X, whole)


@given(seeds, st.floats(0, 2))
def test_the_graph_gives_generalised_least_squares(seed, tau2):
    network = made(seed)
    fit = fit_at(network, tau2)
    beta, se, q, _ = by_generalised_least_squares(network, tau2)
    assert_allclose(fit.differences[1:, 0], beta, atol=1e-8)
    assert_allclose(fit.se[1:, 0], se, rtol=1e-8)
    assert_allclose(fit.q, q, rtol=1e-7, atol=1e-8)


@settings(max_examples=25)
@given(seeds, st.sampled_from(["REML", "ML"]))
def test_tau2_maximises_the_likelihood(seed, method):
    network = made(seed)
    found = tau2_of(network.z, network.d, network.X, method)

    def likelihood(tau2):
        _, _, q, (_, X, V) = by_generalised_least_squares(network, tau2)
        value = -np.linalg.slogdet(V)[1] - q
        if method == "REML":
            value -= np.linalg.slogdet(X.T @ np.linalg.solve(V, X))[1]
        return value

    best = likelihood(found)
    for other in (0, found / 2, found * 0.99, found * 1.01 + 1e-6, found * 2 + 0.05):
        assert likelihood(other) <= best + 1e-9


@given(seeds)
def test_scores_q_and_contributions_add_up(seed):
    network = made(seed)
    models = fit_network(network)
    fit = models.random
    assert_allclose(p_scores(fit.differences, fit.se).mean(), 0.5)
    small = p_scores(fit.differences, fit.se, small_values="good")
    assert_allclose(small + p_scores(fit.differences, fit.se), 1)
    split = q_split(network)
    assert_allclose(split.within.q + split.between.q, split.total.q)
    assert split.between.q > -1e-9
    for method in ("shortest-path", "random-walk"):
        share = contributions(network, fit, method).share
        assert_allclose(share.sum(axis=1), 1, atol=1e-8)
        assert (share > -1e-12).all()


@given(seeds)
def test_direct_and_indirect_make_the_network_estimate(seed):
    network = made(seed)
    fit = fit_network(network).random
    split = node_split(network, fit)
    mixed = np.isfinite(split.indirect)
    w, u = split.direct_se[mixed] ** -2, split.indirect_se[mixed] ** -2
    pooled = (w * split.direct[mixed] + u * split.indirect[mixed]) / (w + u)
    assert_allclose(pooled, fit.differences[split.first, split.second][mixed], atol=1e-7)
    assert_allclose(split.share[mixed], w / (w + u), rtol=1e-7)


@given(seeds, st.floats(-5, 5))
def test_shifting_a_treatment_shifts_its_effects_alone(seed, shift):
    network = made(seed)
    blocks = [
        StudyBlock(b.name, b.treatments, b.effects + shift * (np.array(b.treatments) == "B"),
                   b.covariance, b.people)
        for b in network.blocks
    ]  # fmt: skip
    moved = fit_network(make_network(blocks)).random
    fit, b = fit_network(network).random, network.index("B")
    assert_allclose(moved.tau2, fit.tau2, atol=1e-9)
    assert_allclose(moved.effects - moved.effects[0], fit.effects - fit.effects[0]
                    + shift * (np.arange(len(fit.effects)) == b), atol=1e-8)  # fmt: skip


def test_two_treatments_are_a_pairwise_meta_analysis():
    y, v = np.array([0.3, 0.8, -0.1, 0.5]), np.array([0.04, 0.09, 0.02, 0.05])
    network = network_of_comparisons(y, np.sqrt(v), list("abcd"), ["B"] * 4, ["A"] * 4)
    fit = fit_network(network).random
    w = 1 / v
    q = w @ (y - w @ y / w.sum()) ** 2
    tau2 = max(0, (q - 3) / (w.sum() - w @ w / w.sum()))  # DerSimonian & Laird 1986
    assert_allclose(fit.tau2, tau2)
    u = 1 / (v + tau2)
    assert_allclose(fit.differences[1, 0], u @ y / u.sum())


def test_rows_go_both_ways_and_those_of_the_reference_come_first():
    network = made(3)
    rows = network_meta_analysis(network, reference="c", small_values="bad")
    effects = rows.select(name="network-effect").rows
    assert [row.label for row in effects[:4]] == [f"{t} vs C" for t in "ABDE"]
    value = {row.label: row.estimate for row in effects}
    assert len(value) == 20
    assert_allclose([value[f"{b} vs {a}"] for a, b in ("AB", "CE")],
                    [-value[f"{a} vs {b}"] for a, b in ("AB", "CE")])  # fmt: skip


def test_p_scores_without_a_direction_come_for_both():
    rows = network_meta_analysis(made(3), contribution=None)
    score = {row.label: row.estimate for row in rows.select(name="p-score")}
    assert_allclose(score["A"], 1 - score["A, if small values are good"])
    assert any("--small-values" in warning for warning in rows.warnings)


def test_a_tree_has_no_heterogeneity_and_says_so():
    network = network_of_comparisons([1.0, 2.0], [0.1, 0.1], ["s", "t"], ["B", "C"], ["A", "A"])
    rows = network_meta_analysis(network, small_values="bad")
    assert {r.name for r in rows.refused} >= {"tau2", "i2-q", "prediction-interval", "node-split"}


def test_splitting_and_joining_comparators():
    network = made(5, treatments=5, studies=14)
    of = {(b.name, "A"): "inert" if k % 2 else "active" for k, b in enumerate(network.blocks)}
    kinds = by_kind(network, of)
    assert {"A (inert)", "A (active)"} < set(kinds.split.treatments)
    assert kinds.joined.treatments == network.treatments
    split, joined = (fit_network(n).random for n in (kinds.split, kinds.joined))
    assert_allclose(joined.differences, fit_network(network).random.differences)
    rows = rank_shift_rows(kinds, split, joined, small_values="bad")
    scores = [rows.select(name=f"p-score-{k}").column("estimate") for k in ("split", "joined")]
    assert_allclose(rows.select(name="p-score-shift").column("estimate"), scores[1] - scores[0])
    shift = rows.select(name="effect-shift", label="B vs A (inert)").rows[0].estimate
    place = kinds.split.index
    direct = split.differences[place("B"), place("A (inert)")]
    assert_allclose(shift, fit_network(network).random.differences[1, 0] - direct)


def test_two_comparators_join_into_one_node_of_one_effect():
    network = made(7)
    kinds = by_kind(network, {(None, "A"): "waiting list", (None, "b"): "care as usual"})
    assert kinds.split.treatments == network.treatments
    assert kinds.joined.treatments == ("any comparator", "C", "D", "E")
    # studies of A against B alone compare nothing when joined
    alone = [b.name for b in network.blocks if set(b.treatments) == {"A", "B"}]
    assert len(kinds.joined.blocks) == len(network.blocks) - len(alone)
    assert all(name in kinds.joined.notes[0] for name in alone)
    with pytest.raises(DataError, match="already"):
        by_kind(network, {(None, "A"): "x", (None, "B"): "y"}, joined_name="C")


@pytest.mark.slow
def test_intervals_cover_and_node_splits_keep_their_size():
    """500 networks of 5 treatments, 40 studies, tau 0.3."""
    covered, rejected = [], []
    for seed in range(500):
        rng = np.random.default_rng(seed)
        names, truth, blocks = "ABCDE", np.array([0, 0.5, -0.3, 0.2, 1.0]), []
        for s in range(40):
            chosen = rng.choice(5, 2 if s < 30 else 3, replace=False)
            v = rng.uniform(0.02, 0.1, len(chosen))
            y = truth[chosen] + rng.normal(size=len(chosen)) * np.sqrt(v + 0.3**2 / 2)
            arms = tuple(names[i] for i in chosen)
            blocks.append(StudyBlock(f"s{s}", arms, y, np.diag(v), v))
        network = make_network(blocks)
        fit = fit_network(network, "REML").random
        error = fit.differences[1:, 0] - truth[1:]
        covered += list(np.abs(error) < 1.959964 * fit.se[1:, 0])
        split = node_split(network, fit)
        rejected += list(np.abs(split.difference / split.se) > 1.959964)
    assert 0.92 < np.mean(covered) < 0.97
    assert 0.03 < np.mean(rejected) < 0.08
