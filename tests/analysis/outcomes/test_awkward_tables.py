"""Whatever the table: numbers, refusals with reasons, or an error that says what to do."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.analysis.outcomes import counts, ordinal, response, survival
from equipoise.errors import EquipoiseError

ANALYSES = {
    "response": lambda t: response(t, "y ~ arm + x", control="p", higher="better"),
    "response-plain": lambda t: response(t, "y ~ arm", control="p", variance="HC3"),
    "ordinal": lambda t: ordinal(t, "k ~ arm + x", control="p", higher="worse", strata="s"),
    "counts": lambda t: counts(t, "k ~ arm + x", control="p", exposure="time"),
    "survival": lambda t: survival(t, time="time", event="y", control="p", covariates=["x"]),
    "competing": lambda t: survival(
        t.assign(z=(1 - t["y"]) * (t["k"] > 1)), time="time", event="y", control="p", strata="s",
        competing="z",
    ),
}  # fmt: skip

PERSON = st.tuples(
    st.sampled_from("pab"),
    st.integers(0, 1),
    st.integers(0, 4),
    st.integers(1, 6),
    st.sampled_from([-1.0, 0.0, 0.5, 2.0]),
    st.sampled_from("mn"),
)


@pytest.mark.parametrize("name", ANALYSES)
@settings(max_examples=40)
@given(people=st.lists(PERSON, min_size=2, max_size=30))
def test_no_table_breaks_it(name, people):
    table = pd.DataFrame(people, columns=["arm", "y", "k", "time", "x", "s"])
    try:
        found = ANALYSES[name](table)
    except EquipoiseError:
        return
    assert len(found) + len(found.refused) > 0
    for row in found:
        assert row.estimate is not None
        assert math.isfinite(row.estimate)
        assert row.se is None or 0 < row.se < np.inf, row
        assert row.p is None or 0 <= row.p <= 1
        if row.low is not None and row.high is not None:
            slack = 1e-9 * (1 + abs(row.estimate))
            assert row.low - slack <= row.estimate <= row.high + slack, row
    assert all(len(refusal.reason) > 20 for refusal in found.refused)
    found.to_json()
