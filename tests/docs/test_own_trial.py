"""docs/own-trial.md does what it says: its files are read, its commands run."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from equipoise.cli.main import cli
from equipoise.protocol import protocol_schema
from equipoise.records import open_source, write_folder
from equipoise.records.mapping import Mapping

NAME = "docs/own-trial.md"


@pytest.fixture(scope="module")
def page(pages) -> str:
    return pages[NAME]


@pytest.fixture(scope="module")
def page_blocks(blocks_of):
    return blocks_of(NAME)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


@pytest.fixture
def folder(page_blocks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with every file the page prints, and in it the reader."""
    for block in page_blocks:
        if block.file and block.language in ("csv", "yaml") and "$schema" not in block.text:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_command_and_python_line_of_the_page_runs(folder, page_blocks):
    ran = 0
    for block in page_blocks:
        if block.language == "python":
            exec(block.text, {})  # noqa: S102  (our own page)
        for command in block.commands:
            quick = ["--draws", "100"] if command[0] == "belief" else []
            result = run(*command, *quick)
            assert result.exit_code == 0, (command, result.output)
            ran += 1
    assert ran == sum(
        block.text.count("equipoise ") for block in page_blocks if block.language == "sh"
    )
    assert (folder / "weekly.html").stat().st_size > 0


def test_the_smallest_protocol_cannot_be_smaller(folder, page):
    """Seven fields are needed, and the page says which."""
    required = protocol_schema()["required"]
    sentence = re.search(r"A protocol needs seven fields: (.*?)\.\s", page, re.DOTALL)
    assert sentence
    assert re.findall(r"`(\w+)`", sentence[1]) == required
    plan = yaml.safe_load((folder / "wide-protocol.yaml").read_text(encoding="utf-8"))
    assert list(plan) == [*required, "blinding"]


def table(page: str, heading: str) -> str:
    """Return the table that follows a heading."""
    section = page.split(heading, 1)[1]
    return "\n".join(re.findall(r"^\|.*$", section.split("\n## ")[0], re.MULTILINE))


def test_every_field_of_a_mapping_is_in_the_table(page):
    shown = table(page, "### Fields of a mapping file").split("\n\n")[0]
    missing = [name for name in Mapping.model_fields if f"`{name}`" not in shown]
    assert not missing


def test_every_field_of_a_protocol_is_in_the_table(page):
    schema = protocol_schema()
    of_scales = {"Instrument", "Item", "Option", "Scoring", "Band", "Difference", "Loinc"}
    fields = set(schema["properties"])
    for name, part in schema["$defs"].items():
        if name not in of_scales:
            fields |= set(part.get("properties", {}))
    shown = table(page, "## 3. The protocol")
    assert not sorted(field for field in fields if f"`{field}`" not in shown)


SIMPLE = "belief simple.csv --participant id --arm arm --outcome HAMD"
GUESSED = f"{SIMPLE} --guess guess --unsure DK"
MAPPED = "belief mapping.yaml --outcome PHQ-9"


@dataclass(frozen=True)
class Mishap:
    """A command that fails, on a file with `old` replaced by `new`."""

    told: str
    command: str
    file: str = "simple.csv"
    old: str = ""
    new: str = ""
    code: int = 1


MISHAPS = [
    Mishap("is a plain table: say what its columns mean", "belief simple.csv", code=2),
    Mishap("more than one row for some participants", GUESSED, "simple.csv", "002,", "001,"),
    Mishap("which arms of column", GUESSED, "simple.csv", "placebo", "pill"),
    Mishap("unknown code", f"{SIMPLE} --guess guess"),
    Mishap("No guesses are recorded", SIMPLE),
    Mishap("lacks the column", GUESSED, "simple.csv", "HAMD", "HAM-D"),
    Mishap("not a number", MAPPED, "trial.csv", "PHQ-9,9,", "PHQ-9,nine,"),
    Mishap("ranges from", MAPPED, "trial.csv", "PHQ-9,9,", "PHQ-9,99,"),
    Mishap("mistakes in the protocol", "check protocol.yaml", "protocol.yaml", "role", "rule"),
]


@pytest.mark.parametrize("mishap", MISHAPS, ids=lambda mishap: mishap.told)
def test_the_table_of_refusals_says_what_the_messages_say(folder, page, mishap):
    file = folder / mishap.file
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(mishap.old, mishap.new), encoding="utf-8")
    before = sorted(folder.iterdir())
    result = run(*shlex.split(mishap.command))
    assert result.exit_code == mishap.code
    assert mishap.told in " ".join(result.output.split())
    assert f"`{mishap.told}`" in page
    assert sorted(folder.iterdir()) == before


def test_a_changed_records_folder_is_refused_as_the_page_says(folder, page):
    written = write_folder(open_source("mapping.yaml"), "changed")
    (written / "scores.csv").write_text("", encoding="utf-8")
    result = run("belief", "changed", "--outcome", "PHQ-9")
    assert "was changed after it was written" in result.output
    assert "`was changed after it was written`" in page
