import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from equipoise.belief.comparison import Comparison
from equipoise.belief.guesses import MISSING, Guesses
from equipoise.errors import DataError, NotIdentifiedError

ARM = ["drug", "placebo"] * 10
GUESS = ["drug", "drug", "placebo", "placebo"] * 5
MOOD = list(range(20, 40))


def frame_of(guess):
    n = len(guess)
    return pd.DataFrame(
        {
            "participant": [f"{k}" for k in range(n)],
            "arm": "drug",
            "guess": guess,
            "certainty": np.nan,
        }
    )


def test_unsure_and_missing_never_share_a_code():
    got = Guesses.from_frame(frame_of(["placebo", "drug", "unsure", pd.NA]), ["placebo", "drug"])
    assert_array_equal(got.guess, [0, 1, 2, MISSING])
    assert_array_equal(got.answered, [True, True, True, False])
    assert got.table().sum() == 3
    assert_array_equal(got.table()[2], [0, 1])


def test_a_guess_that_is_no_arm_is_an_error():
    with pytest.raises(DataError, match="'both'"):
        Guesses.from_frame(frame_of(["drug", "both"]), ["placebo", "drug"])


def test_nobody_asked_is_a_refusal():
    with pytest.raises(NotIdentifiedError, match="No guesses"):
        Guesses.from_frame(frame_of([pd.NA, pd.NA]), ["placebo", "drug"]).require_any()


def test_people_are_numbered_anew_when_rows_are_taken():
    got = Guesses.from_frame(frame_of(["drug"] * 4), ["placebo", "drug"])
    assert_array_equal(got.take(np.array([False, True, False, True])).person, [0, 1])


def test_control_comes_first_and_other_arms_after(toy):
    arm = ["drug", "placebo", "other"] * 8
    c = Comparison(toy(arm, arm, range(24), third=True), "mood")
    assert c.every_arm == ("placebo", "drug", "other")
    assert c.categories == 4
    assert len(c.y) == 16  # the third arm is not compared,
    assert c.all_guesses.table().sum() == 24  # but its blinding is
    assert c.strata.n.shape == (2, 4)


def test_missing_guesses_leave_the_comparison_but_not_the_frame(toy):
    guess = [pd.NA if k % 5 == 0 else g for k, g in enumerate(GUESS)]
    c = Comparison(toy(ARM, guess, MOOD), "mood")
    assert len(c.frame) == 20
    assert len(c.y) == 16


def test_people_are_counted_not_rows(toy):
    # all who take the drug guess placebo, but for one person at both of their drug weeks
    person = np.repeat(np.arange(10), 4)
    arm = np.where((person + np.tile(np.arange(4), 10)) % 2 == 0, "drug", "placebo")
    guess = np.where(arm == "drug", "placebo", np.where(person % 3, "drug", "placebo"))
    guess[(person == 4) & (arm == "drug")] = "drug"
    visit = ["w1", "w2", "w3", "w4"] * 10
    c = Comparison(toy(arm, guess, range(40), person=person, visit=visit), "mood")
    assert c.strata.n[1, 1] == 2
    assert c.rows.people[1, 1] == 1
    with pytest.raises(NotIdentifiedError, match=r"drug arm, guess drug: 1\b"):
        c.require_identified()


def test_a_guess_nobody_made_needs_nobody_unless_both_are_needed(toy):
    c = Comparison(toy(ARM, ["drug"] * 20, MOOD), "mood")
    c.require_identified()
    with pytest.raises(NotIdentifiedError, match="guess placebo: 0"):
        c.require_identified(both_beliefs=True)


def test_a_trial_whose_people_keep_their_arm_is_asked_at_the_headline_visit(toy):
    person, arm = np.repeat(np.arange(20), 2), np.repeat(ARM, 2)
    guess, visit = np.repeat(GUESS, 2), ["w1", "w2"] * 20
    make = {"person": person, "visit": visit}
    switching = toy(arm, guess, range(40), **make)
    assert set(Comparison(switching, "mood").frame["visit"]) == {"w1", "w2"}
    kept = Comparison(toy(arm, guess, range(40), **make, kind="parallel"), "mood")
    assert set(kept.frame["visit"]) == {"w1"}
    assert not kept.guesses.repeated
    assert kept.frame["score"].tolist() == list(range(0, 40, 2))


def test_streams_of_different_purposes_differ_and_repeat(toy):
    c = Comparison(toy(ARM, GUESS, MOOD), "mood", seed=3)
    assert c.rng("a").random() == c.rng("a").random()
    assert c.rng("a").random() != c.rng("b").random()


def test_resamples_keep_the_arms_where_people_have_one(toy):
    c = Comparison(toy(ARM, GUESS, MOOD), "mood", draws=100)
    assert_array_equal(c.resamples.n.sum(axis=-1), np.full((100, 2), 10))


def test_warning_of_guesses_taken_after_the_endpoint(week_one, toy):
    assert any("after the endpoint" in w for w in Comparison(week_one, "PANAS").guess_warnings)
    assert Comparison(toy(ARM, GUESS, MOOD), "mood").guess_warnings == ()


def test_unit_says_which_side_is_better(week_one):
    assert "below 0 favours microdose" in Comparison(week_one, "QIDS").unit
    assert "above 0 favours microdose" in Comparison(week_one, "PANAS").unit


def test_one_lone_unsure_answer_is_left_out_and_counted(toy):
    guess = list(GUESS)
    guess[0] = "unsure"
    c = Comparison(toy(ARM, guess, MOOD), "mood")
    assert len(c.y) == 19
    c.require_identified()
    assert any(warning.startswith("1 rows") for warning in c.guess_warnings)
    assert c.all_guesses.table()[2].sum() == 1  # blinding still counts it
