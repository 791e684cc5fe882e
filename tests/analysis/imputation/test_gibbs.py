"""The posterior where it is known."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.analysis.imputation import impute_and_analyse
from equipoise.analysis.imputation.gibbs import inverse_wishart, posterior_draws


def test_inverse_wishart_has_its_mean():
    """E = S / (df - m - 1)."""
    S = np.array([[4.0, 1, 0.5], [1, 3, -1], [0.5, -1, 2]])
    draws = inverse_wishart(np.repeat(S[None], 40_000, axis=0), 12, np.random.default_rng(1))
    error = draws.std(axis=0) / np.sqrt(len(draws))
    assert (np.abs(draws.mean(axis=0) - S / 8) < 4.5 * error).all()


@pytest.fixture(scope="module")
def complete() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    n, m = 40, 3
    scores = rng.normal(size=(n, 1)) + rng.normal(size=(n, m))
    return pd.DataFrame(
        {
            "id": np.repeat(np.arange(n), m),
            "arm": np.repeat(np.array(["a", "b"])[np.arange(n) % 2], m),
            "week": np.tile([1, 2, 3], n),
            "score": scores.reshape(-1),
        }
    )


def test_complete_data_with_jeffreys_prior_have_the_textbook_posterior(complete):
    """Sigma ~ inverse Wishart(S, n - q), with q coefficients a visit: E = S / (n - q - m - 1).

    Coefficients of a visit: mean at least squares, covariance E[Sigma] (X'X)^-1.
    """
    found = impute_and_analyse(
        complete, "score ~ arm * week", subject="id", visit="week", arm="arm", reference="a"
    )
    model, _ = found.setup.drawn(found.setup.events("MAR"))
    draws = posterior_draws(model, 10_000, np.random.default_rng(3), prior="jeffreys", burn_in=10)
    n, q, m = 40, 2, 3
    wide = complete.pivot_table(index="id", columns="week", values="score").to_numpy()
    X = np.column_stack((np.ones(n), np.arange(n) % 2))
    rest = wide - X @ np.linalg.lstsq(X, wide, rcond=None)[0]
    expected = rest.T @ rest / (n - q - m - 1)
    sigma = draws.sigma[:, 0]
    error = sigma.std(axis=0) / np.sqrt(len(sigma))
    assert (np.abs(sigma.mean(axis=0) - expected) < 4.5 * error).all()
    predicted = draws.coefficients @ model.own[1].T  # a person of arm b: the means of the visits
    truth = wide[1::2].mean(axis=0)
    spread = np.sqrt(np.diagonal(expected) / 20)
    assert (np.abs(predicted.mean(axis=0) - truth) < 4.5 * spread / np.sqrt(10_000)).all()
    assert_allclose(predicted.std(axis=0), spread, rtol=0.03)


def test_draws_forget_their_start(three_arms, three_call):
    """Ten steps and fifty give the same posterior, within Monte Carlo error."""
    found = impute_and_analyse(three_arms, **three_call)
    model, _ = found.setup.drawn(found.setup.events("MAR"))
    short, long = (
        posterior_draws(model, 1000, np.random.default_rng(seed), burn_in=steps)
        for seed, steps in ((1, 10), (2, 50))
    )
    for one, other in (
        (short.coefficients, long.coefficients),
        (short.sigma.reshape(1000, -1), long.sigma.reshape(1000, -1)),
    ):
        error = np.sqrt(one.var(axis=0) + other.var(axis=0)) / np.sqrt(1000)
        assert (np.abs(one.mean(axis=0) - other.mean(axis=0)) < 4.5 * error).all()
        assert_allclose(one.std(axis=0), other.std(axis=0), rtol=0.17)
