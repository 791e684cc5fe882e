"""Crisis lines: a source for each, an age for each, nothing from memory."""

from datetime import date, timedelta

import pytest
import yaml

from equipoise.errors import DataError
from equipoise.safety import crisis_block, crisis_lines, warnings
from equipoise.safety.part import FOLDER

TODAY = date(2026, 11, 25)
# read in a source, by hand from the anchor: country -> its lines, and the emergency number if read
READ = {
    "US": ({"988", "988lifeline.org"}, "911"),
    "CA": ({"9-8-8"}, None),
    "GB": ({"116 123", "111, option 2", "85258"}, "999"),
    "IE": ({"116 123", "50808"}, "112"),
    "AU": ({"13 11 14", "0477 13 11 14"}, None),
    "NZ": ({"1737", "0508 828 865"}, "111"),
    "IN": ({"14416", "1-800-891-4416"}, "112"),
    "DE": ({"0800 1110111", "0800 1110222"}, "112"),
    "FR": ({"3114"}, "112"),
    "ES": ({"024"}, "112"),
    "MX": ({"800 911 2000"}, None),
}


def test_only_numbers_that_were_read_are_there():
    found = {
        key: ({line.number for line in here.lines}, here.emergency and here.emergency.number)
        for key, here in crisis_lines().items()
    }
    assert found == READ


def test_a_number_from_memory_is_not_shown_as_a_fact():
    assert (
        crisis_block("AU").emergency == "Ring your local emergency number if you are in danger now."
    )
    assert crisis_block("gb").emergency.startswith("Ring 999 if you are in danger now.")


def test_each_line_says_whether_a_person_checked_it():
    for key in READ:
        for line in crisis_block(key).lines:
            assert "not yet checked by a person" in line
            assert "page" in line


def test_the_country_is_never_guessed():
    assert crisis_block().lines == crisis_block(None).lines
    assert "local emergency number" in crisis_block().emergency
    assert crisis_block("XX").lines[0].startswith("We have no crisis line for XX")


def rows() -> list[dict]:
    return yaml.safe_load((FOLDER / "crisis_lines.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("gone", ["source", "number", "read_on"])
def test_a_line_without_a_source_is_refused(tmp_path, gone):
    table = rows()
    del table[0]["lines"][0][gone]
    file = tmp_path / "crisis.yaml"
    file.write_text(yaml.safe_dump(table), encoding="utf-8")
    with pytest.raises(DataError, match=rf"US: lines\.0\.{gone} Field required"):
        crisis_lines(file)


def test_an_empty_source_or_a_country_twice_is_refused(tmp_path):
    table = rows()
    file = tmp_path / "crisis.yaml"
    file.write_text(yaml.safe_dump([table[0], table[0]]), encoding="utf-8")
    with pytest.raises(DataError, match="has US twice"):
        crisis_lines(file)
    table[0]["lines"][0]["source"] = " "
    other = tmp_path / "empty.yaml"
    other.write_text(yaml.safe_dump(table), encoding="utf-8")
    with pytest.raises(DataError, match="only shown with its source"):
        crisis_lines(other)


@pytest.mark.parametrize(("days", "old"), [(180, False), (181, True)])
def test_a_line_warns_after_180_days(tmp_path, days, old):
    table = rows()[:1]
    for line in [*table[0]["lines"], table[0]["emergency"]]:
        line["verified_on"] = TODAY - timedelta(days=days)
    file = tmp_path / f"crisis{days}.yaml"
    file.write_text(yaml.safe_dump(table), encoding="utf-8")
    lines = crisis_lines(file)
    told = warnings(TODAY, lines)
    assert len(told) == (3 if old else 0)
    assert all("181 days old, more than 180" in text for text in told)
    shown = crisis_block("US", lines).lines[0]
    assert f"last checked by a person on {TODAY - timedelta(days=days)}" in shown


def test_today_every_line_is_unchecked_and_the_build_says_so():
    told = warnings(TODAY)
    count = sum(len(here.lines) + bool(here.emergency) for here in crisis_lines().values())
    assert sum("not yet checked by a person" in text for text in told) == count
    assert any(text.startswith("Ireland, 116 123: 4012 days old") for text in told)
    assert any("its page has no date" in text for text in told)
