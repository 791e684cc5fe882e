"""docs/safety.md says what the data say."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from equipoise.cli.main import cli
from equipoise.safety import check_visit, rule_rows, rules_markdown

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def page() -> str:
    return (ROOT / "docs/safety.md").read_text(encoding="utf-8")


def test_the_table_of_rules_is_current(page):
    assert page.endswith(rules_markdown(rule_rows())), "append: equipoise screen --rules"


def test_the_table_holds_every_rule_and_hides_what_is_not_verified(book):
    rows = {row.rule: row for row in rule_rows()}
    assert set(rows) == {rule.id for rule in book.rules}
    for rule in book.rules:
        row = rows[rule.id]
        assert bool(row.source) == bool(row.how_sure) == rule.verified
        assert row.reason == (rule.reason or book.wording["unverified"])
        assert row.checked == "Not yet checked by a person."


def test_the_example_is_what_the_command_prints(page):
    block = page.split("```console\n")[1].split("```")[0]
    command, _, shown = block.partition("\n")
    assert command.startswith("$ equipoise screen ")
    arguments = ["screen", "--substance", "psilocybin", "--medicine", "Priadel 400 mg"]
    printed = CliRunner().invoke(cli, [*arguments, "--answer", "pregnancy=no"]).output
    assert printed.startswith(shown)


def test_the_python_example_runs(page):
    code = page.split("```python\n")[1].split("```")[0]
    room: dict[str, object] = {}
    exec(code, room)  # noqa: S102  (our own page)
    assert isinstance(room["now"], type(check_visit("x", room["Answers"](), ["LSD"])))
    assert [hit.rule for hit in room["now"].excluded_by] == ["lithium_lsd_effect", "lithium_psy"]


def test_no_line_is_longer_than_the_others_but_tables(page):
    assert not [line for line in page.splitlines() if len(line) > 120 and not line.startswith("|")]
