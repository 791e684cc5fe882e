import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.special import ndtr, ndtri

from equipoise.errors import DataError
from equipoise.synthesis.sequential import efficacy_bounds, repeated_p, spent, with_futility

LOOKS = {
    "equal": [0.25, 0.5, 0.75, 1],
    "stopped": [0.3, 0.45, 0.6],
    "six": [0.25, 0.4, 0.5, 0.66, 0.9, 1],
    "wide": [0.22, 0.6, 1],
    "close": [0.4, 0.41, 0.71],
    "early": [0.1, 0.2, 1],
}
SPENDING = {"asOF": "obrien-fleming", "asP": "pocock"}


def cases(golden, program):
    found = golden[(golden["program"] == program) & ~golden["case"].str.startswith("futility")]
    for case, rows in found.groupby("case", sort=False):
        looks, alpha, kind = case.split()
        yield LOOKS[looks], float(alpha), SPENDING[kind], rows["value"].to_numpy(), case


def test_boundaries_agree_with_exact_normal_probabilities(golden):
    seen = 0
    for looks, alpha, spending, theirs, case in cases(golden, "mvtnorm"):
        ours = efficacy_bounds(looks, alpha, spending).bound
        assert_allclose(ours, theirs, rtol=0, atol=1e-10, err_msg=case)
        seen += len(theirs)
    assert seen == 33


def test_boundaries_agree_with_rpact(golden):
    seen = 0
    for looks, alpha, spending, theirs, case in cases(golden, "rpact"):
        ours = efficacy_bounds(looks, alpha, spending).bound
        assert_allclose(ours, theirs, rtol=0, atol=1e-8, err_msg=case)
        seen += len(theirs)
    assert seen == 78


@pytest.mark.parametrize("power", [0.75, 0.8])
def test_futility_agrees_with_rpact(golden, power):
    theirs = golden[golden["case"] == f"futility {power}"].set_index("what")["value"]
    ours = with_futility(efficacy_bounds([0.4, 0.71, 1]), 1 - power)
    assert_allclose(ours.futility[:2], theirs[["f1", "f2"]], rtol=0, atol=1e-7)
    assert ours.futility[-1] == ours.bound[-1]
    inflation = ours.drift**2 / (ndtri(0.975) + ndtri(power)) ** 2
    assert_allclose(inflation, theirs["inflation"], rtol=1e-5)  # a root of theirs stops at 1e-6


def test_one_look_is_the_plain_test():
    assert_allclose(efficacy_bounds([1.0]).bound, [ndtri(0.975)], rtol=1e-14)
    assert_allclose(repeated_p([1.0], -2.5), 2 * ndtr(-2.5), rtol=1e-9)


def test_too_little_information_has_no_boundary():
    assert efficacy_bounds([0.01, 1.0]).bound[0] == np.inf
    assert_allclose(efficacy_bounds([0.01, 1.0]).bound[1], ndtri(0.975), rtol=1e-12)


@settings(max_examples=25)
@given(
    st.lists(st.floats(0.05, 1.0), min_size=1, max_size=6, unique_by=lambda x: round(x, 3)),
    st.sampled_from(["obrien-fleming", "pocock"]),
)
def test_the_first_look_and_later_bounds_spend_what_they_may(shares, spending):
    """The exact probability of having crossed by the second look is what may be spent there."""
    t = sorted(shares)
    found = efficacy_bounds(t, 0.05, spending)
    assert_allclose(found.spent, spent(t, 0.025, spending))
    assert_allclose(ndtr(-found.bound[0]), found.spent[0], rtol=1e-10)
    if len(t) > 1:
        c, rho = found.bound, np.sqrt(t[0] / t[1])
        stay, _ = quad(
            lambda z: np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
            * ndtr((rho * z - c[1]) / np.sqrt(1 - rho**2)),
            -c[0], min(c[0], 12), epsabs=0, epsrel=1e-9, limit=400,
            points=[np.clip(c[1] / rho, -c[0], min(c[0], 12))],
        )  # fmt: skip
        assert_allclose(ndtr(-c[0]) + stay, found.spent[1], rtol=1e-6)


@settings(max_examples=15)
@given(st.floats(0.5, 5))
def test_the_repeated_p_is_where_the_boundary_reaches_z(z):
    p = repeated_p([0.3, 0.6], z)
    if 1e-10 < p < 0.999:
        assert_allclose(efficacy_bounds([0.3, 0.6], p).bound[-1], z, rtol=1e-8)
    assert p >= 2 * ndtr(-z) - 1e-12


@pytest.mark.parametrize("share", [[0.5, 0.5], [0.6, 0.3], [0.0, 1.0], [0.5, 1.2], []])
def test_shares_that_do_not_rise_are_refused(share):
    with pytest.raises(DataError, match="rise from look to look"):
        efficacy_bounds(share)


@pytest.mark.slow
def test_the_size_of_the_whole_is_alpha_by_simulation():
    t = np.array([0.2, 0.35, 0.5, 0.75, 1.0])
    rng = np.random.default_rng(1)
    steps = rng.standard_normal((400_000, 5)) * np.sqrt(np.diff(t, prepend=0))
    z = steps.cumsum(axis=1) / np.sqrt(t)
    for spending in ("obrien-fleming", "pocock"):
        crossed = (np.abs(z) >= efficacy_bounds(t, 0.05, spending).bound).any(axis=1).mean()
        assert abs(crossed - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 400_000)
