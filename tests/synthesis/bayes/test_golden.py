"""Against R's `integrate` on tau itself, without our change of variable, panels or coordinates."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.synthesis import checked_effects
from equipoise.synthesis.bayes import (
    ElicitedBias,
    Mixture,
    Posterior,
    TauPrior,
    bias_posterior,
    linear_model,
    network,
    posterior,
    study_effects,
)

GOLDEN = Path(__file__).parents[2] / "golden"
PRIORS = (
    "half-normal 0.5", "half-cauchy 0.3", "uniform 4", "exponential 0.4", "inverse-gamma 1 0.1",
    "log-normal -2.5 1.6",
)  # fmt: skip


@pytest.fixture(scope="module")
def golden() -> Callable[[str], pd.Series]:
    table = pd.read_csv(GOLDEN / "bayes.csv")
    return lambda what: table[table["what"] == what].set_index("term")["value"]


@pytest.fixture(scope="module")
def made() -> pd.DataFrame:
    return pd.read_csv(GOLDEN / "blinding_synthesis_trials.csv")


def prior(text: str) -> TauPrior:
    kind, *parameters = text.split()
    return TauPrior(kind, tuple(map(float, parameters)))


def same(of: Mixture, wanted: pd.Series, term: str, *, moments: bool = True) -> None:
    """Compare a mixture with R's numbers: 1e-9 is where `integrate` and `uniroot` stop."""
    got = {f"{term} {p:g}": of.quantile(p) for p in (0.025, 0.5, 0.975)}
    got[f"{term} below 0"] = of.cdf(0.0)
    if moments:
        got |= {f"{term} mean": of.mean, f"{term} sd": of.sd}
    assert_allclose(list(got.values()), wanted[list(got)], rtol=1e-8, atol=1e-9)


def same_tau(found: Posterior, wanted: pd.Series) -> None:
    ours = [found.tau_quantile(p) for p in (0.025, 0.5, 0.975)]
    assert_allclose(ours, wanted[["tau 0.025", "tau 0.5", "tau 0.975"]], rtol=1e-7)
    if "tau mean" in wanted:
        assert_allclose(found.tau_mean, wanted["tau mean"], rtol=1e-9)


@pytest.mark.parametrize("name", PRIORS)
def test_sixteen_trials(made, golden, name):
    wanted = golden(f"sixteen {name}")
    v = made["se"] ** 2
    found = posterior(linear_model(made["effect"], v), prior(name))
    same(found.effect(), wanted, "effect")
    same(found.prediction(), wanted, "prediction")
    same_tau(found, wanted)
    if name == "half-normal 0.5":
        same(study_effects(found, made["effect"], v)[0], wanted, "study")


def test_three_trials_and_a_heavy_tail(made, golden):
    rows = made.iloc[[0, 8, 10]]
    found = posterior(linear_model(rows["effect"], rows["se"] ** 2), prior("half-cauchy 0.3"))
    wanted = golden("three half-cauchy 0.3")
    same(found.effect(), wanted, "effect", moments=False)
    same_tau(found, wanted)


def test_a_prior_of_the_mean(made, golden):
    model = linear_model(made["effect"], made["se"] ** 2, prior_mean=-0.1, prior_sd=0.2)
    found = posterior(model, prior("half-normal 0.5"))
    same(found.effect(), golden("informed half-normal 0.5"), "effect")


def test_elicited_bias(made, golden):
    effects = checked_effects(made["effect"], made["se"] ** 2)
    elicited = {"inert": ElicitedBias(-0.2, 0.15, 0.1), "active": ElicitedBias(-0.05, 0.05)}
    found = bias_posterior(effects, list(made["class"]), elicited, prior("half-normal 0.5"))
    for i, term in enumerate(("effect", "inert", "active")):
        same(found.effect(i), golden("bias half-normal 0.5"), term)
    same_tau(found, golden("bias half-normal 0.5"))


def test_a_network_with_three_arms(golden):
    table = pd.read_csv(GOLDEN / "bayes_network.csv")
    columns = (list(table[name]) for name in ("study", "treat1", "treat2", "effect", "se"))
    net = network(*columns, reference="placebo")
    assert net.treatments == ("placebo", "drug", "low", "therapy", "waiting")
    found = posterior(net.model(), prior("half-normal 0.5"))
    wanted = golden("network half-normal 0.5")
    for pair in ("drug vs placebo", "therapy vs drug", "waiting vs placebo", "waiting vs low"):
        same(found.effect(net.contrast(*pair.split(" vs "))), wanted, pair)
    same_tau(found, wanted)
    assert np.allclose(net.D, net.D.T)
