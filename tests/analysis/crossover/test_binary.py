import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from equipoise.analysis.crossover import crossover, two_by_two_binary
from equipoise.errors import DataError, NotIdentifiedError

ECG = [[6, 28, 0], [2, 27, 4]]  # Jones & Kenward (1989), table 2.1: abnormal ECG after treatment
TABLES = {"ecg": ECG, "swapped": ECG[::-1], "many": [[14, 20, 5], [6, 18, 11]]}
COUNTS = arrays(np.int64, (2, 3), elements=st.integers(1, 40))
COLUMNS = {"outcome": "y", "participant": "id", "period": "period", "treatment": "arm"}


@pytest.mark.parametrize("name", TABLES)
def test_agrees_with_r_fisher_and_coin(r, name):
    found = two_by_two_binary(TABLES[name])
    gart = r(f"{name} mainland-gart")
    assert_allclose(found.mainland_gart_p, gart.p, rtol=1e-9)
    got = np.array([found.odds_ratio, found.low, found.high])
    assert_allclose(got, gart[["estimate", "low", "high"]].astype(float), rtol=1e-9)
    assert_allclose(found.mcnemar_p, r(f"{name} mcnemar").p, rtol=1e-10)
    assert_allclose(found.prescott_p, r(f"{name} prescott").p, rtol=1e-9)


@given(COUNTS)
def test_swapping_treatments_inverts_the_odds_ratio(counts):
    one, other = two_by_two_binary(counts), two_by_two_binary(counts[::-1])
    assert_allclose(one.odds_ratio, 1 / other.odds_ratio, rtol=1e-8)
    assert_allclose([one.low, one.high], [1 / other.high, 1 / other.low], rtol=1e-8)
    pairs = ("mcnemar_p", "mainland_gart_p", "prescott_p")
    assert_allclose([getattr(one, p) for p in pairs], [getattr(other, p) for p in pairs])


@given(COUNTS)
def test_swapping_periods_changes_nothing_when_sequences_follow(counts):
    turned = counts[::-1, ::-1]
    assert_allclose(
        two_by_two_binary(counts).odds_ratio, two_by_two_binary(turned).odds_ratio, rtol=1e-8
    )


def long(counts):
    rows = []
    for first, line in zip(("drug", "dummy"), counts, strict=True):
        second = "dummy" if first == "drug" else "drug"
        for (y1, y2), n in zip(((1, 0), (1, 1), (0, 1)), line, strict=True):
            for _ in range(n):
                person = len(rows)
                rows += [(person, 1, first, y1), (person, 2, second, y2)]
    return pd.DataFrame(rows, columns=["id", "period", "arm", "y"])


def test_a_table_of_zeros_and_ones_gives_the_same(r):
    found = crossover(long(TABLES["many"]), **COLUMNS, control="dummy", binary=True)
    (row,) = found.select(name="treatment-effect", label="odds ratio")
    assert_allclose(row.estimate, r("many mainland-gart").estimate, rtol=1e-9)
    (risk,) = found.select(name="treatment-effect", label="risk difference")
    by_hand = ((14 - 5) / 39 - (6 - 11) / 35) / 2  # by hand: mean period differences, halved
    assert_allclose(risk.estimate, by_hand)
    tests = {row.label: row.p for row in found.select(name="preference-test")}
    assert set(tests) == {"Mainland-Gart", "Prescott", "McNemar"}
    assert found.select(name="preference-test").rows[0].estimate == 25


def test_an_infinite_odds_ratio_is_not_printed_as_a_number():
    found = crossover(long(ECG), **COLUMNS, control="dummy", binary=True)
    (row,) = found.select(label="odds ratio")
    assert row.estimate is None
    assert row.high is None
    assert row.low == pytest.approx(0.9538, abs=1e-4)
    assert "infinite" in row.warnings[-1]
    assert "Infinity" not in found.to_json()


def test_bad_input_is_refused_with_what_to_do():
    with pytest.raises(DataError, match="3 counts"):
        two_by_two_binary([[1, 2], [3, 4]])
    with pytest.raises(NotIdentifiedError, match="both sequences need some"):
        two_by_two_binary([[0, 5, 0], [2, 3, 4]])
    table = long(ECG)
    with pytest.raises(DataError, match="0 or 1"):
        crossover(table.assign(y=table["y"] + 1), **COLUMNS, control="dummy", binary=True)
    with pytest.raises(DataError, match="leave the rest out"):
        crossover(table, **COLUMNS, control="dummy", binary=True, carry_over=True)


def test_nobody_who_prefers_a_period_leaves_the_risk_difference():
    found = crossover(long([[0, 5, 0], [2, 3, 4]]), **COLUMNS, control="dummy", binary=True)
    assert {row.name for row in found.refused} == {"treatment-effect", "preference-test"}
    (risk,) = found.select(name="treatment-effect", label="risk difference")
    assert risk.estimate == pytest.approx(1 / 9)  # (0 - (2 - 4) / 9) / 2
