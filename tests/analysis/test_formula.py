import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.analysis import ancova, mixed_model
from equipoise.errors import DataError, NotIdentifiedError


def test_mixed_model_in_r_grammar_agrees_with_r_lmertest(trial, golden):
    result = mixed_model(trial, "score ~ arm + baseline + sex", participant="id", control="placebo")
    rows = result.select(name="coefficient")
    assert [row.label for row in rows] == [
        "Intercept",
        "arm[T.high]",
        "arm[T.low]",
        "baseline",
        "sex[T.male]",
    ]
    for row, r in zip(rows, golden("reml").itertuples(), strict=False):
        assert_allclose([row.estimate, row.se, row.df], [r.estimate, r.se, r.df], rtol=1e-6)
    parts = result.select(name="variance-component")
    assert_allclose(
        parts.column("estimate"), golden("reml").loc[["s2b", "s2"], "estimate"], rtol=1e-6
    )


def test_ancova_in_r_grammar_agrees_with_r_emmeans(trial, golden):
    first = trial[trial["week"] == 1]
    result = ancova(first, "score ~ arm + baseline + sex", control="placebo")
    for row in result.select(name="total-effect"):
        r = golden("ancova").loc[row.arm]
        assert_allclose([row.estimate, row.se, row.df, row.p], [r.estimate, r.se, r.df, r.p])
    r, group = golden("ancova").loc["group F"], result["group-f-test"]
    assert_allclose([group.estimate, group.df, group.p], [r.estimate, r.df, r.p])


def test_interactions_are_compared_at_the_mean_like_emmeans(trial, golden):
    first = trial[trial["week"] == 1]
    result = ancova(first, "score ~ arm * baseline + sex", control="placebo")
    for row in result.select(name="total-effect"):
        r = golden("ancova interaction").loc[row.arm]
        assert_allclose([row.estimate, row.se, row.df], [r.estimate, r.se, r.df])
    for row in result.select(name="adjusted-mean"):
        r = golden("ancova interaction mean").loc[row.arm]
        assert_allclose([row.estimate, row.se, row.df], [r.estimate, r.se, r.df])
        assert row.p is None


def test_incomplete_rows_are_counted(trial):
    holes = trial.copy()
    holes.loc[[3, 8], "baseline"] = float("nan")
    result = mixed_model(holes, "score ~ arm + baseline", participant="id", control="placebo")
    assert result.warnings == ("2 of 85 rows lack a value and were left out",)
    whole = trial.drop(index=[3, 8])
    same = mixed_model(whole, "score ~ arm + baseline", participant="id", control="placebo")
    assert_allclose(result.column("estimate"), same.column("estimate"))


def test_the_frame_is_left_as_it_was(trial):
    before = trial.copy()
    ancova(trial[trial["week"] == 1], "score ~ arm", control="placebo")
    mixed_model(trial, "score ~ arm", participant="id", control="placebo")
    pd.testing.assert_frame_equal(trial, before)


@pytest.mark.parametrize(
    ("formula", "control", "message"),
    [
        ("score ~ arm + basline", "placebo", "basline"),
        ("~ arm", "placebo", "no outcome"),
        ("score ~ arm", "sham", "no arm"),
        ("score ~ baseline", "placebo", "no arm"),
        ("sex ~ arm", "placebo", "one number"),
    ],
)
def test_formulas_that_cannot_be_meant_are_refused(trial, formula, control, message):
    with pytest.raises(DataError, match=message):
        ancova(trial, formula, control=control)


def test_a_collinear_covariate_is_refused_by_name(trial):
    with pytest.raises(NotIdentifiedError, match="'double'"):
        mixed_model(
            trial.assign(double=2 * trial["baseline"]),
            "score ~ arm + baseline + double",
            participant="id",
            control="placebo",
        )
