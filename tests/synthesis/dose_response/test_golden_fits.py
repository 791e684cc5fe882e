"""Against dosresmeta and mixmeta; what their optimisers leave open bounds the digits."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from equipoise.synthesis.dose_response import (
    dose_curve,
    dose_shape,
    drug_slopes,
    emax_curve,
    studies_from_means,
)

SHAPES = {
    "linear": dose_shape("linear"),
    "quadratic": dose_shape("quadratic"),
    "spline3": dose_shape("spline", (10, 20, 50)),
    "spline4": dose_shape("spline", (5, 10, 20, 50)),
}
TWO, ALL = ("linear", "quadratic"), ("fixed", "ml", "reml")
FITS = [
    *(("ssri-or", s, "1stage", m) for s in TWO for m in ALL),
    *(("ssri-or", "spline3", "1stage", m) for m in ALL),
    ("ssri-or", "spline4", "1stage", "fixed"),
    *(("ssri-rr", s, "1stage", m) for s in TWO for m in ALL),
    *(("ssri-many", s, "2stage", m) for s in TWO for m in ALL),
    ("ssri-many", "spline3", "2stage", "fixed"),
    *(("ssri-linear", "linear", "2stage", m) for m in ALL),
    *(("drugs-or", s, "1stage", m) for s in TWO for m in ALL),
]  # fmt: skip


MEANS = [(m, s, f) for m in ("md", "cohen-d", "smd") for s in ("quadratic", "spline3") for f in ALL]


@pytest.mark.parametrize("case", FITS, ids="-".join)
def test_fits_agree_with_dosresmeta(golden, studies, case):
    data, shape, stage, method = case
    theirs = golden(data, shape, f"{stage}-{method}")
    curve = dose_curve(studies(data).studies, SHAPES[shape], method, one_stage=stage == "1stage")
    agree(curve, theirs, rtol=1e-9 if method == "fixed" else 1e-6)


@pytest.mark.parametrize("case", MEANS, ids="-".join)
def test_fits_of_means_agree_with_dosresmeta(golden, means, case):
    """Two stages; every ML and REML fit of these lies on the boundary."""
    measure, shape, method = case
    theirs = golden(f"made-{measure}", shape, f"2stage-{method}")
    data = studies_from_means(
        means, study="study", dose="dose", mean="mean", sd="sd", n="n", measure=measure
    )
    curve = dose_curve(data.studies, SHAPES[shape], method, one_stage=False)
    assert curve.fit.on_boundary == (method != "fixed")
    agree(curve, theirs, rtol=1e-9 if method == "fixed" else 1e-5)


def agree(curve, theirs, *, rtol):
    """Compare; ML and REML to where optim ends at 1e-15 of the likelihood."""
    fit = curve.fit
    ours = {"ll": fit.log_likelihood, "q": fit.q, "qdf": fit.df, "wald": curve.wald()[0]}
    ours |= {f"beta{i}": b for i, b in enumerate(fit.beta, 1)}
    ours |= {f"se{i}": s for i, s in enumerate(np.sqrt(np.diag(fit.covariance)), 1)}
    ours |= {f"psi{i}": t for i, t in enumerate(fit.psi.ravel(), 1)}
    assert fit.converged
    for what, value in theirs.items():
        exact = what in ("ll", "q", "qdf")
        assert_allclose(ours[what], value, rtol=1e-9 if exact else rtol, err_msg=what)


@pytest.mark.parametrize(("method", "rtol"), [("fixed", 1e-7), ("ml", 1e-6), ("reml", 1e-6)])
def test_emax_agrees_with_nls_and_metafor(golden, studies, method, rtol):
    theirs = golden("ssri-or", "emax", f"1stage-{method}")
    curve = emax_curve(studies("ssri-or").studies, method)
    assert curve.converged
    assert_allclose(curve.emax, theirs["emax"], rtol=rtol)
    assert_allclose(curve.log_ed50, theirs["log_ed50"], rtol=rtol)
    se = np.sqrt(np.diag(curve.covariance))
    assert_allclose(se, [theirs["se1"], theirs["se2"]], rtol=rtol)
    if method != "fixed":
        assert_allclose(curve.fit.psi[0, 0], theirs["psi1"], rtol=1e-5)


@pytest.mark.parametrize("method", ["ml", "reml"])
def test_slopes_by_drug_agree_with_metafor(golden, studies, method):
    theirs = golden("ssri-or", "drugs", method)
    found = drug_slopes(studies("ssri-or", drug="agent").studies, SHAPES["linear"], method)
    assert_allclose(found.slope, [theirs[d] for d in found.drug], rtol=1e-5)
    assert_allclose(found.se, [theirs[f"se-{d}"] for d in found.drug], rtol=1e-5)
    assert_allclose(found.statistic, theirs["wald"], rtol=1e-5)
    assert found.df == len(found.drug) - 1


@pytest.mark.parametrize("method", ["ml", "reml"])
def test_three_random_slopes_end_no_lower_than_dosresmeta(golden, studies, method):
    """On the boundary its optimiser stops 4e-5 (ML) and 4e-3 (REML) of the likelihood short."""
    theirs = golden("ssri-or", "spline4", f"1stage-{method}")
    fit = dose_curve(studies("ssri-or").studies, SHAPES["spline4"], method).fit
    assert fit.converged
    assert fit.on_boundary
    assert theirs["ll"] < fit.log_likelihood < theirs["ll"] + 0.01


def test_a_spline_with_two_random_slopes_is_on_the_boundary_and_says_so(studies):
    """The peer gives up on it with a warning; the maximum is where slopes are fully correlated."""
    fit = dose_curve(studies("ssri-or").studies, SHAPES["spline3"], "reml").fit
    assert fit.converged
    assert fit.on_boundary
    assert not fit.rival
    r = fit.psi[0, 1] / np.sqrt(fit.psi[0, 0] * fit.psi[1, 1])
    assert_allclose(r, -1, atol=1e-6)
