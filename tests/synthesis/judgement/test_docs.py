"""docs/judgement.md prints the algorithms as they are in the code."""

from pathlib import Path

import pytest

from equipoise.synthesis.judgement.grade import GradeSettings
from equipoise.synthesis.judgement.rob2.adhering import ADHERING
from equipoise.synthesis.judgement.rob2.assess import domains
from equipoise.synthesis.judgement.rob2.assignment import ANALYSIS, ASSIGNMENT, DEVIATIONS

PAGE = (Path(__file__).parents[3] / "docs/judgement.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("domain", [*domains(), ADHERING], ids=lambda d: d.name)
def test_every_question_and_row_is_printed(domain):
    section = PAGE.split(f"### {domain.key}: {domain.name}\n")[1].split("\n### ")[0]
    for question in domain.questions:
        assert f"| {question.number} | {question.asks} |" in section
    if domain is not ASSIGNMENT:
        for row in domain.table:
            assert f"| {row.level} | {row} |" in section
        return
    for part, rows in (("deviations", DEVIATIONS), ("analysis", ANALYSIS)):
        for level, conditions in rows:
            assert f"| {level} | {part}: {'; '.join(map(str, conditions))} |" in section


def test_every_setting_is_named():
    for name in GradeSettings.__slots__:
        assert f"`{name}`" in PAGE
