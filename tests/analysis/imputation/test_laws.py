"""What holds of any trial."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.analysis.imputation import impute_and_analyse
from equipoise.analysis.imputation.draws import Draws
from equipoise.analysis.imputation.impute import impute
from equipoise.analysis.imputation.pool import barnard_rubin, jackknife, rubin
from equipoise.analysis.imputation.strategies import STRATEGIES
from equipoise.analysis.imputation.strategies.strategy import joined_covariance
from equipoise.analysis.mmrm import mmrm

EVERY = tuple(STRATEGIES)
NOT_LMCF = ("MAR", "JR", "CR", "CIR")


def numbers(found, *fields, **wanted):
    rows = found.select(**wanted)
    return np.array([[getattr(row, f) for f in fields] for row in rows], dtype=float)


def test_without_missing_scores_all_strategies_are_the_ancova(three_arms, three_call):
    counts = three_arms.groupby("id")["score"].transform("size")
    whole = three_arms[counts == 3]
    found = impute_and_analyse(whole, strategy=EVERY, **three_call)
    mar = numbers(found, "estimate", "se", name="imputed-contrast", label="MAR")
    for label in EVERY[1:]:
        assert_allclose(numbers(found, "estimate", "se", name="imputed-contrast", label=label), mar)
    wide = whole[whole["week"] == 10]
    X = np.column_stack(
        (np.ones(len(wide)), wide["arm"] == "high", wide["arm"] == "low", wide["base"])
    )
    coefficients = np.linalg.lstsq(X, wide["score"].to_numpy(), rcond=None)[0]
    row = found.select(name="imputed-contrast", arm="high", visit="10").rows[0]
    assert_allclose(row.estimate, coefficients[1], rtol=1e-10)


def test_mar_is_the_mmrm_where_the_covariate_acts_at_each_visit(three_arms, three_call):
    """With every covariate by visit, ANCOVA of the conditional means is the MMRM's contrast."""
    gaps_only_at_the_end = three_arms[three_arms.groupby("id").cumcount() < 3]
    found = impute_and_analyse(gaps_only_at_the_end, strategy="MAR", **three_call)
    model = mmrm(
        gaps_only_at_the_end, three_call["formula"], subject="id", visit="week", arm="arm",
        control="placebo", df="satterthwaite",
    )  # fmt: skip
    for row in found.select(name="imputed-contrast"):
        theirs = model.select(name="contrast", arm=row.arm, visit=row.visit).rows[0]
        assert_allclose(row.estimate, theirs.estimate, rtol=1e-9)


def test_the_reference_arm_jumps_to_itself(three_arms, three_call):
    found = impute_and_analyse(three_arms, strategy="MAR", **three_call)
    completed = {s: found.completed(s) for s in ("MAR", "JR", "CR", "CIR")}
    own = completed["MAR"]["arm"] == "placebo"
    for other in ("JR", "CR", "CIR"):
        assert_allclose(
            completed[other].loc[own, "score"], completed["MAR"].loc[own, "score"], rtol=1e-12
        )


@pytest.mark.parametrize("method", ["conditional-mean", "bayes", "approximate-bayes"])
def test_the_order_of_rows_and_the_names_of_people_do_not_matter(three_arms, three_call, method):
    def run(frame):
        found = impute_and_analyse(
            frame, strategy="CR", method=method, draws=5, rng=np.random.default_rng(3),
            **three_call,
        )  # fmt: skip
        return numbers(found, "estimate", "se", name="imputed-contrast")

    plain = run(three_arms)
    shuffled = three_arms.sample(frac=1, random_state=5)
    assert run(shuffled).tobytes() == plain.tobytes()
    renamed = three_arms.assign(id=[f"p{i:03d}" for i in three_arms["id"]])
    assert run(renamed).tobytes() == plain.tobytes()


def test_same_seed_same_bytes_and_other_strategies_change_nothing(three_arms, three_call):
    def run(strategy, seed):
        found = impute_and_analyse(
            three_arms, strategy=strategy, method="bayes", draws=4, burn_in=5,
            rng=np.random.default_rng(seed), **three_call,
        )  # fmt: skip
        return numbers(found, "estimate", "se", "df", name="imputed-contrast", label="CIR")

    alone = run("CIR", 1)
    assert run("CIR", 1).tobytes() == alone.tobytes()
    assert run(NOT_LMCF, 1).tobytes() == alone.tobytes()
    assert not np.array_equal(run("CIR", 2), alone)


def test_seen_scores_are_never_changed(three_arms, three_call):
    found = impute_and_analyse(three_arms, strategy=NOT_LMCF, **three_call)
    for strategy in NOT_LMCF:
        completed = found.completed(strategy)
        seen = completed[~completed["imputed"]].copy()
        assert seen["score"].notna().all()
        assert len(completed) == 90 * 3
        keys = pd.MultiIndex.from_arrays([seen["id"].astype(int), seen["week"].astype(int)])
        truth = three_arms.set_index(["id", "week"])["score"].loc[keys].to_numpy()
        assert seen["score"].to_numpy().tobytes() == truth.tobytes()


@settings(max_examples=5)
@given(st.floats(-5, 5), st.floats(-5, 5))
def test_conditional_mean_estimates_are_linear_in_delta(three_arms, three_call, first, second):
    def contrast(**delta):
        found = impute_and_analyse(three_arms, strategy="JR", delta=delta or None, **three_call)
        return numbers(found, "estimate", name="imputed-contrast", visit="10")[:, 0]

    zero, one, other = contrast(), contrast(high=1), contrast(placebo=1)
    assert_allclose(
        contrast(high=first, placebo=second),
        zero + first * (one - zero) + second * (other - zero),
        atol=1e-9,
    )


def test_delta_zero_is_no_delta_and_a_table_of_deltas_says_the_same(three_arms, three_call):
    plain = impute_and_analyse(three_arms, strategy="JR", **three_call)
    zero = impute_and_analyse(three_arms, strategy="JR", delta={"high": 0}, **three_call)
    assert_allclose(numbers(zero, "estimate", "se"), numbers(plain, "estimate", "se"))
    two = impute_and_analyse(three_arms, strategy="JR", delta={"high": 2}, **three_call)
    completed = plain.completed()
    cells = completed[completed["imputed"] & (completed["arm"] == "high")]
    table = pd.DataFrame({"id": cells["id"], "week": cells["week"], "delta": 2.0})
    given_so = impute_and_analyse(three_arms, strategy="JR", delta=table, **three_call)
    assert_allclose(numbers(given_so, "estimate", "se"), numbers(two, "estimate", "se"))


def test_a_lag_that_ends_at_once_is_a_constant_after_the_event(three_arms, three_call):
    constant = impute_and_analyse(
        three_arms, strategy="JR", delta={"high": 2}, delta_on="after-event", **three_call
    )
    lagged = impute_and_analyse(
        three_arms, strategy="JR", delta={"high": 2}, lag=[1, 0, 0], **three_call
    )
    assert_allclose(numbers(lagged, "estimate", "se"), numbers(constant, "estimate", "se"))


def test_mmrm_after_imputation_is_the_ancova_where_its_covariates_act_at_each_visit(
    three_arms, three_call
):
    """Without missing scores and with one design at all visits, least squares is the MMRM."""
    both = [
        impute_and_analyse(three_arms, strategy="CR", analysis=analysis, **three_call)
        for analysis in ("ancova", "mmrm")
    ]
    first, second = (numbers(found, "estimate", "se") for found in both)
    assert_allclose(first, second, rtol=1e-8)


def test_the_conditional_mean_is_the_limit_of_random_imputation(three_arms, three_call):
    """Draws of scores alone, at parameters held at the maximum: their mean over many."""
    found = impute_and_analyse(three_arms, strategy="CR", **three_call)
    made = found.setup
    events = made.events("CR")
    model, _ = made.drawn(events)
    many = 2000
    draws = Draws(
        np.repeat(model.fit.coefficients[None], many, axis=0),
        np.repeat(model.fit.sigma[None], many, axis=0),
        np.ones((many, len(made.grid.people))),
    )
    scores = impute(made.grid.scores, events, model, draws, np.random.default_rng(1))
    mean = found.completed()["score"].to_numpy().reshape(scores.shape[1:])
    error = scores.std(axis=0) / np.sqrt(many)
    assert (np.abs(scores.mean(axis=0) - mean) <= 5 * error + 1e-9).all()  # a sum of 2000 rounds


@pytest.mark.parametrize("slug", EVERY)
def test_means_of_strategies_by_hand(slug):
    own, reference = np.array([1.0, 2, 4]), np.array([10.0, 20, 35])
    by_hand = {
        "MAR": [1, 2, 4], "JR": [1, 20, 35], "CR": [10, 20, 35], "CIR": [1, 11, 26],
        "LMCF": [1, 1, 1],
    }  # fmt: skip
    weights = STRATEGIES[slug].mean(3, 1)
    assert_allclose(weights.own @ own + weights.reference @ reference, by_hand[slug])


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3))
def test_joined_covariance_keeps_both_conditions(seed, t):
    """The early block is the own arm's; late given early is the reference's."""
    rng = np.random.default_rng(seed)
    own, reference = (a @ a.T + np.eye(4) for a in rng.normal(size=(2, 4, 4)))
    joined = joined_covariance(own, reference, t)
    assert_allclose(joined[:t, :t], own[:t, :t])

    def regression(matrix):
        slope = matrix[t:, :t] @ np.linalg.inv(matrix[:t, :t])
        return slope, matrix[t:, t:] - slope @ matrix[:t, t:]

    for mine, theirs in zip(regression(joined), regression(reference), strict=True):
        assert_allclose(mine, theirs, atol=1e-9)
    assert (np.linalg.eigvalsh(joined) > 0).all()


def test_rubin_without_variance_between_is_the_analysis_itself():
    one = rubin(np.full((5, 1), 2.0), np.full((5, 1), 0.25), np.full((5, 1), np.inf))
    assert (one.estimate[0], one.se[0], one.df[0]) == (2.0, 0.5, np.inf)


@given(st.floats(0.01, 10), st.floats(0.01, 10), st.integers(2, 500), st.floats(2, 1000))
def test_barnard_and_rubin_never_exceed_rubin_nor_the_data(within, between, imputations, df):
    W, B = np.array([within]), np.array([between])
    old = (imputations - 1) * (1 + within / ((1 + 1 / imputations) * between)) ** 2
    mine = barnard_rubin(imputations, W, B, np.array([[df]]))[0]
    assert mine <= min(old, df) * (1 + 1e-9)
    assert_allclose(barnard_rubin(imputations, W, B, np.array([[np.inf]]))[0], old, rtol=1e-9)


@given(st.lists(st.floats(-100, 100), min_size=3, max_size=30))
def test_the_jackknife_of_a_mean_is_its_standard_error(values):
    x = np.array(values)
    without = (x.sum() - x) / (len(x) - 1)
    pooled = jackknife(np.concatenate(([x.mean()], without))[:, None])
    assert_allclose(pooled.se[0], x.std(ddof=1) / np.sqrt(len(x)), atol=1e-9)


def test_few_imputations_are_warned_of(three_arms, three_call):
    def warned(draws):
        found = impute_and_analyse(
            three_arms, method="approximate-bayes", draws=draws, rng=np.random.default_rng(1),
            **three_call,
        )  # fmt: skip
        return any("Another seed moves an estimate" in text for text in found.warnings)

    assert warned(3)
    assert not warned(200)
