"""Additive components beside netmeta 3.3-1: tests/golden/network_components.R."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.network import arms_of_table, network_of_arms, network_of_comparisons
from equipoise.synthesis.network.components import component_rows, fit_components

GOLDEN = Path(__file__).parents[2] / "golden"
DISCONNECTED = ["1", "2", "5", "7", "11", "12", "15", "17"]
PARTS = ["multi", "cog", "ba", "psed", "home", "prob", "soc", "relax", "goal", "final", "mind",
         "act"]  # fmt: skip


@pytest.fixture(scope="module")
def made():
    return pd.read_csv(GOLDEN / "network_components_data.csv")


@pytest.fixture(scope="module")
def lopez(trial_data):
    """CBT for depression by its components, a study's second arm of the same ones left out."""
    table = pd.read_csv(trial_data / "evidence" / "lopez2019.csv")
    held = table[PARTS].to_numpy() == 1
    table["label"] = [
        "+".join(np.array(PARTS)[row]) or treatment
        for row, treatment in zip(held, table["treatment"], strict=True)
    ]
    table = table[~table.duplicated(["study", "label"])]
    arms = arms_of_table(table, {"treatment": "label", "mean": "diff", "se": "se", "n": "n"})
    return network_of_arms(arms, "MD", connected=False)


def wanted(name):
    table = pd.read_csv(GOLDEN / "network_components.csv", keep_default_na=False)
    table = table[(table["data"] == name) & (table["value"] != "NA")]
    return {w: rows.set_index("label")["value"].astype(float) for w, rows in table.groupby("what")}


def network_of(name, made, lopez):
    if name == "lopez":
        return lopez
    if name == "disconnected":
        made = made[made["study"].astype(str).isin(DISCONNECTED)]
    return network_of_arms(arms_of_table(made), "MD", connected=False)


@pytest.mark.parametrize("name", ["made", "made-no-inactive", "disconnected", "lopez"])
def test_components_agree_with_netmeta(name, made, lopez):
    network, golden = network_of(name, made, lopez), wanted(name)
    inactive = {"lopez": "Placebo", "made-no-inactive": None}.get(name, "care")
    rows = component_rows(network, inactive=inactive)
    pairs = [("component-effect", "Comp.random", "seComp.random"),
             ("component-effect-common", "Comp.common", "seComp.common")]  # fmt: skip
    if name != "lopez":
        pairs += [("additive-effect", "TE.random", "seTE.random"),
                  ("additive-effect-common", "TE.common", "seTE.common")]  # fmt: skip
    for slug, effect, se in pairs:
        found = {row.label: row for row in rows.select(name=slug)}
        assert_allclose([found[k].estimate for k in golden[effect].index], golden[effect],
                        rtol=1e-9, atol=1e-10)  # fmt: skip
        assert_allclose([found[k].se for k in golden[se].index], golden[se], rtol=1e-9)
    tau2 = rows.select(name="tau2", label="additive model").rows[0].estimate
    assert_allclose(np.sqrt(tau2), golden["tau"].iloc[0], rtol=1e-9, atol=1e-12)
    additive = rows.select(name="q-test", label="additive model").rows[0]
    assert_allclose(additive.estimate, golden["Q.additive"].iloc[0], rtol=1e-10)
    assert additive.df == golden["df.Q.additive"].iloc[0]
    difference = rows.select(name="q-test", label="additive less full network")
    if "Q.diff" in golden:
        row = difference.rows[0]
        assert_allclose(row.estimate, golden["Q.diff"].iloc[0], rtol=1e-8)
        assert row.df == golden["df.Q.diff"].iloc[0]
        assert_allclose(row.p, golden["pval.Q.diff"].iloc[0], rtol=1e-8)
    else:
        assert "parts" in difference.refused[0].reason


def test_components_that_come_together_are_refused_by_name():
    network = network_of_comparisons([1.0, 1.2], [0.2, 0.2], ["s", "t"], ["A+B", "A+B"], ["P", "P"])
    rows = component_rows(network, inactive="P")
    assert {r.label for r in rows.refused if r.name == "component-effect"} == {"A", "B"}
    assert rows["additive-effect"].estimate == pytest.approx(1.1)


def test_mistakes_of_components_are_told():
    network = network_of_comparisons([1.0, 0.3], [0.2, 0.2], ["s", "t"], ["A+P", "A"], ["P", "P"])
    with pytest.raises(DataError, match="also a component"):
        fit_components(network, inactive="P")
    with pytest.raises(DataError, match="No treatment is called"):
        fit_components(network, inactive="nothing")
    one = network_of_comparisons([1.0], [0.2], ["s"], ["A+B"], ["B+A"])
    with pytest.raises(NotIdentifiedError, match="differ in components"):
        fit_components(one)
