"""GRADE's rules: each limit from both sides, laws, and what must not happen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.judgement.grade import (
    certainties,
    certainty,
    dose_gradient,
    grade_settings,
    imprecision,
    inconsistency,
    indirectness,
    large_effect,
    lost_blind,
    matrix_frame,
    opposing_confounding,
    optimal_size_of_means,
    optimal_size_of_risks,
    publication_bias,
    risk_of_bias,
)
from equipoise.synthesis.judgement.ledger import Ledger
from equipoise.synthesis.judgement.record import Judgement, decided

MID = (-0.2, 0.2)


def bias(high_share, **more):
    return risk_of_bias("PHQ-9", ["high", "low"], [high_share, 1 - high_share], **more)


@pytest.mark.parametrize(
    ("share", "suggestion"), [(0, 0), (0.29, 0), (0.31, -1), (0.59, -1), (0.61, -2), (1, -2)]
)
def test_risk_of_bias_falls_with_the_weight_at_high_risk(share, suggestion):
    assert bias(share).suggestion == suggestion


def test_risk_of_bias_falls_when_the_decision_changes_without_the_high_ones():
    assert bias(0.1, interval=(-0.6, -0.3), interval_without_high=(-0.6, 0.1)).suggestion == -1
    assert bias(0.1, interval=(-0.6, -0.3), interval_without_high=(-0.7, -0.1)).suggestion == 0
    assert bias(0.7, interval=(-0.6, -0.3), interval_without_high=(-0.6, 0.1)).suggestion == -2


def test_levels_of_robins_i_count_as_high():
    found = risk_of_bias("PHQ-9", ["Serious", "critical", "moderate"], [1, 1, 8])
    assert found.inputs["high_risk_share"] == pytest.approx(0.2)


def test_risk_of_bias_knows_whether_it_is_about_unblinding():
    assert bias(0.5, by_unblinding=[True, False]).counts_unblinding
    assert not bias(0.5, by_unblinding=[False, True]).counts_unblinding
    assert not bias(0.1, by_unblinding=[True, False]).counts_unblinding  # lowers nothing


@pytest.mark.parametrize(
    ("interval", "prediction", "suggestion"),
    [
        ((-0.6, -0.3), (-0.9, -0.25), 0),
        ((-0.6, -0.3), (-0.9, 0.0), -1),
        ((-0.6, 0.1), (-0.9, 0.15), 0),  # both cross the same threshold
        ((-0.6, 0.1), (-0.9, 0.3), -1),
    ],
)
def test_inconsistency_is_what_the_prediction_interval_adds(interval, prediction, suggestion):
    found = inconsistency("PHQ-9", interval, thresholds=MID, prediction=prediction, i2=95)
    assert found.suggestion == suggestion


def test_i2_counts_only_without_a_prediction_interval():
    assert inconsistency("PHQ-9", (-0.6, -0.3), i2=76).suggestion == -1
    assert inconsistency("PHQ-9", (-0.6, -0.3), i2=74).suggestion == 0
    assert inconsistency("PHQ-9", (-0.6, -0.3), i2=95, prediction=(-0.7, -0.2)).suggestion == 0


def test_inconsistency_of_a_network():
    assert inconsistency("A vs B", (-0.6, -0.3), design_p=0.09).suggestion == -1
    assert inconsistency("A vs B", (-0.6, -0.3), design_p=0.11).suggestion == 0


DIRECT = dict.fromkeys(("population", "intervention", "comparator", "outcome"), "direct")


@pytest.mark.parametrize(("share", "suggestion"), [(0.29, 0), (0.31, -1), (0.61, -2)])
def test_indirectness_by_weight(share, suggestion):
    odd = DIRECT | {"population": "indirect", "outcome": "indirect"}
    found = indirectness("PHQ-9", [odd, DIRECT], [share, 1 - share])
    assert found.suggestion == suggestion
    assert found.inputs["indirect_population"] == pytest.approx(share)
    assert found.inputs["indirect_comparator"] == 0


def test_a_lost_blind_is_flagged():
    assert lost_blind("PHQ-9", bang_active=0.8, bang_control=0.3).suggestion == -1
    assert lost_blind("PHQ-9", bang_active=0.6, bang_control=0.4).suggestion == 0
    assert lost_blind("PHQ-9", inert_control=True, perceptible_drug=True).suggestion == -1
    assert lost_blind("PHQ-9", inert_control=True, perceptible_drug=None).suggestion == 0
    # measured guesses say more than what the drug is like
    kept = lost_blind(
        "PHQ-9", bang_active=0.1, bang_control=0.0, inert_control=True, perceptible_drug=True
    )
    assert kept.suggestion == 0
    assert not kept.counts_unblinding


@pytest.mark.parametrize(
    ("interval", "thresholds", "suggestion"),
    [
        ((-0.6, -0.3), MID, 0),
        ((-0.6, -0.1), MID, -1),
        ((-0.6, 0.3), MID, -2),
        ((-0.1, 0.1), MID, 0),
        ((-0.6, 0.3), (0.0,), -1),
        ((-0.6, 0.0), (0.0,), 0),  # touching is not crossing
    ],
)
def test_imprecision_by_thresholds_crossed(interval, thresholds, suggestion):
    assert imprecision("PHQ-9", interval, thresholds=thresholds).suggestion == suggestion


def test_imprecision_by_information_size_only_where_nothing_is_crossed():
    few = {"participants": 100, "optimal_size": 400}
    assert imprecision("PHQ-9", (-0.6, -0.3), **few).suggestion == -1
    assert imprecision("PHQ-9", (-0.6, 0.3), **few).suggestion == -1
    assert imprecision("PHQ-9", (-0.6, -0.3), participants=400, optimal_size=400).suggestion == 0


def test_far_too_few_people_lower_by_two_whatever_the_interval():
    few = {"participants": 37, "optimal_size": 1051}
    assert imprecision("PHQ-9", (-0.6, -0.3), **few).suggestion == -2
    assert imprecision("PHQ-9", (-1.46, -0.15), thresholds=(-0.2, 0.2), **few).suggestion == -2
    edge = {"participants": 80, "optimal_size": 400}
    assert imprecision("PHQ-9", (-0.6, -0.3), **edge).suggestion == -1


def test_optimal_sizes_agree_with_textbook_values():
    # power.t.test and power.prop.test of R 4.2 give 63.77 and 169.31 an arm; the normal
    # approximation, computed by hand with z = 1.959964 and 0.841621, is a little below
    z2 = (1.959963985 + 0.8416212336) ** 2
    assert optimal_size_of_means(0.5, power=0.8) == pytest.approx(4 * z2 / 0.25, rel=1e-8)
    by_hand = 2 * z2 * (0.35 * 0.65 + 0.25) / 0.15**2
    assert optimal_size_of_risks(0.35, 0.5, power=0.8) == pytest.approx(by_hand, rel=1e-8)


@pytest.mark.parametrize(
    ("given_", "suggestion"),
    [
        ({"studies": 9, "egger_p": 0.001, "selection_shift": 0.5}, 0),
        ({"studies": 10, "egger_p": 0.001, "selection_shift": 0.5}, -1),
        ({"studies": 10, "egger_p": 0.001, "selection_shift": 0.05}, 0),
        ({"studies": 10, "egger_p": 0.2, "selection_shift": -0.5}, 0),
        ({"studies": 3, "registered": 10, "unpublished": 3}, -1),
        ({"studies": 3, "registered": 10, "unpublished": 2}, 0),
    ],
)
def test_publication_bias(given_, suggestion):
    assert publication_bias("PHQ-9", **given_).suggestion == suggestion


@pytest.mark.parametrize(
    ("ratio", "suggestion"), [(1, 0), (2, 0), (2.1, 1), (0.45, 1), (5.1, 2), (0.19, 2)]
)
def test_large_effects(ratio, suggestion):
    assert large_effect("PHQ-9", ratio).suggestion == suggestion


def body(**changes):
    """Judgements of one outcome with nothing wrong, but for the changes (rule: decision)."""
    rules = dict.fromkeys(
        ("risk-of-bias", "inconsistency", "indirectness", "imprecision", "publication-bias"), 0
    ) | {name.replace("_", "-"): value for name, value in changes.items()}
    return [Judgement(rule, "PHQ-9", {}, "", value) for rule, value in rules.items()]


def test_certainty_starts_by_design_and_falls():
    assert certainty("PHQ-9", body()).word == "high"
    assert certainty("PHQ-9", body(), design="observational-robins-i").word == "high"
    assert certainty("PHQ-9", body(), design="observational").word == "low"
    assert certainty("PHQ-9", body(imprecision=-1)).word == "moderate"
    assert certainty("PHQ-9", body(imprecision=-1, inconsistency=-1)).word == "low"
    assert certainty("PHQ-9", body(imprecision=-2, inconsistency=-1)).word == "very low"
    assert certainty("PHQ-9", body(imprecision=-2, inconsistency=-2)).level == 1


def test_upgrades_count_only_where_nothing_lowers():
    observed = {"design": "observational"}
    assert certainty("PHQ-9", body(large_effect=1), **observed).word == "moderate"
    assert certainty("PHQ-9", body(large_effect=2, dose_gradient=1), **observed).level == 4
    lowered = certainty("PHQ-9", body(large_effect=2, imprecision=-1), **observed)
    assert lowered.level == 1
    assert "do not count" in lowered.warnings[0]
    assert not any("large effect" in reason for reason in lowered.reasons)


def test_a_lost_blind_belongs_to_indirectness():
    found = certainty("PHQ-9", body(indirectness=-1, unblinding=-1))
    assert found.by_domain["indirectness"] == -2
    assert found.word == "low"


changes = st.dictionaries(
    st.sampled_from(["risk_of_bias", "inconsistency", "indirectness", "imprecision"]),
    st.integers(-2, 0),
)


@given(changes, st.sampled_from(["risk_of_bias", "imprecision"]))
def test_a_further_downgrade_never_raises(given_, domain):
    before = certainty("PHQ-9", body(**given_)).level
    worse = given_ | {domain: max(given_.get(domain, 0) - 1, -2)}
    assert certainty("PHQ-9", body(**worse)).level <= before


@given(st.floats(-2, 2), st.floats(0, 2), st.floats(0.01, 1))
def test_rules_know_no_direction(centre, half, threshold):
    interval, mirror = (centre - half, centre + half), (-centre - half, -centre + half)
    limits = (-threshold, threshold)
    assert (
        imprecision("PHQ-9", interval, thresholds=limits).suggestion
        == imprecision("PHQ-9", mirror, thresholds=limits).suggestion
    )


@given(st.lists(st.floats(0.01, 5), min_size=2, max_size=6), st.floats(0.1, 100))
def test_weights_have_no_scale(weights, factor):
    levels = ["high"] + ["low"] * (len(weights) - 1)
    one = risk_of_bias("PHQ-9", levels, weights).inputs["high_risk_share"]
    other = risk_of_bias("PHQ-9", levels, np.array(weights) * factor).inputs["high_risk_share"]
    assert one == pytest.approx(other)


def test_rows_carry_reasons_and_refusals():
    judged = body(imprecision=-1)
    found = certainties(["PHQ-9", "GAD-7"], Ledger().append(*judged))
    row = found["certainty"]
    assert (row.label, row.estimate, row.unit) == (
        "PHQ-9",
        3,
        "1 very low, 2 low, 3 moderate, 4 high",
    )
    assert row.estimand == "certainty of the evidence: moderate"
    assert row.assumptions[0] == "starts high"
    assert any("confirmed by nobody" in warning for warning in row.warnings)
    assert found.refused[0].label == "GAD-7"
    assert "has not been judged" not in found.refused[0].reason
    assert "have not been judged" in found.refused[0].reason


def test_a_confirmed_body_carries_no_warning():
    judged = [decided(j, 0, author="A. Reader", reason="read", when="2026-11-25") for j in body()]
    assert certainty("PHQ-9", judged).warnings == ()


def test_settings_of_a_review():
    strict = grade_settings({"high_risk_share": 0.05})
    assert bias(0.1, settings=strict).suggestion == -1
    with pytest.raises(DataError, match="no setting high_risk"):
        grade_settings({"high_risk": 0.1})
    with pytest.raises(DataError, match="lies above"):
        grade_settings({"high_risk_share": 0.7})
    with pytest.raises(DataError, match="give a number"):
        grade_settings({"egger_p": "small"})


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: risk_of_bias("PHQ-9", ["low"], [1, 2]), "1 levels came with weights"),
        (lambda: risk_of_bias("PHQ-9", ["low"], [-1]), "not all 0"),
        (lambda: imprecision("PHQ-9", (0.3, -0.6)), "from low to high"),
        (lambda: imprecision("PHQ-9", (0, 1), thresholds=()), "one or two thresholds"),
        (lambda: indirectness("PHQ-9", [{"population": "direct"}], [1]), "the intervention of"),
        (lambda: lost_blind("PHQ-9", bang_active=1.5, bang_control=1), "from -1 to 1"),
        (lambda: publication_bias("PHQ-9", 3, registered=2, unpublished=3), "count both"),
        (lambda: large_effect("PHQ-9", -1), "above 0"),
        (lambda: dose_gradient("PHQ-9", (1, 0)), "from low to high"),
        (lambda: opposing_confounding("PHQ-9", would_reduce=True, reason=" "), "say which"),
        (lambda: certainty("PHQ-9", body(imprecision=-3)), "decision -3"),
        (lambda: certainty("PHQ-9", body(), design="cohort"), "got 'cohort'"),
        (lambda: optimal_size_of_means(0), "not 0"),
        (lambda: optimal_size_of_risks(0.3, 0.3), "Two different risks"),
    ],
)
def test_bad_input_is_named(call, says):
    with pytest.raises(DataError, match=says):
        call()


def test_an_unjudged_domain_is_no_certainty():
    with pytest.raises(NotIdentifiedError, match="inconsistency"):
        certainty("PHQ-9", [j for j in body() if j.rule != "inconsistency"])


def test_the_matrix_holds_what_counted():
    frame = matrix_frame(
        [
            certainty("PHQ-9", body(imprecision=-1, unblinding=-1)),
            certainty("PHQ-9", body(large_effect=1), design="observational"),
            certainty("PHQ-9", body(large_effect=1, imprecision=-1), design="observational"),
        ]
    )
    assert frame["indirectness"].tolist() == [-1, 0, 0]
    assert frame["upgrades"].tolist() == [0, 1, 0]
    assert frame["certainty"].tolist() == [2, 3, 1]
