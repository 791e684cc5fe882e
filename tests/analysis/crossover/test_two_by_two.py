import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from equipoise.analysis.crossover import crossover, two_by_two
from equipoise.errors import DataError, NotIdentifiedError

SENN = {
    "outcome": "pef", "participant": "id", "period": "period", "treatment": "drug",
    "control": "sal",
}  # fmt: skip
SCORES = arrays(np.float64, (2, 10), elements=st.integers(0, 60).map(float))
FIRST = np.arange(10) < 4


def numbers(row):
    return [row.estimate, row.se, row.df, row.p, row.low, row.high]


def test_agrees_with_r_on_senns_asthma_trial(senn, r):
    found = crossover(senn, **SENN, baseline="baseline")
    columns = ["estimate", "se", "df", "p", "low", "high"]
    for name, label, what in (
        ("treatment-effect", None, "treatment"),
        ("period-effect", "period 2 minus period 1", "period"),
        ("carry-over", None, "carry-over"),
        ("treatment-effect", "change from baseline", "change"),
        ("treatment-effect", "baseline-adjusted", "baseline"),
    ):
        (row,) = found.select(name=name, label=label)
        assert_allclose(numbers(row), r(what)[columns].astype(float), rtol=1e-10)
    row = found["within-person-sd"]
    assert_allclose(
        [row.estimate, row.low, row.high], r("within sd")[["estimate", "low", "high"]], rtol=1e-10
    )


def test_agrees_with_what_senns_trial_is_known_for(senn):
    """SAS/STAT manual, PROC TTEST, AB/BA example: 46.6, t = 4.32 with 11 df, p = 0.0012."""
    effect = crossover(senn, **SENN)["treatment-effect"]
    assert f"{effect.estimate:.4f}" == "46.6071"
    assert f"{effect.p:.4f}" == "0.0012"


@given(SCORES, st.floats(-50, 50), st.floats(0.1, 10))
def test_people_periods_and_units_do_not_move_the_effect(scores, shift, scale):
    scores = scores + 0.01 * np.sin(7 * np.arange(20)).reshape(2, 10)  # never an exact fit
    plain = two_by_two(*scores, FIRST)
    levels = np.arange(10) * 3.0  # people differ
    moved = two_by_two(scale * scores[0] + levels, scale * scores[1] + levels + shift, FIRST)
    assert_allclose(moved.treatment.estimate, scale * plain.treatment.estimate, atol=1e-7)
    assert_allclose(moved.treatment.se, scale * plain.treatment.se, rtol=1e-6)
    assert_allclose(moved.period.estimate, scale * plain.period.estimate + shift, atol=1e-7)


@given(SCORES)
def test_swapping_names_of_treatments_flips_the_sign_only(scores):
    scores = scores + 0.01 * np.sin(7 * np.arange(20)).reshape(2, 10)
    one, other = two_by_two(*scores, FIRST), two_by_two(*scores, ~FIRST)
    assert_allclose(one.treatment.estimate, -other.treatment.estimate, atol=1e-9)
    assert_allclose(one.carry_over.estimate, -other.carry_over.estimate, atol=1e-9)
    assert_allclose(one.treatment.se, other.treatment.se)
    assert_allclose(one.period, other.period)


def test_equal_baselines_change_nothing_but_the_degrees_of_freedom(rng):
    one, two = rng.normal(size=(2, 10))
    ignored = rng.normal(size=10)
    x = np.column_stack((np.ones(10), FIRST, one - two))
    ignored -= x @ np.linalg.lstsq(x, ignored, rcond=None)[0]  # tells nothing of the difference
    plain, adjusted = two_by_two(one, two, FIRST), two_by_two(one, two, FIRST, ignored)
    assert_allclose(adjusted.treatment.estimate, plain.treatment.estimate)
    assert adjusted.df == plain.df - 1


def test_carry_over_is_told_and_never_a_gate(senn):
    row = crossover(senn, **SENN)["carry-over"]
    assert any("Freeman 1989" in warning for warning in row.warnings)
    # half of carry-over goes into the effect, however large: no test turns the analysis about
    carried = senn.assign(pef=senn["pef"] + 400.0 * ((senn["period"] == 2) & (senn["id"] <= 7)))
    found = crossover(carried, **SENN)
    assert found["carry-over"].p < 0.01
    plain = crossover(senn, **SENN)["treatment-effect"]
    assert_allclose(found["treatment-effect"].estimate, plain.estimate - 200)


def test_bad_input_is_refused_with_what_to_do(senn):
    with pytest.raises(NotIdentifiedError, match="both orders"):
        crossover(senn[senn["id"] <= 7], **SENN)
    with pytest.raises(NotIdentifiedError, match="same amount"):
        two_by_two([1, 2, 3, 4], [2, 3, 4, 5], [1, 1, 0, 0])
    with pytest.raises(DataError, match="one value a participant"):
        two_by_two([1, 2], [1, 2, 3], [1, 0])
    with pytest.raises(DataError, match="no treatment"):
        crossover(senn, **{**SENN, "control": "placebo"})
    with pytest.raises(DataError, match="no column"):
        crossover(senn, **{**SENN, "outcome": "FEV"})
    with pytest.raises(DataError, match="repeat a participant"):
        crossover(senn.assign(period=1), **SENN)
    with pytest.raises(DataError, match="must be numbers"):
        crossover(senn.assign(pef="high"), **SENN)
    with pytest.raises(DataError, match="have no treatment"):
        crossover(senn.assign(drug=senn["drug"].where(senn["id"] > 2)), **SENN)
    with pytest.raises(NotIdentifiedError, match="another treatment"):
        crossover(senn.assign(pef=senn["pef"].where(senn["drug"] == "sal")), **SENN)
    with pytest.raises(DataError, match="carry-over needs"):
        crossover(senn, **SENN, analysis="within-participant", carry_over=True)


def test_people_without_a_baseline_are_counted(senn):
    senn.loc[3, "baseline"] = np.nan
    found = crossover(senn, **SENN, baseline="baseline")
    assert found["treatment-effect"].warnings == ()
    (row,) = found.select(label="baseline-adjusted")
    assert row.df == 12 - 3
    assert "1 participants lack a baseline" in row.warnings[0]


def test_means_are_those_of_each_sequence_and_period(senn):
    rows = crossover(senn, **SENN).select(name="sequence-mean")
    assert [row.label for row in rows][:2] == ["for/sal, period 1", "for/sal, period 2"]
    assert_allclose(rows.column("estimate"), [2360 / 7, 2145 / 7, 1700 / 6, 2075 / 6])


def test_a_baseline_that_tells_nothing_is_refused_and_the_rest_stands(senn):
    found = crossover(senn.assign(baseline=100.0), **SENN, baseline="baseline")
    assert found["treatment-effect"].estimate == pytest.approx(46.6071, abs=1e-4)
    assert [row.label for row in found.refused] == ["baseline-adjusted"]
