import numpy as np
import pytest
from numpy.testing import assert_allclose

from equipoise.analysis import arm_design, compare_arms
from equipoise.errors import DataError, NotIdentifiedError

ARMS = ("placebo", "high", "low")


@pytest.fixture
def first(trial):
    return trial[trial["week"] == 1]


def _design(frame, arms=ARMS):
    covariates = {"baseline": frame["baseline"].to_numpy(), "sex": frame["sex"].to_numpy()}
    return arm_design(frame["arm"].to_numpy(dtype=object), arms, covariates)


def test_agrees_with_r_emmeans_and_anova(first, golden):
    result = compare_arms(first["score"], _design(first))
    for arm, effect in result.contrasts.items():
        r = golden("ancova").loc[arm]
        assert_allclose([*effect, effect.p], [r.estimate, r.se, r.df, r.p], rtol=1e-9)
    for arm, mean in result.adjusted_means.items():
        r = golden("ancova mean").loc[arm]
        assert_allclose(mean, [r.estimate, r.se, r.df], rtol=1e-9)
    r, test = golden("ancova").loc["group F"], result.group_test
    assert_allclose(
        [test.statistic, test.denominator_df, test.p], [r.estimate, r.df, r.p], rtol=1e-9
    )


def test_the_reference_arm_changes_the_words_not_the_fit(first):
    one = compare_arms(first["score"], _design(first))
    other = compare_arms(first["score"], _design(first, ("high", "placebo", "low")))
    assert_allclose(other.contrasts["placebo"].estimate, -one.contrasts["high"].estimate, rtol=1e-9)
    assert_allclose(other.contrasts["placebo"].se, one.contrasts["high"].se, rtol=1e-9)
    assert_allclose(other.group_test.statistic, one.group_test.statistic, rtol=1e-9)


def test_adding_a_multiple_of_baseline_changes_no_contrast(first):
    """Change from baseline and final score give the same adjusted effect."""
    change = first["score"] - first["baseline"]
    final = compare_arms(first["score"], _design(first))
    assert_allclose(
        compare_arms(change, _design(first)).contrasts["low"], final.contrasts["low"], rtol=1e-9
    )


def test_without_covariates_two_arms_are_the_pooled_t(first, golden):
    two = first[first["arm"] != "low"]
    design = arm_design(two["arm"].to_numpy(dtype=object), ("placebo", "high"))
    r = golden("pooled").loc["high"]
    effect = compare_arms(two["score"], design).contrasts["high"]
    assert_allclose([*effect, effect.p], [r.estimate, r.se, r.df, r.p], rtol=1e-9)


def test_an_empty_arm_an_unknown_arm_and_a_constant_category_are_refused():
    with pytest.raises(NotIdentifiedError, match=r"Nobody .* 'low'"):
        arm_design(["placebo", "high"], ARMS)
    with pytest.raises(DataError, match="Unknown arms"):
        arm_design(["placebo", "high", "sham"], ("placebo", "high"))
    with pytest.raises(NotIdentifiedError, match="one level"):
        arm_design(["a", "b"], ("a", "b"), {"site": np.array(["x", "x"])})
