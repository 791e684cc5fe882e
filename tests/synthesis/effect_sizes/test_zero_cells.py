import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.errors import DataError
from equipoise.synthesis.effect_sizes import MEASURES, NOTHING, ZeroCells

OR_Y = [-1.332758913326650, 1.807696061490868, -0.890315245470894]
OR_SE = [2.104766104887070, 1.836869413525326, 0.867154435561919]
RR_Y = [-1.29928298413026, 1.70474809223843, -0.82098055206983]
TABLE = ([0, 3, 2], [20, 30, 40], [2, 0, 5], [60, 15, 44])
COUNT = st.integers(0, 40)


def test_the_treatment_arm_correction_is_that_of_meta():
    rule = ZeroCells("treatment-arm")  # numbers: tests/golden/effect_sizes_treatment_arm.R
    y, v = MEASURES["OR"].compute(*TABLE, zero=rule)
    assert_allclose(y, OR_Y, rtol=1e-13)
    assert_allclose(np.sqrt(v), OR_SE, rtol=1e-13)
    assert_allclose(MEASURES["RR"].compute(*TABLE, zero=rule).y, RR_Y, rtol=1e-13)


@given(COUNT, COUNT, COUNT, COUNT)
def test_turning_groups_or_events_over_turns_the_sign(a, b, c, d):
    if not (a + b and c + d):
        return
    for rule in (ZeroCells(), ZeroCells("treatment-arm"), ZeroCells(0.1, "all")):
        y, v = MEASURES["OR"].compute(a, a + b, c, c + d, zero=rule)
        for other in ((c, c + d, a, a + b), (b, a + b, d, c + d)):
            turned = MEASURES["OR"].compute(*other, zero=rule)
            assert_allclose(turned.y, -y, atol=1e-12)
            assert_allclose(turned.v, v)
    swapped = MEASURES["RR"].compute(c, c + d, a, a + b)
    assert_allclose(swapped.y, -MEASURES["RR"].compute(a, a + b, c, c + d).y, atol=1e-12)


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 30), st.integers(1, 30))
def test_peto_is_the_one_step_of_the_log_rank_form(a, b, c, d):
    N, events = a + b + c + d, a + c
    V = (a + b) * (c + d) * events * (b + d) / (N**2 * (N - 1))
    hazard = MEASURES["HR"].compute(a - (a + b) * events / N, V)
    peto = MEASURES["PETO"].compute(a, a + b, c, c + d, zero=NOTHING)
    assert_allclose([hazard.y, hazard.v], [peto.y, peto.v], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"add": -1}, "0 or more"),
        ({"add": float("nan")}, "0 or more"),
        ({"add": "half"}, "0 or more"),
        ({"to": "some"}, "only0, all, if0all or none"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(options, told):
    with pytest.raises(DataError, match=told):
        ZeroCells(**options)


def test_one_group_has_no_treatment_arm():
    with pytest.raises(DataError, match="needs two groups"):
        MEASURES["PLO"].compute([0], [10], zero=ZeroCells("treatment-arm"))
