import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.errors import DataError
from equipoise.synthesis.dose_response import (
    dose_gaps,
    dose_region,
    dose_shape,
    doses_from_text,
    why_no_prediction,
)
from equipoise.synthesis.dose_response.dose_shape import knots_at_quantiles


def test_the_spline_agrees_with_hmisc(golden):
    theirs = golden("basis", "spline4", "hmisc")
    basis = dose_shape("spline", (5, 10, 20, 50)).basis([0, 4, 12.5, 20, 33, 60, 200])
    assert_allclose(basis.ravel(), [theirs[f"b{i}"] for i in range(1, 22)], rtol=1e-12)


@given(st.floats(50, 500), st.floats(1, 100))
def test_the_spline_is_straight_beyond_the_last_knot(dose, step):
    columns = dose_shape("spline", (5, 10, 20, 50)).basis([dose, dose + step, dose + 2 * step])
    bend = columns[0] - 2 * columns[1] + columns[2]
    assert_allclose(bend, 0, atol=1e-7 * (1 + dose))


def test_knots_at_quantiles_that_fall_together_are_refused():
    assert knots_at_quantiles(np.arange(101.0)) == (10.0, 50.0, 90.0)
    with pytest.raises(DataError, match="Give the knots as doses"):
        knots_at_quantiles([0, 0, 0, 0, 0, 20])
    with pytest.raises(DataError, match="three or more rising knots"):
        dose_shape("spline", (10, 20))
    with pytest.raises(DataError, match="belong to a spline"):
        dose_shape("linear", (10, 20, 30))


def test_no_prediction_through_empty_dose_space():
    doses = [0, 1, 10, 25, 25, 90, 100]
    assert dose_gaps(doses) == [(25.0, 90.0)]
    assert why_no_prediction(25, doses) is None  # an observed dose
    assert why_no_prediction(90, doses) is None
    assert "between 25 and 90" in (why_no_prediction(50, doses) or "")
    assert "above 100" in (why_no_prediction(101, doses) or "")
    assert "below 1" in (why_no_prediction(0.5, doses[1:]) or "")
    assert dose_gaps(doses, 0.1) == [(10.0, 25.0), (25.0, 90.0)]


@given(st.lists(st.floats(0, 1000), min_size=2, max_size=20, unique=True), st.floats(0, 1000))
def test_another_arm_never_takes_a_prediction_away_within_the_range(doses, more):
    """An arm inside the range fills gaps: what was predicted still is."""
    if not min(doses) <= more <= max(doses):
        return
    for dose in doses:
        assert why_no_prediction(dose, [*doses, more]) is None


def test_doses_are_read_with_their_unit():
    doses, unit = doses_from_text(["25 mg", "0.5 mg", None])
    assert unit == "mg"
    assert_allclose(doses, [25, 0.5, np.nan])
    with pytest.raises(DataError, match="mg/kg"):
        doses_from_text(["25 mg", "22 mg/kg"])
    with pytest.raises(DataError, match="not one dose"):
        doses_from_text(["10 mg; 20 mg"])
    with pytest.raises(DataError, match="not one dose"):
        doses_from_text(["high"])


@pytest.mark.parametrize("text", ["micro", "micro:3-1", ":0-3", "micro:a-b", "micro:5"])
def test_a_region_that_is_none_is_refused(text):
    with pytest.raises(DataError, match="name:low-high"):
        dose_region(text)
