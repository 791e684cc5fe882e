import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.analysis.n_of_1 import (
    cycles_table,
    n_of_1,
    paired_fit,
    random_effects,
    serial_regression,
)
from equipoise.errors import DataError, NotIdentifiedError

COLUMNS = {"outcome": "y", "participant": "id", "cycle": "cycle", "treatment": "arm"}
ASK = {**COLUMNS, "control": "placebo"}
PEOPLE = [f"P{k}" for k in range(1, 10)]


def one(found, name, label=None):
    (row,) = found.select(name=name, label=label)
    return row


@pytest.fixture(scope="module")
def found(series):
    return n_of_1(series, **ASK)


@pytest.mark.parametrize("who", PEOPLE)
def test_each_participant_agrees_with_r(found, r, who):
    row, want = one(found, "individual-effect", who), r("paired", who)
    got = [row.estimate, row.se, row.df, row.p, row.low, row.high]
    assert_allclose(got, want[["estimate", "se", "df", "p", "low", "high"]].astype(float), 1e-9)
    assert one(found, "randomisation-test", who).p == pytest.approx(r("order", who).p, rel=1e-12)


@pytest.mark.parametrize("variance", ["common", "own"])
def test_two_stage_agrees_with_metafor(series, r, variance):
    found = n_of_1(series, **ASK, variance=variance)
    row, want = one(found, "mean-effect"), r(f"{variance} mean")
    got = [row.estimate, row.se, row.df, row.p, row.low, row.high]
    assert_allclose(got, want[["estimate", "se", "df", "p", "low", "high"]].astype(float), 1e-8)
    row, want = one(found, "effect-sd-between-people"), r(f"{variance} tau")
    got = [row.estimate, row.low, row.high]
    assert_allclose(got, want[["estimate", "low", "high"]].astype(float), 1e-8)
    row = one(found, "prediction-interval", "spread as estimated")
    want = r(f"{variance} prediction")
    assert_allclose([row.low, row.high], want[["low", "high"]].astype(float), 1e-8)
    row, want = one(found, "prediction-interval"), r(f"{variance} uncertain")
    # R draws 2 million: its quantiles have a standard error of about 0.006
    assert_allclose([row.low, row.high], want[["low", "high"]].astype(float), rtol=0, atol=0.025)
    for who in PEOPLE:
        row = one(found, "individual-effect", f"{who}, shrunken")
        assert_allclose(row.estimate, r(f"{variance} blup", who).estimate, rtol=1e-8)
        want = r(f"{variance} uncertain", who)
        assert_allclose([row.low, row.high], want[["low", "high"]].astype(float), 0, atol=0.01)
    test = one(found, "interaction-test")
    want = r("F") if variance == "common" else r("welch")
    assert_allclose([test.estimate, test.p], want[["estimate", "p"]].astype(float), rtol=1e-9)
    assert any("7 degrees of freedom" in w for w in test.warnings) == (variance == "own")


def test_shrinkage_at_a_known_spread_agrees_with_metafor(series, r):
    cycles = cycles_table(series, **ASK)
    effects = [paired_fit(person.differences).contrast([1]) for person in cycles.people]
    fit = random_effects([e.estimate for e in effects], [e.se**2 for e in effects])
    low, high = fit.shrunken_interval()
    want = np.array([r("own blup", who)[["estimate", "se", "low", "high"]] for who in PEOPLE])
    got = np.column_stack((fit.shrunken, fit.shrunken_se, low, high))
    assert_allclose(got, want.astype(float), rtol=1e-7)


def test_one_stage_agrees_with_r_lmertest(series, r):
    found = n_of_1(series, **ASK, model="one-stage")
    row, want = one(found, "mean-effect"), r("one-stage mean")
    assert_allclose(
        [row.estimate, row.se, row.df], want[["estimate", "se", "df"]].astype(float), 1e-6
    )
    tau = one(found, "effect-sd-between-people")
    assert_allclose(tau.estimate, r("one-stage tau").estimate, rtol=1e-6)
    assert_allclose(one(found, "interaction-test").p, r("F").p, rtol=1e-9)


@pytest.mark.parametrize("who", PEOPLE)
def test_serial_regression_agrees_with_nlme(series, r, who):
    ask = {"time": "day", "residual": "ar1", "trend": True}
    found = n_of_1(series[series["id"] == who], **ASK, **ask)
    for name, what in (("individual-effect", "serial"), ("time-trend", "serial trend")):
        row, want = one(found, name, who), r(what, who)
        assert_allclose([row.estimate, row.se], want[["estimate", "se"]].astype(float), rtol=1e-5)
    assert_allclose(one(found, "serial-correlation", who).estimate, r("rho", who).estimate, 1e-5)


@pytest.mark.parametrize("who", PEOPLE)
def test_serial_likelihood_is_no_lower_than_that_of_nlme(series, r, who):
    own = series[series["id"] == who]
    columns = (np.ones(len(own)), own["arm"] == "drug", own["day"] - own["day"].mean())
    fit = serial_regression(own["y"], np.column_stack(columns).astype(float), own["day"])
    assert_allclose(-fit.deviance / 2, r("loglik", who).estimate, rtol=1e-9)


def test_a_trend_is_taken_out_of_the_cycles(series, r):
    five = series[series["id"] == "P5"]
    found = n_of_1(five, **ASK, time="day", trend=True)
    for name, what in (("individual-effect", "paired with trend"), ("time-trend", "trend")):
        row, want = one(found, name, "P5"), r(what, "P5")
        got = [row.estimate, row.se, row.df, row.p]
        assert_allclose(got, want[["estimate", "se", "df", "p"]].astype(float), rtol=1e-9)


def test_the_smallest_p_is_printed_and_nobody_is_promised_less(found):
    smallest = {row.label: row.estimate for row in found.select(name="smallest-p")}
    assert smallest == {"3 cycles": 2**-2, "4 cycles": 2**-3, "5 cycles": 2**-4, "6 cycles": 2**-5}
    for row in found.select(name="randomisation-test"):
        assert row.p >= min(smallest.values())
        assert ("cannot give" in " ".join(row.warnings)) == (row.label != "P5")


def test_one_cycle_each_cannot_tell_whether_response_is_personal(series):
    found = n_of_1(series[series["cycle"] == 1], **ASK)
    refused = {row.name: row.reason for row in found.refused if row.label is None}
    assert set(refused) == {"effect-sd-between-people", "prediction-interval", "interaction-test"}
    assert "Senn 2016" in refused["interaction-test"]
    assert found["mean-effect"].df == 8  # the mean needs people, not cycles
    assert not [row for row in found if "shrunken" in (row.label or "")]


def test_one_person_alone_has_no_population(series):
    alone = series[series["id"] == "P1"].drop(columns="id")
    found = n_of_1(alone, **{**ASK, "participant": None})
    assert {row.name for row in found} == {"individual-effect", "randomisation-test", "smallest-p"}
    assert found["individual-effect"].label == "participant"


def alike(effects):
    """Three cycles each whose differences vary by 1: chance alone would spread effects by 0.58."""
    rows = [
        (k, c, arm, (effect + c - 2) * (arm == "drug"))
        for k, effect in enumerate(effects)
        for c in (1, 2, 3)
        for arm in ("drug", "placebo")
    ]
    return n_of_1(pd.DataFrame(rows, columns=["id", "cycle", "arm", "y"]), **ASK)


def test_no_spread_is_not_called_evidence_of_sameness():
    found = alike([-0.5, -0.4, 0.4, 0.5])
    spread = found["effect-sd-between-people"]
    assert (spread.estimate, spread.low) == (0, 0)
    assert spread.high > 1
    assert "no evidence" in spread.warnings[-1]
    assert "not evidence" in found["interaction-test"].warnings[-1]


def test_effects_too_close_for_chance_have_no_interval():
    spread = alike([1.0, 1.01, 1.0, 0.99])["effect-sd-between-people"]
    assert spread.high is None
    assert "copied" in spread.warnings[-1]


def test_washout_and_missing_measures_are_counted(series):
    lost = series.copy()
    lost.loc[3, "y"] = np.nan
    found = n_of_1(lost, **ASK, time="day", washout=1)
    words = " ".join(found.warnings)
    assert "fell in the first 1 time units" in words
    kept = series.groupby(["id", "cycle", "arm"])["day"].transform("min") < series["day"]
    plain = n_of_1(series[kept & lost["y"].notna()], **ASK)
    assert_allclose(found["mean-effect"].estimate, plain["mean-effect"].estimate)
    half = series[~((series["id"] == "P2") & (series["cycle"] == 1) & (series["arm"] == "drug"))]
    assert "1 cycles lack a measurement under one treatment" in n_of_1(half, **ASK).warnings[0]


def test_carry_over_that_washout_removes_leaves_no_bias(series):
    first = series.groupby(["id", "cycle", "arm"])["day"].transform("min") == series["day"]
    spoiled = series.assign(y=series["y"] + 50.0 * (first & (series["arm"] == "placebo")))
    ask = {"time": "day", "washout": 1}
    clean, washed = n_of_1(series, **ASK, **ask), n_of_1(spoiled, **ASK, **ask)
    assert washed["mean-effect"].estimate == clean["mean-effect"].estimate


def test_the_same_order_throughout_is_warned_of(series):
    rows = series[series["id"] == "P5"].copy()
    shift = np.where(rows["arm"] == "drug", 0, 4)
    rows["day"] = rows["cycle"] * 8 + shift + rows.groupby(["cycle", "arm"]).cumcount()
    assert "same order in every cycle" in n_of_1(rows, **ASK, time="day").warnings[0]


def test_swapping_treatments_flips_the_sign_only(series):
    one_way, other = n_of_1(series, **ASK), n_of_1(series, **{**ASK, "control": "drug"})
    for name in ("mean-effect", "individual-effect"):
        assert_allclose(
            one_way.select(name=name).column("estimate"),
            -other.select(name=name).column("estimate"),
            rtol=1e-9,
        )
    tau = "effect-sd-between-people"
    assert math.isclose(one_way[tau].estimate, other[tau].estimate, rel_tol=1e-9)


def test_bad_input_is_refused_with_what_to_do(series):
    with pytest.raises(DataError, match="Keep the rows of two treatments"):
        n_of_1(series.assign(arm=series["arm"].where(series["cycle"] != 1, "other")), **ASK)
    with pytest.raises(DataError, match="no column"):
        n_of_1(series, **{**ASK, "cycle": "block"})
    with pytest.raises(DataError, match="needs the time column"):
        n_of_1(series, **ASK, washout=2)
    with pytest.raises(DataError, match="need the time column"):
        n_of_1(series, **ASK, trend=True)
    with pytest.raises(DataError, match="same time"):
        n_of_1(series.assign(day=1), **ASK, time="day", residual="ar1")
    with pytest.raises(DataError, match="one-stage model has one variance"):
        n_of_1(series, **ASK, model="one-stage", variance="own")
    with pytest.raises(DataError, match="their own variance"):
        n_of_1(series, **ASK, variance="common", trend=True, time="day")
    with pytest.raises(DataError, match="model is one of"):
        n_of_1(series, **ASK, model="bayes")
    with pytest.raises(DataError, match="must be numbers"):
        n_of_1(series.assign(y="low"), **ASK)
    with pytest.raises(DataError, match="have no cycle"):
        n_of_1(series.assign(cycle=series["cycle"].where(series["cycle"] > 1)), **ASK)
    with pytest.raises(NotIdentifiedError, match="No cycle has"):
        n_of_1(series.assign(cycle=series["arm"].map({"drug": 1, "placebo": 2})), **ASK)
