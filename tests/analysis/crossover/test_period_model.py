import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.analysis.crossover import crossover, period_model
from equipoise.errors import DataError

SENN = {
    "outcome": "pef", "participant": "id", "period": "period", "treatment": "drug",
    "control": "sal",
}  # fmt: skip
OWN = {
    "outcome": "y", "participant": "id", "period": "period", "treatment": "treatment",
    "control": "a",
}  # fmt: skip


def lose_periods(senn):
    """Children 3 and 9 lack period 2, child 13 period 1: as in the R script."""
    first, second = senn["period"] == 1, senn["period"] == 2
    lost = (senn["id"].isin((3, 9)) & second) | ((senn["id"] == 13) & first)
    return senn[~lost].reset_index(drop=True), senn.assign(pef=senn["pef"].mask(lost))


def check(row, golden, rtol=1e-6):
    """Compare estimate, se and df; p is a function of these, which other tests hold to 1e-10."""
    got = [row.estimate, row.se, row.df]
    assert_allclose(got, golden[["estimate", "se", "df"]].astype(float), rtol=rtol)


def test_everybody_with_one_period_stays_in(senn, r):
    absent, empty = lose_periods(senn)
    for table in (absent, empty):
        found = crossover(table, **SENN)
        check(found["treatment-effect"], r("some active"))
        check(found["period-effect"], r("some I(period == 2)TRUE"))
        assert_allclose(found["within-person-sd"].estimate, r("some s").estimate, rtol=1e-6)
        (second,) = found.select(name="treatment-effect", label="paired participants only")
        assert "3 of 13 participants lack a period" in second.warnings[-1]
        assert second.df == 10 - 2
    assert "3 of 26 rows lack the outcome" in found["treatment-effect"].warnings[0]


def test_baseline_within_and_between_participants(senn, r):
    found = crossover(lose_periods(senn)[0], **SENN, baseline="baseline")
    (row,) = found.select(name="treatment-effect", label="baseline-adjusted")
    check(row, r("based active"))


def test_complete_data_give_the_paired_answer(senn, r):
    found = crossover(senn, **SENN, analysis="mixed-model")
    check(found["treatment-effect"], r("treatment"), rtol=1e-8)
    between = crossover(senn, **SENN, analysis="mixed-model", df="between-within")
    check(between["treatment-effect"], r("treatment"), rtol=1e-8)


def test_carry_over_in_an_ab_ba_trial_costs_what_it_says(senn, r):
    found = crossover(senn, **SENN, carry_over=True)
    check(found["treatment-effect"], r("carried active"))
    check(found["carry-over"], r("carried carry"))
    first = senn[senn["period"] == 1].groupby("drug")["pef"].mean()
    assert_allclose(found["treatment-effect"].estimate, first["for"] - first["sal"])
    assert f"{r('price').estimate:.2f} times" in found["treatment-effect"].warnings[0]
    assert any("Freeman 1989" in warning for warning in found["carry-over"].warnings)


@pytest.mark.parametrize("design", ["williams", "abab"])
@pytest.mark.parametrize("carry_over", [False, True])
def test_higher_order_designs_agree_with_r_lmertest(higher, design, carry_over):
    data, golden = higher
    rows = data[data["design"] == design]
    found = crossover(rows, **OWN, carry_over=carry_over)
    model = "carry" if carry_over else "plain"
    want = golden[(golden["design"] == design) & (golden["model"] == model)]
    others = sorted(set(rows["treatment"]) - {"a"})
    arms = others if len(others) > 1 else [None]
    for arm, name in zip(arms, others, strict=True):
        (row,) = found.select(name="treatment-effect", arm=arm)
        check(row, want.loc[f"t_{name}"])
        if carry_over:
            (row,) = found.select(name="carry-over", arm=arm)
            check(row, want.loc[f"c_{name}"])
    for k in (2, 3, 4):
        (row,) = found.select(name="period-effect", label=f"period {k} minus period 1")
        check(row, want.loc[f"p_{k}"])
    assert_allclose(found["within-person-sd"].estimate, want.loc["s"].estimate, rtol=1e-6)
    lost = rows["y"].isna().sum()
    assert f"{lost} of {len(rows)} rows lack the outcome" in found["treatment-effect"].warnings[0]


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1))
def test_order_of_rows_and_names_of_periods_do_not_matter(higher, seed):
    data = higher[0]
    rows = data[data["design"] == "williams"]
    shuffled = rows.sample(frac=1, random_state=seed % 2**31).assign(
        period=lambda d: "week " + d["period"].astype(str)
    )
    one = crossover(rows, **OWN, carry_over=True).select(name="treatment-effect")
    other = crossover(shuffled, **OWN, carry_over=True).select(name="treatment-effect")
    assert_allclose(one.column("estimate"), other.column("estimate"), rtol=1e-9)
    assert_allclose(one.column("se"), other.column("se"), rtol=1e-8)


def test_a_period_without_a_row_hides_what_carries_over(higher):
    data = higher[0]
    rows = data[(data["design"] == "williams") & ~((data["id"] == 1) & (data["period"] == 2))]
    crossover(rows, **OWN)
    with pytest.raises(DataError, match="1 rows have no row of the period before"):
        crossover(rows, **OWN, carry_over=True)


def test_bad_choices_are_refused(senn, higher):
    with pytest.raises(DataError, match="analysis is"):
        crossover(senn, **SENN, analysis="two-stage")
    data = higher[0]
    with pytest.raises(DataError, match="this design needs"):
        crossover(data[data["design"] == "abab"], **OWN, analysis="within-participant")
    with pytest.raises(DataError, match="two treatments, two periods"):
        crossover(data[data["design"] == "abab"], **OWN, binary=True)
    with pytest.raises(DataError, match="Control"):
        period_model([1, 2], [1, 1], [1, 2], ["a", "a"], control="a")


def test_numeric_treatment_codes_are_read_as_a_person_writes_them(senn):
    coded = senn.assign(drug=np.where(senn["drug"] == "for", 1.0, 0.0))
    found = crossover(coded, **{**SENN, "control": "0"})
    assert found["treatment-effect"].unit == "1 minus 0"
    assert isinstance(coded, pd.DataFrame)
