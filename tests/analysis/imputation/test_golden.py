"""Agreement with R rbmi 1.5.2, its models fitted to their optimum."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.analysis.imputation import impute_and_analyse, retrieved_dropout

STRATEGIES = ("MAR", "JR", "CR", "CIR", "LMCF")
DELTAS = {
    "drug 2": {"delta": {"DRUG": 2}},
    "drug 4": {"delta": {"DRUG": 4}},
    "drug 3 placebo 1": {"delta": {"DRUG": 3, "PLACEBO": 1}},
    "drug 1 a visit after the event": {"delta": {"DRUG": 1}, "lag": [1, 1, 1, 1]},
}
CLOSE = {"rtol": 0, "atol": 1e-9}
"""rbmi's refined models converge to about 1e-11; its numbers have 15 digits."""


def agree(found, golden, names=("trt", "lsm")):
    """Compare contrasts and means of every visit: estimates, then standard errors and limits."""
    by_quantity = golden.set_index("quantity")
    compared = 0
    for row in found:
        if row.name == "imputed-contrast":
            quantity = f"{names[0]} {row.visit}"
        elif row.name == "imputed-ls-mean":
            quantity = f"{names[1]} {row.arm} {row.visit}"
        else:
            continue
        r = by_quantity.loc[quantity]
        assert_allclose([row.estimate, row.se], [r["estimate"], r["se"]], **CLOSE)
        if "low" in r and pd.notna(r["low"]):
            assert_allclose([row.low, row.high], [r["low"], r["high"]], **CLOSE)
        compared += 1
    assert compared >= 12


def rows_of(golden, configuration, fit, method, strategy, *, delta="0"):
    chosen = (
        (golden["configuration"] == configuration)
        & (golden["fit"] == fit)
        & (golden["method"] == method)
        & (golden["strategy"] == strategy)
        & (golden["delta"] == delta)
    )
    return golden[chosen]


def test_five_strategies_with_the_jackknife(
    antidepressant, antidepressant_golden, antidepressant_call
):
    found = impute_and_analyse(antidepressant, strategy=STRATEGIES, **antidepressant_call)
    for strategy in STRATEGIES:
        golden = rows_of(antidepressant_golden, "one", "refined", "jackknife", strategy)
        agree(found.select(label=strategy), golden)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_what_is_imputed(antidepressant, antidepressant_golden, strategy, antidepressant_call):
    found = impute_and_analyse(antidepressant, strategy=strategy, **antidepressant_call)
    completed = found.completed()
    golden = rows_of(antidepressant_golden, "one", "refined", "jackknife", strategy)
    golden = golden.set_index("quantity")["estimate"]
    for (arm, visit), rows in completed.groupby(["THERAPY", "VISIT"], observed=True):
        assert_allclose(rows["CHANGE"].mean(), golden[f"imputed-mean {arm} {visit}"], **CLOSE)
        assert rows["imputed"].sum() == golden[f"imputed-count {arm} {visit}"]
        count = found.select(name="imputed-count", arm=arm, visit=visit).rows[0]
        assert count.estimate == golden[f"imputed-count {arm} {visit}"]


@pytest.mark.parametrize("delta", DELTAS)
@pytest.mark.parametrize("strategy", ["MAR", "JR"])
def test_deltas(antidepressant, antidepressant_golden, strategy, delta, antidepressant_call):
    found = impute_and_analyse(
        antidepressant, strategy=strategy, **DELTAS[delta], **antidepressant_call
    )
    agree(
        found, rows_of(antidepressant_golden, "one", "refined", "jackknife", strategy, delta=delta)
    )


def test_numbers_of_the_anchor(antidepressant, antidepressant_call):
    """The anchor's table, at the exact optimum (last visit, six digits)."""
    anchor = {
        "MAR": (2.801834, 1.106719), "JR": (2.125580, 0.858135), "CR": (2.370748, 0.981077),
        "CIR": (2.449177, 1.000802), "LMCF": (2.513927, 1.029084),
    }  # fmt: skip
    found = impute_and_analyse(antidepressant, strategy=STRATEGIES, **antidepressant_call)
    for strategy, (estimate, se) in anchor.items():
        row = found.select(name="imputed-contrast", label=strategy, visit="7").rows[0]
        assert_allclose([row.estimate, row.se], [estimate, se], rtol=0, atol=5.1e-7)


@pytest.fixture(scope="module")
def edited(antidepressant):
    """Configuration two of the script: scores seen after events with strategies of their own."""
    data = antidepressant.copy()
    wide = data.pivot_table(index="PATIENT", columns="VISIT", values="CHANGE")
    arm = data.groupby("PATIENT")["THERAPY"].first()
    whole = wide.notna().all(axis=1)
    drug = list(wide.index[whole & (arm == "DRUG")][:4])
    placebo = list(wide.index[whole & (arm == "PLACEBO")][:2])
    data.loc[data["PATIENT"].isin(drug[:2]) & (data["VISIT"] == 7), "CHANGE"] = np.nan
    lost = (data["PATIENT"] == placebo[0]) & data["VISIT"].isin([6, 7])
    data.loc[lost, "CHANGE"] = np.nan
    events = [(who, 6, "CIR") for who in drug] + [(who, 5, "CR") for who in placebo]
    for who, scores in wide[~whole].iterrows():
        if who == 3618:  # its gap is no event
            continue
        first = scores.index[scores.isna()][0]
        events.append((who, first, "JR" if arm[who] == "DRUG" else "MAR"))
    return data, pd.DataFrame(events, columns=["PATIENT", "VISIT", "strategy"])


@pytest.mark.parametrize(
    ("configuration", "by_arm", "delta"),
    [("two", True, "0"), ("two", True, "drug 2"), ("two common covariance", False, "0")],
)
def test_events_of_persons_and_scores_seen_after_them(
    edited, antidepressant_golden, antidepressant_call, *, configuration, by_arm, delta
):
    data, events = edited
    found = impute_and_analyse(
        data,
        events=events,
        covariance_by_arm=by_arm,
        delta=None if delta == "0" else {"DRUG": 2},
        delta_on="after-event",
        **antidepressant_call,
    )
    golden = rows_of(
        antidepressant_golden, configuration, "refined", "jackknife", "per patient", delta=delta
    )
    agree(found, golden)
    assert found.rows[0].label.startswith("by person")


@pytest.mark.parametrize("weights", ["proportional", "equal"])
@pytest.mark.parametrize("covariance", ["us", "csh"])
def test_a_factor_gaps_and_scores_after_events(
    made, made_events, made_golden, made_call, *, covariance, weights
):
    found = impute_and_analyse(
        made, events=made_events, strategy=STRATEGIES, reference="placebo",
        covariance=covariance, ls_weights=weights, **made_call,
    )  # fmt: skip
    theirs = {"proportional": "counterfactual", "equal": "equal"}[weights]
    chosen = (made_golden["configuration"] == covariance) & (made_golden["weights"] == theirs)
    golden = made_golden[chosen]
    for strategy in STRATEGIES:
        agree(found.select(label=strategy), golden[golden["strategy"] == strategy])


@pytest.mark.parametrize("shift", ["constant", "time-since"])
def test_retrieved_dropout(made, made_events, made_golden, shift, made_call):
    found = retrieved_dropout(made, events=made_events, control="placebo", shift=shift, **made_call)
    golden = made_golden.query("configuration == 'retrieved' and weights == 'counterfactual'")
    agree(found, golden[golden["strategy"] == shift])


def test_approximate_bayes_within_monte_carlo_error(
    antidepressant, antidepressant_golden, antidepressant_call
):
    """Rubin's estimate and standard error: four Monte Carlo errors of theirs and ours."""
    found = impute_and_analyse(
        antidepressant, strategy=STRATEGIES, method="approximate-bayes", draws=2000,
        rng=np.random.default_rng(1), **antidepressant_call,
    )  # fmt: skip
    for strategy in STRATEGIES:
        golden = rows_of(
            antidepressant_golden, "one", "default", "approximate-bayes", strategy
        ).set_index("quantity")
        for row in found.select(name="imputed-contrast", label=strategy):
            theirs, error = (golden.loc[f"{k}trt {row.visit}"] for k in ("", "mcse "))
            both = 4 * np.sqrt(1 + 500 / 2000)  # ours has four times their draws
            assert abs(row.estimate - theirs["estimate"]) <= both * error["estimate"] + 2e-4
            # of the standard error: from the variance between, on 499 degrees of freedom
            between = 500 * error["estimate"] ** 2
            error_of_se = between * np.sqrt(2 / 499) / (2 * theirs["se"])
            assert abs(row.se - theirs["se"]) <= both * error_of_se + 1e-3 * row.se


def test_bootstrap_within_monte_carlo_error(
    antidepressant, antidepressant_golden, antidepressant_call
):
    found = impute_and_analyse(
        antidepressant, strategy=STRATEGIES, resampling="bootstrap", draws=2000,
        rng=np.random.default_rng(1), **antidepressant_call,
    )  # fmt: skip
    for strategy in STRATEGIES:
        golden = rows_of(antidepressant_golden, "one", "default", "bootstrap", strategy)
        row = found.select(name="imputed-contrast", label=strategy, visit="7").rows[0]
        theirs = golden.set_index("quantity").loc["trt 7"]
        # 200 resamples of theirs: 5 % of the standard error; three of that
        assert_allclose(row.se, theirs["se"], rtol=0.15)
        assert_allclose(row.estimate, theirs["estimate"], atol=1e-4)
