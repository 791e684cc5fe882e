"""What a trial's records prove of RoB 2, and what they must not be taken to prove."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from equipoise.errors import DataError
from equipoise.estimates import Estimate
from equipoise.protocol import protocol_from_text
from equipoise.records import open_source, records_from_frames
from equipoise.synthesis.judgement import assess_rob2, preanswered
from equipoise.synthesis.judgement.proofs import AllocationProof
from equipoise.synthesis.judgement.proofs.baseline import joint_difference

PLAN = """
identifier: toy
title: A parallel toy trial
prospective: true
locked: 2026-01-10
design: {kind: parallel}
arms:
  - {name: drug, role: active}
  - {name: placebo, role: placebo}
contrast: [drug, placebo]
instruments: {PHQ: {instrument: PHQ-9, role: primary}, focus: {instrument: VAS-focus}}
covariates: [{name: age}]
visits:
  - {name: pre, day: -1, instruments: [PHQ], baseline: true}
  - {name: w8, day: 56, instruments: [PHQ, focus], guess: true}
allocation: {procedure: blocks, concealment: sealed envelopes}
blinding:
  blind: [participant, care provider, outcome assessor]
  guess: {guessers: [participant], dont_know: true, timing: before-outcomes}
analyses:
  - {name: main, method: ancova, outcomes: [PHQ], baseline: true}
"""
N = 100


def trial(*, plan=PLAN, scored=N, shift=0.0, right=0.5):
    """N people, every second one on the drug; guesses right with the share `right`."""
    rng = np.random.default_rng(5)
    people = [f"{k:03d}" for k in range(N)]
    arm = np.array(["drug", "placebo"])[np.arange(N) % 2]
    age = rng.normal(40, 10, N).round() + shift * (arm == "drug")
    other = {"drug": "placebo", "placebo": "drug"}
    guess = [own if k % 50 < 50 * right else other[own] for k, own in enumerate(arm)]
    before = pd.DataFrame(
        {
            "participant": people,
            "visit": "pre",
            "instrument": "PHQ",
            "value": rng.integers(8, 20, N),
        }
    )
    after = before.assign(visit="w8", value=rng.integers(2, 20, N)).head(scored)
    return records_from_frames(
        protocol_from_text(plan),
        participants=pd.DataFrame({"participant": people, "age": age}),
        allocations=pd.DataFrame({"participant": people, "arm": arm}),
        scores=pd.concat([before, after]),
        guesses=pd.DataFrame(
            {"participant": people, "visit": "w8", "guesser": "participant", "guess": guess}
        ),
        intercurrent_events=pd.DataFrame({"participant": people[-3:], "event": "moved away"}),
    )


# arm, then three numbers: made up
HOTELLING = [
    (1, 5.1, 30, 2.0), (1, 6.3, 41, 1.2), (1, 4.8, 28, 2.9), (1, 7.7, 55, 0.4), (1, 5.9, 37, 3.3),
    (1, 6.8, 39, 1.1), (1, 4.2, 61, 2.2), (0, 5.5, 44, 2.4), (0, 7.1, 29, 1.9), (0, 6.0, 52, 3.8),
    (0, 8.2, 47, 2.7), (0, 5.0, 33, 0.9), (0, 6.6, 58, 2.8), (0, 7.4, 36, 3.1), (0, 5.7, 49, 1.6),
]  # fmt: skip
GOOD_LIST = AllocationProof(
    "permuted blocks of 4", random=True, sealed=date(2026, 1, 12),
    first_enrolled=date(2026, 2, 1), opened=date(2026, 9, 1), verified=True,
)  # fmt: skip
PLANNED = Estimate("total-effect", outcome="PHQ", status="planned")


def test_a_trial_run_well_answers_what_it_can():
    found = preanswered(
        trial(), "PHQ", allocation=GOOD_LIST, result=PLANNED, unblinded_on=date(2026, 9, 1)
    )
    assert found.answers() == {
        "1.1": "Y", "1.2": "Y", "1.3": "PN", "3.1": "Y", "4.2": "PN", "5.1": "Y", "5.2": "N",
        "5.3": "N",
    } | {k: v for k, v in found.answers().items() if k in ("2.1", "4.3")}  # fmt: skip
    assert "permuted blocks of 4" in found.proved["1.1"].proved_by
    assert "100 of all 100" in found.proved["3.1"].proved_by
    assert "locked on 2026-01-10, before 2026-09-01" in found.proved["5.1"].proved_by


def test_what_no_record_can_prove_stays_open():
    found = preanswered(trial(), "PHQ", allocation=GOOD_LIST, result=PLANNED)
    assert {"2.2", "2.3", "2.6", "3.2", "3.3", "3.4", "4.1", "4.4", "4.5"} <= set(found.open)
    assert not set(found.open) & set(found.proved)
    assert "proves nothing" in found.open["2.2"]  # the plan says that carers are blind


def test_a_plan_that_says_concealed_proves_nothing():
    found = preanswered(trial(), "PHQ")
    assert {"1.1", "1.2"} <= set(found.open)


@pytest.mark.parametrize(
    ("changes", "first", "second"),
    [
        ({"verified": False}, None, None),
        ({"random": False}, "N", "Y"),
        ({"sealed": None}, "Y", None),
        ({"sealed": date(2026, 3, 1)}, "Y", None),
    ],
)
def test_the_list_proves_only_what_was_verified(changes, first, second):
    given = {name: getattr(GOOD_LIST, name) for name in AllocationProof.__slots__} | changes
    found = preanswered(trial(), "PHQ", allocation=AllocationProof(**given)).answers()
    assert (found.get("1.1"), found.get("1.2")) == (first, second)


def test_unlike_arms_are_left_to_people():
    assert "1.3" in preanswered(trial(), "PHQ").proved
    assert "people must look" in preanswered(trial(shift=15), "PHQ").open["1.3"]


def test_the_joint_test_agrees_with_r():
    """Hotelling's test of R's summary.manova: tests/golden/baseline_hotelling.R prints it."""
    table = np.array(HOTELLING)
    difference, p = joint_difference(table[table[:, 0] == 1, 1:], table[table[:, 0] == 0, 1:])
    assert p == pytest.approx(0.5476831455, abs=5e-11)
    assert difference.shape == (3,)


def test_the_joint_test_keeps_its_size():
    """Of normal numbers 5% lie below 0.05: binomial(4000, 0.05), 5 standard errors about."""
    rng = np.random.default_rng(11)
    mix = np.array([[1, 0.5, 0], [0, 1, -0.3], [0, 0, 1]])
    draws = rng.normal(size=(4000, 30, 3)) @ mix
    p = np.array([joint_difference(one[:14], one[14:])[1] for one in draws])
    assert abs((p < 0.05).sum() - 200) < 5 * np.sqrt(4000 * 0.05 * 0.95)


def test_the_joint_test_knows_no_units():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(12, 3)), rng.normal(size=(15, 3))
    scale = np.array([1e-3, 1, 1e4])
    assert joint_difference(x * scale + 7, y * scale + 7)[1] == pytest.approx(
        joint_difference(x, y)[1], rel=1e-9
    )
    assert np.isnan(joint_difference(x[:, [0, 0]], y[:, [0, 0]])[1])


@pytest.mark.parametrize(("right", "answer"), [(1.0, "PY"), (0.4, "PN"), (0.6, None)])
def test_guesses_speak_only_where_they_are_clear(right, answer):
    found = preanswered(trial(right=right), "PHQ").answers()
    assert found.get("2.1") == answer
    assert found.get("4.3") == answer  # PHQ-9 is a self-report: its assessor is the participant


def test_missing_scores_are_counted_by_arm_with_reasons():
    found = preanswered(trial(scored=94), "PHQ")
    assert found.proved["3.1"].answer == "N"
    assert "47 of 50 in drug, 47 of 50 in placebo" in found.proved["3.1"].proved_by
    assert "moved away (3)" in found.proved["3.1"].proved_by
    assert preanswered(trial(scored=96), "PHQ").proved["3.1"].answer == "Y"


def test_a_published_file_cannot_prove_that_nobody_is_missing():
    published = PLAN.replace("prospective: true\nlocked: 2026-01-10\n", "")
    found = preanswered(trial(plan=published), "PHQ")
    assert "may hold those alone" in found.open["3.1"]
    assert "no plan was locked" in found.open["5.1"]


def test_the_plan_must_name_the_result():
    assert preanswered(trial(), "PHQ").proved["5.1"].answer == "PY"  # no day of unblinding given
    late = preanswered(trial(), "PHQ", unblinded_on=date(2026, 1, 1))
    assert late.proved["5.1"].answer == "N"
    other = Estimate("total-effect", outcome="PHQ", status="exploratory")
    assert "exploratory" in preanswered(trial(), "PHQ", result=other).open["5.3"]
    unnamed = preanswered(trial(), "focus")
    assert unnamed.proved["5.1"].answer == "N"
    assert "names no analysis of focus" in unnamed.proved["5.1"].proved_by
    assert "no score of focus" in unnamed.open["4.2"]


def test_people_may_change_any_answer_with_a_reason():
    found = preanswered(trial(), "PHQ")
    told = found.answered("3.1", "probably no", author="A. Reader", reason="scores were imputed")
    assert told.answers()["3.1"] == "PN"
    assert "instead of Y" in told.by_people["3.1"].proved_by
    filled = found.answered("2.6", "Y", author="A. Reader", reason="all analysed as allocated")
    assert "2.6" not in filled.open
    assert found.answers().get("2.6") is None  # the first is as it was
    for wrong, says in (
        ({"author": " ", "reason": "x"}, "who answers"),
        ({"author": "A", "reason": ""}, "who answers"),
    ):
        with pytest.raises(DataError, match=says):
            found.answered("3.1", "N", **wrong)
    with pytest.raises(DataError, match=r"no question '9\.9'"):
        found.answered("9.9", "N", author="A", reason="x")


def test_filled_answers_go_through_the_algorithm():
    found = preanswered(
        trial(right=0.4), "PHQ", allocation=GOOD_LIST, result=PLANNED,
        unblinded_on=date(2026, 9, 1),
    )  # fmt: skip
    who = {"author": "A. Reader", "reason": "read the report"}
    for number, answer in {"2.2": "N", "2.6": "Y", "4.1": "N"}.items():
        found = found.answered(number, answer, **who)
    assert assess_rob2(found.answers()).overall == "low"


def test_the_real_trial_proves_little(trial_data):
    found = preanswered(open_source("self-blinding-microdose"), "QIDS")
    assert {"1.1", "1.2", "1.3", "5.1"} <= set(found.open)
    assert found.proved["3.1"].answer == "N"


def test_bad_questions_are_named():
    with pytest.raises(DataError, match="no outcome 'HAMD'"):
        preanswered(trial(), "HAMD")
    with pytest.raises(DataError, match="not measured at pre"):
        preanswered(trial(), "PHQ", visit="pre")
