"""Numbers are printed with as many digits as their uncertainty carries."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.estimates import Estimate
from equipoise.report import numbers


@pytest.mark.parametrize(
    ("se", "text"),
    [(1.33, "3.2"), (0.133, "3.23"), (0.0133, "3.230"), (13.3, "3"), (None, "3.23")],
)
def test_two_digits_of_the_standard_error(se: float | None, text: str) -> None:
    assert numbers.estimate(Estimate("x", estimate=3.23, se=se)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (-0.001, "0.00"), (-1.5, "−1.50"), (math.inf, "∞"), (-math.inf, "−∞")],
)
def test_minus_zero_infinity_and_nothing(value: float | None, text: str) -> None:
    assert numbers.number(value, 2) == text


@given(st.floats(-1e9, 1e9), st.integers(0, 6))
def test_what_is_read_back_is_the_rounded_number(value: float, places: int) -> None:
    read = float(numbers.number(value, places).replace("−", "-"))
    assert read == pytest.approx(value, abs=0.51 * 10.0**-places)


@pytest.mark.parametrize(
    ("p", "text"),
    [(None, ""), (0.0, "<0.001"), (0.0009, "<0.001"), (0.0161, "0.016"), (1.0, "1.000")],
)
def test_p_is_never_zero(p: float | None, text: str) -> None:
    assert numbers.p_value(p) == text


def test_level_is_the_row_s_own() -> None:
    row = Estimate("x", estimate=1.0, se=0.5, low=0.2, high=1.8, level=0.9)
    assert numbers.with_interval(row) == "1.00 (90% interval 0.20 to 1.80)"


def test_a_count_has_no_decimals() -> None:
    assert numbers.estimate(Estimate("missing-guesses", estimate=22.0)) == "22"
    assert numbers.estimate(Estimate("e-value", estimate=1.116)) == "1.12"
