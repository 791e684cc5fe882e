"""The shipped reviews: each runs, and every study of each is pooled or named with a reason."""

import pytest

from equipoise.synthesis.evidence import find_review, shipped_reviews
from equipoise.synthesis.review import read_review
from equipoise.synthesis.review.study import OF_STUDIES
from equipoise.synthesis.review.synthesise import synthesise

REVIEWS = shipped_reviews()
WANTED = {
    "microdosing-depression", "microdosing-anxiety", "microdosing-wellbeing", "microdosing-energy",
    "microdosing-concentration", "microdosing-creativity", "microdosing-emotion-regulation",
    "microdosing-expectancy", "microdosing-observational", "ketamine-depression",
    "ketamine-anxiety", "psilocybin-depression", "psychotherapy-depression",
    "psychotherapy-anxiety", "antidepressants-depression",
}  # fmt: skip


@pytest.fixture(scope="module")
def done():
    return {name: synthesise(read_review(find_review(name)[0])) for name in REVIEWS}


def test_the_founding_case_is_there():
    assert set(REVIEWS) >= WANTED


@pytest.mark.parametrize("name", REVIEWS)
def test_every_study_is_pooled_or_named_with_a_reason(name, done):
    studies = set(done[name].folder.studies)
    for analysis, chosen in done[name].selections.items():
        pooled = {row.study.id for row in chosen.rows}
        named = {out.study.id for out in chosen.left_out}
        assert pooled | named == studies, analysis
        assert not pooled & named
        assert all(out.reason for out in chosen.left_out)


@pytest.mark.parametrize("name", REVIEWS)
def test_nothing_unverified_is_pooled(name, done):
    for chosen in done[name].selections.values():
        assert all(row.verified for row in chosen.rows)


@pytest.mark.parametrize("name", REVIEWS)
def test_what_is_pooled_was_compared_with_what_the_plan_says(name, done):
    """A contrast named by hand must not slip a medicine in under the heading of usual care."""
    for analysis, chosen in done[name].selections.items():
        planned = set(done[name].folder.review.analysis(analysis).comparators)
        for row in chosen.rows:
            kinds = {arm.kind for arm in row.study.arms if arm.name == row.contrast[1]}
            assert (kinds or {row.contrast[1]}) <= planned, (analysis, row.study.id)


@pytest.mark.parametrize("name", REVIEWS)
def test_a_stated_pool_stands_alone(name, done):
    for chosen in done[name].selections.values():
        kinds = [row.study.design.kind in OF_STUDIES for row in chosen.rows]
        assert not any(kinds) or len(kinds) == 1


@pytest.mark.parametrize("name", REVIEWS)
def test_changes_within_people_stand_alone(name, done):
    for chosen in done[name].selections.values():
        before = [row.contrast[1] == "baseline" for row in chosen.rows]
        assert all(before) or not any(before)


@pytest.mark.parametrize("name", REVIEWS)
def test_each_review_says_what_it_asks_and_of_whom(name, done):
    review = done[name].folder.review
    assert review.studies
    assert [one for one in review.analyses if one.primary]
    assert review.eligibility.designs


SIGNS = {
    ("psilocybin-depression", "placebo-or-low-dose"): -1,
    ("psychotherapy-depression", "cbt-any-control"): -1,
    ("psychotherapy-anxiety", "gad-any-control"): -1,
    ("antidepressants-depression", "all-antidepressants"): -1,
    ("ketamine-depression-pools", "kryst-24-hours"): -1,
    ("ketamine-depression", "microdose"): -1,
    ("microdosing-energy", "energy"): 1,
    ("microdosing-concentration", "published-pool"): -1,
    ("microdosing-concentration", "adhd"): 1,
}
"""Of each author's own words: in favour of the treatment, but for the last two."""


@pytest.mark.parametrize(("name", "analysis"), list(SIGNS))
def test_directions_are_those_of_the_reports(name, analysis, done):
    rows = done[name].selections[analysis].rows
    assert rows
    assert all(row.effect.y * SIGNS[name, analysis] > 0 for row in rows)


def test_stated_effects_come_out_as_stated(done):
    """g of the abstracts: Kryst 2020 -0.89 (-1.24 to -0.53); Cipriani 2018 0.30 (0.26 to 0.34)."""
    (kryst,) = done["ketamine-depression-pools"].selections["kryst-24-hours"].rows
    (cipriani,) = done["antidepressants-depression"].selections["all-antidepressants"].rows
    assert kryst.effect.y == -0.89
    assert cipriani.effect.y == -0.3
    assert abs(kryst.effect.v**0.5 - (1.24 - 0.53) / 3.92) < 1e-4
