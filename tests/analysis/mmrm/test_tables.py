"""What would make a wrong answer quietly is refused, by name."""

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

from equipoise.analysis import mmrm
from equipoise.analysis.mmrm.encoding import encoding_of
from equipoise.errors import DataError, EquipoiseError, NotIdentifiedError

MODEL = {"formula": "y ~ base + arm * week", "subject": "id", "visit": "week"}


@pytest.fixture
def trial() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    n, m = 40, 3
    own = rng.normal(size=n)
    rows = [
        {
            "id": i,
            "week": f"W{4 * (v + 1)}",
            "arm": "drug" if i % 2 else "placebo",
            "base": 20 + own[i] + rng.normal(),
            "y": 20 + own[i] - v + rng.normal(),
            "w": 1.0 + i % 3,
        }
        for i in range(n)
        for v in range(m)
    ]
    table = pd.DataFrame(rows)
    return table.assign(base=table.groupby("id")["base"].transform("first"))


def test_visits_come_in_natural_order_and_control_first(trial):
    found = mmrm(trial, control="placebo", **MODEL)
    assert found.model.visits == ("W4", "W8", "W12")
    assert found.model.arms == ("placebo", "drug")
    assert [row.label for row in found.select(name="contrast")] == ["drug - placebo"] * 3


def test_a_numeric_visit_is_a_factor(trial):
    numbered = trial.assign(week=trial["week"].str[1:].astype(int))
    one, two = mmrm(trial, **MODEL), mmrm(numbered, **MODEL)
    assert two.model.visits == ("4", "8", "12")
    np.testing.assert_allclose(one.column("estimate"), two.column("estimate"), rtol=1e-12)


def test_any_frame_will_do(trial):
    one, two = mmrm(trial, **MODEL), mmrm(nw.from_native(trial), **MODEL)
    np.testing.assert_allclose(one.column("estimate"), two.column("estimate"), rtol=1e-12)


def test_lost_rows_and_people_are_counted(trial):
    trial.loc[trial["id"] == 3, "y"] = np.nan
    trial.loc[[0, 12], "base"] = np.nan
    found = mmrm(trial, **MODEL)
    assert "2 of 117 rows with a score lack base and were left out" in found.warnings
    assert any(text.startswith("1 of 40 people have no usable score") for text in found.warnings)


LEVELS = ["W4", "W8", "W12", "W16"]
BROKEN = {
    "twice": lambda t: pd.concat((t, t.iloc[[4]])),
    "never": lambda t: t.assign(y=t["y"].where(t["week"] != "W12")),
    "category": lambda t: t.assign(week=pd.Categorical(t["week"], LEVELS)),
    "cell": lambda t: t[(t["week"] != "W8") | (t["arm"] != "drug")],
    "all missing": lambda t: t.assign(y=np.nan),
    "infinite": lambda t: t.assign(y=t["y"].where(t.index != 7, np.inf)),
    "infinite covariate": lambda t: t.assign(base=t["base"].where(t["id"] != 2, -np.inf)),
    "weight 0": lambda t: t.assign(w=t["w"].where(t["id"] != 6, 0.0)),
    "weight below 0": lambda t: t.assign(w=t["w"].where(t["id"] != 6, -1.0)),
    "two arms": lambda t: t.assign(
        arm=t["arm"].where((t["id"] != 5) | (t["week"] != "W12"), "placebo")
    ),
    "text": lambda t: t.assign(y="good"),
    "one visit": lambda t: t[t["week"] == "W4"],
    "copied": lambda t: t.assign(y=t["base"]),
    "few": lambda t: t[t["id"] < 4],
}


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("twice", DataError, r"1 rows repeat a id and week; the first is '1' at 'W8'"),
        ("never", DataError, r"Visit 'W12' of 'week' has no score of y"),
        ("category", DataError, r"Visit 'W16' of 'week' has no score of y"),
        ("cell", NotIdentifiedError, r"Nobody in arm 'drug' has a score at week 'W8'"),
        ("all missing", DataError, r"'y' is missing in all 120 rows"),
        ("infinite", DataError, r"Column 'y' has 1 infinite value\(s\), the first in row 8"),
        ("infinite covariate", DataError, r"Column 'base' has 3 infinite"),
        ("weight 0", DataError, r"Weights must be above 0; 3 in 'w' are not, the first 0"),
        ("weight below 0", DataError, r"Weights must be above 0; 3 in 'w' are not"),
        ("two arms", DataError, r"1 person\(s\) have more than one 'arm', the first '5'"),
        ("text", DataError, r"'y' must be numbers; it has 'good'"),
        ("one visit", DataError, r"All scores are of one visit, 'W4'"),
        ("copied", NotIdentifiedError, r"no residual variance"),
        ("few", NotIdentifiedError, r"edge of what a covariance can be|no maximum"),
    ],
)
def test_bad_tables(trial, name, error, message):
    options = {"weights": "w"} if name.startswith("weight") else {}
    with pytest.raises(error, match=message):
        mmrm(BROKEN[name](trial), **MODEL, **options)


def test_numbers_coded_as_factors_have_their_levels(trial):
    """C(site) counts like text in least-squares means and contrasts, as in R."""
    table = trial.assign(site=trial["id"] % 3 + 1)
    text = table.assign(site=table["site"].map({1: "a", 2: "b", 3: "c"}))
    flags = table.assign(site=pd.Categorical(table["site"]))
    call = {"subject": "id", "visit": "week", "arm": "arm"}
    want = mmrm(text, "y ~ site * arm * week", **call)
    for frame, formula in ((table, "y ~ C(site) * arm * week"), (flags, "y ~ site * arm * week")):
        got = mmrm(frame, formula, **call)
        for name in ("ls-mean", "contrast"):
            one, two = want.select(name=name), got.select(name=name)
            np.testing.assert_allclose(two.column("estimate"), one.column("estimate"), rtol=1e-9)
            np.testing.assert_allclose(two.column("se"), one.column("se"), rtol=1e-9)


def test_visits_before_the_first_come_first(trial):
    days = trial.assign(week=trial["week"].map({"W4": "Day -7", "W8": "Day 1", "W12": "Day 8"}))
    assert mmrm(days, **MODEL).model.visits == ("Day -7", "Day 1", "Day 8")
    numbers = trial.assign(week=trial["week"].map({"W4": -14, "W8": -7, "W12": 1}))
    assert mmrm(numbers, **MODEL).model.visits == ("-14", "-7", "1")


def test_functions_in_formulas(trial):
    found = mmrm(trial, "y ~ poly(base, 2) + arm * week", subject="id", visit="week")
    assert found.fit.score_norm < 1e-7
    trial.loc[0, "base"] = -1.0
    with pytest.raises(EquipoiseError, match="finite"), np.errstate(all="ignore"):
        mmrm(trial, "y ~ log(base) + arm * week", subject="id", visit="week")


def test_a_contradiction_is_no_hypothesis(trial):
    with pytest.raises(DataError, match="contradicts itself"):
        mmrm(trial, **MODEL).hypothesis("base = 0, base = 1")


def test_rank_deficient_columns_are_named(trial):
    doubled = trial.assign(again=2 * trial["base"] + 1)
    with pytest.raises(NotIdentifiedError, match="'again'"):
        mmrm(doubled, "y ~ base + again + arm * week", subject="id", visit="week")


def test_pairs_of_visits_that_nobody_attended_are_named(trial):
    half = trial[~((trial["id"] < 20) & (trial["week"] == "W4"))]
    half = half[~((half["id"] >= 20) & (half["week"] == "W12"))]
    with pytest.raises(NotIdentifiedError, match="W4 and W12"):
        mmrm(half, **MODEL)
    assert mmrm(half, covariance="ar1", **MODEL).fit.score_norm < 1e-7


def test_visits_that_agree_exactly_are_refused(trial):
    """A correlation of 1 is the edge of what a covariance can be."""
    first = trial["week"] == "W4"
    copied = trial.assign(
        y=trial["y"].where(first).groupby(trial["id"]).transform("first") + trial["week"].map(len)
    )
    with pytest.raises(NotIdentifiedError):
        mmrm(copied, **MODEL)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"formula": "y ~ arm +"}, "is not a formula"),
        ({"formula": "~ arm * week"}, "must have one outcome column"),
        ({"formula": "y ~ arm * wek"}, r"names \['wek'\]"),
        ({"formula": "y ~ arm * week + nothing(base)"}, "cannot be used|names"),
        ({"subject": "person"}, r"lacks \['person'\]"),
        ({"covariance": "unknown"}, "no covariance structure 'unknown'"),
        ({"covariance": "sp_exp"}, "needs coordinates"),
        ({"robust": "cr2"}, "no sandwich 'cr2'"),
        ({"ls_weights": "other"}, "no weights 'other'"),
        ({"formula": "y ~ arm + week", "control": "placebo"}, "name the arm"),
        ({"formula": "log(y) ~ arm * week"}, "Transform the outcome in the table"),
        ({"formula": "y ~ 0 + arm * week", "common_baseline": "W4"}, "needs an intercept"),
        ({"weights": "arm"}, "must be numbers"),
        ({"df": "guess"}, "no df method 'guess'"),
        ({"control": "sham"}, "'sham' is no level of 'arm': drug, placebo"),
        ({"level": 1.0}, "lies between 0 and 1"),
        ({"common_baseline": "W0"}, "'W0' is no level of 'week'"),
        ({"references": {"sex": "m"}}, "has no 'sex'"),
    ],
)
def test_bad_questions(trial, options, message):
    with pytest.raises(EquipoiseError, match=message):
        mmrm(trial, **{**MODEL, **options})


def test_hypotheses_in_words(trial):
    found = mmrm(trial, **MODEL)
    (row,) = found.hypothesis("`arm[T.placebo]` = 0, `arm[T.placebo]:week[T.W8]` = 0")
    names = list(found.fit.columns)
    L = np.zeros((2, len(names)))
    L[0, names.index("arm[T.placebo]")] = L[1, names.index("arm[T.placebo]:week[T.W8]")] = 1
    assert (row.estimate, row.df) == found.test(L)[::2]
    base = found["coefficient"].estimate
    (at,) = found.hypothesis(f"Intercept = {base!r}")
    assert at.estimate < 1e-20
    with pytest.raises(DataError, match="not a linear hypothesis"):
        found.hypothesis("nobody = 0")
    with pytest.raises(DataError, match="weight for each"):
        found.test([1.0, 0.0])


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ arm",
        "y ~ base + arm * week",
        "y ~ week * site * arm + base",
        "y ~ base * week + site + arm:site + arm * week",
        "y ~ (arm + site + base) ** 2",
        "y ~ w * base * site",
    ],
)
def test_our_encoding_is_formulaics(trial, formula):
    import formulaic  # noqa: PLC0415

    table = trial.assign(site=np.array(["n", "o", "p", "q"])[trial["id"] % 4])
    table["site"] = pd.Categorical(table["site"], ["q", "n", "o", "p"])
    parsed = formulaic.Formula(formula)
    ours = encoding_of(parsed, table)
    theirs = parsed.rhs.get_model_matrix(table, output="numpy")
    assert type(ours).__name__ == "PlainEncoding"
    assert list(ours.names) == list(theirs.model_spec.column_names)
    np.testing.assert_array_equal(ours.rows(table), np.asarray(theirs))
    places = {str(t): list(w) for t, w in theirs.model_spec.term_indices.items()}
    assert {":".join(t) or "1": w for t, w in ours.terms.items()} == places


@pytest.mark.parametrize(
    "formula",
    ["y ~ 0 + arm * week", "y ~ arm:week", "y ~ log(base) + arm * week", "y ~ arm * week - arm"],
)
def test_other_formulas_are_left_to_formulaic(trial, formula):
    import formulaic  # noqa: PLC0415

    found = encoding_of(formulaic.Formula(formula), trial)
    assert type(found).__name__ == "FormulaicEncoding"
    mmrm(trial, formula, subject="id", visit="week", arm="arm")
