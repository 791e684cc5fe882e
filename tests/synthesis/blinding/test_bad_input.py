"""What cannot be answered is refused with its reason, and what is wrong is named."""

import json

import numpy as np
import pytest

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Estimates
from equipoise.synthesis import checked_effects
from equipoise.synthesis.blinding import (
    ArmOutcome,
    Arms,
    Bias,
    TrialIndex,
    bias_synthesis,
    bivariate_fit,
    chance_guessing,
    class_estimates,
    control_arm_share,
    decomposed,
    gibbs,
    index_of_counts,
    logit_response,
    pool_decomposed,
    randomised_and_observational,
    read_belief_file,
    share,
    standardised_change,
    structural_fit,
    tipping_scale,
)

FOUR = checked_effects([-0.9, -0.6, -1.2, -0.8], [0.04, 0.05, 0.03, 0.06], ["A", "B", "C", "D"])


def test_half_a_trial_of_counts():
    counts = np.full((2, 2, 3), 5.0)
    counts[1, 0, 2] = np.nan
    with pytest.raises(DataError, match="Trial 2 has only some"):
        index_of_counts(counts)
    with pytest.raises(DataError, match="right, wrong, unsure"):
        index_of_counts([[1, 2, 3]])


def test_no_trial_asked():
    unknown = TrialIndex(np.full(4, np.nan), np.full(4, np.nan))
    with pytest.raises(NotIdentifiedError, match="Ask authors"):
        chance_guessing(FOUR, unknown)


def test_an_index_out_of_range():
    with pytest.raises(DataError, match=r"\[-1, 1\]"):
        chance_guessing(FOUR, TrialIndex(np.array([0.1, 0.2, 30, 0.1]), np.full(4, 0.01)))


def test_too_few_trials_with_an_index_refuse_the_slope_and_still_count():
    index = TrialIndex(np.array([0.1, 0.4, np.nan, np.nan]), np.full(4, 0.01))
    found = chance_guessing(FOUR, index)
    assert [r.estimate for r in found.select(name="studies")] == [2, 2]
    assert [r.name for r in found.refused] == ["effect-at-chance-guessing"]


def test_indices_that_differ_by_chance_alone_refuse_the_structural_slope():
    index = TrialIndex(np.array([0.1, 0.12, 0.11, 0.1, 0.13, 0.1]), np.full(6, 0.02))
    effects = checked_effects([0.1, 0.3, 0.2, 0.4, 0.3, 0.2], np.full(6, 0.02))
    found = chance_guessing(effects, index, draws=200)
    told = [r for r in found.refused if r.label == "structural"]
    assert len(told) == 2
    assert "sampling error" in told[0].reason
    assert any("rests on the prior" in text for text in found.warnings)
    with pytest.raises(NotIdentifiedError, match="no slope"):
        structural_fit(effects.y, effects.v, index.index, index.variance)


def test_an_index_without_error_refuses_the_sampler_only(effects, index):
    known = index.variance.copy()
    known[3] = 0.0
    found = chance_guessing(effects, TrialIndex(index.index, known), draws=200)
    assert {r.label for r in found.refused if r.name == "blinding-slope"} == {"Bayesian"}
    with pytest.raises(DataError, match="above 0"):
        gibbs([1, 2], [1, 1], [0, 0.1], [0, 0.1], rng=np.random.default_rng(1))


def test_bivariate_input():
    with pytest.raises(NotIdentifiedError, match="3 at least"):
        bivariate_fit([[1, 2], [2, 3]], np.tile(np.eye(2), (2, 1, 1)))
    with pytest.raises(DataError, match="covariances"):
        bivariate_fit([1, 2, 3], np.eye(2))
    with pytest.raises(DataError, match="must be numbers"):
        bivariate_fit([[1, np.nan]] * 4, np.tile(np.eye(2), (4, 1, 1)))


def test_a_pool_that_covers_the_target_has_no_tipping_point():
    weak = checked_effects([-0.9, 0.6, -1.2, 0.8], [0.04, 0.05, 0.03, 0.06])
    assert "covers 0 already" in bias_synthesis(weak).refused[0].reason
    found = bias_synthesis(FOUR, smallest_important=2.0)
    told = [r for r in found.refused if r.label == "smallest important difference"]
    assert "does not reach" in told[0].reason


def test_biases_of_the_wrong_sign_or_class():
    with pytest.raises(NotIdentifiedError, match="look at their signs"):
        tipping_scale(FOUR, np.full(4, 0.1))
    with pytest.raises(DataError, match="No trial is of class"):
        bias_synthesis(FOUR, design=["inert"] * 4, elicited={"open": Bias(0.2)})
    with pytest.raises(DataError, match="need the design class"):
        bias_synthesis(FOUR, elicited={"open": Bias(0.2)})
    with pytest.raises(DataError, match="0 or more"):
        bias_synthesis(FOUR, sd=-1.0)
    with pytest.raises(DataError, match="above 0"):
        bias_synthesis(FOUR, smallest_important=-0.2)


def test_arms_that_cannot_be():
    with pytest.raises(DataError, match="correlation"):
        standardised_change([20], [10], [5], [10], 1.0)
    with pytest.raises(DataError, match="no more than the people"):
        logit_response([11], [10])


def test_a_share_of_nothing_is_refused():
    with pytest.raises(NotIdentifiedError, match="may be none"):
        share(0.5, 0.1, np.diag([0.1, 0.1]))
    arm = ArmOutcome(np.array([0.1, -0.1, 0.05]), np.full(3, 0.05))
    found = control_arm_share(Arms(("a", "b", "c"), arm, arm, ("x", "x", "y")))
    assert {r.label for r in found.refused} == {
        "all", "all, bivariate", "x", "x, bivariate", "y",
    }  # fmt: skip


def test_classes():
    with pytest.raises(DataError, match="reference class 'closed'"):
        class_estimates(FOUR, ["open", "blind"] * 2, reference="closed")
    found = class_estimates(FOUR, ["open", "blind", "blind", "blind"])
    assert [r.label for r in found.refused] == ["open"]
    assert "All trials" in class_estimates(FOUR, ["open"] * 4).refused[0].reason


def test_one_observational_study_is_not_contrasted():
    found = randomised_and_observational(FOUR, [True, True, True, False])
    assert {r.name for r in found.refused} == {
        "pooled-effect", "design-discrepancy", "design-adjusted-effect",
    }  # fmt: skip
    with pytest.raises(DataError, match="marks of randomisation"):
        randomised_and_observational(FOUR, [True, False])
    with pytest.raises(DataError, match="above 0"):
        randomised_and_observational(FOUR, [True, True, False, False], margin=0.0)


def test_a_trial_without_guesses_says_so():
    rows = (Estimate("total-effect", outcome="PHQ", estimate=-1.0, se=0.5, df=50),)
    with pytest.raises(NotIdentifiedError, match="Alpha has no standardised-mean-difference"):
        decomposed(Estimates(rows), "Alpha")
    with pytest.raises(DataError, match="name the one"):
        decomposed(Estimates((*rows, Estimate("total-effect", outcome="GAD"))), "Alpha")


def test_files_that_are_no_belief_files(tmp_path):
    with pytest.raises(DataError, match="There is no file"):
        read_belief_file(tmp_path / "none.json")
    path = tmp_path / "other.json"
    path.write_text(json.dumps({"a": 1}), encoding="utf-8")
    with pytest.raises(DataError, match="belief SOURCE"):
        read_belief_file(path)
    with pytest.raises(DataError, match="twice"):
        pool_decomposed([_trial("a"), _trial("a")])


def _trial(name):
    from equipoise.synthesis.blinding.decomposition import Decomposed, Reading  # noqa: PLC0415

    one = Reading(0.3, 0.1)
    return Decomposed(name, "PHQ", one, one, one)
