"""What holds for any prior and data, and what must not happen."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.integrate import quad

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis import checked_effects
from equipoise.synthesis.bayes import (
    ElicitedBias,
    TauPrior,
    bayes_bias,
    bayes_network,
    bayes_pool,
    linear_model,
    network,
    posterior,
    surfaces,
)
from equipoise.synthesis.pairwise import random_effects

PRIORS = [
    TauPrior("half-normal", (0.5,)), TauPrior("half-cauchy", (0.3,)), TauPrior("uniform", (2.0,)),
    TauPrior("exponential", (0.4,)), TauPrior("inverse-gamma", (1.5, 0.2)),
    TauPrior("log-normal", (-2.0, 1.3)),
]  # fmt: skip
Y, V = np.array([-0.9, -0.6, -1.2, -0.2]), np.array([0.04, 0.05, 0.03, 0.06])
TRIANGLE = (
    ["A", "B", "C"], ["x", "x", "y"], ["y", "z", "z"], [0.3, 0.5, 0.1], [0.2, 0.2, 0.3],
)  # fmt: skip


@pytest.mark.parametrize("prior", PRIORS, ids=str)
def test_density_and_quantiles_are_of_one_distribution(prior):
    for p in (0.05, 0.5, 0.9):
        top = float(prior.at(np.array([p]))[0])
        mass, _ = quad(lambda t: np.exp(prior.log_density(np.array([t])))[0], 0, top, limit=200)
        assert_allclose(mass, p, rtol=1e-7)


@pytest.mark.parametrize("prior", PRIORS, ids=str)
def test_intervals_hold_their_level(prior):
    found = posterior(linear_model(Y, V), prior)
    for of in (found.effect(), found.prediction()):
        for low, high in (of.interval(0.9), of.shortest(0.9)):
            assert_allclose(of.cdf(high) - of.cdf(low), 0.9, atol=1e-12)
        assert np.diff(of.shortest(0.9)) <= np.diff(of.interval(0.9)) + 1e-12
    assert np.diff(found.tau_shortest(0.9)) <= np.diff(found.tau_interval(0.9)) + 1e-12
    for low, high in (found.tau_interval(0.9), found.tau_shortest(0.9)):
        mass, _ = quad(found.tau_density, low, high, limit=200)
        assert_allclose(mass, 0.9, rtol=1e-6)


@given(st.floats(-5, 5), st.floats(0.1, 10))
@settings(max_examples=15)
def test_shift_and_scale(shift, scale):
    one = posterior(linear_model(Y, V), TauPrior("half-normal", (0.5,)))
    two = posterior(
        linear_model(scale * Y + shift, scale**2 * V), TauPrior("half-normal", (0.5 * scale,))
    )
    a, b = one.effect(), two.effect()
    assert_allclose([b.mean, b.sd], [scale * a.mean + shift, scale * a.sd], rtol=1e-9, atol=1e-9)
    assert_allclose(two.tau_mean, scale * one.tau_mean, rtol=1e-9)


def test_with_a_prior_at_one_tau_the_answer_is_the_plain_one():
    """A prior that all but fixes tau: the common or random-effects mean at that tau."""
    for tau2 in (1e-14, 0.09):
        found = posterior(linear_model(Y, V), TauPrior("log-normal", (float(np.log(tau2)), 1e-6)))
        fit = random_effects(checked_effects(Y, V), test="z", tau2=tau2)
        got = found.effect()
        assert_allclose([got.mean, got.sd], [fit.beta[0], fit.se[0]], rtol=1e-8)


def test_many_studies_and_a_vague_prior_agree_with_reml():
    rng = np.random.default_rng(1)
    v = rng.uniform(0.01, 0.1, 1000)
    y = 0.3 + rng.normal(0, np.sqrt(v + 0.04))
    found = posterior(linear_model(y, v), TauPrior("uniform", (50.0,)))
    fit = random_effects(checked_effects(y, v))
    assert_allclose(found.effect().mean, fit.beta[0], rtol=1e-3)
    assert_allclose(found.tau_quantile(0.5) ** 2, fit.tau2, rtol=0.01)


def test_independent_studies_are_the_diagonal_case_of_the_general_one():
    one = posterior(linear_model(Y, V), PRIORS[0])
    two = posterior(linear_model(Y, np.diag(V), D=np.eye(4)), PRIORS[0])
    assert_allclose(one.effect().mean, two.effect().mean, rtol=1e-12)
    assert_allclose(one.tau_mean, two.tau_mean, rtol=1e-10)


def test_the_reference_of_a_network_does_not_matter():
    nets = [network(*TRIANGLE, reference=name) for name in "xyz"]
    found = [posterior(net.model(), PRIORS[0]) for net in nets]
    effects = [f.effect(n.contrast("x", "y")) for n, f in zip(nets, found, strict=True)]
    assert_allclose([e.mean for e in effects], effects[0].mean, rtol=1e-9)
    assert_allclose([e.sd for e in effects], effects[0].sd, rtol=1e-9)
    assert_allclose(surfaces(nets[0], found[0]).mean(), 0.5)


def test_all_pairs_of_a_three_arm_study_in_any_order_and_sign():
    one = network(["S"] * 3, ["a", "a", "b"], ["b", "c", "c"], [0.3, 0.5, 0.2], [0.2, 0.25, 0.22])
    two = network(
        ["S"] * 3, ["c", "b", "c"], ["b", "a", "a"], [-0.2, -0.3, -0.5], [0.22, 0.2, 0.25]
    )
    assert_allclose(one.y, two.y)
    assert_allclose(one.S, two.S)
    assert_allclose(one.D, [[1, 0.5], [0.5, 1]])


def test_moments_that_do_not_exist_are_not_given():
    two = checked_effects([0.1, 0.5], [0.04, 0.05])
    found = bayes_pool(two, TauPrior("half-cauchy", (0.5,)))
    assert found["posterior-effect"].se is None
    assert found["posterior-effect"].low < found["posterior-effect"].estimate
    assert bayes_pool(two, TauPrior("half-normal", (0.5,)))["posterior-effect"].se is not None


def test_rows():
    effects = checked_effects(Y, V, ["A", "B", "C", "D"], scale="g")
    found = bayes_pool(effects, studies=True, below=(0.0, -0.24))
    assert [r.label for r in found.select(name="posterior-effect")] == [None, "shortest", "mean"]
    assert [r.label for r in found.select(name="posterior-study-effect")] == ["A", "B", "C", "D"]
    below = [r.estimate for r in found.select(name="probability-below")]
    assert below[0] > below[1]
    net = bayes_network(network(*TRIANGLE))
    assert {r.label for r in net.select(name="posterior-network-effect")} == {
        "y vs x", "z vs x", "z vs y",
    }  # fmt: skip
    bias = bayes_bias(effects, ["o", "o", "b", "b"], {"o": ElicitedBias(-0.3, 0.1)})
    assert bias["posterior-effect"].estimate > found["posterior-effect"].estimate


def test_a_prior_of_another_scale_is_warned_of():
    points = checked_effects(20 * Y, V, scale="points")
    assert any("another scale" in text for text in bayes_pool(points).warnings)
    assert not bayes_pool(checked_effects(Y, V)).warnings
    assert not bayes_pool(points, TauPrior("half-normal", (10.0,))).warnings


def test_bad_input():
    with pytest.raises(DataError, match="half-normal"):
        TauPrior("gamma", (1.0,))
    with pytest.raises(DataError, match="scales above 0"):
        TauPrior("uniform", (0.0,))
    with pytest.raises(DataError, match="above 0"):
        linear_model([1.0, 2.0], [0.1, -0.1])
    with pytest.raises(DataError, match="positive definite"):
        linear_model([1.0, 2.0], [[1.0, 2.0], [2.0, 1.0]])
    with pytest.raises(NotIdentifiedError, match="cannot tell"):
        linear_model([1.0], [0.1], [[1.0, 2.0]])
    with pytest.raises(NotIdentifiedError, match="in 2 parts: a, b; c, d"):
        network(["S", "T"], ["a", "c"], ["b", "d"], [0.1, 0.2], [0.1, 0.1])
    with pytest.raises(DataError, match="Lacking: b and c"):
        network(["S", "S"], ["a", "a"], ["b", "c"], [0.1, 0.2], [0.1, 0.1])
    with pytest.raises(DataError, match="do not fit together"):
        network(["S"] * 3, ["a", "a", "b"], ["b", "c", "c"], [0.1, 0.2, 0.1], [0.1, 0.1, 0.9])
    with pytest.raises(DataError, match="do not add up"):
        network(["S"] * 3, ["a", "a", "b"], ["b", "c", "c"], [0.1, 0.2, 0.9], [0.1, 0.1, 0.1])
    with pytest.raises(DataError, match="not in the network"):
        network(["S"], ["a"], ["b"], [0.1], [0.1], reference="q")
    with pytest.raises(DataError, match="No trial is of class"):
        bayes_bias(checked_effects(Y, V), ["o"] * 4, {"b": ElicitedBias(0.1, 0.1)})


@pytest.mark.slow
@pytest.mark.parametrize("prior", PRIORS[:2] + PRIORS[4:], ids=str)
def test_calibration(prior):
    """Talts et al. (2018): with mean and tau drawn from their priors, cdf(truth) is uniform."""
    from scipy.stats import chisquare  # noqa: PLC0415

    rng, reps, k = np.random.default_rng(11), 1000, 6
    at = {"effect": [], "tau": [], "new study": []}
    for _ in range(reps):
        mean, tau = rng.normal(0, 1), float(prior.at(rng.random(1))[0])
        v = rng.uniform(0.02, 0.3, k)
        y = mean + rng.normal(0, np.sqrt(v + tau**2))
        found = posterior(linear_model(y, v, prior_sd=1.0), prior)
        at["effect"].append(found.effect().cdf(mean))
        at["new study"].append(found.prediction().cdf(rng.normal(mean, tau)))
        at["tau"].append(float(found.weight[found.tau < tau].sum()))
    for name, ranks in at.items():
        counts = np.histogram(ranks, bins=20, range=(0, 1))[0]
        assert chisquare(counts).pvalue > 1e-3, name


@pytest.mark.slow
def test_calibration_of_a_network_and_of_biased_classes():
    from scipy.stats import chisquare  # noqa: PLC0415

    rng, reps, prior = np.random.default_rng(12), 800, PRIORS[0]
    columns = (["A", "B", "C", "D", "D", "D"], list("xxyxxy"), list("yzzyzz"))
    ranks = {"contrast": [], "bias": [], "unbiased": []}
    for _ in range(reps):
        tau, truth = float(prior.at(rng.random(1))[0]), np.append(0.0, rng.normal(0, 1, 2))
        arms = truth[[0, 1, 0, 2, 1, 2, 0, 1, 2]] + rng.normal(0, tau / np.sqrt(2), 9)
        arms = arms + rng.normal(0, 0.2, 9)
        one = [
            *(arms[0:6:2] - arms[1:6:2]),
            arms[6] - arms[7],
            arms[6] - arms[8],
            arms[7] - arms[8],
        ]
        net = network(*columns, one, [0.2 * np.sqrt(2)] * 6, reference="x")
        found = posterior(net.model(prior_sd=1.0), prior)
        ranks["contrast"].append(found.effect(0).cdf(truth[1] - truth[0]))
        design = np.array([1.0, 1, 1, 1, 0, 0, 0])
        mean, bias = rng.normal(0, 1), rng.normal(0.3, 0.2)
        y = mean + design * (bias + rng.normal(0, 0.1, 7)) + rng.normal(0, tau, 7)
        y = y + rng.normal(0, 0.3, 7)
        model = linear_model(
            y, 0.09 + 0.01 * design, np.column_stack([np.ones(7), design]),
            prior_mean=[0, 0.3], prior_sd=[1, 0.2],
        )  # fmt: skip
        found = posterior(model, prior)
        ranks["unbiased"].append(found.effect(0).cdf(mean))
        ranks["bias"].append(found.effect(1).cdf(bias))
    for name, of in ranks.items():
        assert chisquare(np.histogram(of, bins=20, range=(0, 1))[0]).pvalue > 1e-3, name
