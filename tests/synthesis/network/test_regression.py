"""Network meta-regression beside metafor's rma.mv: tests/golden/network_regression.R."""

from pathlib import Path

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.synthesis.network import arms_of_table, network_of_arms
from equipoise.synthesis.network.regression import fit_regression

GOLDEN = Path(__file__).parents[2] / "golden"
CASES = [
    ("common-REML", "common", "REML", None),
    ("common-ML", "common", "ML", None),
    ("common-0.5", "common", "REML", 0.5),
    ("independent-REML", "independent", "REML", None),
    ("independent-0.5", "independent", "REML", 0.5),
    ("exchangeable-REML", "exchangeable", "REML", None),
]


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(GOLDEN / "network_regression_data.csv")


@pytest.fixture(scope="module")
def network(table):
    return network_of_arms(arms_of_table(table), "MD")


@pytest.fixture(scope="module")
def covariates(table):
    studies = table.drop_duplicates("study").set_index("study")
    return {name: studies[name].to_dict() for name in ("severity", "weeks")}


@pytest.mark.parametrize("case", CASES)
def test_agrees_with_rma_mv(network, covariates, case):
    model, coefficients, method, tau2 = case
    golden = pd.read_csv(GOLDEN / "network_regression.csv", keep_default_na=False)
    golden = golden[golden["model"] == model]
    if coefficients != "common":
        covariates = {"severity": covariates["severity"]}
    fit = fit_regression(network, covariates, reference="A", coefficients=coefficients,
                         method=method, tau2=tau2)  # fmt: skip
    # metafor's optimiser stops within 1e-7 of the maximum; at a given tau2 nothing is in between
    bound = 1e-9 if tau2 else 1e-6
    value = {w: rows.set_index("label")["value"] for w, rows in golden.groupby("what")}
    assert_allclose(fit.tau2, value["tau2"].iloc[0], rtol=bound)
    if coefficients == "exchangeable":
        assert_allclose(fit.spread[0], value["sigma2"].iloc[0], rtol=bound)
    at = network.index("A")
    for label, beta in value["beta"].items():
        if label in network.treatments:
            got = fit.difference(network.index(label), at)
        else:
            got = fit.coefficient(fit.names.index(label))
        assert_allclose(got, [beta, value["se"][label]], rtol=bound, atol=bound)
