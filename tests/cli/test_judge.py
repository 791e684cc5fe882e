"""equipoise judge: answers and levels of a file, printed, drawn, kept in a ledger."""

import json

import pytest

ANSWERS = {
    "1.1": "Y", "1.2": "Y", "1.3": "N", "2.1": "N", "2.2": "N", "2.6": "Y", "3.1": "Y",
    "4.1": "N", "4.2": "N", "4.3": "Y", "4.4": "PY", "4.5": "PN", "5.1": "Y", "5.2": "N",
    "5.3": "N",
}  # fmt: skip


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "answers.csv"
    rows = [f"Alpha 2020,{question},{answer}" for question, answer in ANSWERS.items()]
    path.write_text("\n".join(["study,question,answer", *rows]), encoding="utf-8")
    return path


def test_json_has_a_row_a_domain(run, table):
    result = run("judge", table, "--json")
    assert result.exit_code == 0, result.stderr
    rows = json.loads(result.stdout)["estimates"]
    assert {row["name"] for row in rows} == {"risk-of-bias"}
    ranks = {row["label"]: row["estimate"] for row in rows}
    assert ranks == {
        "Alpha 2020, D1": 0, "Alpha 2020, D2": 0, "Alpha 2020, D3": 0, "Alpha 2020, D4": 1,
        "Alpha 2020, D5": 0, "Alpha 2020, overall": 1,
    }  # fmt: skip


def test_the_terminal_says_what_and_why(run, table):
    result = run("judge", table)
    assert result.exit_code == 0, result.stderr
    assert "some: some concerns" in result.stdout
    assert "Alpha 2020, D4: some concerns: 4.5 PN/N" in result.stdout
    assert "Source: answers.csv" in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()) <= 100


def test_the_figure_and_the_ledger_are_written(run, table, tmp_path):
    picture, ledger = tmp_path / "traffic.svg", tmp_path / "ledger.yaml"
    result = run("judge", table, "--plot", picture, "--ledger", ledger)
    assert result.exit_code == 0, result.stderr
    assert "<svg" in picture.read_text(encoding="utf-8")
    assert "6 new of 6" in result.stderr
    before = ledger.read_text(encoding="utf-8")
    assert "0 new of 6" in run("judge", table, "--ledger", ledger).stderr
    assert ledger.read_text(encoding="utf-8") == before
    table.write_text(table.read_text().replace("4.5,PN", "4.5,NI"), encoding="utf-8")
    assert "2 new of 6" in run("judge", table, "--ledger", ledger).stderr
    assert ledger.read_text(encoding="utf-8").startswith(before.rstrip())
    ledger.write_text(before.replace("some concerns", "low", 1), encoding="utf-8")
    result = run("judge", table, "--ledger", ledger)
    assert result.exit_code == 1
    assert "was changed" in result.stderr or "without author" in result.stderr


def test_na_is_an_answer_and_not_a_missing_cell(run, tmp_path):
    path = tmp_path / "adhering.csv"
    answers = {k: v for k, v in ANSWERS.items() if k[0] != "2"}
    answers |= {"2.1": "Y", "2.2": "N", "2.3": "NA", "2.4": "NA", "2.5": "N"}
    rows = [f"Alpha,{question},{answer}" for question, answer in answers.items()]
    path.write_text("\n".join(["study,question,answer", *rows]), encoding="utf-8")
    result = run("judge", path, "--effect", "adhering", "--json")
    assert result.exit_code == 0, result.stderr
    found = {row["label"]: row["estimate"] for row in json.loads(result.stdout)["estimates"]}
    assert found["Alpha, D2"] == 0


def test_yaml_and_robins_i(run, tmp_path):
    path = tmp_path / "cohorts.yaml"
    levels = ", ".join(f"D{k}: low" for k in range(1, 7))
    reasons = ", ".join(f"D{k}: read" for k in range(1, 7))
    path.write_text(
        f"studies:\n  Beta 2021:\n    levels: {{{levels}}}\n    reasons: {{{reasons}}}\n",
        encoding="utf-8",
    )
    result = run("judge", path, "--tool", "robins-i")
    assert result.exit_code == 0, result.stderr
    assert "low*: low except for concerns about uncontrolled confounding" in result.stdout


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", "study,question,answer\nA,1.1,maybe", "'maybe' is no answer"),
        ("a.csv", "study,question,answer\nA,1.1,Y", "question 1.2"),
        ("a.yaml", "studies: {A: {answers: {1.1: yes}}}", "unquoted word"),
        ("a.yaml", "studies: [", "no YAML"),
    ],
)
def test_bad_files_say_what_to_do(run, tmp_path, name, content, says):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    result = run("judge", path)
    assert result.exit_code == 1
    assert says in result.stderr


def test_options_of_rob2_do_not_go_with_robins_i(run, table):
    result = run("judge", table, "--tool", "robins-i", "--effect", "adhering")
    assert result.exit_code == 2
    assert "go with --tool rob2" in result.stderr


def test_a_missing_file_is_named(run):
    result = run("judge", "nothing.csv")
    assert result.exit_code == 1
    assert "no file nothing.csv" in result.stderr
