"""Remission and response from scores: at the threshold, and when the score is missing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from equipoise.analysis.outcomes import percent_response, remission
from equipoise.errors import DataError

NAN = float("nan")


def test_a_score_at_the_threshold_is_in_remission():
    assert_array_equal(remission([7, 7.5, 3], 7).response, [1, 0, 1])
    assert_array_equal(remission([7, 6.5, 9], 7, higher="better").response, [1, 0, 1])


def test_a_fall_of_exactly_that_share_is_a_response():
    # 10 less 30 % is 7 exactly, though 0.3 x 10 is not 3 in binary
    assert_array_equal(percent_response([7, 7.1], [10, 10], percent=30).response, [1, 0])
    higher = percent_response([15, 14], [10, 10], higher="better").response
    assert_array_equal(higher, [1, 0])


def test_percentages_count_from_the_floor_of_the_scale():
    # a scale from 1 to 7: from 5 to 3 is half the distance to 1, not half of 5
    assert_array_equal(percent_response([3], [5]).response, [0])
    assert_array_equal(percent_response([3], [5], floor=1).response, [1])


def test_missing_scores_are_a_choice_and_are_counted():
    failure = remission([3, NAN, 9], 7)
    assert_array_equal(failure.response, [1, 0, 0])
    assert failure.warnings == ("1 of 3 people without a score count as non-responders",)
    exclude = percent_response([3, NAN, 9], [10, 10, NAN], missing="exclude")
    assert_array_equal(exclude.response, [1, NAN, NAN])
    assert exclude.warnings == ("2 of 3 people without a score or baseline were left out",)
    assert remission([1, 2], 7).warnings == ()


@given(st.lists(st.integers(0, 60), min_size=1), st.integers(0, 60))
def test_turning_the_scale_round_changes_nothing(scores, threshold):
    plain = remission(scores, threshold).response
    turned = remission([-s for s in scores], -threshold, higher="better").response
    assert_array_equal(plain, turned)


@given(st.lists(st.integers(0, 60), min_size=1), st.floats(1, 99), st.floats(1, 99))
def test_a_harder_criterion_has_fewer_responders(scores, one, other):
    before = [60] * len(scores)
    easy, hard = min(one, other), max(one, other)
    easily = percent_response(scores, before, percent=easy).response
    assert (percent_response(scores, before, percent=hard).response <= easily).all()


def test_what_means_nothing_is_refused():
    with pytest.raises(DataError, match="at the floor 0"):
        percent_response([1, 2], [0, 10])
    with pytest.raises(DataError, match="between 0 and 100"):
        percent_response([1], [10], percent=150)
    with pytest.raises(DataError, match="'failure' or 'exclude'"):
        remission([1], 7, missing="locf")
    with pytest.raises(DataError, match="one each"):
        percent_response([1, 2], [3])
    with pytest.raises(DataError, match="must be a number"):
        remission(["mild"], 7)
    assert np.isnan(remission([NAN], 7, missing="exclude").response).all()
