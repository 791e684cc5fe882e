"""What cannot be answered says so, and what to do."""

import numpy as np
import pytest

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis import checked_effects
from equipoise.synthesis.small_study import (
    SmallStudyPlan,
    begg,
    excess_significance,
    funnel_regression,
    selection_model,
    small_study,
    trim_and_fill,
    worst_case,
)
from equipoise.synthesis.small_study.fail_safe import orwin
from equipoise.synthesis.small_study.two_by_two import harbord, modified_egger

Y, V = [0.1, 0.3, 0.2, 0.6, 0.9], [0.01, 0.02, 0.03, 0.08, 0.09]
FIVE = checked_effects(Y, V)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: funnel_regression(Y, V, predictor="ninv"), "give `n`"),
        (lambda: funnel_regression(Y, V, predictor="n"), "sqrtninv"),
        (lambda: funnel_regression(Y, V, predictor="ni", n=[1, 2, 3, 4, -5]), "above 0"),
        (lambda: funnel_regression(Y, V, model="glm"), "lm, rma"),
        (lambda: trim_and_fill(FIVE, estimator="L1"), "L0, R0, Q0"),
        (lambda: trim_and_fill(FIVE, side="top"), "left or right"),
        (lambda: selection_model(FIVE, "probit"), "halfnorm"),
        (lambda: selection_model(FIVE, steps=[1.0]), "below 1"),
        (lambda: selection_model(FIVE, steps=[0.0]), "above 0"),
        (lambda: selection_model(FIVE, steps=[0.05, 0.05]), "once"),
        (lambda: selection_model(FIVE, "negexp", steps=[0.1, 0.2]), "0 or 1 steps"),
        (lambda: selection_model(FIVE, weights=[1, 1]), "1 parameters"),
        (lambda: selection_model(FIVE, alternative="bigger"), "two.sided"),
        (lambda: selection_model(FIVE, imprecision=V), "leave it out"),
        (lambda: selection_model(FIVE, "negexp", imprecision=[1, 2]), "5 numbers"),
        (lambda: excess_significance(Y, V, test="t"), "chi2"),
        (lambda: excess_significance(Y, V, tau2=-1), "variance"),
        (lambda: orwin(Y, V, target=0), "target"),
        (lambda: harbord([1, 0], [5, 5], [2, 0], [5, 5]), "Study 2"),
        (lambda: harbord([6, 0], [5, 5], [2, 1], [5, 5]), "Study 1"),
        (lambda: modified_egger(Y, V, [0, 1, 1, 1, 1], [1, 1, 1, 1, 1]), "both arms"),
        (lambda: small_study(FIVE, "eggers"), "egger"),
    ],
)
def test_wrong_requests_name_what_is_right(call, words):
    with pytest.raises(DataError, match=words):
        call()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: funnel_regression(Y[:2], V[:2]), "at least 3"),
        (lambda: funnel_regression(Y, [0.04] * 5), "same precision"),
        (lambda: funnel_regression([1, 2, 3], [1, 4, 9]), "exactly"),
        (lambda: begg(Y, [0.04] * 5), "differ"),
        (lambda: selection_model(FIVE, method="REML"), "ML"),
        (lambda: worst_case(checked_effects([1.0, 2.0], [0.01, 0.01])), "at least 2"),
    ],
)
def test_what_the_studies_cannot_tell(call, words):
    with pytest.raises(NotIdentifiedError, match=words):
        call()


def test_what_cannot_be_given_is_refused_and_the_rest_is_there():
    found = small_study(checked_effects([0.5, 0.6, 0.9], [0.04, 0.04, 0.04]))
    refused = {(row.name, row.label): row.reason for row in found.refused}
    assert "same precision" in refused["egger-test", None]
    assert "No study has a p value from 0.025 to 1" in refused["selection-model", "3PSM"]
    assert found["fail-safe-n"].estimate > 0


def test_few_studies_and_a_direction_that_does_not_fit_are_warned_of():
    (row,) = small_study(FIVE, "begg", SmallStudyPlan(alternative="less"))
    assert "Fewer than 10 studies (5)" in row.warnings[0]
    assert "point the other way" in row.warnings[1]
    ten = checked_effects(np.linspace(0, 1, 10), np.linspace(0.01, 0.1, 10))
    (row,) = small_study(ten, "begg")
    assert not any("Fewer" in text for text in row.warnings)


def test_studies_that_agree_exactly_leave_nothing_to_test():
    same = checked_effects([0.1] * 4, [0.04, 0.09, 0.16, 0.25])
    found = small_study(same, ["egger", "trim-and-fill", "pet-peese"], SmallStudyPlan())
    assert {"egger-test"} <= {refusal.name for refusal in found.refused}


def test_a_weight_that_underflows_ends_in_a_refusal():
    line = checked_effects([0.1 * i for i in range(1, 12)],
                           [(0.1 + 0.05 * i) ** 2 for i in range(1, 12)])  # fmt: skip
    found = small_study(line, ["selection"], SmallStudyPlan(steps=(0.01, 0.05)))
    assert any("no maximum" in refusal.reason or "No study" in refusal.reason
               for refusal in found.refused)  # fmt: skip


def test_a_tau2_that_drowns_precision_leaves_no_limit():
    huge = checked_effects([1e8, 0.1, -1e8, 0.1], [0.01, 0.09, 0.16, 0.25])
    refused = small_study(huge, ["limit"], SmallStudyPlan()).refused
    assert "nearly the same weight" in refused[0].reason
