"""All rules at once: one record a domain, unblinding in one place, stale when data move."""

from dataclasses import replace

import pytest

from equipoise.errors import DataError
from equipoise.synthesis.judgement.grade import (
    Evidence,
    certainty,
    grade_settings,
    inputs_now,
    suggest,
)
from equipoise.synthesis.judgement.ledger import Ledger

DIRECT = dict.fromkeys(("population", "intervention", "comparator", "outcome"), "direct")
EVIDENCE = Evidence(
    levels=["high", "low", "low"],
    weights=[4, 3, 3],
    by_unblinding=[True, False, False],
    matches=[DIRECT] * 3,
    interval=(-0.8, -0.3),
    prediction=(-1.0, -0.25),
    thresholds=(-0.2, 0.2),
    bang_active=0.8,
    bang_control=0.6,
)


def by_rule(judgements):
    return {one.rule: one for one in judgements}


@pytest.mark.parametrize(
    ("where", "bias", "blind"), [("risk-of-bias", -1, 0), ("unblinding", 0, -1)]
)
def test_unblinding_counts_where_the_review_says_and_nowhere_else(where, bias, blind):
    found = suggest("PHQ-9", EVIDENCE, unblinding_in=where)
    rules = by_rule(found)
    assert rules["risk-of-bias"].decision == bias
    assert rules["unblinding"].decision == blind
    assert certainty("PHQ-9", Ledger().append(*found)).level == 3
    assert "counted under" in rules["risk-of-bias" if blind else "unblinding"].reason


def test_one_sign_of_unblinding_counts_wherever_it_is():
    kept = replace(EVIDENCE, bang_active=0.0, bang_control=0.0)
    rules = by_rule(suggest("PHQ-9", kept, unblinding_in="unblinding"))
    assert (rules["risk-of-bias"].decision, rules["unblinding"].decision) == (-1, 0)
    low = replace(EVIDENCE, levels=["low"] * 3)
    rules = by_rule(suggest("PHQ-9", low))
    assert (rules["risk-of-bias"].decision, rules["unblinding"].decision) == (0, -1)


def test_other_bias_stays_when_unblinding_moves():
    both = replace(EVIDENCE, levels=["high", "high", "low"])
    rules = by_rule(suggest("PHQ-9", both, unblinding_in="unblinding"))
    assert rules["risk-of-bias"].inputs["high_risk_share"] == pytest.approx(0.3)
    rules = by_rule(
        suggest(
            "PHQ-9",
            both,
            unblinding_in="unblinding",
            settings=grade_settings({"high_risk_share": 0.2}),
        )
    )
    assert rules["risk-of-bias"].decision == -1


def test_fresh_suggestions_tell_which_judgements_are_stale():
    ledger = Ledger().append(*suggest("PHQ-9", EVIDENCE))
    assert ledger.stale(inputs_now(suggest("PHQ-9", EVIDENCE))) == ()
    moved = replace(EVIDENCE, interval=(-0.8, -0.1))
    said = ledger.stale(inputs_now(suggest("PHQ-9", moved)))
    assert [text.split(" of ")[0] for text in said] == [
        "risk-of-bias", "inconsistency", "imprecision",
    ]  # fmt: skip


def test_upgrades_are_judged_where_there_is_something_to_judge():
    rules = by_rule(suggest("PHQ-9", replace(EVIDENCE, risk_ratio=3.0, dose_slope=(0.1, 0.2))))
    assert (rules["large-effect"].decision, rules["dose-gradient"].decision) == (1, 1)
    assert "large-effect" not in by_rule(suggest("PHQ-9", EVIDENCE))


def test_an_unknown_place_is_named():
    with pytest.raises(DataError, match="not 'both'"):
        suggest("PHQ-9", EVIDENCE, unblinding_in="both")
