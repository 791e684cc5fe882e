"""Wrong data: exit 1, a message that says what came and what to do, and nothing written."""

import shutil
import tracemalloc

import pytest

from equipoise.records import write_folder
from equipoise.simulation import SCENARIOS, demo_protocol, simulate

COLUMNS = ("--participant", "id", "--arm", "arm", "--guess", "guess")
SCORE = ("--outcome", "SCORE")
QUICK = ("--draws", "100")


def refused(result, *told):
    assert result.exit_code == 1, result.stderr
    assert result.stdout == ""
    assert isinstance(result.exception, SystemExit)  # a message, not a traceback
    assert any(line.startswith("equipoise: ") for line in result.stderr.splitlines())
    for words in told:
        assert words in result.stderr


def changed(rows, column, value, row=3):
    return [[*r[:column], value, *r[column + 1 :]] if i == row else r for i, r in enumerate(rows)]


@pytest.mark.parametrize("verb", ["belief", "report"])
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda rows: changed(rows, 1, "drgu"), ("bad.csv", "'drgu'", "--active and --control")),
        (lambda rows: changed(rows, 2, "dunno"), ("'dunno'", "line 5", "--unsure CODE")),
        (lambda rows: changed(rows, 3, "3 points"), ("'3 points'", "line 5", "not a number")),
        (lambda rows: changed(rows, 3, '"3,5"'), ("'3,5'", "line 5", "--decimal ,")),
        (lambda rows: [*rows, rows[4]], ("more than one row", "--visit-column")),
        (lambda rows: [r[:-1] if i == 6 else r for i, r in enumerate(rows)], ("line 8", "4 cells")),
        (lambda _: [], ("a header and no rows",)),
    ],
    ids=["arm", "guess", "units", "decimal comma", "duplicate", "ragged", "no rows"],
)
def test_a_wrong_table(run, write, rows, *, verb, change, told):
    path = write("bad.csv", change(rows))
    refused(run(verb, path, *COLUMNS, *SCORE, *QUICK), *told)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", ("is empty (0 bytes)",)),
        (b"id,arm,guess,SCORE\nZo\xeb,drug,drug,1\n", ("line 2", "not UTF-8", "iconv")),
        ("id,arm\n1,drug\n".encode("utf-16"), ("UTF-16", "CSV UTF-8")),
        (b"PK\x03\x04\x14\x00", ("Excel", "CSV UTF-8")),
        (b"id,arm,guess,SCORE\n1,drug,drug,1\x00\n", ("line 2", "NUL")),
    ],
    ids=["empty", "latin-1", "utf-16", "excel", "nul"],
)
def test_a_wrong_file(run, tmp_path, content, told):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    refused(run("belief", path, *COLUMNS, *SCORE, "--json"), "bad.csv", *told)


def test_missing_column_names_those_that_are_there(run, trial_csv):
    refused(
        run("belief", trial_csv, *COLUMNS, "--outcome", "HAMD"),
        "lacks the column 'HAMD'",
        "id, arm, guess, SCORE, age",
    )


def test_score_outside_the_range_of_its_instrument(run, write, rows):
    path = write("bad.csv", changed(rows, 3, "99"), header="id,arm,guess,PHQ-9,age")
    told = ("bad.csv, line 5", "99", "0 to 27")
    refused(run("belief", path, *COLUMNS, "--outcome", "PHQ-9"), *told)


def test_duplicate_participant_visit(run, write, rows):
    weeks = [[*row, "w1"] for row in rows] + [[*row, "w2"] for row in rows]
    path = write("bad.csv", [*weeks, weeks[0]], header="id,arm,guess,SCORE,age,week")
    result = run("belief", path, *COLUMNS, *SCORE, "--visit-column", "week")
    refused(result, "bad.csv", "82")


def test_semicolons_are_told_and_then_read(run, write):
    path = write("bad.csv", sign=";")
    refused(run("belief", path, *COLUMNS, *SCORE), "--delimiter ';'")
    assert run("analyse", path, *COLUMNS, *SCORE, "--delimiter", ";").exit_code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["belief", "nothere.csv", *COLUMNS, *SCORE], "There is no file nothere.csv"),
        (["belief", "self-blinding-microdoze"], "Did you mean 'self-blinding-microdose'?"),
        (["belief", "."], "not a records folder"),
        (["report", "."], "not a records folder"),
        (["analyse", "nothing-here"], "There is no source 'nothing-here'"),
        (["datasets", "nope"], "self-blinding-microdose"),
        (["check", "nofile.yaml"], "nofile.yaml"),
        (["check", "."], "cannot be read"),
    ],
)
def test_what_is_not_there(run, words, told):
    refused(run(*words), told)


def test_an_excel_book_is_told_how_to_be_saved(run, tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"PK\x03\x04")
    refused(run("belief", path, *COLUMNS, *SCORE), "CSV UTF-8")


def test_a_file_of_a_gigabyte_is_refused_in_little_memory(run, tmp_path):
    path = tmp_path / "big.csv"
    with path.open("wb") as stream:
        stream.write(b"id,arm,guess,SCORE\n")
        stream.truncate(1_000_000_000)  # sparse: takes no room on the disk
    tracemalloc.start()
    result = run("belief", path, *COLUMNS, *SCORE)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    refused(result, "big.csv")
    assert "Reading big.csv (1,000 MB)" in result.stderr
    assert peak < 100_000_000


PROTOCOL = """\
identifier: tiny
title: A tiny trial
design: {{kind: parallel}}
arms:
  - {{name: drug, role: active}}
  - {{name: sham, role: placebo}}
contrast: [drug, sham]
instruments:
  score: {{instrument: {instrument}}}
visits:
  - {{name: end, day: 7, instruments: [score]}}
"""


def test_check_names_line_value_and_neighbours_of_an_unknown_instrument(run, tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(PROTOCOL.format(instrument="PHQ9x"))
    result = run("check", path)
    refused(result, "PHQ9x", "plan.yaml:9")
    path.write_text(PROTOCOL.format(instrument="PHQ-9"))
    assert run("check", path).exit_code == 0


def test_check_refuses_a_protocol_that_contains_itself(run, tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text("identifier: loop\ntitle: A loop\ndesign: &d\n  kind: parallel\n  more: *d\n")
    refused(run("check", path), "plan.yaml")


@pytest.fixture
def folder(tmp_path):
    plan = demo_protocol()
    write_folder(simulate(plan, SCENARIOS["drug and belief"], seed=1), tmp_path / "rec")
    return tmp_path / "rec"


def test_records_of_another_protocol_are_refused(run, folder):
    plan = folder / "protocol.yaml"
    plan.write_text(plan.read_text("utf-8").replace("microdose-demo", "other"), "utf-8")
    refused(run("belief", folder, "--outcome", "PHQ-9", "--json"), "protocol.yaml", "sha256")


def test_records_that_lost_a_table_or_a_row_are_refused(run, folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    scores = copy / "scores.csv"
    scores.write_text("\n".join(scores.read_text("utf-8").splitlines()[:-1]), "utf-8")
    refused(run("belief", copy, "--outcome", "PHQ-9"), "scores.csv")
    scores.unlink()
    refused(run("belief", copy, "--outcome", "PHQ-9"), "scores.csv")


def test_unknown_outcome_and_visit_list_those_that_are(run, folder):
    refused(run("belief", folder, "--outcome", "HAMD"), "'HAMD'", "PHQ-9, GAD-7, mood")
    words = ("--outcome", "PHQ-9", "--visit", "w9", *QUICK)
    refused(run("belief", folder, *words), "'w9'", "w1, w2, w3, w4")
    refused(run("analyse", folder, *words[:4]), "'w9'", "w1, w2, w3, w4")


def test_a_page_that_cannot_be_written_leaves_nothing(run, trial_csv, tmp_path, monkeypatch):
    monkeypatch.setattr("pathlib.Path.replace", _disk_full)
    result = run("report", trial_csv, *COLUMNS, *SCORE, *QUICK, "-o", "page.html")
    refused(result, "page.html", "No space left")
    assert list(tmp_path.iterdir()) == [trial_csv]


def _disk_full(*_):
    raise OSError(28, "No space left on device", "x")
