"""From what a study reports to an effect: equal to metafor, and signed as declared."""

from math import log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.errors import NotIdentifiedError
from equipoise.synthesis.effect_sizes.small_sample import small_sample_factor
from equipoise.synthesis.review import Study
from equipoise.synthesis.review.study_effects import from_arms, from_effect
from equipoise.synthesis.review.study_numbers import ReportedEffect

from .conftest import CHECKED, study

GOLDEN = {  # tests/golden/review_effects.R prints them (metafor 3.8-1)
    ("SMD", 14.1): (-0.330636271133, 0.0711559947191),
    ("SMD", 12.0): (-0.587797815347, 0.0732278011045),
    ("MD", 14.1): (-2.7, 4.54754926108),
}
COUNTS = {
    ("OR", 0): (-0.751987680583, 0.214502164502),
    ("OR", 1): (-2.743997588911, 2.225848725367),
    ("RR", 0): (-0.462035459597, 0.0845238095238),
    ("RR", 1): (-2.533200659147, 2.0903380893300),
    ("RD", 0): (-0.176190476190, 0.01118888348990),
    ("RD", 1): (-0.193548387097, 0.00503507770803),
}


def of_arms(data, measure="SMD", higher="worse"):
    read = Study.model_validate(data)
    row = read.outcomes[0]
    return from_arms((row.arms[0], row.arms[1]), row, read, measure, higher)


@pytest.mark.parametrize(("measure", "mean"), GOLDEN)
def test_means_agree_with_metafor(measure, mean):
    found = of_arms(study("a2020", mean), measure)
    assert_allclose((found.y, found.v), GOLDEN[measure, mean], rtol=5e-12)


@pytest.mark.parametrize(("measure", "case"), COUNTS)
def test_counts_agree_with_metafor(measure, case):
    data = study("a2020")
    cells = [((12, 40), (20, 42)), ((0, 30), (6, 31))][case]
    data["outcomes"][0]["arms"] = [
        {"arm": arm, "events": events, "total": total, **CHECKED}
        for arm, (events, total) in zip(("drug", "placebo"), cells, strict=True)
    ]
    found = of_arms(data, measure)
    assert_allclose((found.y, found.v), COUNTS[measure, case], rtol=5e-12)
    assert bool(found.assumptions) == (case == 1 and measure != "RD")


def test_paired_means_agree_with_the_published_example():
    """Borenstein et al. 2009, p. 29: 103 and 100, SD of the difference 5.5, n 50, r 0.7."""
    data = study("a2020", design={"kind": "crossover", "randomised": True})
    sd = 5.5 / sqrt(2 * (1 - 0.7))
    data["outcomes"][0] |= {"correlation": 0.7}
    data["outcomes"][0]["arms"] = [
        {"arm": arm, "n": 50, "mean": mean, "sd": sd, **CHECKED}
        for arm, mean in (("drug", 103), ("placebo", 100))
    ]
    found = of_arms(data)
    assert_allclose(found.y, 0.4160, atol=5e-5)
    assert_allclose(found.v, 0.0127, atol=5e-5)


def test_paired_means_need_their_correlation():
    data = study("a2020", design={"kind": "crossover", "randomised": True})
    with pytest.raises(NotIdentifiedError, match="needs `correlation`"):
        of_arms(data)


def test_a_standard_error_stands_for_its_sd():
    data = study("a2020")
    data["outcomes"][0]["arms"][0] |= {"sd": None, "se": 7.9 / sqrt(28)}
    assert_allclose(of_arms(data).y, GOLDEN["SMD", 14.1][0], rtol=1e-11)
    assert "SD of drug = se × √n" in of_arms(data).assumptions


def test_quartiles_stand_for_means_where_only_they_are_reported():
    data = study("a2020")
    for arm, shift in zip(data["outcomes"][0]["arms"], (0, 2), strict=True):
        arm |= {"mean": None, "sd": None, "q1": 10 + shift, "median": 14 + shift, "q3": 18 + shift}
    found = of_arms(data)
    assert found.y < 0
    assert "Luo et al. 2018" in found.assumptions[0]


def reported(**changes):
    return ReportedEffect.model_validate(
        {"measure": "MD", "contrast": ["drug", "placebo"], "estimate": -2.7, "low": -6.9,
         "high": 1.5, "positive_favours": "placebo", **CHECKED, **changes}
    )  # fmt: skip


def row_of(**changes):
    return Study.model_validate(study("a2020", **changes)).outcomes[0]


def test_an_interval_gives_its_standard_error():
    found = from_effect(reported(), row_of(), "MD", "worse", "drug")
    assert_allclose((found.y, sqrt(found.v)), (-2.7, 4.2 / 1.959963984540054))


def test_a_mean_difference_is_standardised_by_the_sd_beside_it():
    found = from_effect(reported(standardiser=8.0), row_of(), "SMD", "worse", "drug")
    assert_allclose((found.y, found.v), (-2.7 / 8, (4.2 / 1.959963984540054 / 8) ** 2))
    pooled = sqrt((27 * 7.9**2 + 28 * 8.2**2) / 55)
    assert_allclose(from_effect(reported(), row_of(), "SMD", "worse", "drug").y, -2.7 / pooled)


@pytest.mark.parametrize("favours", ["drug", "placebo"])
@pytest.mark.parametrize("higher", ["better", "worse"])
@pytest.mark.parametrize("contrast", [["drug", "placebo"], ["placebo", "drug"]])
def test_the_sign_follows_what_is_declared_and_nothing_else(favours, higher, contrast):
    effect = reported(estimate=2.0, low=1.0, high=3.0, positive_favours=favours, contrast=contrast)
    found = from_effect(effect, row_of(), "MD", higher, "drug")
    good = favours == "drug"  # the estimate is above 0
    assert (found.y > 0) == (good == (higher == "better"))
    assert abs(found.y) == 2.0


def test_ratios_become_logarithms():
    effect = reported(measure="OR", estimate=2.0, low=1.0, high=4.0, positive_favours="drug")
    found = from_effect(effect, row_of(), "OR", "better", "drug")
    assert_allclose((found.y, sqrt(found.v)), (log(2), log(4) / (2 * 1.959963984540054)))


def test_cohens_d_gets_its_small_sample_factor():
    effect = reported(measure="SMD", estimate=-0.82, low=None, high=None, n=[18, 19],
                      uncorrected=True)  # fmt: skip
    found = from_effect(effect, row_of(), "SMD", "worse", "drug")
    j = small_sample_factor(35)
    assert_allclose(j, 1 - 3 / (4 * 35 - 1), rtol=2e-4)  # Hedges' own approximation
    assert_allclose(found.y, -0.82 * j)
    assert_allclose(found.v, j**2 * (1 / 18 + 1 / 19 + 0.82**2 / (2 * 37)))


@pytest.mark.parametrize(
    ("changes", "measure", "told"),
    [
        ({"low": None, "high": None}, "MD", "without standard error, interval or group sizes"),
        ({"measure": "OR", "estimate": 2, "low": 1, "high": 3}, "SMD", "reports OR, and the"),
    ],
)
def test_what_cannot_be_had_is_refused(changes, measure, told):
    with pytest.raises(NotIdentifiedError, match=told):
        from_effect(reported(**changes), row_of(), measure, "worse", "drug")


def test_group_sizes_give_no_variance_within_people():
    effect = reported(measure="SMD", estimate=-0.5, low=None, high=None, n=[20, 20])
    with pytest.raises(NotIdentifiedError, match="within people without its standard error"):
        from_effect(effect, row_of(), "SMD", "worse", "drug", paired=True)


@given(st.floats(0, 60), st.floats(0.5, 20), st.integers(2, 200))
def test_exchanging_the_arms_turns_the_sign(mean, sd, n):
    data = study("a2020")
    one, other = data["outcomes"][0]["arms"]
    one |= {"mean": mean, "sd": sd, "n": n}
    forth = of_arms(data)
    data["outcomes"][0]["arms"] = [{**other, "arm": "drug"}, {**one, "arm": "placebo"}]
    back = of_arms(data)
    assert_allclose((back.y, back.v), (-forth.y, forth.v), rtol=1e-12, atol=1e-15)
