import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.belief import assess
from equipoise.errors import DataError, EquipoiseError, NotIdentifiedError
from equipoise.protocol import Measure

GIVEN_BELIEF = (
    "belief-standardised-effect",
    "within-guess-effect",
    "within-arm-belief-effect",
    "correct-guess-rate-curve",
    "correct-guess-rate-curve-band",
    "correct-guess-rate-curve-symmetric",
    "correct-guess-rate-curve-symmetric-band",
    "blinding-surface",
    "belief-part",
    "belief-share",
    "guess-adjusted-effect",
    "guess-effect",
    "arm-by-guess-interaction",
)
REFUSED_WITH_AN_EMPTY_CELL = {
    "belief-standardised-effect",
    "correct-guess-rate-curve",
    "correct-guess-rate-curve-symmetric",
    "belief-part",
    "belief-share",
    "tipping-point",
    "guess-adjusted-effect",
}
PLANNED = """
prospective: true
locked: 2024-01-01
analyses:
  - {name: primary, method: difference-in-means, outcomes: [mood]}
  - {name: belief, method: belief, outcomes: [mood]}
"""
N = 48
ARM = ["drug", "placebo"] * (N // 2)


@pytest.fixture(scope="module")
def sample():
    """Scores between 20 and 80 and guesses that go a little with the arm."""
    rng = np.random.default_rng(11)
    guess = np.where(rng.random(N) < 0.65, ARM, np.array(ARM)[::-1]).astype(object)
    return guess, rng.integers(20, 80, N).astype(float)


def names(found):
    return {row.name for row in found}


def refused(found):
    return {row.name for row in found.refused}


# ---- the published trial: anchors/belief.md, section 2a --------------------------------------


@pytest.mark.parametrize(
    ("outcome", "total", "adjusted", "guess", "interaction"),
    [
        ("PANAS", (3.23, 1.33, 0.016), (1.46, 1.29, 0.259), (7.21, 0.0), 0.868),
        ("intensity", (9.95, 2.90, 0.001), (0.88, 1.85, 0.634), (36.24, 0.0), 0.441),
        ("CPS", (-0.014, 0.080, 0.863), (-0.001, 0.082, 0.993), (-0.062, 0.446), 0.438),
        ("QIDS", (-1.20, 0.58, 0.040), (-1.18, 0.59, 0.047), (-0.13, 0.830), 0.634),
    ],
)
def test_effects_of_week_one(week_one_answer, *, outcome, total, adjusted, guess, interaction):
    found = week_one_answer(outcome)
    digit = 5.1e-4 if outcome == "CPS" else 5.1e-3
    for name, (estimate, se, p) in (("total-effect", total), ("guess-adjusted-effect", adjusted)):
        row = found[name]
        assert_allclose([row.estimate, row.se], [estimate, se], rtol=0, atol=digit)
        assert_allclose(row.p, p, rtol=0, atol=1.01e-3 if p == 0.001 else 5.1e-4)
    assert_allclose(found["guess-effect"].estimate, guess[0], rtol=0, atol=digit)
    assert_allclose(found["guess-effect"].p, guess[1], rtol=0, atol=5.1e-4 + (guess[1] == 0) * 5e-4)
    assert_allclose(found["arm-by-guess-interaction"].p, interaction, rtol=0, atol=5.1e-4)


@pytest.mark.parametrize(
    ("outcome", "total", "adjusted", "guess"),
    [
        ("PANAS", (2.22, 0.72, 0.002), (0.94, 0.71, 0.187), (5.47, 0.69)),
        ("intensity", (12.49, 1.54, 0.0), (3.39, 0.98, 0.0), (36.63, 0.98)),
        ("CPS", (0.05, 0.04, 0.193), (0.04, 0.04, 0.271), (0.02, 0.03)),
        ("QIDS", (-0.34, 0.29, 0.244), (-0.13, 0.30, 0.657), (-0.76, 0.22)),
    ],
)
def test_effects_of_all_weeks(weekly_answer, outcome, total, adjusted, guess):
    found = weekly_answer(outcome)
    for name, (estimate, se, p) in (("total-effect", total), ("guess-adjusted-effect", adjusted)):
        row = found[name]
        assert_allclose([row.estimate, row.se], [estimate, se], rtol=0, atol=5.1e-3)
        assert_allclose(row.p, p, rtol=0, atol=1e-3 if p == 0 else 5.1e-4)
    row = found["guess-effect"]
    assert_allclose([row.estimate, row.se], guess, rtol=0, atol=5.1e-3)


def test_everything_of_a_published_trial_is_exploratory(week_one_answer):
    assert {row.status for row in week_one_answer("PANAS")} == {"exploratory"}


# ---- what must not happen --------------------------------------------------------------------


@pytest.mark.parametrize("name", GIVEN_BELIEF)
def test_no_number_given_belief_without_warning_and_assumptions(week_one_answer, name):
    rows = week_one_answer("PANAS").select(name=name).rows
    assert rows
    for row in rows:
        assert any("Conditions on the guess" in warning for warning in row.warnings)
        assert any("after the endpoint" in warning for warning in row.warnings)
        if name not in ("within-guess-effect", "within-arm-belief-effect"):
            assert row.assumptions


def test_tipping_point_says_that_the_effects_bracket_the_truth(week_one_answer):
    row = week_one_answer("PANAS")["tipping-point"]
    assert any("bracket the truth" in assumption for assumption in row.assumptions)


def test_original_path_says_that_half_right_is_not_blind(week_one_answer):
    rows = week_one_answer("PANAS").select(name="correct-guess-rate-curve")
    # anchors/belief.md, 0.2: 0.376 on drug against 0.409 on placebo
    assert all(any("0.376" in w and "0.409" in w for w in row.warnings) for row in rows)


def test_no_share_where_the_total_covers_zero(week_one_answer):
    found = week_one_answer("CPS")
    assert found["total-effect"].low < 0 < found["total-effect"].high
    assert not found.select(name="belief-share").rows
    assert "covers 0" in found.select(name="belief-share").refused[0].reason


@pytest.mark.parametrize("inside", [0, 1])
def test_an_empty_cell_is_a_refusal_and_bounds(toy, sample, inside):
    guess = np.array(ARM, dtype=object)
    guess[1::2][:8] = "drug"  # placebo guesses both; nobody on drug guesses placebo
    if inside:
        guess[0] = "placebo"
    found = assess(toy(ARM, guess, sample[1]), "mood", draws=200)
    assert refused(found) >= REFUSED_WITH_AN_EMPTY_CELL
    (bounds,) = found.select(name="belief-standardised-effect").rows
    assert bounds.label == "bounds"
    assert bounds.level is None
    assert bounds.low < bounds.high
    assert any("Conditions on the guess" in warning for warning in bounds.warnings)
    assert found["total-effect"].estimate is not None
    assert found["bang-index"].estimate is not None


def test_bounds_hold_whatever_the_empty_cell_would_have_said(toy, sample):
    arm, guess, mood = np.array(ARM), np.array(ARM, dtype=object), sample[1]
    guess[1::2][:8] = "drug"
    (bounds,) = (
        assess(toy(arm, guess, mood), "mood", draws=100)
        .select(name="belief-standardised-effect")
        .rows
    )
    q = np.array([(guess == "placebo").mean(), (guess == "drug").mean()])

    def mean(a, g):
        return mood[(arm == a) & (guess == g)].mean()

    known = q[1] * (mean("drug", "drug") - mean("placebo", "drug"))
    known -= q[0] * mean("placebo", "placebo")
    assert_allclose([bounds.low, bounds.high], [known, known + 100 * q[0]])  # VAS: 0 to 100


@pytest.mark.parametrize(
    "guess",
    [
        ["drug"] * N,
        ["placebo"] * N,
        ["unsure"] * N,
        ["drug", *["unsure"] * (N - 1)],
        ARM,
        ARM[::-1],
        ["unsure" if k % 3 else "drug" for k in range(N)],
    ],
)
def test_extreme_guesses_do_not_crash(toy, sample, guess):
    found = assess(toy(ARM, guess, sample[1]), "mood", draws=100)
    assert found["total-effect"].estimate is not None
    assert "correct-guess-rate-curve" in refused(found)
    assert json.loads(found.to_json())
    for row in found.select(name="belief-standardised-effect"):
        assert row.label == "bounds" or row.estimate is not None


@pytest.mark.parametrize("mood", [[50.0] * N, [60.0 if a == "drug" else 40.0 for a in ARM]])
def test_an_outcome_that_does_not_vary_does_not_crash(toy, sample, mood):
    found = assess(toy(ARM, sample[0], mood), "mood", draws=100)
    assert "total-effect" in refused(found)
    assert "belief-share" in refused(found)
    assert json.loads(found.to_json())


@pytest.mark.parametrize("n", [4, 8, 12])
def test_a_handful_of_people_does_not_crash(toy, sample, n):
    guess = ["drug", "drug", "placebo", "placebo"] * (n // 4)
    found = assess(toy(ARM[:n], guess, sample[1][:n]), "mood", draws=100)
    assert found["total-effect"].estimate is not None


def test_missing_guesses_are_counted_and_never_dropped_in_silence(toy, sample):
    guess = sample[0].copy()
    guess[::6] = pd.NA  # 8 people
    found = assess(toy(ARM, guess, sample[1]), "mood", draws=100)
    whole = assess(toy(ARM, sample[0], sample[1]), "mood", draws=100)
    assert found["total-effect"].estimate == whole["total-effect"].estimate
    rows = found.select(name="missing-guesses").rows
    assert {row.arm for row in rows} >= {"drug", "placebo"}
    counted = {row.arm: row.estimate for row in rows if row.arm}
    assert counted["drug"] > 0


def test_nobody_asked_is_refused_with_what_to_do(toy, sample):
    with pytest.raises(NotIdentifiedError, match="equipoise analyse"):
        assess(toy(ARM, [pd.NA] * N, sample[1]), "mood")


def test_one_person_is_no_stratum_however_often_observed(toy):
    rng = np.random.default_rng(2)
    person = np.repeat(np.arange(12), 4)
    arm = np.where((person + np.tile(np.arange(4), 12)) % 2 == 0, "drug", "placebo")
    guess = np.where(arm == "drug", "placebo", rng.choice(["drug", "placebo"], 48)).astype(object)
    guess[(person == 4) & (arm == "drug")] = "drug"
    records = toy(
        arm, guess, rng.integers(0, 100, 48), person=person, visit=["w1", "w2", "w3", "w4"] * 12
    )
    found = assess(records, "mood", draws=100)
    assert refused(found) >= REFUSED_WITH_AN_EMPTY_CELL
    lone = [
        r for r in found if r.name == "stratum-mean" and (r.arm, r.label) == ("drug", "guess drug")
    ]
    assert lone[0].se is None


# ---- unsure, third arms, certainty, repeated weeks -------------------------------------------


def test_unsure_is_an_answer(toy, sample):
    guess = sample[0].copy()
    guess[:12] = "unsure"
    found = assess(toy(ARM, guess, sample[1]), "mood", draws=100)
    for row in found.select(name="bang-index", label=None):
        own = guess[np.array(ARM) == row.arm]
        wrong = ((own != row.arm) & (own != "unsure")).mean()
        assert_allclose(row.estimate, (own == row.arm).mean() - wrong)
    curve = found["correct-guess-rate-curve"]
    assert any("12 rows" in warning and "left out" in warning for warning in curve.warnings)


def test_unsure_stays_in_the_denominator_of_the_certainty_weighted_index(toy, sample):
    guess = sample[0].copy()
    guess[:12] = "unsure"
    sure = np.where(guess == "unsure", np.nan, 1.0)
    found = assess(toy(ARM, guess, sample[1], certainty=sure), "mood", draws=100)
    for row in found.select(name="bang-index", label="certainty-weighted"):
        plain = found.select(name="bang-index", label=None, arm=row.arm).rows[0]
        assert_allclose(row.estimate, plain.estimate)


def test_a_third_arm_is_in_the_blinding_and_not_in_the_effect(toy, sample):
    arm = ["drug", "placebo", "other"] * (N // 3)
    rng = np.random.default_rng(3)
    guess = rng.choice(["drug", "placebo", "other"], N)
    found = assess(toy(arm, guess, sample[1], third=True), "mood", draws=100)
    assert {row.arm for row in found.select(name="bang-index")} == {"drug", "placebo", "other"}
    assert any("chance is below 0" in w for w in found["bang-index"].warnings)
    two = np.array(arm) != "other"
    means = [
        (guess[two] == g).mean()
        * (
            sample[1][two & (np.array(arm) == "drug") & (guess == g)].mean()
            - sample[1][two & (np.array(arm) == "placebo") & (guess == g)].mean()
        )
        for g in ("drug", "placebo", "other")
    ]
    assert_allclose(found["belief-standardised-effect"].estimate, sum(means))


def test_weeks_in_which_some_people_have_one_row_do_not_crash(toy, sample):
    person = np.minimum(np.arange(N), 30)  # the last person has 18 rows, everybody else one
    visit = [f"w{max(k - 29, 1):02d}" for k in range(N)]
    found = assess(toy(ARM, sample[0], sample[1], person=person, visit=visit), "mood", draws=100)
    row = found["belief-standardised-effect"]
    assert row.df == 30
    assert {r.label for r in found.select(name="bang-index")} == {None, "person-clustered"}


# ---- planned or exploratory ------------------------------------------------------------------


def test_belief_is_planned_only_where_the_locked_plan_names_it(toy, sample):
    found = assess(toy(ARM, *sample, more=PLANNED), "mood", draws=100)
    assert found["belief-standardised-effect"].status == "planned"
    assert found["total-effect"].status == "planned"
    for left_out in ("locked: 2024-01-01", "prospective: true\nlocked: 2024-01-01"):
        other = assess(toy(ARM, *sample, more=PLANNED.replace(left_out, "")), "mood", draws=100)
        assert {row.status for row in other} == {"exploratory"}


def test_answers_that_a_belief_plan_does_not_name_stay_exploratory(toy, sample):
    found = assess(toy(ARM, *sample, more=PLANNED), "mood", draws=100)
    assert found["e-value"].status == "exploratory"
    assert found["guess-adjusted-effect"].status == "exploratory"


def test_every_row_of_a_planned_ancova_is_planned(toy, sample):
    plan = PLANNED.replace("difference-in-means", "ancova").replace(
        "  - {name: belief, method: belief, outcomes: [mood]}\n", ""
    )
    found = assess(toy(ARM, *sample, more=plan), "mood", draws=100)
    for name in ("total-effect", "adjusted-mean", "group-f-test"):
        assert {row.status for row in found.select(name=name)} == {"planned"}
    assert found["bang-index"].status == "exploratory"


def test_side_effects_that_nobody_was_asked_for_are_no_crash(toy, sample):
    records = toy(ARM, *sample)
    asked = Measure(instrument="VAS-focus", role="side effect")
    plan = records.protocol.model_copy(
        update={"instruments": {**records.protocol.instruments, "side": asked}}
    )
    found = assess(replace(records, protocol=plan), "mood", draws=100)
    (refusal,) = (r for r in found.refused if r.name == "controlled-direct-effect")
    assert "none were given" in refusal.reason


def test_a_method_names_the_interval_of_its_own_row(toy, sample):
    person, visit = np.repeat(np.arange(N // 2), 2), ["w1", "w2"] * (N // 2)
    records = toy(ARM, *sample, person=person, visit=visit, certainty=[0.5] * N)
    for interval, rows, people in (
        ("default", "Wilson", "Fisher's z"),
        ("wald", "normal interval", "normal interval"),
    ):
        rates = assess(records, "mood", draws=100, interval=interval)
        for row in rates.select(name="correct-guess-rate"):
            assert row.method.count("interval") == 1
            assert (people if row.label else rows) in row.method
        for row in rates.select(name="bang-index", label="certainty-weighted"):
            assert "Fisher's z" in row.method


def test_negative_controls_are_not_planned_with_belief(toy, sample):
    test = np.random.default_rng(5).normal(size=N)
    found = assess(toy(ARM, *sample, test=test, more=PLANNED), "mood", draws=100)
    (row,) = found.select(name="negative-control", outcome="test").rows
    assert row.status == "exploratory"
    plan = PLANNED + "  - {name: control, method: negative-control, outcomes: [test]}\n"
    found = assess(toy(ARM, *sample, test=test, more=plan), "mood", draws=100)
    (row,) = found.select(name="negative-control", outcome="test").rows
    assert row.status == "planned"


def test_another_visit_than_the_planned_one_is_exploratory(toy, sample):
    person, visit = np.repeat(np.arange(N // 2), 2), ["w1", "w2"] * (N // 2)
    plan = PLANNED.replace("outcomes: [mood]}", "outcomes: [mood], visits: [w2]}")
    arm = np.repeat(ARM[: N // 2], 2)
    records = toy(arm, *sample, person=person, visit=visit, more=plan, kind="parallel")
    for asked, status in (("w1", "exploratory"), ("w2", "planned"), (None, "planned")):
        found = assess(records, "mood", visit=asked, draws=100)
        assert found["total-effect"].status == status
        assert found["belief-part"].status == status


# ---- the whole answer ------------------------------------------------------------------------


def test_headline_first_and_every_row_knows_its_outcome(week_one_answer):
    found = week_one_answer("PANAS")
    assert found.rows[0].name == "total-effect"
    assert all(row.outcome for row in found)
    assert all(row.outcome for row in found.refused)
    assert found.source is not None
    assert found.source.sha256


def test_same_seed_same_bytes_other_seed_other_bytes(toy, sample):
    records = toy(ARM, *sample)
    once, again, other = (assess(records, "mood", draws=100, seed=s).to_json() for s in (7, 7, 8))
    assert once == again
    assert once != other


def test_order_of_the_rows_does_not_matter_to_closed_forms(toy, sample):
    turn = np.random.default_rng(1).permutation(N)
    a = assess(toy(ARM, *sample), "mood", draws=100)
    b = assess(toy(np.array(ARM)[turn], sample[0][turn], sample[1][turn]), "mood", draws=100)
    for name in ("total-effect", "bang-index", "james-index", "belief-standardised-effect"):
        for one, two in zip(a.select(name=name).rows, b.select(name=name).rows, strict=True):
            assert_allclose([two.estimate, two.se], [one.estimate, one.se], rtol=1e-9)


def test_swapping_the_arms_flips_the_effects(toy, sample):
    swap = {"drug": "placebo", "placebo": "drug"}
    a = assess(toy(ARM, *sample), "mood", draws=100)
    b = assess(
        toy([swap[x] for x in ARM], [swap[x] for x in sample[0]], sample[1]), "mood", draws=100
    )
    for name in ("total-effect", "belief-standardised-effect", "belief-part"):
        assert_allclose(b[name].estimate, -a[name].estimate)
    for name in ("james-index", "belief-difference-index"):
        assert_allclose(b[name].estimate, a[name].estimate)


def test_intervals_hold_their_estimates_and_indices_stay_in_range(toy, sample):
    found = assess(toy(ARM, *sample), "mood", draws=500)
    for row in found:
        if row.estimate is not None and row.low is not None:
            assert row.low <= row.estimate <= row.high, row.title
    for name, low in (("bang-index", -1), ("james-index", 0), ("correct-guess-rate", 0)):
        for row in found.select(name=name):
            assert low <= row.low
            assert row.high <= 1


@pytest.mark.parametrize("wrong", [{"level": 0.0}, {"level": 1.0}, {"draws": 10}])
def test_settings_that_make_no_sense_are_errors(toy, sample, wrong):
    with pytest.raises(DataError, match="draws >= 100"):
        assess(toy(ARM, *sample), "mood", **wrong)


@pytest.mark.parametrize("asked", [{"outcome": "QIDS"}, {"outcome": "mood", "visit": "w9"}])
def test_what_was_not_measured_is_an_error_that_says_what_was(toy, sample, asked):
    with pytest.raises(EquipoiseError, match=r"mood|w1"):
        assess(toy(ARM, *sample), **asked)


def test_no_share_of_a_headline_that_covers_zero_whatever_the_stratum_means_say(toy):
    rng = np.random.default_rng(0)
    arm = np.repeat(["drug", "placebo"], [40, 12])
    guess = np.where(rng.random(52) < 0.6, arm, np.where(arm == "drug", "placebo", "drug"))
    # the small arm varies less: pooling widens its interval, unequal variances narrow it
    noise = np.where(arm == "drug", rng.normal(0, 20, 52), rng.normal(0, 2, 52))
    for shift in np.linspace(0, 20, 41):
        mood = np.clip(40 + noise + shift * (arm == "drug"), 0, 100)
        found = assess(toy(arm, guess, mood), "mood", draws=100)
        pooled, welch = found.select(name="total-effect").rows[:2]
        if pooled.low <= 0 < welch.low:
            assert not found.select(name="belief-share").rows
            assert "covers 0" in found.select(name="belief-share").refused[0].reason
            return
    pytest.fail("no shift separates the two intervals: the test tests nothing")


def test_a_share_is_refused_where_the_row_means_contradict_the_mixed_model(weekly_answer):
    found = weekly_answer("STAIT")
    assert found["total-effect"].high < 0
    reasons = [row.reason for row in found.select(name="belief-share").refused]
    assert reasons
    assert all("difference in means" in reason for reason in reasons)
