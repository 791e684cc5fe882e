"""The three sentences follow the numbers; they never make absence of evidence evidence."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.report.answer import how_blinding_looked, what_is_left, what_was_seen
from equipoise.report.findings import Findings

Make = Callable[..., Findings]
CLEAR = (3.23, 0.61, 5.85)
OPEN = (1.48, -3.16, 6.12)
ROWS = st.lists(st.floats(-20, 20), min_size=3, max_size=3).map(
    lambda three: (sorted(three)[1], min(three), max(three))
)
"""Any estimate within its interval."""
BANNED = ("no effect", "not significant", "no difference", "ineffective", "does not work")


def all_three(findings: Findings) -> str:
    sentences = (what_was_seen, what_is_left, how_blinding_looked)
    return " ".join(sentence(findings) for sentence in sentences)


def test_a_clear_difference_names_its_size_interval_and_arm(make_findings: Make) -> None:
    said = what_was_seen(make_findings(CLEAR))
    assert "3.2 points higher (95% interval 0.6 to" in said
    assert "in favour of drug" in said


def test_direction_follows_the_scale(make_findings: Make) -> None:
    said = what_was_seen(make_findings(CLEAR, main={"higher": "worse"}))
    assert "in favour of dummy" in said


def test_a_scale_without_a_better_side_favours_nobody(make_findings: Make) -> None:
    said = what_was_seen(make_findings(CLEAR, main={"higher": "neither"}))
    assert "favour" not in said


def test_a_lower_score_reads_as_lower(make_findings: Make) -> None:
    said = what_was_seen(make_findings((-1.2, -2.34, -0.06)))
    assert "1.20 points lower (95% interval 0.06 to 2.34 lower)" in said
    assert "in favour of dummy" in said


def test_a_wide_interval_is_called_open(make_findings: Make) -> None:
    said = what_was_seen(make_findings(OPEN))
    assert "3.2 lower to 6.1 higher" in said
    assert "neither shows a difference nor rules one out" in said


def test_a_tight_interval_around_zero_rules_out_the_large_only(make_findings: Make) -> None:
    said = what_was_seen(make_findings((0.2, -1.3, 1.7)))  # sd is 10
    assert "a larger average difference is unlikely" in said
    assert "neither shown nor ruled out" in said


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(total=ROWS, equal=ROWS)
def test_no_result_is_called_no_effect(
    make_findings: Make, total: tuple[float, ...], equal: tuple[float, ...]
) -> None:
    said = all_three(make_findings(total, equal)).lower()
    assert not any(word in said for word in BANNED)


@pytest.mark.parametrize(
    ("total", "equal", "reading"),
    [
        (CLEAR, OPEN, "belief may explain part or all of what was seen"),
        (CLEAR, (2.9, 0.4, 5.4), "belief alone does not explain what was seen"),
        (CLEAR, (-2.9, -5.4, -0.4), "the direction turns round"),
        (OPEN, OPEN, "what drug adds beyond belief is not known"),
        (OPEN, (2.9, 0.4, 5.4), "although the total effect's includes it"),
    ],
)
def test_the_second_sentence_reads_both_intervals(
    make_findings: Make,
    total: tuple[float, ...],
    equal: tuple[float, ...],
    reading: str,
) -> None:
    assert reading in what_is_left(make_findings(total, equal))


def test_the_belief_part_is_told_in_the_direction_of_the_difference(make_findings: Make) -> None:
    said = what_is_left(make_findings())
    assert "1.75 (95% interval 0.74 to 2.94) of it went with belief" in said


def test_a_refusal_is_told_with_its_reason_and_the_bounds(make_findings: Make) -> None:
    why = Refusal("belief-standardised-effect", "Fewer than two people in a stratum. Ask more.")
    bounds = Estimate(
        "principal-strata-bounds", "belief-invariant", "Wellness", low=-4.35, high=7.06
    )
    findings = make_findings(main={"estimates": Estimates((bounds,), (why,))})
    said = what_is_left(findings)
    assert "cannot be estimated: fewer than two people in a stratum;" in said
    assert "from −4.3" in said
    assert "7.1" in said


def test_blinding_tells_rate_leak_missing_and_timing(make_findings: Make) -> None:
    said = how_blinding_looked(make_findings())
    assert "64% of guesses were right (95% interval 58 to 70%)" in said
    assert "blinding was incomplete" in said
    assert "4 of 233 guesses are missing" in said
    assert "asked after the outcome" in said
    assert "44%" in said  # the tipping point


def test_guesses_before_the_outcome_are_not_called_safe(make_findings: Make) -> None:
    said = how_blinding_looked(make_findings(guess_timing="before-outcomes"))
    assert "asked before the outcome, yet" in said


def test_without_guesses_nothing_is_claimed_of_blinding(make_findings: Make) -> None:
    said = all_three(make_findings(main={"estimates": Estimates()}))
    assert "The total effect on Wellness is not known" in said
    assert "no usable treatment guesses" in said
