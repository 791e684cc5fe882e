"""Numbers of netmeta 3.3-1: tests/golden/network.R printed them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.synthesis.network import (
    arms_of_table,
    contributions,
    fit_network,
    network_meta_analysis,
    network_of_arms,
    network_of_contrast_table,
    p_scores,
    q_split,
)
from equipoise.synthesis.network.node_split import all_indirect, node_split

GOLDEN = Path(__file__).parents[2] / "golden"
LEAGUE = ["TE.common", "seTE.common", "TE.random", "seTE.random"]


def golden(file: str) -> pd.DataFrame:
    return pd.read_csv(GOLDEN / file, keep_default_na=False)


@pytest.fixture(scope="session")
def linde_table(trial_data):
    return pd.read_csv(trial_data / "evidence" / "linde2015.csv")


@pytest.fixture(scope="session")
def networks(linde_table):
    """Every network, by the name that the golden file gives it, with its estimator of tau2."""
    made = pd.read_csv(GOLDEN / "network_22_data.csv")
    means = arms_of_table(pd.read_csv(GOLDEN / "network_means_data.csv"))
    counts = network_of_arms(arms_of_table(linde_table))
    big = network_of_arms(arms_of_table(made, {"events": "responders"}))
    remission = arms_of_table(linde_table, {"events": "remi"})
    found = {
        "linde": (counts, "DL"),
        "linde-REML": (counts, "REML"),
        "linde-ML": (counts, "ML"),
        "linde-remission": (network_of_arms(remission), "DL"),
        "made22": (big, "DL"),
        "made22-REML": (big, "REML"),
    }
    for measure in ("RR", "RD", "ASD"):
        found[f"linde-{measure}"] = network_of_arms(arms_of_table(linde_table), measure), "DL"
    rounded = pd.read_csv(GOLDEN / "network_rounded_data.csv")
    columns = {"effect": "TE", "se": "seTE", "study": "id", "treat1": "treat1", "treat2": "treat2"}
    found["means-rounded"] = network_of_contrast_table(rounded, **columns), "DL"
    for measure in ("MD", "SMD", "ROM"):
        found[f"means-{measure}"] = network_of_arms(means, measure), "DL"
    return found


FILES = {"linde": "network_linde.csv", "made22": "network_22.csv", "means": "network_means.csv"}


class Compared:
    """A network's numbers by what the golden file calls them."""

    def __init__(self, name, networks):
        table = golden(FILES[name.partition("-")[0]])
        self.golden = table[table["data"] == name]
        self.network, method = networks[name]
        self.models = fit_network(self.network, method)
        self.tight = 1e-10 if method == "DL" else 1e-8  # metafor's optimiser stops before ours

    def check(self, what, matrix):
        rows = self.golden[self.golden["what"] == what]
        assert len(rows) > 0, what
        got, place = [], self.network.treatments.index
        for label in rows["label"]:
            i, j = (place(name) for name in label.split(" vs "))
            got.append(matrix[i, j])
        assert_allclose(got, rows["value"], rtol=self.tight, atol=self.tight, err_msg=what)

    def value(self, what, label=""):
        rows = self.golden[(self.golden["what"] == what) & (self.golden["label"] == label)]
        return float(rows["value"].iloc[0])


NAMES = [
    "linde", "linde-REML", "linde-ML", "linde-RR", "linde-RD", "linde-ASD", "linde-remission",
    "means-MD", "means-SMD", "means-ROM", "means-rounded", "made22", "made22-REML",
]  # fmt: skip
SPLIT = ["linde", "linde-remission", "means-MD", "means-rounded", "made22"]


@pytest.mark.parametrize("name", NAMES)
def test_leagues_heterogeneity_and_ranks(name, networks):
    c = Compared(name, networks)
    common, random = c.models.common, c.models.random
    for what, matrix in zip(
        LEAGUE, [common.differences, common.se, random.differences, random.se], strict=True
    ):
        c.check(what, matrix)
    assert_allclose(common.q, c.value("q"), rtol=1e-10)
    assert common.df == c.value("df")
    assert_allclose(random.tau2, c.value("tau2"), rtol=c.tight * 50, atol=1e-12)
    for kind, fit in (("random", random), ("common", common)):
        score = p_scores(fit.differences, fit.se, small_values="bad")
        rows = c.golden[c.golden["what"] == f"p-score-{kind}"].set_index("label")["value"]
        assert_allclose(score, rows.loc[list(c.network.treatments)], rtol=c.tight, atol=c.tight)


@pytest.mark.parametrize("name", ["linde", "linde-remission", "means-MD", "made22"])
def test_i2_and_prediction_intervals(name, networks):
    c = Compared(name, networks)
    rows = network_meta_analysis(c.network, contribution=None)
    i2 = rows["i2-q"]
    shares = [x / 100 for x in (i2.estimate, i2.low, i2.high)]  # netmeta gives shares
    assert_allclose(shares, [c.value(x) for x in ("i2", "i2-low", "i2-high")], atol=1e-10)
    found = {row.label: row for row in rows.select(name="prediction-interval")}
    for what, field in (("lower.predict", "low"), ("upper.predict", "high")):
        wanted = c.golden[c.golden["what"] == what]
        got = [getattr(found[label], field) for label in wanted["label"]]
        assert_allclose(got, wanted["value"], rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("name", SPLIT)
@pytest.mark.parametrize("kind", ["common", "random"])
def test_direct_and_indirect_evidence(name, kind, networks):
    c = Compared(name, networks)
    fit = getattr(c.models, kind)
    split, T = node_split(c.network, fit), len(c.network.treatments)
    direct, se = np.full((T, T), np.nan), np.full((T, T), np.nan)
    difference, split_se = direct.copy(), direct.copy()
    for i, j, turn in ((split.first, split.second, 1), (split.second, split.first, -1)):
        direct[i, j], se[i, j] = turn * split.direct, split.direct_se
        difference[i, j], split_se[i, j] = turn * split.difference, split.se
    c.check(f"TE.direct.{kind}", direct)
    c.check(f"seTE.direct.{kind}", se)
    c.check(f"split-{kind}", difference)
    c.check(f"split-se-{kind}", split_se)
    indirect, indirect_se = all_indirect(c.network, fit)
    c.check(f"TE.indirect.{kind}", indirect)
    c.check(f"seTE.indirect.{kind}", indirect_se)


# not means-rounded: decomp.design takes some of a multi-arm study's comparisons, and with rounded
# ones its total (24.1194) is not netmeta's own Q (24.1267), which we split
@pytest.mark.parametrize("name", [name for name in SPLIT if name != "means-rounded"])
def test_q_by_designs(name, networks):
    c, split = Compared(name, networks), q_split(networks[name][0])
    for test, label in ((split.total, "Total"), (split.within, "Within designs"),
                        (split.between, "Between designs")):  # fmt: skip
        assert_allclose(test.q, c.value("q-split", label), rtol=1e-10)
        assert test.df == c.value("q-split-df", label)
        assert_allclose(test.p, c.value("q-split-p", label), rtol=1e-9)
    named = {frozenset(t.label.split(" : ")): t for t in split.by_design}
    for label, q in c.golden[c.golden["what"] == "q-within-design"][["label", "value"]].to_numpy():
        assert_allclose(named[frozenset(label.split(":"))].q, q, rtol=1e-9, atol=1e-10)
    detached = {frozenset(t.label.split(" : ")): t for t in split.detached}
    rows = c.golden[c.golden["what"] == "q-detached"]
    assert len(detached) == len(rows)
    for label, q in rows[["label", "value"]].to_numpy():
        assert_allclose(detached[frozenset(label.split(":"))].q, q, rtol=1e-8)
    parts = {frozenset(label.split(" : ")): part for label, part in split.parts.items()}
    for label, part in c.golden[c.golden["what"] == "q-between-of"][["label", "value"]].to_numpy():
        assert_allclose(parts[frozenset(label.split(":"))], part, rtol=1e-8, atol=1e-9)
    assert_allclose(sum(split.parts.values()), split.between.q, rtol=1e-10)
    assert_allclose(split.interaction.q, c.value("q-interaction"), rtol=1e-9)
    assert split.interaction.df == c.value("q-interaction-df")
    assert_allclose(np.sqrt(split.tau2_within), c.value("tau-within"), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("linde", "shortest-path"),
        ("linde", "random-walk"),
        ("means-MD", "shortest-path"),
        ("made22", "shortest-path"),
    ],
)
@pytest.mark.parametrize("kind", ["common", "random"])
def test_contributions(name, method, kind, networks):
    c = Compared(name, networks)
    found = contributions(c.network, getattr(c.models, kind), method)
    names = c.network.treatments
    row = {frozenset(names[i] for i in pair): k for k, pair in enumerate(found.pairs)}
    column = {frozenset(names[i] for i in pair): k for k, pair in enumerate(found.edges)}
    rows = c.golden[c.golden["what"] == f"contribution-{method.replace('-', '')}-{kind}"]
    wanted, compared = np.zeros_like(found.share), set()
    for label, value in rows[["label", "value"]].to_numpy():
        pair, edge = (frozenset(part.split(":")) for part in label.split(" | "))
        wanted[row[pair], column[edge]] = value
        compared.add(row[pair])
    assert len(compared) == (len(row) if name != "made22" else len(names) - 1)
    compared = sorted(compared)
    assert_allclose(found.share[compared], wanted[compared], rtol=1e-8, atol=1e-9)


def test_comparisons_give_the_same_as_arms(networks):
    table = pd.read_csv(GOLDEN / "network_contrasts_data.csv")
    columns = {"effect": "TE", "se": "seTE", "study": "id", "treat1": "treat1", "treat2": "treat2"}
    made = fit_network(network_of_contrast_table(table, **columns))
    c = Compared("means-MD", networks)
    c.models = made
    c.check("TE.random", made.random.differences)
    c.check("seTE.random", made.random.se)
    assert_allclose(made.random.tau2, c.value("tau2"), rtol=1e-10)


@pytest.mark.parametrize("measure", ["SMD", "ROM"])
@pytest.mark.parametrize("method", ["REML", "ML"])
def test_tau2_with_the_full_covariance_of_multi_arm_trials(measure, method):
    """rma.mv (network_reml.R) stops a little above a maximum of 0; netmeta has 0.00283 for SMD."""
    table = golden("network_reml.csv").set_index(["measure", "method"])
    network = network_of_arms(arms_of_table(golden("network_means_data.csv")), measure)
    found = fit_network(network, method).random.tau2
    assert_allclose(found, table.tau2[measure, method], rtol=1e-7, atol=1e-9)
