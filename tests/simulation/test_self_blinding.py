"""The rehearsed trial: same seed same bytes, plausible records, and a truth that can be found."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy.special import ndtri

from equipoise.errors import DataError
from equipoise.instruments import instrument, score_items
from equipoise.records import UNSURE, outcome_frame
from equipoise.simulation import (
    SCENARIOS,
    SelfBlindingScenario,
    demo_protocol,
    grounds,
    scenario_key,
    simulate,
    trial_stream,
)
from equipoise.simulation.self_blinding_draw import (
    SAYS_DRUG,
    SAYS_PLACEBO,
    SAYS_UNSURE,
    draw_trial,
    treated_visits,
)
from equipoise.simulation.self_blinding_scenario import OutcomeScenario
from equipoise.simulation.self_blinding_tables import split_total

PLAN = demo_protocol()
BELIEF, BOTH, DRUG = SCENARIOS.values()
OUTCOMES = [outcome.name for outcome in BELIEF.outcomes]


@pytest.fixture(scope="module")
def records():
    return simulate(PLAN, seed=1)


def trials(scenario, count, **options):
    """Draw trials as arrays, the same random numbers for the same scenario name."""
    key = scenario_key(scenario.name)
    return [draw_trial(PLAN, scenario, trial_stream(key, i), **options) for i in range(count)]


def stacked(draws, name):
    return np.concatenate([draw.scores[name] for draw in draws])


def test_same_seed_same_bytes(records):
    again = simulate(PLAN, seed=1)
    assert again.sha256 == records.sha256
    assert again.source == records.source
    assert simulate(PLAN, seed=2).sha256 != records.sha256
    assert simulate(PLAN, seed=1, trial=1).sha256 != records.sha256
    assert simulate(PLAN, BOTH, seed=1).sha256 != records.sha256


def test_records_say_that_they_are_simulated(records):
    assert "nobody was treated" in records.warnings[0]
    assert records.source.name.startswith("simulated trial")
    assert records.source.sha256 == records.sha256
    assert len(records.participants) == 240


def test_scores_are_whole_and_inside_their_range(records):
    totals = records.scores[records.scores["item"].isna()]
    assert set(totals["instrument"]) == set(PLAN.instruments)
    for name, rows in totals.groupby("instrument"):
        scale = PLAN.instrument(name)
        assert rows["value"].map(scale.contains).all()
        assert (rows["value"] % 1 == 0).all()


@pytest.mark.parametrize("name", ["PHQ-9", "GAD-7"])
def test_items_add_up_to_their_total(records, name):
    rows = records.scores[records.scores["instrument"] == name]
    keys = ["participant", "visit"]
    items = rows[rows["item"].notna()].pivot_table(index=keys, columns="item", values="value")
    totals = rows[rows["item"].isna()].set_index(keys)["value"]
    scale = PLAN.instrument(name)
    answers = {int(number): items[number].to_numpy() for number in items}
    assert_array_equal(score_items(scale, answers), totals.loc[items.index])
    assert len(items) == len(totals)


@given(
    name=st.sampled_from(["PHQ-9", "GAD-7"]),
    share=st.lists(st.floats(0, 1), min_size=1, max_size=30),
    seed=st.integers(0, 99),
)
@settings(max_examples=40, deadline=None)
def test_any_total_can_be_split(name, share, seed):
    scale = instrument(name)
    total = np.round(np.array(share) * scale.high)
    answers = split_total(scale, total, np.random.default_rng(seed))
    assert_array_equal(score_items(scale, answers), total)


def test_scales_without_items_stay_totals():
    assert split_total(instrument("VAS-mood"), np.array([3.0]), np.random.default_rng(1)) == {}


def counterfactual(name, draws):
    """Direct, belief and total effect seen in the same people under other arms and beliefs."""
    mean = {key: stacked(trial, name).mean() for key, trial in draws.items()}
    direct = [mean[1, said] - mean[0, said] for said in (SAYS_PLACEBO, SAYS_DRUG)]
    belief = [mean[arm, SAYS_DRUG] - mean[arm, SAYS_PLACEBO] for arm in (0, 1)]
    return np.mean(direct), np.mean(belief), mean[1, None] - mean[0, None]


def worlds_apart(scenario, count):
    keys = [(arm, said) for arm in (0, 1) for said in (SAYS_PLACEBO, SAYS_DRUG, None)]
    return {(arm, said): trials(scenario, count, arm=arm, said=said) for arm, said in keys}


@pytest.mark.parametrize("name", SCENARIOS)
def test_truth_is_what_the_same_people_show_under_the_other_arm(name):
    # scales so wide that nobody meets their ends, and answers so fine that rounding is nothing
    scenario = SCENARIOS[name]
    middle = {"PHQ-9": 13.5, "GAD-7": 10.5, "reaction": 500}
    fine = tuple(
        replace(o, mean=middle.get(o.name, 50), sd=o.sd / 4, step=1e-6) for o in scenario.outcomes
    )
    scenario = replace(scenario, outcomes=fine)
    draws = worlds_apart(scenario, 30)
    for outcome in OUTCOMES:
        truth, sd = scenario.truth(outcome), scenario.outcome(outcome).sd
        direct, belief, total = counterfactual(outcome, draws)
        assert direct == pytest.approx(truth.direct, abs=1e-6)
        # expectancy has SD 0.27 of its mean over 7,200 people, and is cut at 0 and 100
        assert belief == pytest.approx(truth.belief, rel=4 * 0.27 / np.sqrt(7_200) + 0.01)
        assert total == pytest.approx(truth.total, abs=4 * 0.7 * sd / np.sqrt(28_800) + 0.01 * sd)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_ends_of_the_scales_take_less_than_a_tenth(name):
    scenario = SCENARIOS[name]
    draws = worlds_apart(scenario, 12)
    for outcome in OUTCOMES:
        truth = scenario.truth(outcome)
        direct, belief, _ = counterfactual(outcome, draws)
        assert 0.9 * abs(truth.direct) <= abs(direct) <= abs(truth.direct) * 1.01
        assert 0.9 * abs(truth.belief) <= abs(belief) <= abs(truth.belief) * 1.02


def test_placebo_weeks_look_like_those_of_the_published_trial():
    # means of value in week 1, condition PL, of the MIT-licensed file microdose_pacutes.csv
    draws = trials(BELIEF, 30)
    arm = np.concatenate([draw.arm for draw in draws])
    for name, mean in {"mood": 59.11, "energy": 52.23, "creativity": 51.22, "focus": 55.3}.items():
        assert stacked(draws, name)[arm == 0].mean() == pytest.approx(mean, abs=2)


def test_the_negative_control_knows_neither_arm_nor_belief():
    for scenario in (BELIEF, replace(BOTH, name=BELIEF.name)):
        one = stacked(trials(scenario, 1, arm=1, said=SAYS_DRUG), "reaction")
        other = stacked(trials(scenario, 1, arm=0, said=SAYS_PLACEBO), "reaction")
        assert_array_equal(one, other)


def test_named_scenarios_are_what_they_say():
    for name in OUTCOMES[:-1]:
        assert BELIEF.truth(name).direct == 0
        assert BELIEF.truth(name).total != 0
        assert DRUG.truth(name).belief == 0
        assert DRUG.truth(name).total == DRUG.truth(name).direct != 0
        assert abs(BOTH.truth(name).total) > abs(BOTH.truth(name).direct) > 0
    assert BELIEF.truth("PHQ-9").belief < 0 < BELIEF.truth("mood").belief


def test_guesses_have_the_sensitivity_and_criterion_of_the_published_trial():
    forced = replace(BELIEF, unsure_within=0.0)
    for arm, chances in enumerate((BELIEF.said(active=False), BELIEF.said(active=True))):
        said = np.concatenate([draw.said[draw.arm == arm] for draw in trials(BELIEF, 60)])
        shares = [(said == answer).mean() for answer in (SAYS_PLACEBO, SAYS_UNSURE, SAYS_DRUG)]
        # people keep a tenth of the noise: at most 1.3 observations' variance a week
        assert shares == pytest.approx(chances, abs=4 * np.sqrt(1.3 * 0.25 / said.size))
    false_alarms, hits = forced.said(active=False)[2], forced.said(active=True)[2]
    assert ndtri(hits) - ndtri(false_alarms) == pytest.approx(0.64, abs=1e-9)
    assert -(ndtri(hits) + ndtri(false_alarms)) / 2 == pytest.approx(0.13, abs=1e-9)


def test_every_week_is_allocated_anew_in_the_ratio():
    arm = np.concatenate([draw.arm for draw in trials(BELIEF, 40)])
    assert arm.mean() == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(arm.size))
    corr = np.corrcoef(arm.T)[np.triu_indices(4, 1)]
    assert np.abs(corr).max() < 4 / np.sqrt(len(arm))
    ratio = PLAN.allocation.model_copy(update={"ratio": {"microdose": 3, "placebo": 1}})
    arm = draw_trial(PLAN.model_copy(update={"allocation": ratio}), BELIEF, trial_stream(3)).arm
    assert arm.mean() == pytest.approx(0.75, abs=4 * 0.5 / np.sqrt(arm.size))


def test_people_stay_in_one_arm_if_the_protocol_says_so():
    unit = PLAN.allocation.model_copy(update={"unit": "participant"})
    arm = draw_trial(PLAN.model_copy(update={"allocation": unit}), BELIEF, trial_stream(3)).arm
    assert_array_equal(arm, np.repeat(arm[:, :1], 4, axis=1))
    assert 0 < arm[:, 0].mean() < 1


def test_guesses_are_recorded_with_their_gaps(records):
    guesses = records.guesses
    assert set(guesses["guess"].dropna()) == {*PLAN.arm_names, UNSURE}
    assert 0 < guesses["guess"].isna().mean() < 0.1
    given = guesses["guess"].notna()
    assert_array_equal(guesses["certainty"].notna(), given)
    assert guesses["certainty"].dropna().between(0, 1).all()
    assert guesses.loc[guesses["guess"] == UNSURE, "certainty"].max() < 0.1
    assert set(guesses["reason"].dropna()) == {
        "felt something", "felt nothing", "side effect", "just a guess",
    }  # fmt: skip


def test_who_may_not_say_unsure_says_something_else():
    asked = PLAN.blinding.guess.model_copy(update={"dont_know": False})
    blinding = PLAN.blinding.model_copy(update={"guess": asked})
    draw = draw_trial(PLAN.model_copy(update={"blinding": blinding}), BELIEF, trial_stream(3))
    assert set(np.unique(draw.said)) == {SAYS_PLACEBO, SAYS_DRUG}


def test_nobody_is_seen_after_leaving(records):
    order = {visit.name: place for place, visit in enumerate(treated_visits(PLAN))}
    left = records.intercurrent_events.set_index("participant")["visit"].map(order)
    assert set(records.intercurrent_events["event"]) == {"The participant leaves the trial"}
    assert 0.05 < len(left) / 240 < 0.3
    for table in (records.scores, records.guesses, records.doses):
        seen = table[table["visit"].isin(order) & table["participant"].isin(left.index)]
        assert (seen["visit"].map(order) < seen["participant"].map(left)).all()


def test_the_blinded_records_tell_no_arm(records):
    blinded = records.blind()
    assert not hasattr(blinded, "allocations")
    assert blinded.doses["substance"].isna().all()
    codes = records.doses.set_index(["participant", "visit"])["kit"]
    assert not codes.str.contains("|".join(PLAN.arm_names)).any()


def test_unwanted_events_are_mild_and_come_with_the_drug(records):
    events = records.adverse_events
    assert set(events["severity"]) <= {"mild", "moderate"}
    assert (events["serious"] == "no").all()
    assert (events["end_day"] >= events["day"]).all()
    draws = trials(BELIEF, 20)
    unwell = [np.mean([d.unwell[d.arm == a].mean() for d in draws]) for a in (0, 1)]
    assert unwell[1] > unwell[0]


def test_conditioning_on_the_guess_finds_the_truth():
    # averaged over trials; the arms' difference and the difference within guesses
    totals, equal = [], []
    for draw in trials(BOTH, 60):
        score, arm, said = draw.scores["mood"], draw.arm, draw.said
        totals.append(score[arm == 1].mean() - score[arm == 0].mean())
        within = [
            score[(arm == 1) & (said == g)].mean() - score[(arm == 0) & (said == g)].mean()
            for g in (SAYS_PLACEBO, SAYS_DRUG)
        ]
        equal.append(np.mean(within))
    truth = BOTH.truth("mood")
    for estimates, expected in ((totals, truth.total), (equal, truth.direct)):
        se = np.std(estimates) / np.sqrt(len(estimates))
        # and the upper end of the scale takes up to a tenth
        assert np.mean(estimates) == pytest.approx(expected, abs=4 * se + 0.1 * abs(expected))


def test_analyses_find_their_columns(records):
    frame = outcome_frame(records, "PHQ-9")
    assert {"expectancy", "age", "sex"} <= set(frame.columns)
    assert frame["baseline"].notna().all()
    assert set(frame["visit"]) == {"w1", "w2", "w3", "w4"}


def test_more_arms_are_refused():
    third = PLAN.arms[0].model_copy(update={"name": "half"})
    with pytest.raises(DataError, match="simulated with two"):
        simulate(PLAN.model_copy(update={"arms": (*PLAN.arms, third)}), seed=1)


def test_what_the_scenario_does_not_know_is_refused():
    few = replace(BELIEF, outcomes=(OutcomeScenario("mood"),))
    with pytest.raises(DataError, match=r"says nothing of 'PHQ-9'; it knows: mood"):
        simulate(PLAN, few, seed=1)
    weight = PLAN.covariates[1].model_copy(update={"name": "weight"})
    with pytest.raises(DataError, match="no covariate weight; it can draw: age, sex"):
        simulate(PLAN.model_copy(update={"covariates": (weight,)}), seed=1)


def test_every_assumption_has_a_ground():
    for rows in (grounds(BELIEF), grounds(BELIEF.outcomes[0])):
        assert all(ground for *_, ground in rows)
    named = {row[0] for row in grounds(BELIEF)}
    assert {f.name for f in fields(SelfBlindingScenario)} - named == {
        "name",
        "sentence",
        "outcomes",
    }
