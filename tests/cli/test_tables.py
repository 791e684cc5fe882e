"""A trialist's own tables, as spreadsheets write them, and what the terminal says of them."""

import json

import pytest

COLUMNS = ("--participant", "id", "--arm", "arm", "--guess", "guess")
SCORE = ("--outcome", "SCORE")
QUICK = ("--draws", "100")


def answer(result):
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)["estimates"]


def total(result):
    return next(row for row in answer(result) if row["name"] == "total-effect")["estimate"]


@pytest.mark.parametrize(
    ("name", "how", "options"),
    [
        ("bom.csv", {"encoding": "utf-8-sig"}, ()),
        ("tabs.tsv", {"sign": "\t"}, ()),
        ("tabs.csv", {"sign": "\t"}, ("--delimiter", "tab")),
        ("semicolons.csv", {"sign": ";"}, ("--delimiter", ";")),
        ("Upper Case.CSV", {}, ()),
    ],
)
def test_however_it_was_exported(run, write, name, how, options):
    path = write(name, **how)
    assert total(run("analyse", path, *COLUMNS, *SCORE, *options, "--json")) == pytest.approx(3.4)


def test_decimal_commas_and_odd_column_names(run, write, rows):
    commas = [[*row[:3], f"{row[3]},0", row[4]] for row in rows]
    path = write(
        "t.csv", commas, header="Code no.,Arm (true),What did you get?,HAM-D total,age", sign=";"
    )
    names = ("--participant", "Code no.", "--arm", "Arm (true)", "--guess", "What did you get?")
    signs = ("--delimiter", ";", "--decimal", ",")
    result = run("analyse", path, *names, "--outcome", "HAM-D total", *signs, "--json")
    assert total(result) == pytest.approx(3.4)


def test_missing_codes_are_missing(run, write, rows):
    lost = [[*r[:3], "-99", r[4]] if i in {0, 1} else r for i, r in enumerate(rows)]
    path = write("t.csv", lost)
    result = run("analyse", path, *COLUMNS, *SCORE, "--missing", "-99", "--json")
    assert total(result) == pytest.approx((184 - 10 - 12) / 18 - 5.8)


def test_missing_guesses_are_counted_and_unsure_is_an_answer(run, write, rows):
    guesses = {0: "", 1: "", 2: "DK", 3: "DK", 5: "DK", 6: "DK"}
    path = write("t.csv", [[*r[:2], guesses.get(i, r[2]), *r[3:]] for i, r in enumerate(rows)])
    found = answer(run("belief", path, *COLUMNS, *SCORE, "--unsure", "DK", *QUICK, "--json"))
    lost = {
        row["arm"]: row["estimate"]
        for row in found
        if (row["name"], row["label"]) == ("missing-guesses", "count")
    }
    assert lost == {"drug": 2, "placebo": 0}
    bang = {row["arm"]: row["estimate"] for row in found if row["name"] == "bang-index"}
    # drug: 12 right of whom two missing and one unsure: 9 right, 7 wrong of 18 answers
    assert bang["drug"] == pytest.approx((9 - 7) / 18)


def test_three_arms_want_their_contrast(run, write, rows):
    extra = [[f"x{i}", "low", ("drug", "low", "placebo")[i % 3], "7", "30"] for i in range(12)]
    path = write("t.csv", rows + extra)
    asked = run("belief", path, *COLUMNS, *SCORE)
    assert asked.exit_code == 1
    assert "--active and --control" in asked.stderr
    words = (*COLUMNS, *SCORE, "--active", "drug", "--control", "placebo", *QUICK, "--json")
    found = answer(run("belief", path, *words))
    effects = {row["arm"]: row["estimate"] for row in found if row["name"] == "total-effect"}
    assert effects["drug"] == pytest.approx(3.4)


def test_repeated_visits_and_a_visit_before_treatment(run, write, rows):
    weeks = [
        [*r[:2], r[2] if week else "", str(int(r[3]) + (i * week) % 2), r[4], str(week)]
        for week in (0, 2, 1)
        for i, r in enumerate(rows)
    ]
    path = write("t.csv", weeks, header="id,arm,guess,SCORE,age,week")
    how = (*COLUMNS, *SCORE, "--visit-column", "week", "--baseline-visit", "0")
    assert total(run("analyse", path, *how, "--visit", "2", "--json")) == pytest.approx(3.4)
    assert run("belief", path, *how, *QUICK, "--json").exit_code == 0


def test_certainty_on_the_scale_that_was_asked(run, write, rows):
    sure = [[*row, str(i)] for i, row in enumerate(rows)]
    path = write("t.csv", sure, header="id,arm,guess,SCORE,age,sure")
    how = (*COLUMNS, *SCORE, "--certainty", "sure", *QUICK)
    asked = run("belief", path, *how)
    assert asked.exit_code == 1
    assert "--certainty-range" in asked.stderr
    assert run("belief", path, *how, "--certainty-range", "0", "100").exit_code == 0


def test_the_terminal_says_the_answer_first_and_fits_the_screen(run, trial_csv):
    result = run("belief", trial_csv, *COLUMNS, *SCORE, *QUICK, "--higher", "better")
    lines = result.stdout.splitlines()
    assert lines[1] == "SCORE: trial.csv"
    assert lines[3].startswith("With drug, SCORE scores were on average 3.4 points higher")
    assert max(map(len, lines)) <= 100
    assert "Status: exploratory" in result.stdout
    assert "Assumes: " in result.stdout
    assert "correct-guess-rate-curve" not in result.stdout  # words, and no grids
    everything = run("belief", trial_csv, *COLUMNS, *SCORE, *QUICK, "--all").stdout
    assert "Guess-rate curve, 0.500" in everything
    assert len(everything) > len(result.stdout)


def test_report_writes_one_page_and_says_so_on_stderr(run, trial_csv, tmp_path):
    result = run("report", trial_csv, *COLUMNS, *SCORE, *QUICK, "--date", "2026-01-02")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "Wrote trial-report.html" in result.stderr
    assert "Assessing SCORE" in result.stderr
    page = (tmp_path / "trial-report.html").read_text("utf-8")
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["trial-report.html", "trial.csv"]


def test_demo_gives_the_same_bytes_for_the_same_seed(run, tmp_path):
    day = ("--date", "2026-01-02")
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        done = run("demo", *QUICK, "--seed", seed, *day, "-o", f"{name}.html", "--records", name)
        assert done.exit_code == 0, done.stderr
    a, b, c = ((tmp_path / f"{name}.html").read_bytes() for name in "abc")
    assert a == b
    assert a != c
    assert "The truth of this rehearsal" in done.stdout
    shown = run("belief", tmp_path / "a", "--outcome", "mood", "--visit", "w2", *QUICK)
    statuses = {"planned", "exploratory"}  # the plan names some of these analyses, not all
    assert statuses <= {line.split()[-1] for line in shown.stdout.splitlines() if line.strip()}
    found = answer(run("analyse", tmp_path / "a", "--outcome", "phq9", "--json"))
    assert {row["outcome"] for row in found} == {"PHQ-9"}  # however it is written
