"""What must stop, and what the message must say."""

import numpy as np
import pandas as pd
import pytest

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis import checked_effects
from equipoise.synthesis.moderators import design_of
from equipoise.synthesis.pairwise import random_effects
from equipoise.synthesis.pairwise.heterogeneity import profile_likelihood
from equipoise.synthesis.study_table import Columns, study_tables

GOOD = pd.DataFrame(
    {"study": ["A 2001", "B 2002", "C 2003"], "g": [-0.5, -0.2, -0.9], "se": [0.2, 0.3, 0.25]}
)
COLUMNS = Columns("g", se="se", study="study")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"se": [0.2, -0.3, 0.25]}, "B 2002 has the standard error -0.3"),
        ({"se": [0.2, 0.0, 0.25]}, "B 2002 has the variance 0"),
        ({"study": ["A 2001", "B 2002", "a  2001"]}, "A 2001, a  2001 stand in more than one row"),
        ({"g": ["-0,5", "-0,2", "-0,9"]}, "Decimal commas"),
        ({"g": ["-0.5", "ns", "-0.9"]}, "'ns', which is no number"),
        ({"direction": ["lower", "higher", "lower"]}, "directions of these studies are mixed"),
        ({"verified": ["no", "no", "no"]}, "No row is left"),
    ],
)
def test_a_table_that_must_not_be_pooled(change: dict[str, list[object]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        study_tables(GOOD.assign(**change), COLUMNS)


def test_directions_may_differ_between_outcomes() -> None:
    frame = pd.concat(
        [GOOD.assign(outcome=o, direction=d) for o, d in (("HAMD", "lower"), ("QoL", "higher"))]
    )
    columns = Columns("g", se="se", study="study", outcome="outcome")
    assert [table.outcome for table in study_tables(frame, columns)] == ["HAMD", "QoL"]


def test_unverified_rows_are_left_out_and_said() -> None:
    frame = GOOD.assign(verified=["yes", "no", "yes"])
    (table,) = study_tables(frame, COLUMNS)
    assert table.effects.study == ("A 2001", "C 2003")
    assert "1 rows were verified by nobody" in table.warnings[0]
    (table,) = study_tables(frame, COLUMNS, include_unverified=True)
    assert len(table.effects) == 3
    assert "pooled as asked" in table.warnings[0]


def test_missing_numbers_are_named() -> None:
    (table,) = study_tables(GOOD.assign(g=[-0.5, np.nan, -0.9]), COLUMNS)
    assert table.warnings == ("Without an effect or its standard error, and left out: B 2002",)


def test_limits_give_the_standard_error() -> None:
    frame = GOOD.assign(
        low=GOOD.g - 1.959963984540054 * GOOD.se, high=GOOD.g + 1.959963984540054 * GOOD.se
    )
    (table,) = study_tables(frame, Columns("g", interval=("low", "high"), study="study"))
    np.testing.assert_allclose(table.effects.se, GOOD.se, rtol=1e-12)
    with pytest.raises(DataError, match=r"B 2002 has the effect -0\.2 outside its limits"):
        study_tables(
            frame.assign(low=[-1.0, 0.1, -2.0]),
            Columns("g", interval=("low", "high"), study="study"),
        )


def test_one_study_is_not_pooled() -> None:
    with pytest.raises(NotIdentifiedError, match=r"at least 2 studies; got 1 \(A 2001\)"):
        random_effects(checked_effects([0.5], [0.1], ["A 2001"]))


def test_moderators_that_cannot_be_told_apart() -> None:
    x = np.column_stack([np.ones(4), [0, 0, 1, 1], [1, 1, 0, 0]])
    with pytest.raises(NotIdentifiedError, match="cannot be told apart"):
        random_effects(checked_effects(np.arange(4.0), np.ones(4)), x)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"method": "XX"}, "'XX' is not known"),
        ({"method": "GENQ"}, "give them"),
        ({"test": "knha"}, "'knha' is not known"),
        ({"weights": [1, 2]}, "3 numbers above 0"),
        ({"tau2": -1}, "0 or more"),
    ],
)
def test_settings_that_cannot_be(how: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        random_effects(checked_effects([0.1, 0.2, 0.3], [1, 1, 1]), **how)  # type: ignore[arg-type]


def test_profile_likelihood_is_for_likelihood() -> None:
    fit = random_effects(checked_effects([0.1, 0.2, 0.3], [1, 1, 1]), method="DL")
    with pytest.raises(DataError, match="needs tau2 by ML or REML"):
        profile_likelihood(fit)


@pytest.mark.parametrize("formula", ["y ~ x", "x +", "nobody"])
def test_a_formula_that_is_none(formula: str) -> None:
    with pytest.raises(DataError):
        design_of(pd.DataFrame({"x": [1.0, 2.0]}), formula)
