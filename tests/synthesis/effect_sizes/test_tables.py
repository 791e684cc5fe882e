"""Tables of studies: found columns, real files against metafor, directions, what is left out."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.errors import DataError
from equipoise.synthesis.effect_sizes import (
    MEASURES,
    NOTHING,
    ZeroCells,
    effect_sizes,
    from_reported,
    measured,
    pair_arms,
    study_effects,
)

COUNTS = pd.DataFrame(
    {
        "study": ["Alpha", "Beta", "Gamma"], "events1": [4.0, 0, 3], "total1": [123.0, 30, 20],
        "events2": [11.0, 0, 5], "total2": [139.0, 28, 22],
    }
)  # fmt: skip
MEANS = pd.DataFrame(
    {
        "study": ["Alpha", "Beta"], "scale": ["HAM-D", "WHO-5"], "mean1": [10.0, 60],
        "sd1": [6.0, 20], "n1": [30, 40], "mean2": [14.0, 50], "sd2": [7.0, 21], "n2": [30, 41],
    }
)  # fmt: skip
BOTH_WAYS = {"HAM-D": "lower is better", "WHO-5": "higher is better"}


def evidence(trial_data, name):
    file = trial_data / "evidence" / name
    if not file.is_file():
        pytest.skip(f"{name} not found")
    return pd.read_csv(file)


def test_the_stored_g_of_metapsy_is_reproduced_with_its_standard_error(trial_data):
    frame = evidence(trial_data, "psilocybin_main12.csv")
    got = measured(frame, "SMD", variance="Metapsy").effects
    assert_allclose(got.y, frame["g"], rtol=0, atol=1e-14)
    assert_allclose(got.se, frame["g_se"], rtol=0, atol=1e-14)
    assert measured(frame, "SMD").effects.se[0] == pytest.approx(0.4087, abs=5e-5)


def sums():
    with (Path(__file__).parents[2] / "golden" / "effect_sizes_files.csv").open() as file:
        rows = list(csv.DictReader(file))
    kinds = ("y", "v", "mixed")
    return [(r["file"], r["measure"], int(r["k"]), [float(r[x]) for x in kinds]) for r in rows]


@pytest.mark.parametrize(("file", "measure", "k", "expected"), sums())
def test_real_files_equal_metafor(trial_data, file, measure, k, expected):
    got = measured(evidence(trial_data, file), measure).effects  # numbers: effect_sizes_files.R
    assert len(got) == k
    place = np.arange(1, len(got) + 1)
    found = [got.y.sum(), got.v.sum(), (got.y * got.v * place).sum()]
    assert_allclose(found, expected, rtol=1e-12)


def test_common_column_names_are_found():
    habits = {
        "metafor": ["m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"],
        "metapsy": ["mean_arm1", "sd_arm1", "n_arm1", "mean_arm2", "sd_arm2", "n_arm2"],
        "meta": ["mean.e", "sd.e", "n.e", "mean.c", "sd.c", "n.c"],
    }
    ours = measured(MEANS, "MD").effects.y
    for names in habits.values():
        columns = dict(zip(MEASURES["MD"].needs, names, strict=True))
        assert_allclose(measured(MEANS.rename(columns=columns), "MD").effects.y, ours)


def test_named_columns_come_before_habits():
    table = MEANS.assign(other=MEANS["mean1"] + 1)
    got = measured(table, "MD", {"mean1": "other"}).effects
    assert_allclose(got.y, measured(MEANS, "MD").effects.y + 1)


def test_standard_errors_and_people_without_the_event_stand_in():
    table = MEANS.assign(se1=MEANS["sd1"] / MEANS["n1"] ** 0.5).drop(columns="sd1")
    got = measured(table, "SMD")
    assert_allclose(got.effects.y, measured(MEANS, "SMD").effects.y)
    assert "square root of people" in got.account[0].assumptions[0]
    rest = COUNTS.assign(tneg=COUNTS["total1"] - COUNTS["events1"]).drop(columns="total1")
    assert_allclose(measured(rest, "RR").effects.y, measured(COUNTS, "RR").effects.y)


def test_rows_without_numbers_are_left_out_by_name():
    table = MEANS.astype({"sd1": float})
    table.loc[0, "sd1"] = np.nan
    got = measured(table, "SMD")
    assert got.effects.study == ("Beta",)
    assert got.rows.tolist() == [1]
    assert got.warnings == ("1 of 2 rows lack numbers and are left out: Alpha.",)
    got = measured(COUNTS, "OR", zero=ZeroCells(drop00=True))
    assert got.effects.study == ("Alpha", "Gamma")
    assert "rule for zero cells" in got.warnings[0]


@pytest.mark.parametrize(
    ("change", "measure", "told"),
    [
        ({"sd1": [-6, 20]}, "SMD", "Alpha: sd1 is -6, but a standard deviation is above 0"),
        ({"n2": [1, 41]}, "MD", "Alpha: n2 is 1"),
        ({"mean2": [-3, 50]}, "ROM", "no ratio"),
        ({"sd1": ["6,5", "20"]}, "MD", "holds '6,5' in row 1"),
    ],
)
def test_numbers_that_cannot_be_are_refused_by_name(change, measure, told):
    with pytest.raises(DataError, match=told):
        measured(MEANS.assign(**change), measure)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"events1": [200.0, 0, 3]}, "Alpha: 200 events among 123 people"),
        ({"events2": [11.0, -1, 5]}, "Beta: events2 is -1"),
        ({"total2": [139.0, 0, 22]}, "Beta: total2 is 0"),
    ],
)
def test_counts_that_cannot_be_are_refused_by_name(change, told):
    with pytest.raises(DataError, match=told):
        measured(COUNTS.assign(**change), "OR")


def test_what_a_measure_does_not_have_is_refused():
    with pytest.raises(DataError, match="There is no measure 'HEDGES'"):
        measured(MEANS, "HEDGES")
    with pytest.raises(DataError, match="no column was found for events1"):
        measured(MEANS, "OR")
    with pytest.raises(DataError, match="no column 'BDI'"):
        measured(MEANS, "SMD", {"mean1": "BDI"})
    with pytest.raises(DataError, match="has no use for r"):
        measured(MEANS, "SMD", {"r": "n1"})
    with pytest.raises(DataError, match="no zero cells"):
        measured(MEANS, "SMD", zero=NOTHING)
    with pytest.raises(DataError, match="no variance 'XX': LS, LS2"):
        measured(MEANS, "SMD", variance="XX")
    with pytest.raises(DataError, match="No row has all numbers"):
        measured(MEANS.assign(sd1=np.nan), "SMD")


def test_signs_turn_only_where_directions_are_declared():
    plain = measured(MEANS, "SMD").effects.y
    got = effect_sizes(
        MEANS, "SMD", outcome="scale", direction=BOTH_WAYS, pool_as="lower is better"
    )
    assert_allclose(got.effects.y, plain * [1, -1])
    assert [row.flipped for row in got.account] == [False, True]
    assert got.effects.scale == "Hedges' g (below 0 favours group 1)"
    by_column = effect_sizes(
        MEANS.assign(way=["lower", "Higher is better"]), "SMD", direction="way",
        pool_as="higher is better",
    )  # fmt: skip
    assert_allclose(by_column.effects.y, plain * [-1, 1])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"outcome": "scale"}, "measure several outcomes"),
        ({"outcome": "scale", "direction": BOTH_WAYS}, "Say with `pool_as`"),
        ({"outcome": "scale", "direction": {"HAM-D": "lower is better"}}, "declared for Beta"),
        ({"direction": "downwards"}, "neither"),
        ({"direction": BOTH_WAYS}, "need the column of outcomes"),
        ({"pool_as": "lower is better"}, "needs `direction`"),
        ({"outcome": "scale", "direction": BOTH_WAYS, "pool_as": "up"}, "`pool_as` is"),
        ({"arms": ("scale", "scale")}, "with itself"),
    ],
)
def test_directions_are_never_guessed(options, told):
    with pytest.raises(DataError, match=told):
        effect_sizes(MEANS, "SMD", **options)


def test_directions_mixed_within_an_outcome_name_both_studies():
    table = MEANS.assign(scale="BDI", way=["lower", "higher"])
    with pytest.raises(DataError, match="lower is better' in Alpha but 'higher is better' in Beta"):
        effect_sizes(table, "SMD", outcome="scale", direction="way")


def test_a_ratio_of_means_is_not_turned_over():
    with pytest.raises(DataError, match="ROM cannot be turned over"):
        effect_sizes(MEANS, "ROM", outcome="scale", direction=BOTH_WAYS, pool_as="lower is better")


def test_estimates_and_table_carry_account_and_assumptions():
    got = effect_sizes(MEANS, "MD", outcome="scale", direction=BOTH_WAYS, pool_as="lower is better")
    rows = study_effects(got, level=0.9)
    assert [(row.name, row.label, row.level) for row in rows] == [
        ("study-effect", "Alpha", 0.9),
        ("study-effect", "Beta", 0.9),
    ]
    assert rows.rows[1].assumptions == ("The sign was turned, since its scale runs the other way.",)
    assert_allclose(
        rows.column("high") - rows.column("low"), 2 * 1.6448536269514722 * got.effects.se
    )
    assert list(got.to_frame()) == [
        "study", "yi", "sei", "vi", "measure", "source", "flipped", "assumptions",
    ]  # fmt: skip


REPORTS = pd.DataFrame(
    {
        "study": [
            "means", "ses", "cis", "changes", "five", "iqr", "range", "md ci", "md se", "t", "F",
            "p", "b", "g", "counts", "nothing",
        ],
        "n1": 30.0, "n2": 28.0,
    }
).set_index("study", drop=False)  # fmt: skip
CELLS = {
    "means": {"mean1": 10, "sd1": 6, "mean2": 14, "sd2": 7, "t": 99},
    "ses": {"mean1": 10, "se1": 6 / 30**0.5, "mean2": 14, "se2": 7 / 28**0.5},
    "cis": {"mean1": 10, "low1": 8, "high1": 12, "mean2": 14, "low2": 11, "high2": 17},
    "changes": {"change1": -9, "change_sd1": 6, "change2": -5, "change_sd2": 7},
    "five": {f"{k}{a}": x + a for a in (1, 2) for k, x in zip(
        ("min", "q1_", "median", "q3_", "max"), (0, 5, 8, 11, 17), strict=True)},
    "iqr": {f"{k}{a}": x + a for a in (1, 2) for k, x in zip(
        ("q1_", "median", "q3_"), (5, 6, 21), strict=True)},
    "range": {f"{k}{a}": x + a for a in (1, 2) for k, x in zip(
        ("min", "median", "max"), (0, 8, 17), strict=True)},
    "md ci": {"md": -4, "md_low": -7.5, "md_high": -0.5},
    "md se": {"md": -4, "md_se": 1.7},
    "t": {"t": -2.2}, "F": {"f": 4.84, "sign": -1}, "p": {"p": 0.032, "sign": -1},
    "b": {"b": -4, "b_se": 1.5, "sd": 6.5}, "g": {"g": -0.6, "g_se": 0.27},
    "counts": {"events1": 15, "total1": 30, "events2": 8, "total2": 28, "counts_sign": -1},
}  # fmt: skip


def reports():
    table = REPORTS.copy()
    for study, cells in CELLS.items():
        for column, value in cells.items():
            table.loc[study, column] = float(value)
    return table.reset_index(drop=True)


def test_each_row_takes_the_best_road_it_has():
    got = from_reported(reports(), direction="lower is better")
    sources = {row.study: row.source for row in got.account}
    assert sources == {
        "means": "means and SDs", "ses": "means and SEs", "cis": "means and CIs",
        "changes": "change scores", "five": "medians, quartiles and ranges",
        "iqr": "medians and IQRs", "range": "medians and ranges", "md ci": "difference and CI",
        "md se": "difference and SE", "t": "t", "F": "F", "p": "p",
        "b": "regression coefficient", "g": "effect as reported", "counts": "counts",
    }  # fmt: skip
    effect = dict(zip(got.effects.study, got.effects.y, strict=True))
    assert effect["ses"] == pytest.approx(effect["means"])
    assert effect["changes"] == pytest.approx(effect["means"])
    assert effect["F"] == pytest.approx(effect["t"])
    assert effect["g"] == -0.6
    assert all(y < 0 for study, y in effect.items())
    assert all(row.assumptions for row in got.account if row.source != "means and SDs")


def test_what_stands_against_the_numbers_is_warned_of():
    warnings = " ".join(from_reported(reports()).warnings)
    assert "report too little for SMD and are left out: nothing" in warnings
    assert "iqr: the median and IQR speaks of skewed data" in warnings
    assert "Standardised changes and standardised scores" in warnings


def test_mean_differences_take_the_same_roads():
    got = from_reported(reports(), "MD")
    effect = dict(
        zip(got.effects.study, zip(got.effects.y, got.effects.se, strict=True), strict=True)
    )
    assert effect["md se"] == (-4, 1.7)
    assert effect["md ci"][1] == pytest.approx(3.5 / 2.003240718847873)  # qt(.975, 56)
    assert "t" not in effect


def test_ratios_come_from_counts_else_from_their_interval():
    table = COUNTS.assign(ratio=[np.nan, 0.7, 9], ratio_low=0.5, ratio_high=0.98)
    table.loc[1, ["events1", "events2"]] = np.nan
    got = from_reported(table, "OR")
    assert [row.source for row in got.account] == ["counts", "ratio and CI", "counts"]
    assert got.effects.y[1] == pytest.approx(np.log(0.7))
    with pytest.raises(DataError, match=r"No row reports enough for HR\. It can use O-E and V"):
        from_reported(MEANS, "HR")
    hazard = pd.DataFrame({"oe": [-3.2], "V": [8.0]})
    assert_allclose(from_reported(hazard, "HR").effects.y, -0.4)


def test_arms_are_paired_and_those_without_a_partner_are_named():
    arms = pd.DataFrame(
        {
            "study": ["A", "A", "A", "B", "B"],
            "arm": ["drug", "placebo", "low", "placebo", "drug"],
            "mean": [1, 2, 3, 4, 5], "sd": [1, 1, 1, 2, 2], "n": [9, 8, 7, 6, 5],
        }
    )  # fmt: skip
    ask = {"study": "study", "arm": "arm", "active": "drug", "control": "placebo",
           "columns": ["mean", "sd", "n"]}  # fmt: skip
    pairs = pair_arms(arms, **ask)
    assert pairs[["mean1", "mean2", "n2"]].to_numpy().tolist() == [[1, 2, 8], [5, 4, 6]]
    assert_allclose(measured(pairs, "MD").effects.y, [-1, 1])
    with pytest.raises(DataError, match="B: no arm 'low'"):
        pair_arms(arms, **(ask | {"control": "low"}))
    with pytest.raises(DataError, match="A has the arm 'placebo' more than once"):
        pair_arms(arms.replace("low", "placebo"), **ask)
    with pytest.raises(DataError, match="No row has the arm 'pill'"):
        pair_arms(arms, **(ask | {"control": "pill"}))


def test_a_row_left_out_says_which_one_number_it_lacks():
    rows = pd.DataFrame(
        {"study": ["whole", "no sd2", "counts"], "n1": [20, 20, np.nan], "n2": [20, 20, np.nan],
         "mean1": [10, 10, np.nan], "sd1": [5, 5, np.nan], "mean2": [14, 14, np.nan],
         "sd2": [5, np.nan, np.nan], "events1": [np.nan, np.nan, 9], "total1": [np.nan, np.nan, 20],
         "events2": [np.nan, np.nan, 5], "total2": [np.nan, np.nan, 20]}
    )  # fmt: skip
    told = " ".join(from_reported(rows).warnings)
    assert "no sd2 (means and SDs: lacks sd2); counts (counts: lacks counts_sign)" in told
