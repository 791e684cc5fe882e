import math

import pytest
from numpy.testing import assert_allclose

from equipoise.analysis import Contrast, FTest
from equipoise.errors import DataError


def test_t_quantiles_of_student_1908():
    # Tables of the t distribution: t(0.975, 10) = 2.228139, t(0.975, 1) = 12.706205.
    assert_allclose(Contrast(0, 1, 10).interval(0.95)[1], 2.228138852, atol=5e-10)
    assert_allclose(Contrast(0, 1, 1).interval(0.95)[1], 12.70620474, atol=5e-9)


def test_infinite_df_is_normal():
    effect = Contrast(1.959963984540054, 1, math.inf)
    assert_allclose(effect.p, 0.05, rtol=1e-12)
    assert_allclose(effect.interval(0.95)[0], 0, atol=1e-12)


def test_f_of_one_numerator_df_is_a_squared_t():
    assert_allclose(FTest(2.5**2, 1, 17).p, Contrast(2.5, 1, 17).p, rtol=1e-12)


@pytest.mark.parametrize("level", [0, 1, 95, -0.1])
def test_level_outside_0_to_1_is_refused(level):
    with pytest.raises(DataError, match="between 0 and 1"):
        Contrast(0, 1, 10).interval(level)
