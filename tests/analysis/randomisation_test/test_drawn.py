"""Redraws: they agree with what is exact, whatever the procedure and the statistic."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.allocation import (
    biased_coin,
    complete_randomisation,
    maximal_procedure,
    minimisation,
    permuted_blocks,
    random_allocation_rule,
    random_blocks,
    wei_urn,
)
from equipoise.analysis import randomisation_test
from equipoise.errors import DataError, EquipoiseError

DRAWS = 50_000
N = 48


@pytest.fixture
def site(rng):
    return rng.integers(0, 3, N)


def agree(drawn, exact, errors=4):
    return abs(drawn.p - exact.p) < errors * max(drawn.p_error, 1 / DRAWS)


@pytest.mark.parametrize(
    ("kind", "statistic", "lost"),
    [
        (kind, statistic, lost)
        for kind in ("blocks", "complete", "rule", "2:1")
        for statistic in ("difference", "sum")
        for lost in (0, 5)
        # the mean of this ratio is not known without redraws: ties on both sides come apart
        if (kind, statistic, lost) != ("2:1", "difference", 5)
    ],
)
def test_draws_agree_with_the_exact_p(rng, site, statistic, kind, lost):
    procedure = {
        "blocks": permuted_blocks(N, stratum=site),
        "complete": complete_randomisation(N),
        "rule": random_allocation_rule(N, totals=(24, 24)),
        "2:1": permuted_blocks(N, size=6, ratio=(2, 1)),
    }[kind]
    arm = procedure.redraw(rng, 1)[0]
    y = rng.integers(0, 12, N) + 2.0 * arm
    y[:lost] = np.nan
    for side in ("two-sided", "greater", "less"):
        ask = {"statistic": statistic, "alternative": side, "draws": DRAWS, "rng": rng}
        exact = randomisation_test(y, arm, procedure, exact=True, **ask)
        drawn = randomisation_test(y, arm, procedure, exact=False, **ask)
        assert (exact.draws, exact.p_error) == (None, 0)
        assert drawn.draws == DRAWS
        assert agree(drawn, exact)
        assert drawn.statistic == pytest.approx(exact.statistic)


def test_procedures_that_are_the_same_give_the_same_p(rng, site):
    y = rng.integers(0, 12, N)
    same = [
        (permuted_blocks(N, size=2), maximal_procedure(N, tolerance=1)),
        (permuted_blocks(N, size=2), biased_coin(N, probability=1)),
        (permuted_blocks(N, stratum=site), random_blocks(N, sizes=(4,), stratum=site)),
        (permuted_blocks(N, size=2), minimisation({"all": np.zeros(N)}, probability=1)),
        (complete_randomisation(N), biased_coin(N, probability=0.5)),
        (complete_randomisation(N), wei_urn(N, alpha=1, beta=0)),
        (random_allocation_rule(N, totals=(24, 24)), maximal_procedure(N, tolerance=24)),
    ]
    for exact_form, replayed in same:
        arm = exact_form.redraw(rng, 1)[0]
        exact = randomisation_test(y, arm, exact_form, exact=True)
        drawn = randomisation_test(y, arm, replayed, draws=10_000, rng=rng, exact=False)
        assert agree(drawn, exact), replayed.description


def test_a_function_as_statistic(rng):
    procedure = permuted_blocks(N)
    arm = procedure.redraw(rng, 1)[0]
    y = rng.integers(0, 12, N)
    for side in ("greater", "less"):
        ask = {"alternative": side, "draws": 20_000, "rng": rng}
        exact = randomisation_test(y, arm, procedure, statistic="sum", exact=True, **ask)
        drawn = randomisation_test(y, arm, procedure, statistic=lambda s, a: a @ s, **ask)
        assert agree(drawn, exact)
    both = randomisation_test(
        y, arm, procedure, statistic=lambda s, a: a @ s, draws=20_000, rng=rng
    )
    exact = randomisation_test(y, arm, procedure, exact=True)
    assert abs(both.p - exact.p) < 4 * both.p_error  # symmetric about its mean


def test_a_function_sees_who_was_compared(rng):
    procedure = minimisation({"sex": np.arange(30) % 2}, arms=3)
    arm = procedure.redraw(rng, 1)[0]
    seen = []

    def statistic(scores, arms):
        seen.append((scores, arms))
        return (arms == 1) @ scores - (arms == 0) @ scores

    y = rng.standard_normal(30)
    y[0] = np.nan
    found = randomisation_test(
        y, arm, procedure, statistic=statistic, active=2, control=0, draws=50, rng=rng
    )
    scores, happened = next((s, a) for s, a in seen if len(a) == 1)
    np.testing.assert_allclose(scores, y[1:])
    assert happened[0].tolist() == [{2: 1, 0: 0, 1: -1}[k] for k in arm[1:].tolist()]
    assert "all arms" in found.null[0]


def test_three_arms_by_replay_test_the_null_of_all(rng):
    procedure = minimisation({"sex": np.arange(N) % 2}, arms=3)
    arm = procedure.redraw(rng, 1)[0]
    y = rng.standard_normal(N) + 3 * (arm == 2)
    ask = {"draws": 2000, "rng": rng}
    assert randomisation_test(y, arm, procedure, active=2, **ask).p < 0.01
    assert randomisation_test(y, arm, procedure, statistic="f", **ask).p < 0.01
    found = randomisation_test(y, arm, procedure, active=2, level=0.95, **ask)
    assert found.low < 3 < found.high


@given(seed=st.integers(0, 2**32), draws=st.integers(1, 60))
@settings(max_examples=30)
def test_p_is_never_below_one_in_draws_and_one(seed, draws):
    rng = np.random.default_rng(seed)
    procedure = permuted_blocks(20)
    arm = procedure.redraw(rng, 1)[0]
    y = 100.0 * arm + rng.standard_normal(20)
    found = randomisation_test(y, arm, procedure, draws=draws, rng=rng, exact=False)
    assert found.p >= 1 / (1 + draws)
    assert (found.p * (1 + draws)) == pytest.approx(round(found.p * (1 + draws)))


@pytest.mark.parametrize("exact", [True, False])
@settings(max_examples=20)
@given(seed=st.integers(0, 2**32))
def test_naming_the_arms_the_other_way_round_changes_signs_only(exact, seed):
    rng = np.random.default_rng(seed)
    procedure, y = permuted_blocks(20), rng.integers(0, 9, 20).astype(float)
    arm = procedure.redraw(rng, 1)[0]
    ask = {"exact": exact, "level": 0.8, "draws": 200}
    a = randomisation_test(y, arm, procedure, rng=np.random.default_rng(1), **ask)
    b = randomisation_test(
        y, arm, procedure, active=0, control=1, rng=np.random.default_rng(1), **ask
    )
    assert (b.p, b.statistic) == pytest.approx((a.p, -a.statistic))
    assert (-b.high, -b.low, -b.effect) == pytest.approx((a.low, a.high, a.effect))


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32), shift=st.floats(-1e6, 1e6), scale=st.floats(0.01, 100))
def test_units_do_not_matter(seed, shift, scale):
    rng = np.random.default_rng(seed)
    procedure, y = permuted_blocks(20), rng.integers(0, 9, 20).astype(float)
    arm = procedure.redraw(rng, 1)[0]
    exact = randomisation_test(y, arm, procedure, exact=True)
    drawn = {"exact": False, "draws": 300}
    one = randomisation_test(y, arm, procedure, rng=np.random.default_rng(2), **drawn)
    moved = shift + scale * y
    two = randomisation_test(moved, arm, procedure, rng=np.random.default_rng(2), **drawn)
    if abs(shift) <= 1e4 * scale:  # the shift leaves the scores enough digits for their ties
        assert one.p == two.p
    assert randomisation_test(y + 7, arm, procedure, exact=True).p == pytest.approx(exact.p)


def test_same_seed_same_p(rng):
    procedure = minimisation({"sex": np.arange(20) % 2})
    arm, y = procedure.redraw(rng, 1)[0], rng.standard_normal(20)
    a, b = (
        randomisation_test(y, arm, procedure, draws=500, rng=np.random.default_rng(4), level=0.9)
        for _ in range(2)
    )
    assert (a.p, a.low, a.high, a.effect) == (b.p, b.low, b.high, b.effect)


BLOCKS = permuted_blocks(4)


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        ({"scores": [1, 2, 3]}, "allocated 4 people"),
        ({"scores": [1, 2, 3, np.inf]}, "finite, or NaN"),
        ({"scores": [np.nan, 2, np.nan, 3]}, "Nobody with a score"),
        ({"arm": [0, 1, 2, 0]}, "coded 0 to 1"),
        ({"arm": [0, 1, 1, 1]}, "cannot come from permuted blocks of 4, 1:1"),
        ({"active": 0}, "Two different arms"),
        ({"active": 5}, "Two different arms"),
        ({"statistic": "median"}, "'median'"),
        ({"level": 2.0}, "between 0 and 1"),
        ({"draws": 0}, "at least 1"),
        ({"exact": False}, "give `rng`"),
        ({"covariates": [1, 2, 3, 4]}, r"shape \(4, covariates\)"),
        ({"covariates": [[1], [1], [1], [1]]}, "constant"),
        ({"statistic": lambda s, a: a @ s, "exact": True}, "a function"),
    ],
)
def test_wrong_data_are_told(ask, told):
    given_ = {"scores": [1.0, 2, 4, 3], "arm": [0, 1, 0, 1], "procedure": BLOCKS} | ask
    with pytest.raises(EquipoiseError, match=told):
        randomisation_test(**given_)


def test_a_function_that_returns_the_wrong_shape_is_told(rng):
    ask = {"scores": [1.0, 2, 4, 3], "arm": [0, 1, 0, 1], "procedure": BLOCKS, "rng": rng}
    with pytest.raises(DataError, match="one number a draw"):
        randomisation_test(**ask, statistic=lambda s, _: s, draws=10)
    with pytest.raises(DataError, match="not finite"):
        randomisation_test(**ask, statistic=lambda _, a: np.full(len(a), np.nan), draws=10)
