"""What must not happen: counts that cannot be, ratios that are infinite, rows lost in silence."""

import numpy as np
import pandas as pd
import pytest

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.sparse import (
    glmm,
    glmm_odds_ratio,
    glmm_proportion,
    mantel_haenszel,
    peto,
    two_by_two,
)
from equipoise.synthesis.sparse.event_table import event_columns


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (([5], [4], [1], [4]), "Beta has 5 events among 4"),
        (([-1], [4], [1], [4]), "Beta has -1"),
        (([1.5], [4], [1], [4]), "whole numbers"),
        (([0], [0], [1], [4]), "Beta has 0 people"),
        (([np.nan], [4], [1], [4]), "Beta lacks"),
    ],
)
def test_counts_that_cannot_be(rows, said):
    with pytest.raises(DataError, match=said):
        two_by_two(*rows, ["Beta"])


def test_an_infinite_ratio_is_refused():
    with pytest.raises(NotIdentifiedError, match="0 or infinite"):
        mantel_haenszel([0, 0], [10, 10], [2, 3], [10, 10])
    assert mantel_haenszel([0, 0], [10, 10], [2, 3], [10, 10], measure="RD")["pooled-effect"]


def test_nothing_happened_anywhere():
    with pytest.raises(NotIdentifiedError):
        peto([0, 0], [10, 10], [0, 0], [10, 10])
    with pytest.raises(NotIdentifiedError):
        glmm_odds_ratio(two_by_two([0, 0], [10, 10], [0, 0], [10, 10]))
    with pytest.raises(NotIdentifiedError):
        glmm_proportion(np.zeros(3), np.full(3, 10.0))


def test_models_give_no_risk_differences():
    with pytest.raises(DataError, match="not RD"):
        glmm([1, 2], [10, 10], [2, 3], [10, 10], measure="RD")


def test_studies_that_say_nothing_are_named():
    found = mantel_haenszel([1, 0], [10, 10], [3, 0], [10, 10], ["Alpha", "Beta"])
    assert any("Beta" in warning for warning in found.warnings)
    assert not mantel_haenszel(
        [1, 0], [10, 10], [3, 0], [10, 10], ["Alpha", "Beta"], measure="RD"
    ).warnings


def test_unequal_arms_and_large_effects_are_warned_of_with_peto():
    found = peto([1, 3], [10, 100], [9, 30], [10, 30])
    assert any("size" in warning for warning in found.warnings)
    assert any("large" in warning for warning in found.warnings)


def test_rows_without_numbers_are_counted():
    frame = pd.DataFrame({"s": ["A", "B"], "a": [1, None], "n": [9, 9], "c": [2, 2], "m": [9, 9]})
    columns = event_columns(frame, "a", "n", "c", "m", study="s")
    assert columns.study == ("A",)
    assert "B" in columns.warnings[0]
    with pytest.raises(DataError, match="no column 'x'"):
        event_columns(frame, "x", "n", "c", "m")


@pytest.mark.parametrize("model", ["CM.EL", "CM.AL", "UM.FS", "UM.RS"])
def test_a_model_whose_maximum_is_infinite_is_refused(model):
    with pytest.raises(NotIdentifiedError, match="0 or infinite"):
        glmm([1, 2, 4], [10, 10, 30], [0, 0, 0], [10, 10, 30], model=model)
    with pytest.raises(NotIdentifiedError, match="0 or infinite"):
        glmm([1, 2, 4], [10, 10, 30], [0, 0, 0], [10, 10, 30], model=model, measure="IRR")


def test_one_study_has_no_heterogeneity_to_test():
    found = mantel_haenszel([1], [10], [2], [10])
    assert {"q-test", "i2-q"} <= {refusal.name for refusal in found.refused}
    assert all(row.name not in ("q-test", "i2-q") for row in found)


def test_a_study_that_stands_twice():
    frame = pd.DataFrame({"s": ["A", "a ", "B"], "e": [1, 1, 2], "n": [9, 9, 9], "m": [8, 8, 8]})
    how = ("e", "n", "e", "m")
    with pytest.raises(DataError, match="stands twice with the same numbers"):
        event_columns(frame, *how, study="s")
    frame.loc[1, "e"] = 3
    assert "Named more than once" in event_columns(frame, *how, study="s").warnings[0]
