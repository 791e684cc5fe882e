"""Many results at once: tables and files, rows, decisions, and a published table."""

import csv
import os
from pathlib import Path

import pytest

from equipoise.errors import DataError
from equipoise.synthesis.judgement import (
    from_columns,
    from_mapping,
    judge_studies,
    risk_of_bias_rows,
    traffic_frame,
)

GOOD = {
    "1.1": "Y", "1.2": "Y", "1.3": "N", "2.1": "N", "2.2": "N", "2.6": "Y", "3.1": "Y",
    "4.1": "N", "4.2": "N", "4.3": "N", "5.1": "Y", "5.2": "N", "5.3": "N",
}  # fmt: skip


def long(*studies):
    rows = [(name, q, a) for name, answers in studies for q, a in answers.items()]
    return dict(
        zip(("study", "question", "answer"), map(list, zip(*rows, strict=True)), strict=True)
    )


def test_long_wide_and_yaml_say_the_same():
    bad = GOOD | {"4.3": "Y", "4.4": "Y", "4.5": "Y"}
    wide = {"Study": ["A", "B"]} | {q: [GOOD.get(q, ""), bad[q]] for q in bad}
    tables = [
        from_columns(long(("A", GOOD), ("B", bad))),
        from_columns(wide),
        from_mapping({"studies": {"A": {"answers": GOOD}, "B": {"answers": bad}}}),
    ]
    for studies in tables:
        assessed = judge_studies(studies)
        assert [one.level("overall") for one in assessed] == ["low", "high"]
        assert assessed[1].level("D4") == "high"


def test_rows_have_slug_label_rank_and_reason():
    rows = risk_of_bias_rows(judge_studies(from_columns(long(("A 2020", GOOD | {"5.1": "NI"})))))
    assert [row.name for row in rows] == ["risk-of-bias"] * 6
    found = {row.label: row for row in rows}
    assert found["A 2020, D5"].estimate == 1
    assert found["A 2020, overall"].estimate == 1
    assert found["A 2020, D1"].estimate == 0
    assert found["A 2020, D5"].unit == "0 low, 1 some concerns, 2 high"
    assert found["A 2020, D5"].assumptions == (
        "A 2020, D5: some concerns: 5.2 and 5.3 PN/N; 5.1 PN/N/NI",
    )


def decided_file(**decision):
    given = {"level": "high", "author": "A. Reader", "reason": "open label", "when": "2026-11-25"}
    return {"studies": {"A": {"answers": GOOD, "decisions": {"D4": given | decision}}}}


def test_a_decision_moves_domain_and_overall_and_keeps_the_suggestion():
    (one,) = judge_studies(from_mapping(decided_file()))
    assert one.level("D4") == one.level("overall") == "high"
    assert one.judgements["D4"].suggestion == "low"
    row = next(r for r in risk_of_bias_rows([one]) if r.label == "A, D4")
    assert row.assumptions == (
        "A, D4: high instead of low, by A. Reader on 2026-11-25: open label",
    )


@pytest.mark.parametrize("lacking", ["author", "reason"])
def test_a_nameless_decision_is_refused(lacking):
    with pytest.raises(DataError, match="say"):
        judge_studies(from_mapping(decided_file(**{lacking: ""})))


def test_the_published_overall_levels_follow_from_their_domains():
    """SYPRES' twelve trials: domains and overall as its authors published them."""
    folder = Path(os.environ.get("EQUIPOISE_DATA", "")) / "evidence"
    file = folder / "psilocybin_main12.csv"
    if not file.is_file():
        pytest.skip("evidence files not found: set EQUIPOISE_DATA to their folder")
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    assessed = judge_studies(from_columns(columns))
    assert [one.level("overall") for one in assessed] == [row["rob"].lower() for row in rows]
    assert not any(one.warnings for one in assessed)


def test_an_overall_level_unlike_the_rule_is_told():
    columns = {"study": ["A"], "rob": ["Low"]} | {f"D{k}": ["low"] for k in range(1, 6)}
    columns["D3"] = ["High risk"]
    (one,) = judge_studies(from_columns(columns))
    assert one.warnings == ("A: the file says Low overall, the rule says high",)


def test_results_of_one_study_are_parted_by_outcome():
    columns = {"study": ["A", "A"], "outcome": ["PHQ-9", "GAD-7"], "weight": ["2", ""]}
    columns |= {f"D{k}": ["low", "low"] for k in range(1, 6)}
    assessed = judge_studies(from_columns(columns))
    frame = traffic_frame(assessed)
    assert list(frame["study"]) == ["A (PHQ-9)", "A (GAD-7)"]
    assert frame["weight"].isna().tolist() == [False, True]


def robins(**changes):
    levels = dict.fromkeys(("D1", "D2", "D3", "D4", "D5", "D6"), "low") | changes
    return {"levels": levels, "reasons": dict.fromkeys(levels, "read")}


def test_robins_i_by_levels_with_reasons():
    data = {"studies": {"A": robins(D1="moderate"), "B": robins(D4="NI"), "C": robins()}}
    found = risk_of_bias_rows(judge_studies(from_mapping(data), "robins-i"), "robins-i")
    ranks = {row.label: row.estimate for row in found}
    assert (ranks["A, overall"], ranks["C, overall"]) == (1, 0)
    assert {row.label for row in found.refused} == {"B, D4", "B, overall"}
    table = {
        "study": ["A"] * 6,
        "domain": list(robins()["levels"]),
        "level": ["low"] * 5 + ["critical"],
        "reason": ["read"] * 6,
    }
    (one,) = judge_studies(from_columns(table), "robins-i")
    assert one.level("overall") == "critical"
    wide = {"study": ["A"]} | {f"D{k}": ["low"] for k in range(1, 7)}
    wide |= {f"D{k} reason": ["read"] for k in range(1, 7)}
    (same,) = judge_studies(from_columns(wide), "robins-i")
    assert same.level("overall").startswith("low except")


@pytest.mark.parametrize(
    ("data", "tool", "says"),
    [
        ({}, "rob2", "needs `studies`"),
        ({"studies": {"A": {"answer": {}}}}, "rob2", "no key is named answer"),
        ({"studies": {"A": {}}}, "rob2", "neither `answers` nor"),
        ({"studies": {"A": 3}}, "rob2", "not 3"),
        ({"studies": {"A": {"answers": [1]}}}, "rob2", "names and values"),
        ({"studies": {"A": {"levels": {"D1": "low"}}}}, "rob2", "A, D2: ''"),
        ({"studies": {"A": {"answers": GOOD}}}, "robins-i", "judged by domains"),
        ({"studies": {"A": {"answers": GOOD, "weight": "much"}}}, "rob2", "weight 'much'"),
        ({"studies": {"A": {"answers": GOOD, "decisions": {"D9": {}}}}}, "rob2", "not on 'D9'"),
        (
            {"studies": {"A": {"answers": GOOD, "decisions": {"D1": {"level": "low"}}}}},
            "rob2",
            "needs level, author",
        ),
        (decided_file(level="serious"), "rob2", "no level"),
        ({"studies": {"A": {"answers": GOOD}}}, "rob3", "got 'rob3'"),
    ],
)
def test_bad_files_are_named(data, tool, says):
    with pytest.raises(DataError, match=says):
        judge_studies(from_mapping(data), tool)


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"name": ["A"]}, "column `study`"),
        ({"study": ["A"], "rob": ["low"]}, "No column holds answers"),
        ({"study": ["A", "A"], "D1": ["low", "low"]}, "several rows"),
        ({"study": [" "], "D1": ["low"]}, "has no study"),
        (
            {"study": ["A"] * 2, "question": ["1.1", "Q1.1"], "answer": ["Y", "N"]},
            "question 1.1 twice",
        ),
    ],
)
def test_bad_tables_are_named(columns, says):
    with pytest.raises(DataError, match=says):
        from_columns(columns)
