"""Sentences follow from numbers: by hand, by law, and by what they must never say."""

import re
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipoise.errors import DataError
from equipoise.report.evidence import changed, follows, require_follows, sentences, untraced
from equipoise.report.evidence.templates import FILE, templates
from equipoise.synthesis.evidence import find_review, shipped_reviews
from equipoise.synthesis.judgement.plain_statement import STATEMENTS
from equipoise.synthesis.review import read_review, synthesise
from equipoise.synthesis.review.plan import ComparatorKind
from equipoise.synthesis.review.study_numbers import Measure

from .conftest import CHECKED, PEOPLE, analysis, outcome, study

DIRECTION = {"lower", "lowers", "raise", "raises", "slightly", "lot", "fewer"}
BANNED = ("significant", "no effect", "promising", "proven", "safe")
TWO = [study("a2020", -0.5), study("b2021", -0.4)]
IN_PEOPLE = {"mood": outcome(people=PEOPLE)}
SEVERAL = {"suppress_health_check": [HealthCheck.function_scoped_fixture], "max_examples": 25}


def told(synthesis):
    return {one.id.partition(":")[2]: one for one in sentences(synthesis)}


def test_a_headline_from_two_trials_in_people(made):
    # equal weights: g = -0.45, se = 0.1/sqrt(2), interval -0.5886 to -0.3114
    # Phi(Phi^-1(0.35) + 0.45) = Phi(0.0647) = 0.526, Phi(-0.0739) = 0.471, Phi(0.2033) = 0.581
    said = told(made(TWO, outcomes=IN_PEOPLE))
    assert said["primary:headline"].text == "LSD lowers low mood."  # 18 of 100: moderate
    assert said["primary:headline"].size == "moderate"
    assert said["primary:people"].text == (
        "Of 100 people on a dummy pill, about 35 get better. Of 100 people on LSD, about 53 would: "
        "18 more. The true count may lie from 47 to 58 of 100."
    )
    assert said["primary:control"].text == (
        "Without LSD, about 35 of 100 people get better on a dummy pill."
    )
    effect = (
        "The groups differed by −0.45 SD units (−0.59 to −0.31), in 2 trials with 400 people. "
        "The other group had a dummy pill. A number below zero would favour LSD."
    )
    assert said["primary:effect"].text == effect
    behind = said["primary:headline"].opens
    assert behind.effect == pytest.approx(-0.45)
    assert behind.risk_of_bias == (("a2020", "low"), ("b2021", "low"))
    assert "below 0 favours LSD" in behind.unit


@pytest.mark.parametrize(
    ("conditions", "told_"),
    [
        (["healthy", "healthy"], "those who took part are not the people"),
        (["healthy", "depression"], "not all who took part are the people"),
    ],
)
def test_indirect_says_whether_some_or_all_were_other_people(conditions, told_, made):
    two = [study(name, population={"described": "adults", "condition": one, "n": 200})
           for name, one in zip(("a2020", "b2021"), conditions, strict=True)]  # fmt: skip
    grade = {"information_size": 100, "conditions": ["depression"]}
    assert told_ in told(made(two, grade=grade))["primary:indirect"].text


UNNAMED = {"mood": outcome(people=PEOPLE, words={"treatment": "LSD", "outcome": "low mood"})}
ANY_PLACEBO = ["inert-placebo", "active-placebo", "medication"]


@pytest.mark.parametrize(
    ("outcomes", "kind", "control"),
    [
        (UNNAMED, "inert-placebo", "placebo"),
        (UNNAMED, "active-placebo", "a placebo that people can feel"),
        (UNNAMED, "medication", "a medicine"),
        (IN_PEOPLE, "active-placebo", "a dummy pill"),  # the plan's own words
        (IN_PEOPLE, "medication", "a medicine"),  # but a medicine is no dummy pill
    ],
)
def test_the_control_is_what_the_pooled_trials_used(outcomes, kind, control, made):
    one = study("a2020")
    one["arms"][1]["kind"] = kind
    said = told(made([one], outcomes=outcomes, analyses=[analysis(comparators=ANY_PLACEBO)]))
    assert f" The other group had {control}. " in said["primary:effect"].text
    assert said["primary:people"].text.startswith(f"Of 100 people on {control}, about 35")
    assert (
        said["primary:control"].text
        == f"Without LSD, about 35 of 100 people get better on {control}."
    )


def test_without_a_control_response_the_size_is_by_the_thresholds(made):
    said = told(made(TWO))  # 0.45 lies below 0.5
    assert said["primary:headline"].text == "LSD lowers low mood slightly."
    assert "primary:people" not in said
    assert said["primary:control-unknown"].text.startswith("No study here says how many people")


def test_the_sizes_of_people_are_the_plans(made):
    people = PEOPLE | {"small": 5, "moderate": 20, "large": 30}
    said = told(made(TWO, outcomes={"mood": outcome(people=people)}))
    assert said["primary:headline"].text == "LSD lowers low mood slightly."


def test_scenarios_of_the_control_response(made):
    people = PEOPLE | {"low": 0.2, "high": 0.5}
    said = told(made(TWO, outcomes={"mood": outcome(people=people)}))
    # Phi(Phi^-1(0.2) + 0.45) = Phi(-0.3916) = 0.348; Phi(0.45) = 0.674
    assert "only 20 of 100" in said["primary:people-if-lower"].text
    assert "about 35 of 100" in said["primary:people-if-lower"].text
    assert "about 67 of 100" in said["primary:people-if-higher"].text


def test_events_give_their_own_control_response(made):
    def trial(name, active, control):
        arms = [{"arm": arm, "events": events, "total": 100, **CHECKED}
                for arm, events in (("drug", active), ("placebo", control))]  # fmt: skip
        row = {"outcome": "mood", "higher": "worse", "visit": "week 4", "arms": arms}
        return study(name, outcomes=[row])

    sizes = {"small": 0.1, "moderate": 0.3, "large": 0.5}
    mood = outcome(thresholds=sizes, words={"outcome": "headache", "treatment": "LSD"}, harm=True)
    both = [trial("a2020", 40, 20), trial("b2021", 40, 20)]
    said = told(made(both, outcomes={"mood": mood}, analyses=[analysis(measure="RR")]))
    # risk ratio 2 at 40 of 200 without
    assert said["primary:people"].text.startswith(
        "Of 100 people on placebo, about 20 have headache. Of 100 people on LSD, about 40 would: "
        "20 more."
    )
    assert said["primary:headline"].text.endswith("headache a lot.")
    assert said["primary:headline"].text.startswith("LSD ")
    assert "raise" in said["primary:headline"].text
    assert "harms-unknown" not in said


def test_no_study_is_a_gap_and_no_zero(made):
    said = told(made([study("a2020", outcome="sleep")], outcomes={"mood": outcome(people=PEOPLE)}))
    assert said["primary:headline"].text == (
        "We found no study that tested LSD for low mood. That does not show that it works, or that "
        "it does not, or that it does no harm."
    )
    assert said["primary:headline"].certainty == "no study"
    assert said["primary:change"].text == (
        "One trial of LSD against a dummy pill would change this answer."
    )
    assert set(said) == {"primary:headline", "primary:change", "harms-unknown"}


def test_trials_that_gave_no_number_are_not_no_trials(made):
    one = study("a2020")
    one["outcomes"][0]["effects"] = []
    one["outcomes"][0]["statements"] = [{"contrast": ["drug", "placebo"], "says": "better",
                                         **CHECKED}]  # fmt: skip
    headline = told(made([one, study("b2021", outcome="sleep")]))["primary:headline"]
    assert headline.text.startswith("1 trial looked at LSD for low mood, but gave no number")
    assert headline.studies == ("a2020",)
    assert headline.certainty == "no number"


@pytest.mark.parametrize(
    ("table", "known"),
    [("controls", get_args(ComparatorKind)), ("units", get_args(Measure))],
)
def test_every_kind_of_a_plan_has_words(table, known):
    assert set(known) <= set(templates()[table])


def test_a_certainty_that_nobody_judged_names_no_finding(made):
    said = told(made(TWO, outcomes={"mood": outcome(thresholds=None)}))
    assert said["primary:headline"].template == "not-judged"
    assert said["primary:headline"].text.startswith("2 trials with 400 people tested LSD")


def test_studies_that_could_not_be_pooled_are_said_so(made):
    found = made(TWO)
    rows = tuple(row for row in found.found["primary"] if row.name != "pooled-effect")
    bare = replace(found, found={"primary": replace(found.found["primary"], rows=rows)})
    assert told(bare)["primary:headline"].template == "not-pooled"


def test_belief_is_told_from_guesses_and_from_effects_given_them(made):
    guesses = [{"arm": arm, "right": right, "wrong": 100 - right, "visit": "week 4", **CHECKED}
               for arm, right in (("drug", 80), ("placebo", 60))]  # fmt: skip
    one = study("a2020", blinding={"guesses": guesses})
    effect = one["outcomes"][0]["effects"][0]
    one["outcomes"][0]["effects"].append({**effect, "estimate": -0.1, "adjusted_for_guess": True})
    plans = [analysis(primary=True), analysis("given", adjusted_for_guess=True)]
    said = told(made([one, study("b2021")], analyses=plans))
    assert "(week 4), people were right in 70 of 100 guesses." in said["primary:guesses"].text
    assert said["primary:guesses"].studies == ("a2020",)
    assert said["given:guess-adjusted"].text == (
        "Among people who made the same guess, the groups differed by −0.10 SD units (−0.30 to "
        "0.10), in 1 trial with 200 people."
    )
    # both effects are -0.5: the upper limit is -0.5 + 1.96 * 0.1 / sqrt(2) = -0.361
    assert "by 0.36 SD units" in said["primary:tipping"].text
    assert "primary:belief-unknown" not in said


def test_studies_without_lots_come_after_the_trials_and_say_how_far_apart(made):
    plans = [analysis(leave_out={"c2022": "no lots"}, primary=True),
             analysis("cohorts", leave_out={"a2020": "lots", "b2021": "lots"})]  # fmt: skip
    cohort = study("c2022", -1.0, randomised=False)
    found = made([*TWO, cohort], analyses=plans)
    said = told(found)
    order = list(said)
    assert order.index("primary:effect") < order.index("cohorts:observational")
    assert "differed by −1.00 SD units" in said["cohorts:observational"].text
    # 1.0 - 0.45 = 0.55; half: sqrt(0.196^2 + 0.1386^2) = 0.240
    gap = said["cohorts:disagreement-primary"]
    assert gap.text == "These studies and the trials lie 0.55 SD units apart (0.31 to 0.79)."
    assert gap.studies == ("a2020", "b2021", "c2022")
    left = told(made([*TWO, cohort], eligibility={"randomised": True, "designs": ["parallel"]}))
    assert left["primary:observational-words"].text == (
        "1 study of low mood did not draw lots for who got LSD, and gave no number to set beside "
        "trials."
    )


def test_a_change_from_baseline_is_no_effect_of_the_drug(made):
    one = study("a2020", randomised=False)
    one["outcomes"][0]["effects"][0] |= {"contrast": ["drug", "baseline"],
                                         "positive_favours": "baseline", "n": None}  # fmt: skip
    plans = [analysis(comparators=["baseline"])]
    headline = told(made([one], analyses=plans))["primary:headline"]
    assert headline.template == "uncontrolled"
    assert not DIRECTION & set(headline.text.rstrip(".").split())


def test_people_on_placebo_are_told_from_their_own_means(made):
    one = study("a2020")
    one["outcomes"][0]["arms"] = [
        {"arm": "placebo", "n": 100, "mean": 14.0, "sd": 5.0, "baseline_mean": 20.5, **CHECKED}
    ]
    said = told(made([one, study("b2021")]))
    assert said["primary:control-change-a2020"].text == (
        "In a2020, people on a dummy pill went from 20.5 to 14.0 points on a scale of low mood "
        "(MADRS), without LSD."
    )
    assert said["primary:control-change-a2020"].studies == ("a2020",)
    assert not untraced(said["primary:control-change-a2020"])


def test_it_is_said_who_took_part_and_when(made):
    other = study("b2021", population={"described": "students", "n": 200})
    said = told(made([study("a2020"), other]))["primary:who"]
    assert said.text == ("Who took part: depression; students. When they were asked: week 4.")
    assert not untraced(said)


def test_digits_in_the_names_of_a_plan_are_names(made):
    words = {"treatment": "LSD of 10 µg", "outcome": "PHQ-9 score"}
    said = sentences(made(TWO, outcomes={"mood": outcome(words=words)}))
    assert "LSD of 10 µg" in said[0].text
    assert not [one.text for one in said if untraced(one)]


VERY_LOW = {"bias": dict.fromkeys(("a2020", "b2021"), "high"), "outcomes": IN_PEOPLE,
            "grade": {"information_size": 100, "conditions": ["anxiety"]}}  # fmt: skip


@settings(**SEVERAL)
@given(st.floats(-2, 2), st.floats(-2, 2))
def test_very_low_certainty_never_names_a_direction(made, one, two):
    found = made([study("a2020", one), study("b2021", two)], **VERY_LOW)
    for sentence in sentences(found):
        words = set(re.findall(r"[a-z]+", sentence.text))
        assert not words & DIRECTION, sentence.text
    assert told(found)["primary:headline"].certainty == "very low"
    assert told(found)["primary:indirect"].text.startswith("This evidence is indirect")


@settings(**SEVERAL)
@given(st.floats(-2, 2).filter(lambda x: abs(x) > 0.001))
def test_the_sign_turned_round_changes_only_the_direction(made, effect):
    half = {"mood": outcome(people={"control_response": 0.5, "source": "made up"})}
    one = told(made([study("a2020", effect), study("b2021", effect)], outcomes=half))
    two = told(made([study("a2020", -effect), study("b2021", -effect)], outcomes=half))
    turned = {"lowers": "raises", "raises": "lowers", "lower": "raise", "raise": "lower"}
    headline = one["primary:headline"]
    words = re.sub(r"\b(lowers?|raises?)\b", lambda m: turned[m[0]], headline.text)
    assert words == two["primary:headline"].text
    assert headline.size == two["primary:headline"].size
    assert set(one) == set(two)


def both_outcomes(first=-0.4):
    other = [study("c2020", -0.3, outcome="fear"), study("d2021", -0.3, outcome="fear")]
    return [study("a2020"), study("b2021", first), *other]


BOTH = {
    "outcomes": {"mood": outcome(people=PEOPLE), "fear": outcome(label="Fear", people=PEOPLE)},
    "analyses": [analysis(), analysis("afraid", outcome="fear")],
}


def test_a_number_changes_exactly_the_sentences_that_depend_on_it(made):
    before = sentences(made(both_outcomes(), **BOTH))
    after = sentences(made(both_outcomes(-1.4), **BOTH))
    moved = ("headline", "people", "effect", "tipping")  # g = -0.95, 71 of 100: large
    assert set(changed(before, after)) == {f"made-up:primary:{kind}" for kind in moved}
    assert told(made(both_outcomes(-1.4), **BOTH))["primary:headline"].text.endswith("a lot.")


@settings(**SEVERAL)
@given(st.sampled_from(["a2020", "b2021", "c2020", "d2021"]), st.floats(-1, 1))
def test_only_sentences_of_a_study_move_with_it(made, name, effect):
    studies = both_outcomes()
    before = sentences(made(studies, **BOTH))
    moved = [study(name, effect, outcome=one["outcomes"][0]["outcome"]) if one["id"] == name
             else one for one in studies]  # fmt: skip
    after = sentences(made(moved, **BOTH))
    own = {one.id for one in (*before, *after) if name in one.studies}
    assert set(changed(before, after)) <= own


def test_a_sentence_that_no_longer_follows_stops_a_build(made):
    found = made(TWO, outcomes=IN_PEOPLE)
    said = sentences(found)
    assert all(follows(one, found) for one in said)
    require_follows(said, found)
    typed = replace(said[0], text="LSD lowers low mood a lot.")
    assert not follows(typed, found)
    with pytest.raises(DataError, match=r"primary:headline says .* and the data say"):
        require_follows([typed], found)
    moved = made([study("a2020", -0.1), study("b2021", -0.1)], outcomes=IN_PEOPLE)
    with pytest.raises(DataError, match="no longer follow"):
        require_follows(said, moved)
    gone = replace(said[0], id="made-up:other:headline")
    with pytest.raises(DataError, match="says nothing of the kind"):
        require_follows([gone], found)


def test_a_number_that_is_in_no_estimate_is_found(made):
    (*_, people) = [one for one in sentences(made(TWO, outcomes=IN_PEOPLE)) if one.kind == "people"]
    assert not untraced(people)
    assert untraced(replace(people, text=people.text.replace("53", "63"))) == ("63",)


def test_a_word_of_the_plan_that_claims_too_much_is_refused(made):
    words = {"treatment": "the promising LSD", "outcome": "low mood"}
    with pytest.raises(DataError, match="would say 'promising'"):
        sentences(made(TWO, outcomes={"mood": outcome(words=words)}))


def test_a_control_response_without_source_is_refused(made):
    with pytest.raises(DataError, match="without `source`"):
        made(TWO, outcomes={"mood": outcome(people={"control_response": 0.3})})
    with pytest.raises(DataError, match="must rise"):
        made(TWO, outcomes={"mood": outcome(people=PEOPLE | {"low": 0.4})})


@pytest.mark.parametrize("file", [FILE, STATEMENTS])
def test_templates_hold_no_number_and_no_claim(file):
    lines = file.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line.split("#")[0] for line in lines)
    assert set(re.findall(r"\d[\d,]*", text)) <= {"100", "1,000"}
    assert not [word for word in BANNED if word in text.lower()]


@pytest.mark.parametrize("name", shipped_reviews())
def test_what_comes_with_equipoise_says_nothing_untraced(name):
    found = synthesise(read_review(find_review(name)[0]))
    said = sentences(found)
    assert said
    assert len({one.id for one in said}) == len(said)
    for one in said:
        assert not untraced(one), one.text
        assert not [word for word in BANNED if word in one.text.lower()], one.text
        assert one.version == found.version.sha256
        assert one.studies or one.certainty in ("no study", "no number", "assumed")
