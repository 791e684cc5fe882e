import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.belief.bracket import bracket_of_strata
from equipoise.belief.stratum_means import stratum_means
from equipoise.belief.tipping_point import GRID, tipping_curve, tipping_point
from equipoise.errors import NotIdentifiedError


def path_of(seed, drug, belief):
    return bracket_of_strata(strata_of(seed, drug, belief))


def strata_of(seed, drug, belief, n=120):
    rng = np.random.default_rng(seed)
    arm = np.arange(n) % 2
    guess = (rng.random(n) < np.where(arm == 1, 0.8, 0.25)).astype(int)
    y = rng.normal(50, 10, n) + drug * arm + belief * guess
    return stratum_means(y, arm, guess)


def excludes(path, lam, level=0.95):
    low, high = path.at([lam]).interval(level)
    return bool(low[0] > 0 or high[0] < 0)


@given(st.integers(0, 5000), st.sampled_from([-8.0, 0.0, 4.0]), st.sampled_from([0.0, 15.0]))
def test_is_the_smallest_lambda_whose_interval_excludes_zero(seed, drug, belief):
    path = path_of(seed, drug, belief)
    outcomes = [excludes(path, lam) for lam in GRID]
    if all(outcomes) or not any(outcomes):
        with pytest.raises(NotIdentifiedError):
            tipping_point(path)
        return
    got = tipping_point(path)
    assert excludes(path, got)
    if got > 0:
        assert not excludes(path, got - 2e-9)
        assert not any(excludes(path, lam) for lam in GRID if lam < got)


def test_no_effect_at_all_is_refused_with_the_reason():
    with pytest.raises(NotIdentifiedError, match="do not show an effect"):
        tipping_point(path_of(1, 0, 0))


def test_an_effect_that_stands_anyway_is_refused_with_the_reason():
    with pytest.raises(NotIdentifiedError, match="nothing to tip"):
        tipping_point(path_of(1, 40, 0))


def test_week_one_of_the_trial_tips_between_the_effect_and_its_twin(week_one_rows):
    strata = stratum_means(*week_one_rows("PANAS"))
    path = bracket_of_strata(strata)
    got = tipping_point(path)
    curve = tipping_curve(path)
    # E2's interval covers 0, E1's does not (anchors 2a, 2b); between them one crossing
    assert curve.low[0] < 0 < curve.low[-1]
    assert 0 < got < 1
    assert_allclose(np.interp(got, curve.mix, curve.low), 0, atol=1e-3)


@given(st.integers(0, 5000))
def test_signs_of_the_outcome_do_not_matter(seed):
    s = strata_of(seed, 0.0, 15.0)
    path, mirrored = (bracket_of_strata(v) for v in (s, type(s)(s.n, -s.mean, s.variance)))
    found = []
    for one in (path, mirrored):
        try:
            found.append(tipping_point(one))
        except NotIdentifiedError as error:
            found.append(str(error))
    assert found[0] == found[1]


def test_a_higher_level_tips_later():
    path = path_of(3, 0.0, 15.0)
    points = [tipping_point(path, level) for level in (0.8, 0.95)]
    assert points[0] < points[1]
