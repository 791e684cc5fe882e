"""Counts of people: what a fact carries and no more, rounded once, with a range."""

from dataclasses import replace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.report.site.decision_aid.amounts import without_amounts
from equipoise.report.site.decision_aid.chances import (
    Chance,
    Count,
    events_of,
    joint,
    of_harm,
    of_sentences,
)
from equipoise.report.site.decision_aid.icons import icons
from equipoise.synthesis.evidence.facts import Harm, facts


def harm(**changes) -> Harm:
    plain = {
        "id": "made-up",
        "topic": "headache",
        "text": "Some had it.",
        "figure": "10 of 50 (20%)",
    }
    return Harm.model_validate(plain | changes)


def test_a_share_of_people_with_wilson_s_interval():
    found = of_harm(harm(figure="81 of 263"))
    assert found is not None
    # Newcombe 1998, Stat Med 17:857-872, table I: 81 of 263 is 0.2553 to 0.3662
    assert (found.of, found.with_it) == (100, Count(31, 26, 37))
    assert found.without_it is None
    assert found.difference is None
    assert found.certainty == "not judged"


def test_below_one_of_a_hundred_all_are_of_a_thousand():
    found = of_harm(harm(figure="11 of 346 (3%)", comparator_figure="1 of 222 (0.5%)"))
    assert found is not None
    assert found.of == 1000
    assert found.with_it is not None
    assert found.without_it is not None
    assert (found.with_it.people, found.without_it.people) == (32, 5)
    assert found.difference == "27 more"


@pytest.mark.parametrize(
    ("figure", "people"),
    [("124 events", "27 vs 26"), ("7", "32 vs 30"), ("8.4% / 6.0%", "537"), ("no incidence", None),
     ("159 (1.1%); 5 interstitial cystitis", "14606 events"), ("66 (67.3%) / 65 (67%)", "106"),
     ("12 of 10", None), ("0 of 0", None), ("20 (80%)", "100"), (None, "100")],
)  # fmt: skip
def test_what_counts_no_people_makes_no_chance(figure, people):
    assert events_of(figure, people) is None


def test_events_are_never_told_as_people():
    told = {one.id for one in facts("harms") if of_harm(cast("Harm", one)) is not None}
    assert not told & {"mueller-ae", "karma-sae", "esk-faers", "umbrella-cog", "lithium-seiz"}
    assert {"esk-pollak-trd", "esk-pollak-si", "murphy-anx"} <= told


def test_a_very_uncertain_answer_names_no_count(content):
    """The sentence names a range alone, and so does the chance."""
    told = content.reviews["antidepressants-depression"]
    kinds = {one.kind: one for one in told.sentences if ":all-antidepressants:" in one.id}
    said = kinds["people"]
    unsure = tuple(one for one in said.estimates if "(after)" not in (one.label or ""))
    found = of_sentences(kinds | {"people": replace(said, estimates=unsure)})
    assert found is not None
    assert found.with_it is not None
    assert found.with_it.people is None
    assert found.difference is None
    assert found.with_it.text == "48 to 51"


def test_no_count_no_chance(content):
    told = content.reviews["psychotherapy-depression"]
    kinds = {one.kind: one for one in told.sentences if ":cbt-any-control:" in one.id}
    assert of_sentences(kinds) is None


def chance(time: str, of: int = 100) -> Chance:
    return Chance("get better", of, Count(50, 40, 60), Count(30, 25, 35), time, "", "low", "x")


def test_side_by_side_only_at_the_same_time_and_of_the_same_number():
    assert joint([chance("8 weeks"), chance("8 weeks")])
    assert not joint([chance("8 weeks"), chance("24 hours")])
    assert not joint([chance("8 weeks"), chance("8 weeks", of=1000)])
    assert not joint([chance("8 weeks")])
    assert not joint([chance(""), chance("")])


@given(st.sampled_from([100, 1000]), st.data())
def test_icons_are_the_counts_and_fill_the_array(of, data):
    low = data.draw(st.integers(0, of))
    high = data.draw(st.integers(low, of))
    drawn = icons(Count(None, low, high), of)
    held = {"solid": 0, "striped": 0, "thin": 0}
    seen = set()
    for block in drawn.blocks:
        held[block.kind] += block.icons
        for x in range(block.x, block.x + block.width, 10):
            for y in range(block.y, block.y + block.height, 17):
                assert (x, y) not in seen
                seen.add((x, y))
    assert held == {"solid": low, "striped": high - low, "thin": of - high}
    assert len(seen) == of
    assert max(x for x, _ in seen) + 10 == drawn.width
    assert max(y for _, y in seen) + 17 == drawn.height


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rose after LSD 13 and 26 ug, against placebo", "rose after LSD, against placebo"),
        ("psilocybin 1-25 mg, in depression", "psilocybin, in depression"),
        ("under 0.5 g of mushroom, against", "under mushroom, against"),
        ("ketamine 1 mg/kg under the skin", "ketamine under the skin"),
        ("LSD 15 µg every 3 days for weeks", "LSD for weeks"),
        (
            "30 of 79 people (38%) in 24 hours, 10 mmHg",
            "30 of 79 people (38%) in 24 hours, 10 mmHg",
        ),
        ("up to 6.5 years, 5 groups of 12", "up to 6.5 years, 5 groups of 12"),
    ],
)
def test_amounts_go_and_all_else_stays(text, told):
    assert without_amounts(text) == told
