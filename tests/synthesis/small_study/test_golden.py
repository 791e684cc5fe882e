"""Every number of tests/golden/small_study.csv (metafor 5.0-1, meta 8.3-0, metasens 1.5-2)."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from equipoise.synthesis import checked_effects
from equipoise.synthesis.small_study import (
    begg,
    excess_significance,
    funnel_regression,
    limit_effect,
    selection_model,
    trim_and_fill,
)
from equipoise.synthesis.small_study.fail_safe import orwin, rosenberg, rosenthal
from equipoise.synthesis.small_study.two_by_two import harbord, modified_egger, peters

SETS = ("psilocybin", "lindeRR", "lindeOR", "bcg", "furukawa", "made")
SIDE = {"psilocybin": "less", "bcg": "less", "furukawa": "less"}
TESTS = {"z": "z", "t": "t", "knha": "hartung-knapp"}
TIGHT = {"rtol": 2e-8, "atol": 1e-9}
LOOSE = {"rtol": 1e-4, "atol": 1e-6}
"""metafor trims and refits with the default tolerance of tau2, 1e-5."""
ITERATIVE = ("REML", "PM")


@pytest.mark.parametrize("name", SETS)
def test_regression_tests_and_limits(name, sets, r_says):
    table = sets[name]
    found = [what for what in r_says[name] if what.startswith("regtest/")]
    assert len(found) == 36
    for what in found:
        _, predictor, *how = what.split("/")
        more = {"model": "lm"}
        if how != ["lm"]:
            more = {"model": "rma", "method": how[0], "test": TESTS[how[1]]}
        fit = funnel_regression(table.y, table.v, predictor=predictor, n=table.n, **more)
        assert_allclose([fit.slope.statistic, fit.slope.p], r_says[name][what], **TIGHT)
        limit = r_says[name].get(what.replace("regtest", "limit"))
        if limit is not None:
            got = [fit.intercept.estimate, *fit.intercept.interval()]
            assert_allclose(got, limit, **TIGHT)


@pytest.mark.parametrize("name", SETS)
def test_rank_test(name, sets, r_says):
    found = begg(sets[name].y, sets[name].v)
    assert_allclose([found.tau, found.p], r_says[name]["ranktest"], rtol=1e-10)
    assert found.exact == (name != "made")  # a study stands twice in the made set


@pytest.mark.parametrize("name", SETS)
def test_trim_and_fill(name, effects, r_says):
    found = [what for what in r_says[name] if what.startswith("trimfill/")]
    assert len(found) > 20
    for what in found:
        _, method, estimator, side = what.split("/")
        chosen = None if side == "auto" else side
        got = trim_and_fill(effects[name], method=method, estimator=estimator, side=chosen)
        numbers = [got.fit.beta[0], got.fit.se[0], got.missing, got.missing_se]
        near = LOOSE if method in ITERATIVE else TIGHT
        assert_allclose([*numbers, got.side == "left"], r_says[name][what], **near)


@pytest.mark.parametrize("name", SETS)
def test_trim_about_the_common_effect(name, effects, r_says):
    got = trim_and_fill(effects[name], method="DL", trim_method="EE")
    assert_allclose([got.fit.beta[0], got.fit.se[0], got.missing], r_says[name]["trimfill-meta"])


@pytest.mark.parametrize("name", SETS)
def test_excess_significance(name, sets, r_says):
    y, v = sets[name].y, sets[name].v
    names = {"chi2": "chi2", "binom": "binomial", "exact": "exact"}
    for theirs, ours in names.items():
        if f"tes/{theirs}" in r_says[name]:
            got = excess_significance(y, v, test=ours)
            want = r_says[name][f"tes/{theirs}"]
            assert_allclose([got.observed, got.expected, got.p], want, rtol=1e-9)
    for side in ("greater", "less"):
        got = excess_significance(y, v, alternative=side)
        assert_allclose([got.observed, got.expected, got.p], r_says[name][f"tes/{side}"], rtol=1e-9)


@pytest.mark.parametrize("name", SETS)
def test_fail_safe_numbers(name, sets, r_says):
    y, v, want = sets[name].y, sets[name].v, r_says[name]
    assert rosenthal(y, v) == want["fsn/Rosenthal"][0]
    assert rosenberg(y, v) == want["fsn/Rosenberg"][0]
    assert orwin(y, v, target=0.1) == want["fsn/Orwin"][0]
    assert orwin(y, target=0.1) == want["fsn/Orwin-plain"][0]


@pytest.mark.parametrize("name", SETS)
def test_limit_meta_analysis(name, sets, r_says):
    got = limit_effect(sets[name].y, sets[name].v, method="DL")
    assert_allclose([got.effect.estimate, got.effect.se, got.alpha], r_says[name]["limitmeta"])


NO_FIT_IN_R = {
    ("psilocybin", "4psm"),
    ("made", "4psm"),
    ("psilocybin", "halfnorm"),
    ("lindeRR", "negexp-step"),
    ("lindeRR", "logistic-step"),
    ("lindeRR", "power-two"),
}
NO_MAXIMUM = {
    ("psilocybin", "fixed"),
    ("psilocybin", "half-fixed"),
    ("made", "3psm"),
    ("made", "step-two"),
    ("made", "step-two-2"),
    ("psilocybin", "beta"),
}
"""No maximum within the bounds, or an interval of p without a study."""
STEPS = {
    "3psm": {"steps": [0.025]},
    "4psm": {"steps": [0.025, 0.5]},
    "3psm-ee": {"steps": [0.025], "method": "EE"},
    "step-two": {"steps": [0.05], "alternative": "two.sided"},
    "step-two-2": {"steps": [0.05, 0.3], "alternative": "two.sided"},
    "fixed": {"steps": [0.01, 0.05, 0.5], "weights": [0.9, 0.6, 0.3]},
    "half-fixed": {"steps": [0.025, 0.5], "weights": [None, 0.4]},
}


def compared(fit, want, label, *, rtol, se_rtol):
    """Compare whatever of a fit R printed."""
    assert fit.converged
    assert_allclose(fit.log_likelihood, want[f"{label}/ll"][0], rtol=0, atol=rtol)
    scale = want[f"{label}/effect"][1]  # in standard errors: a maximum is flat
    scale = scale if np.isfinite(scale) else fit.effect.se
    assert abs(fit.effect.estimate - want[f"{label}/effect"][0]) < rtol**0.5 * scale
    if np.isfinite(want[f"{label}/effect"][1]):  # R's Hessian fails now and then
        assert_allclose(fit.effect.se, want[f"{label}/effect"][1], rtol=se_rtol)
    if f"{label}/tau2" in want:
        tau2, se = want[f"{label}/tau2"]
        assert_allclose(fit.tau2.estimate, tau2, rtol=20 * rtol**0.5, atol=1e-5)
        if np.isfinite(se):
            assert_allclose(fit.tau2.se, se, rtol=se_rtol)
    lrt, p = want[f"{label}/lrt"]
    if fit.free_weights:
        assert_allclose([fit.statistic, fit.p], [lrt, p], rtol=1e-4, atol=3 * rtol)


@pytest.mark.parametrize(
    ("name", "label"),
    [(name, label) for name in SETS for label in STEPS if (name, label) not in NO_FIT_IN_R],
)
def test_step_functions(name, label, effects, r_says):
    want = r_says[name]
    more = {"alternative": SIDE.get(name, "greater")} | STEPS[label]
    fit = selection_model(effects[name], "stepfun", **more)
    assert (0 in fit.counts or bool(fit.at_bound)) == ((name, label) in NO_MAXIMUM)
    if (name, label) in NO_MAXIMUM:  # optimisers stop where they like; ours is not less likely
        assert fit.log_likelihood > want[f"{label}/ll"][0] - 1e-6
        return
    compared(fit, want, label, rtol=1e-8, se_rtol=2e-4)
    assert_allclose([w.estimate for w in fit.weights], want[f"{label}/delta"][1:], rtol=2e-4)


KINDS = ("halfnorm", "negexp", "logistic", "power")
SMOOTH = [
    *((name, kind) for name in ("psilocybin", "lindeRR", "made") for kind in (*KINDS, "beta")),
    *(("lindeRR", f"{kind}-{how}") for kind in KINDS for how in ("ee", "two", "prec", "step")),
    ("lindeRR", "beta-cut"),
]


@pytest.mark.parametrize(("name", "label"), [one for one in SMOOTH if one not in NO_FIT_IN_R])
def test_smooth_functions(name, label, sets, effects, r_says):
    want = r_says[name]
    kind, _, variant = label.partition("-")
    more = {
        "": {}, "ee": {"method": "EE"}, "two": {"alternative": "two.sided"},
        "prec": {"imprecision": effects[name].se}, "step": {"steps": [0.025]},
        "cut": {"steps": [0.025, 0.975]},
    }[variant]  # fmt: skip
    more = {"alternative": SIDE.get(name, "greater")} | more
    fit = selection_model(effects[name], kind, **more)
    assert bool(fit.at_bound) == ((name, label) in NO_MAXIMUM)
    slack = 1.2e-4 * len(sets[name])  # of beta: R's integrate() at its default tolerance
    if (name, label) in NO_MAXIMUM:
        assert fit.log_likelihood > want[f"{label}/ll"][0] - (slack if kind == "beta" else 1e-6)
        return
    if kind == "beta":
        assert_allclose(fit.log_likelihood, want[f"{label}/ll"][0], atol=slack)
        assert abs(fit.effect.estimate - want[f"{label}/effect"][0]) < 0.005 * fit.effect.se
        assert_allclose([w.estimate for w in fit.weights], want[f"{label}/delta"], rtol=1e-3)
        return
    compared(fit, want, label, rtol=1e-7, se_rtol=2e-4)


def test_headlines(sets):
    """Printed by metafor 5.0-1: shared by the anchors of the synthesis."""
    psilocybin, linde = sets["psilocybin"], sets["lindeRR"]
    egger = funnel_regression(psilocybin.y, psilocybin.v).slope
    assert_allclose([egger.statistic, egger.p], [-1.337819, 0.210583], atol=5e-7)
    egger = funnel_regression(linde.y, linde.v).slope
    assert_allclose(egger.statistic, 4.707724, atol=5e-7)
    assert egger.df == 22
    studies = checked_effects(linde.y, linde.v)
    filled = trim_and_fill(studies)
    assert filled.missing == 9
    assert_allclose(filled.fit.beta[0], 0.270573, atol=5e-7)
    three = selection_model(studies)
    assert_allclose(
        [three.effect.estimate, three.weights[0].estimate], [0.538139, 0.827637], atol=5e-7
    )


def test_tests_that_look_at_arms(linde, evidence, r_says):
    ok = linde[(linde.ai > 0) & (linde.ci > 0) & (linde.ai < linde.n1i) & (linde.ci < linde.n2i)]
    arms = (ok.ai, ok.n1i, ok.ci, ok.n2i)
    b, d = ok.n1i - ok.ai, ok.n2i - ok.ci
    y = np.log(ok.ai * d / (b * ok.ci))
    v = 1 / ok.ai + 1 / b + 1 / ok.ci + 1 / d
    want = r_says["arms"]
    tests = {
        "Harbord": harbord(*arms),
        "Peters": peters(y, *arms),
        "Egger": funnel_regression(y, v),
        "Macaskill": funnel_regression(y, v, predictor="ni", n=ok.n1i + ok.n2i),  # as meta has it
        "Thompson": funnel_regression(y, v, model="rma", test="t"),
    }
    for name, fit in tests.items():
        got = [fit.slope.statistic, fit.slope.df, fit.slope.p]
        assert_allclose(got, want[name], rtol=1e-4 if name == "Thompson" else 1e-10)  # tau2 to 1e-5


def test_modified_egger(evidence, sets, r_says):
    f, table = evidence("furukawa2003"), sets["furukawa"]
    fit = modified_egger(table.y, table.v, f.Ne, f.Nc).slope
    assert_allclose([fit.statistic, fit.df, fit.p], r_says["smd"]["Pustejovsky"], rtol=1e-9)
