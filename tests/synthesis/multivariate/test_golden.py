"""Numbers of metafor 5.0-1 (rma.mv) and mixmeta 1.2.0 (tests/golden/multivariate.R)."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from equipoise.synthesis import checked_effects
from equipoise.synthesis.multivariate import multivariate_fit

CASES = [
    (data, rho, method, struct)
    for data in ("made", "made2", "arms")
    for rho in ((0,) if data == "arms" else (0, 0.5))
    for method in ("REML", "ML")
    for struct in ("UN", "HCS", "CS", "DIAG", "ID")
]


def check(found, expected):
    """Compare a fit with the other program's; its optimiser gives half the digits."""
    fit = found.fit
    assert fit.maximum.converged
    assert fit.log_likelihood >= expected("ll") - 1e-9
    assert_allclose(fit.log_likelihood, expected("ll"), rtol=1e-9, atol=1e-9)
    assert_allclose(fit.q_test()[0], expected("QE"), rtol=1e-12)
    for j, (b, se) in enumerate(zip(fit.coefficients, fit.se, strict=True), start=1):
        assert_allclose(b, expected(f"beta{j}"), rtol=0, atol=5e-6 * se)
        assert_allclose(se, expected(f"se{j}"), rtol=5e-6)
    b = fit.coefficients
    assert_allclose(b @ np.linalg.solve(fit.covariance, b), expected("QM"), rtol=1e-5)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_structures(rows, numbers, case):
    data, rho, method, struct = case
    t = rows[data]
    found = multivariate_fit(
        checked_effects(t.y, t.v, list(t.study)), list(t.outcome), rho=rho, struct=struct,
        criterion=method,
    )  # fmt: skip

    def expected(name):
        return numbers[data, f"{rho:g}-{method}-{struct}", name]

    check(found, expected)
    variances = np.diag(found.T)[: 1 if struct in ("CS", "ID") else None]
    for j, value in enumerate(variances, start=1):
        assert_allclose(value, expected(f"tau2.{j}"), rtol=2e-5)
    correlations = found.correlation[np.triu_indices(len(found.T), 1)]
    if struct in ("UN", "CS", "HCS"):
        for j, value in enumerate(correlations[: None if struct == "UN" else 1], start=1):
            assert_allclose(value, expected(f"rho{j}"), rtol=2e-5)


def test_a_moderator_of_each_outcome(made, numbers):
    own = np.stack([made.outcome == o for o in "abc"], axis=1) * 1.0
    X = np.hstack([own, own * made.x.to_numpy()[:, None]])
    effects = checked_effects(made.y, made.v, list(made.study))
    found = multivariate_fit(effects, list(made.outcome), rho=0.5, X=X)
    check(found, lambda name: numbers["made", "moderator", name])


@pytest.mark.parametrize("rho", [0, 0.5])
@pytest.mark.parametrize("method", ["REML", "ML"])
def test_mixmeta(rows, numbers, rho, method):
    t = rows["made2"]
    effects = checked_effects(t.y, t.v, list(t.study))
    found = multivariate_fit(effects, list(t.outcome), rho=rho, criterion=method)
    model = f"mixmeta-{rho:g}-{method}"
    expected = [numbers["made2", model, f"psi{j}"] for j in (1, 2, 3)]
    assert_allclose([found.T[0, 0], found.T[0, 1], found.T[1, 1]], expected, rtol=1e-6)
    expected = [numbers["made2", model, f"{n}{j}"] for n in ("beta", "se") for j in (1, 2)]
    assert_allclose([*found.fit.coefficients, *found.fit.se], expected, rtol=1e-7)
