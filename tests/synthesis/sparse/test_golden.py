"""Numbers of metafor 5.0-1 and lme4 (tests/golden/sparse.R prints them)."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from equipoise.synthesis.sparse import (
    breslow_day_test,
    cmh_rate_test,
    cmh_test,
    glmm_odds_ratio,
    glmm_proportion,
    glmm_rate,
    glmm_rate_ratio,
    glmm_single_arm,
    mantel_haenszel,
    pooled_person_time,
    pooled_peto,
    pooled_two_by_two,
)
from equipoise.synthesis.sparse.glmm_models import odds_ratio_model
from equipoise.synthesis.sparse.mixed_likelihood import integrated
from equipoise.synthesis.sparse.study_effects import q_about, study_effects

EXACT = {"rtol": 1e-10, "atol": 1e-12}  # the digits that R printed
DATA = ("linde", "bcg", "zeros")
OPTIONS = {
    "": ((0.5, "only0"), (0, "none"), (True, False)),
    "-all": ((0.5, "all"), (0.5, "all"), (False, False)),
    "-only0": ((0.5, "only0"), (0.5, "only0"), (False, False)),
    "-if0all": ((0.25, "if0all"), (0.25, "if0all"), (True, True)),
}
"""Added to effects, added to cells, whether studies without events are dropped from either."""


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
@pytest.mark.parametrize("data", DATA)
def test_mantel_haenszel(tables, numbers, data, measure, option):
    own, cells, drop = OPTIONS[option]
    table, model = tables[data], f"MH-{measure}{option}"
    informative = table.take(~table.uninformative)
    used = (informative if drop[1] else table).with_added(*cells)
    found = pooled_two_by_two(used, measure)
    effects = table.with_added(*own)
    q, df = q_about(
        found.estimate,
        *study_effects(effects.take(~table.uninformative) if drop[0] else effects, measure),
    )
    got = {"beta": found.estimate, "se": found.se, "QE": q, "k.yi": df + 1}
    if measure == "OR":
        breslow, tarone = breslow_day_test(used, found.estimate)
        got |= {"MH": cmh_test(used).statistic, "MHp": cmh_test(used).p}
        got |= {"BD": breslow.statistic, "BDp": breslow.p, "TA": tarone.statistic, "TAp": tarone.p}
    for name, value in got.items():
        assert_allclose(value, numbers[data, model, name], **EXACT, err_msg=name)


@pytest.mark.parametrize("data", DATA)
def test_peto_and_the_test_without_correction(tables, numbers, data):
    table = tables[data]
    found, test = pooled_peto(table)
    expected = [numbers[data, "Peto", name] for name in ("beta", "se", "QE", "QEp")]
    assert_allclose([found.estimate, found.se, test.statistic, test.p], expected, **EXACT)
    plain = cmh_test(table, correct=False)
    assert_allclose(plain.statistic, numbers[data, "MH-OR-uncorrected", "MH"], **EXACT)


@pytest.mark.parametrize("measure", ["IRR", "IRD"])
def test_a_study_without_events_stays_out_of_q(rates, numbers, measure):
    columns, silent = (rates.a, rates.t1, rates.c, rates.t2), (0, 60, 0, 45)
    whole = [np.append(x, more) for x, more in zip(columns, silent, strict=True)]
    found = mantel_haenszel(*whole, measure=measure)
    model = f"MH-{measure}"
    assert_allclose(found["pooled-effect"].estimate, numbers["rates00", model, "beta"], **EXACT)
    assert_allclose(found["pooled-effect"].se, numbers["rates00", model, "se"], **EXACT)
    assert_allclose(found["q-test"].estimate, numbers["rates00", model, "QE"], **EXACT)
    assert found["q-test"].df == numbers["rates00", model, "k.yi"] - 1


@pytest.mark.parametrize("measure", ["IRR", "IRD"])
def test_rates(rates, numbers, measure):
    model = f"MH-{measure}"
    found = pooled_person_time(rates, measure)
    assert_allclose(
        [found.estimate, found.se], [numbers["rates", model, n] for n in ("beta", "se")], **EXACT
    )
    rows = mantel_haenszel(rates.a, rates.t1, rates.c, rates.t2, measure=measure)
    for name, slug in (("QE", "q-test"), ("I2", "i2-q")):
        assert_allclose(rows[slug].estimate, numbers["rates", model, name], **EXACT)
    if measure == "IRR":
        for correct, more in ((True, ""), (False, "-uncorrected")):
            got = cmh_rate_test(rates, correct=correct).statistic
            assert_allclose(got, numbers["rates", model + more, "MH"], **EXACT)


@pytest.mark.parametrize("coding", [0.5, 1.0, 0.0])
@pytest.mark.parametrize("data", ["linde", "bcg"])
def test_fixed_study_effects_with_100_nodes(tables, numbers, data, coding):
    """glmer stops where the deviance no longer moves: its estimates hold to half its digits."""
    found = glmm_odds_ratio(tables[data], "UM.FS", coding=coding)
    model = f"exact-UM.FS-{coding:g}"
    assert_allclose(found.coefficients[0], numbers[data, model, "beta"], rtol=3e-6)
    assert_allclose(found.tau2, numbers[data, model, "tau2"], rtol=1e-5)
    assert_allclose(found.se[0], numbers[data, model, "se"], rtol=2e-5)


@pytest.mark.parametrize("data", ["linde", "bcg"])
def test_proportions_with_100_nodes(tables, numbers, data):
    found = glmm_proportion(tables[data].a, tables[data].n1)
    assert_allclose(found.coefficients[0], numbers[data, "exact-PLO", "beta"], rtol=1e-6)
    assert_allclose(found.tau2, numbers[data, "exact-PLO", "tau2"], rtol=1e-5)
    assert_allclose(found.se[0], numbers[data, "exact-PLO", "se"], rtol=2e-5)


@pytest.mark.parametrize("data", ["linde", "zeros"])
def test_two_random_effects_by_brute_force(tables, numbers, data):
    """The integral at given parameters, against a fine fixed grid."""
    points = [(-0.9, 1.1, 0.55, 0.75, 0), (-0.8, 1.2, 0.6, 0.8, -0.5), (-2, -0.5, 0.3, 1.4, 0.7)]
    table = tables[data].take(~tables[data].uninformative)
    model = odds_ratio_model(table, np.ones((len(table), 1)), "UM.RS", correlated=True)
    for j, (alpha, effect, level, tau, rho) in enumerate(points, start=1):
        L = [level, rho * tau, np.sqrt(1 - rho**2) * tau]
        value = integrated(model, np.array([effect, alpha, *L]), 49).value
        assert_allclose(value, numbers[data, "brute-UM.RS", f"ll{j}"], rtol=1e-11)


@pytest.mark.parametrize("data", ["linde", "bcg"])
def test_conditional_exact(tables, numbers, data):
    """metafor integrates too and stops at its optimiser's tolerance."""
    found = glmm_odds_ratio(tables[data], "CM.EL")
    model = "GLMM-CM.EL-ML-"
    assert_allclose(found.coefficients[0], numbers[data, model, "beta"], rtol=1e-6)
    assert_allclose(found.tau2, numbers[data, model, "tau2"], rtol=2e-6)
    assert_allclose(found.se[0], numbers[data, model, "se"], rtol=3e-5)
    assert_allclose(found.fit.log_likelihood, numbers[data, model, "ll"], rtol=1e-9)
    assert found.fit.log_likelihood >= numbers[data, model, "ll"] - 1e-10


@pytest.mark.parametrize("model", ["UM.FS", "CM.EL", "CM.AL"])
@pytest.mark.parametrize("data", DATA)
def test_one_effect_and_the_likelihood_ratio(tables, numbers, data, model):
    found = glmm_odds_ratio(tables[data], model, heterogeneity="EE")
    named = f"GLMM-{model}-EE-{'0.5' if model == 'UM.FS' else ''}"
    assert_allclose(found.coefficients[0], numbers[data, named, "beta"], rtol=1e-6)
    assert_allclose(found.fit.log_likelihood, numbers[data, named, "ll"], rtol=1e-9)
    assert found.lrt
    assert_allclose(found.lrt[0], numbers[data, named, "QE.LRT"], rtol=1e-8)
    if model != "CM.EL":  # whose Hessian metafor takes by differences
        assert found.wald
        assert_allclose(found.wald[0], numbers[data, named, "QE.Wld"], rtol=1e-6)


def test_rates_of_one_arm_and_of_two(rates, numbers):
    one = glmm_rate(rates.a, rates.t1)
    assert_allclose(one.coefficients[0], numbers["rates", "GLMM-IRLN-ML", "beta"], rtol=1e-9)
    assert one.lrt
    assert_allclose(one.lrt[0], numbers["rates", "GLMM-IRLN-ML", "QE.LRT"], rtol=1e-8)
    for model in ("UM.FS", "CM.EL"):
        two = glmm_rate_ratio(rates, model)
        named = f"GLMM-IRR-{model}-ML"
        assert_allclose(two.coefficients[0], numbers["rates", named, "beta"], rtol=1e-9)
        assert_allclose(two.se[0], numbers["rates", named, "se"], rtol=1e-6)
        assert two.lrt
        assert_allclose(two.lrt[0], numbers["rates", named, "QE.LRT"], rtol=1e-8)


def test_a_share_of_one_arm_in_the_rows(tables, numbers):
    table = tables["linde"]
    share = glmm_single_arm(table.a, table.n1)["pooled-share"]
    expected = 1 / (1 + np.exp(-numbers["linde", "exact-PLO", "beta"]))
    assert_allclose(share.estimate, expected, rtol=1e-7)


def test_a_moderator(tables, evidence, numbers):
    X = np.column_stack([np.ones(13), evidence("bcg").ablat])
    found = glmm_odds_ratio(tables["bcg"], "UM.FS", X=X)
    expected = [numbers["bcg", "GLMM-mods-UM.FS", n] for n in ("beta1", "beta2", "se1", "se2")]
    assert_allclose([*found.coefficients, *found.se], expected, rtol=1e-5)
