"""docs/sentences.md shows every template as it is."""

from pathlib import Path

import pytest

from equipoise.report.evidence.templates import templates
from equipoise.synthesis.judgement.plain_statement import statements

PAGE = Path(__file__).parents[3] / "docs" / "sentences.md"
EVERY = {**statements(), **templates()["sentences"]}


@pytest.mark.parametrize("name", EVERY)
def test_every_template_is_documented(name):
    assert f"| `{name}` | {EVERY[name].strip()} |" in PAGE.read_text(encoding="utf-8")
