"""Against metafor 5.0-1 and meta 8.3-0: tests/golden/pairwise.R prints the numbers.

metafor's own iterations end at about 1e-9 relative even when asked for more; its uniroot for
intervals at about 1e-8. Where it finds tau2 at a maximum of 0, it stops a little above it.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.synthesis import Effects, checked_effects
from equipoise.synthesis.normal_or_t import quantile, two_sided
from equipoise.synthesis.pairwise import TESTS, random_effects
from equipoise.synthesis.pairwise import heterogeneity as spread
from equipoise.synthesis.pairwise.influence import cumulative, influence, leave_one_out
from equipoise.synthesis.pairwise.permutation import permutation_test
from equipoise.synthesis.pairwise.prediction import (
    prediction_classic,
    prediction_of_test,
)
from equipoise.synthesis.pairwise.regression import moderator_test
from equipoise.synthesis.pairwise.subgroups import subgroups
from equipoise.synthesis.pairwise.tau2.likelihood import log_likelihood

Says = Callable[[str, str], dict[str, np.ndarray]]
DATA = ("psilocybin", "bcg", "linde", "furukawa")
METHODS = ("EE", "DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM")
CLOSE = {"rtol": 1e-7, "atol": 1e-9}


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize(
    ("method", "test"),  # R refuses Hartung-Knapp with a common effect
    [(m, t) for m in METHODS for t in TESTS if m != "EE" or "hartung" not in t],
)
def test_mean_and_prediction(
    data: str, method: str, test: str, effects: dict[str, Effects], r_says: Says
) -> None:
    fit = random_effects(effects[data], method=method, test=test)
    r = r_says(data, f"{method} {test}")
    half = quantile(0.95, fit.df) * fit.se[0]
    got = {"beta": fit.beta[0], "se": fit.se[0], "low": fit.beta[0] - half}
    got |= {"high": fit.beta[0] + half, "p": two_sided(fit.beta[0] / fit.se[0], fit.df)}
    if method != "EE":
        found = prediction_of_test(fit)
        got |= {"prediction_low": found.low, "prediction_high": found.high}
    for name, value in got.items():
        assert_allclose(value, r[name][0], err_msg=name, **CLOSE)


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("method", METHODS)
def test_heterogeneity(data: str, method: str, effects: dict[str, Effects], r_says: Says) -> None:
    fit, r = random_effects(effects[data], method=method), r_says(data, method)
    q = spread.cochran_q(fit)
    got: dict[str, object] = {"tau2": fit.tau2, "q": q.q, "q_p": q.p}
    if method != "EE":
        got |= {"i2_tau2": spread.i2_tau2(fit), "qp": spread.q_profile(fit)}
        got["h2"] = fit.tau2 / spread.typical_variance(fit) + 1
    if "tau2_se" in r:
        got["tau2_se"] = spread.tau2_se(fit)
    if "pl" in r:
        e, restricted = fit.effects, method == "REML"
        got["pl"] = spread.profile_likelihood(fit)
        got["log_likelihood"] = log_likelihood(e.y, e.v, fit.x, fit.tau2, restricted=restricted)
    assert set(got) == set(r)
    for name, value in got.items():
        assert_allclose(value, np.resize(r[name], np.shape(value)), err_msg=name, **CLOSE)


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("method", METHODS[1:])
@pytest.mark.parametrize("test", ["z", "hartung-knapp"])
def test_meta_regression(
    data: str, method: str, test: str, complete: dict[str, pd.DataFrame], r_says: Says
) -> None:
    table, r = complete[data], r_says(data, f"moderators {method} {test}")
    x = np.column_stack([np.ones(len(table)), table["x1"], table["x2"]])
    fit = random_effects(checked_effects(table["y"], table["v"]), x, method=method, test=test)
    whole = random_effects(fit.effects, method=method)
    omnibus = moderator_test(fit)
    got = {
        "beta": fit.beta,
        "se": fit.se,
        "p": [two_sided(t, fit.df) for t in fit.beta / fit.se],
        "moderator_test": [omnibus[0], omnibus[2]],
        "tau2": fit.tau2,
        "q": spread.cochran_q(fit).q,
        "i2_tau2": spread.i2_tau2(fit),
    }
    if whole.tau2 > 0:
        got["r2"] = max(0.0, 100 * (1 - fit.tau2 / whole.tau2))
    for name, value in got.items():
        assert_allclose(value, np.resize(r[name], np.shape(value)), err_msg=name, **CLOSE)


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("method", ["GENQ", "REML"])
def test_weights_of_the_user(
    data: str,
    method: str,
    studies: dict[str, pd.DataFrame],
    effects: dict[str, Effects],
    r_says: Says,
) -> None:
    fit = random_effects(effects[data], method=method, weights=studies[data]["w"])
    r = r_says(data, f"weights {method}")
    assert_allclose(fit.tau2, r["tau2"][0], **CLOSE)
    assert_allclose(fit.beta, r["beta"], **CLOSE)
    assert_allclose(fit.se, r["se"], **CLOSE)


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("moderators", [False, True])
def test_influence(
    data: str, moderators: bool, complete: dict[str, pd.DataFrame], r_says: Says
) -> None:
    table = complete[data]
    x = np.column_stack([np.ones(len(table)), table["x1"]]) if moderators else None
    found = influence(random_effects(checked_effects(table["y"], table["v"]), x))
    r = r_says(data, "influence x1" if moderators else "influence")
    got = {
        "rstudent": found.rstudent,
        "dffits": found.dffits,
        "cook.d": found.cook_d,
        "cov.r": found.cov_ratio,
        "tau2.del": found.tau2_without,
        "QE.del": found.q_without,
        "hat": found.hat,
        "weight": found.weight,
        "dfbs": found.dfbetas[:, 0],
        "baujat_x": found.baujat_x,
        "baujat_y": found.baujat_y,
    }
    for name, value in got.items():
        assert_allclose(value, r[name], err_msg=name, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("data", DATA)
def test_leave_one_out_and_cumulative(data: str, effects: dict[str, Effects], r_says: Says) -> None:
    fit = random_effects(effects[data])
    r = r_says(data, "leave one out")
    assert_allclose([one.beta[0] for one in leave_one_out(fit)], r["estimate"], **CLOSE)
    assert_allclose([one.se[0] for one in leave_one_out(fit)], r["se"], **CLOSE)
    r, grown = r_says(data, "cumulative"), cumulative(fit, range(fit.k))
    assert_allclose([one.beta[0] for one in grown], r["estimate"][1:], **CLOSE)
    assert_allclose([one.se[0] for one in grown], r["se"][1:], **CLOSE)


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("test", ["z", "hartung-knapp"])
def test_as_meta_says(
    data: str,
    test: str,
    studies: dict[str, pd.DataFrame],
    effects: dict[str, Effects],
    r_says: Says,
) -> None:
    named = "classic" if test == "z" else "HK"
    fit, r = random_effects(effects[data], test=test), r_says(data, f"meta {named}")
    limits = spread.i2_q_interval(fit)
    assert limits is not None
    assert_allclose([spread.i2_q(fit), *limits], r["i2_q"], rtol=1e-9, atol=1e-9)
    found = prediction_classic(fit)
    if named == "classic":
        assert_allclose([found.low, found.high], r["prediction"], **CLOSE)
    table = studies[data]
    counts = table["g"].value_counts()
    rows = table["g"].isin(counts.index[counts > 1]).to_numpy()
    if table["g"][rows].nunique() < 2:
        return
    r = r_says(data, f"subgroups {named}")
    got = subgroups(effects[data].take(rows), table["g"][rows].tolist(), test=test)
    by_name = sorted(got.select(name="subgroup-effect"), key=lambda row: str(row.label))
    assert_allclose([row.estimate for row in by_name], r["estimate"], **CLOSE)
    assert_allclose([row.se for row in by_name], r["se"], **CLOSE)
    row = got.select(name="subgroup-test", label="own tau2").rows[0]
    assert_allclose([row.estimate, row.p], r["q"], rtol=1e-6, atol=1e-9)


def test_exact_permutations(
    studies: dict[str, pd.DataFrame], effects: dict[str, Effects], r_says: Says
) -> None:
    rng = np.random.default_rng(1)
    for named, test, method in (("", "z", "DL"), (" knha", "hartung-knapp", "REML")):
        fit = random_effects(effects["psilocybin"], method=method, test=test)
        found = permutation_test(fit, rng)
        assert found.exact
        assert found.p[0] == r_says("psilocybin", f"sign flips{named}")["p"][0] == 2 / 4096
    table = studies["psilocybin"][:6]
    x = np.column_stack([np.ones(6), table["x1"]])
    six = checked_effects(table["y"], table["v"])
    found = permutation_test(random_effects(six, x, method="DL", test="z"), rng)
    r = r_says("psilocybin", "row permutations")
    assert found.exact
    assert found.p_omnibus == r["p_omnibus"][0]
    assert_allclose(found.p, r["p"])
