"""Against R: metafor, mixmeta, and likelihoods written out dense."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.synthesis.blinding import (
    Arms,
    Bias,
    bias_synthesis,
    bivariate_fit,
    chance_guessing,
    class_estimates,
    control_arm_share,
    gibbs,
    logit_response,
    randomised_and_observational,
    standardised_change,
    structural_fit,
)

from .conftest import row

NEAR = {"rtol": 1e-8, "atol": 1e-10}


def same(found, wanted, **near):
    """Compare a row with R's estimate, se, interval and p."""
    for field in ("estimate", "se", "low", "high", "p"):
        assert_allclose(getattr(found, field), wanted[field], **(near or NEAR), err_msg=field)


def test_indices_of_counts(made, index, golden):
    assert_allclose(index.index, golden("index")[made["study"]], rtol=1e-12)
    assert_allclose(index.variance, golden("index variance")[made["study"]], rtol=1e-12)


@pytest.mark.parametrize("r", [0.5, 0.7])
def test_bivariate_arms(main12, golden, r):
    wanted = golden(f"arms {r}")
    active, control = changes(main12, r)
    S = np.zeros((10, 2, 2))
    S[:, 0, 0], S[:, 1, 1] = active.variance, control.variance
    fit = bivariate_fit(np.column_stack([active.estimate, control.estimate]), S)
    got = [fit.T[0, 0], fit.T[0, 1], fit.T[1, 1], fit.loglik, *fit.means[0]]
    assert_allclose(got, wanted[["t11", "t12", "t22", "loglik", "mean1", "mean2"]], rtol=1e-9)
    assert_allclose(fit.cov[np.triu_indices(2)], wanted[["cov11", "cov12", "cov22"]], rtol=1e-8)
    if r == 0.7:
        assert_allclose(fit.means[0], golden("mixmeta 0.7")[["mean1", "mean2"]], rtol=5e-9)


@pytest.mark.parametrize(
    ("what", "likelihood", "correlation"),
    [
        ("structural", "REML", 0.0),
        ("structural ML", "ML", 0.0),
        ("structural by class", "REML", 0.0),
        ("structural correlated", "REML", -0.3),
    ],
)
def test_structural_model(effects, index, made, golden, *, what, likelihood, correlation):
    wanted = golden(what)
    X = None
    if "class" in what:
        X = np.column_stack([made["class"] == "inert", made["class"] == "active"]).astype(float)
    covariance = correlation * np.sqrt(effects.v * index.variance)
    fit = structural_fit(
        effects.y, effects.v, index.index, index.variance, X,
        covariance=covariance, likelihood=likelihood,
    )  # fmt: skip
    at_chance = [f"at chance {j + 1}" for j in range(len(fit.coefficients) - 1)]
    assert_allclose(fit.coefficients, wanted[[*at_chance, "slope"]], rtol=1e-8)
    assert_allclose(fit.se, wanted[[f"se {name}" for name in (*at_chance, "slope")]], rtol=1e-7)
    assert_allclose([fit.index_sd**2, fit.tau2], wanted[["s2", "tau2"]], rtol=1e-8)


def test_structural_model_on_the_border(effects, index, golden):
    """tau2 ends at 0, where the bivariate correlation is -1."""
    y = np.round(-0.1 - 0.5 * index.index, 2)
    wanted = golden("structural border")
    fit = structural_fit(y, effects.v, index.index, index.variance)
    assert fit.tau2 == pytest.approx(0, abs=1e-9)
    assert_allclose(fit.coefficients, wanted[["at chance", "slope"]], rtol=1e-7)
    assert_allclose([fit.index_sd**2, fit.se[1]], wanted[["s2", "se slope"]], rtol=1e-7)


def test_naive_regression_and_reach(effects, index, made, golden):
    found = chance_guessing(effects, index, draws=200)
    same(row(found, "effect-at-chance-guessing", "naive"), golden("naive"))
    same(row(found, "blinding-slope", "naive"), golden("naive slope"))
    assert_allclose(row(found, "leverage-at-chance").estimate, golden("reach")["leverage"])
    assert_allclose(row(found, "distance-to-chance").estimate, golden("reach")["nearest"])
    reliability = golden("index spread")["reliability"]
    assert_allclose(row(found, "index-reliability").estimate, reliability, rtol=1e-8)
    by = chance_guessing(effects, index, list(made["class"]), draws=200)
    same(row(by, "effect-at-chance-guessing", "naive, inert"), golden("naive inert"))
    same(row(by, "effect-at-chance-guessing", "naive, active"), golden("naive active"))


def test_gibbs_agrees_with_quadrature(effects, index, golden):
    wanted = golden("Bayesian")
    rng = np.random.default_rng(5)
    sample = gibbs(effects.y, effects.v, index.index, index.variance, rng=rng, draws=6000)
    beta = sample.coefficients
    means = [*beta.mean((0, 1)), sample.tau.mean(), sample.index_sd.mean()]
    names = ["at chance mean", "slope mean", "tau mean", "index sd mean"]
    # four Monte Carlo errors at 15,000 effective draws; R's grid errs by far less
    errors = np.array([*beta.std((0, 1)), sample.tau.std(), sample.index_sd.std()])
    assert (np.abs(means - wanted[names]) < 4 * errors / np.sqrt(15_000)).all()
    sds = wanted[["at chance sd", "slope sd"]]
    assert_allclose(beta.std((0, 1)), sds, rtol=0.04)


def test_randomised_and_observational(effects, made, golden):
    found = randomised_and_observational(effects, made["randomised"] == 1, margin=0.2)
    same(row(found, "pooled-effect", "randomised"), golden("randomised"))
    same(row(found, "pooled-effect", "observational"), golden("observational"))
    joint = row(found, "design-discrepancy", "normal")
    # rma.mv climbs to about 1e-9
    assert_allclose([joint.estimate, joint.se], golden("discrepancy normal"), rtol=1e-8)
    d = row(found, "design-discrepancy")
    assert_allclose([d.estimate, d.se, d.df], golden("discrepancy")[["estimate", "se", "df"]])
    p = row(found, "discrepancy-probability", "beyond 0.2").estimate
    assert_allclose(p, golden("discrepancy")["beyond 0.2"], rtol=1e-9)
    for w in ("1", "0.5", "0.25"):
        same(row(found, "design-adjusted-effect", f"w = {w}"), golden(f"w {w}"))
    same(row(found, "design-adjusted-effect", "w = 0"), golden("randomised"))


def test_bias_by_class(effects, made, golden):
    elicited = {"inert": Bias(0.3, 0.2), "active": Bias(0.1, 0.05)}
    found = bias_synthesis(effects, design=list(made["class"]), elicited=elicited)
    wanted = golden("bias by class")
    same(row(found, "bias-adjusted-effect", "by class"), wanted)
    factor = row(found, "bias-tipping-point", "no effect, by class").estimate
    assert_allclose(factor, wanted["factor"], rtol=1e-10)


def test_the_published_label_carries_too_little(psilocybin, main12, golden):
    found = class_estimates(psilocybin, list(main12["blinding"]), what="blinding label")
    same(row(found, "design-class-contrast", "open-label less double-blind"), golden("open-label"))
    assert row(found, "heterogeneity-explained", "blinding label").estimate == 0
    assert any("Record what people guessed" in text for text in found.warnings)


def test_the_published_tipping_point(psilocybin):
    found = bias_synthesis(psilocybin, smallest_important=0.24)
    assert_allclose(row(found, "bias-tipping-point", "no effect").estimate, 0.550056, atol=5e-7)
    smaller = row(found, "bias-tipping-point", "smallest important difference").estimate
    assert_allclose(smaller, 0.550056 - 0.24, atol=5e-7)


def changes(main12, r=0.5):
    p = main12[main12["baseline_m_arm1"].notna()]
    return tuple(
        standardised_change(
            p[f"baseline_m_arm{a}"], p[f"mean_arm{a}"], p[f"baseline_sd_arm{a}"], p[f"n_arm{a}"], r
        )
        for a in (1, 2)
    )


@pytest.mark.parametrize("r", [0.5, 0.7])
def test_published_arms(main12, golden, r):
    p = main12[main12["baseline_m_arm1"].notna()]
    found = control_arm_share(Arms(tuple(p["study"]), *changes(main12, r)))
    same(row(found, "arm-change", "all", "active"), golden(f"change active {r}"))
    same(row(found, "arm-change", "all", "control"), golden(f"change control {r}"))
    if r == 0.5:  # the digits printed where the method was proposed
        got = [row(found, "control-arm-share", k).estimate for k in ("all", "all, bivariate")]
        assert_allclose(got, 0.37, atol=5e-3)


def test_responders(evidence, golden):
    table = pd.read_csv(evidence / "linde2005.csv").dropna(subset=["ai", "n1i", "ci", "n2i"])
    active = logit_response(table["ai"], table["n1i"])
    control = logit_response(table["ci"], table["n2i"])
    found = control_arm_share(Arms(tuple(table["study"]), active, control, response=True))
    for arm, printed in (("active", 0.545), ("control", 0.288)):
        got = row(found, "arm-response", "all", arm).estimate
        assert_allclose(got, golden(f"response {arm}")["share"], rtol=1e-9)
        assert_allclose(got, printed, atol=5e-4)
