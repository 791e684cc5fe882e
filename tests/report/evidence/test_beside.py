"""Changes from the start, reports in words, and answers side by side."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import DataError
from equipoise.report.evidence import sentences, untraced
from equipoise.report.evidence.answer import Answer
from equipoise.report.evidence.as_told import told_of
from equipoise.report.evidence.side_by_side import apart, gap_between, not_compared
from equipoise.synthesis.effect_sizes.mean_interval import mean_interval

from .conftest import CHECKED, analysis, study

FINITE = st.floats(-50, 50)
HALF = st.floats(0.01, 20)


def limits(estimate, half):
    return estimate, estimate - half, estimate + half


@given(FINITE, HALF, FINITE, HALF)
def test_the_gap_turned_round_is_the_gap_with_its_sign_turned(a, ha, b, hb):
    there = gap_between(limits(a, ha), limits(b, hb))
    back = gap_between(limits(b, hb), limits(a, ha))
    assert there == pytest.approx((-back[0], -back[2], -back[1]), abs=1e-9)


@given(FINITE, HALF, FINITE, HALF)
def test_the_gap_is_wider_than_either_and_no_wider_than_both(a, ha, b, hb):
    _, low, high = gap_between(limits(a, ha), limits(b, hb))
    half = (high - low) / 2
    assert max(ha, hb) - 1e-9 <= half <= ha + hb + 1e-9


def test_an_interval_of_a_mean_is_students():
    # Student's table: t of 9 degrees of freedom at 0.975 is 2.262 (NIST handbook 1.3.6.7.2)
    low, high = mean_interval(0.0, 10**0.5, 10)
    assert (low, high) == pytest.approx((-2.262, 2.262), abs=5e-4)


@given(st.integers(2, 500), st.floats(0.1, 50), FINITE)
def test_an_interval_of_a_mean_narrows_with_people(n, sd, mean):
    widths = [
        high - low for low, high in (mean_interval(mean, sd, k) for k in (n, n + 1, 2 * n + 1))
    ]
    assert all(wide > narrow for wide, narrow in pairwise(widths))


@pytest.mark.parametrize(("sd", "n"), [(0.0, 10), (-1.0, 10), (1.0, 1)])
def test_an_interval_without_spread_or_people_is_refused(sd, n):
    with pytest.raises(DataError, match="at least 2 people and an SD above 0"):
        mean_interval(0.0, sd, n)


def changes(**more):
    arm = {"n": 16, "sd": 4.0, "is_change": True, **CHECKED}
    drug = {"arm": "drug", "mean": -6.0, **arm}
    placebo = {"arm": "placebo", "mean": -5.0, **arm, **more}
    return {"outcome": "mood", "instrument": "BDI", "higher": "worse", "visit": "week 4",
            "arms": [drug, placebo]}  # fmt: skip


def with_changes(**more):
    one = study("a2020")
    one["outcomes"].append(changes(**more))
    return one


INSTRUMENTS = {"mood": {"label": "Low mood", "higher": "worse", "instruments": ["MADRS"]}}


def test_both_arms_are_told_from_their_own_start(made):
    said = {one.kind: one for one in sentences(made([with_changes()], outcomes=INSTRUMENTS))}
    one = said["both-changed-a2020-BDI"]
    # mean -5, SD 4, 16 people: -5 -+ 2.131 * 4 / 4 (t of 15 degrees of freedom)
    assert (
        "people on placebo changed by −5.0 (−7.1 to −2.9) points on a scale of low mood (BDI)"
        in (one.text)
    )
    assert "Those on LSD changed by −6.0 (−8.1 to −3.9)." in one.text
    assert one.text.endswith("On this scale a higher score is worse.")
    assert (one.studies, one.certainty) == (("a2020",), "not judged")
    assert not untraced(one)


@pytest.mark.parametrize("without", [{"verified": False}, {"sd": None}, {"is_change": False}])
def test_a_change_without_spread_or_check_is_not_told(without, made):
    said = sentences(made([with_changes(**without)], outcomes=INSTRUMENTS))
    assert not [one for one in said if one.kind.startswith("both-changed")]


def quoted(says, contrast=("drug", "placebo"), **more):
    one = study("a2020", **more)
    one["outcomes"][0]["statements"] = [{"contrast": list(contrast), "says": says, **CHECKED}]
    return one


@pytest.mark.parametrize(
    ("contrast", "randomised", "template"),
    [
        (["drug", "placebo"], True, "told-trial"),
        (["drug", "baseline"], True, "told-observed"),
        (["drug", "placebo"], False, "told-observed"),
    ],
)
def test_a_report_says_whether_lots_were_drawn(contrast, randomised, template, made):
    found = made([quoted("7 of 9 felt better", contrast, randomised=randomised)])
    (one,) = told_of(found, ["mood"])
    assert one.id == "made-up:mood:told-a2020"
    assert one.template == template
    assert "(a2020) says: 7 of 9 felt better." in one.text
    assert one.opens.sources[0].source == CHECKED["source"]
    assert not untraced(one)


def test_only_verified_words_on_the_reviews_own_drug_are_told(made):
    one = quoted("7 of 9 felt better")
    one["outcomes"][0]["statements"][0] |= {"verified": False}
    assert not list(told_of(made([one]), ["mood"]))
    other = quoted("placebo did better", ["placebo", "baseline"])
    assert not list(told_of(made([other]), ["mood"]))
    assert not list(told_of(made([quoted("7 of 9")]), ["sleep"]))


TWO = [
    analysis("a", leave_out={"b2021": "x"}, primary=True),
    analysis("b", leave_out={"a2020": "x"}),
    analysis("both"),
    analysis("none", leave_out={"a2020": "x", "b2021": "x"}),
]


@pytest.fixture
def answer(made):
    found = made([study("a2020", -0.5), study("b2021", -0.1)], analyses=TWO)
    return lambda name: Answer(found, found.folder.review.analysis(name), {})


def test_two_analyses_are_told_apart_with_an_interval(answer):
    one = apart(answer("a"), answer("b"))
    # each -+ 1.96 * 0.1, apart 0.4 -+ 1.96 * sqrt(0.02)
    assert "differed by −0.50 SD units (−0.70 to −0.30)" in one.text
    assert "lie 0.40 SD units apart (0.12 to 0.68)" in one.text
    assert set(one.studies) == {"a2020", "b2021"}
    assert "(week 4)" in one.text
    assert not untraced(one)


def test_two_that_share_a_study_are_not_independent(answer):
    with pytest.raises(DataError, match="share a2020"):
        apart(answer("a"), answer("both"))


def test_apart_without_a_number_says_so(answer):
    one = apart(answer("a"), answer("none"))
    assert one.certainty == "no number"
    assert one.text.startswith("How far the two lie apart cannot be told")


def test_treatments_that_were_not_compared_are_counted_and_not_ranked(answer):
    one = not_compared([answer("a"), answer("b")])
    assert one.text.startswith("2 ways to treat it stand side by side here")
    assert one.size == ""


def test_what_is_not_compared_is_said_of_numbers_and_not_of_studies(answer):
    """A pool behind one of them may hold trials of two treatments: that is told elsewhere."""
    assert "None of these numbers sets two of them" in not_compared([answer("a"), answer("b")]).text
