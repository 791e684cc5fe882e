"""The example files of docs/review.md are files that are read."""

import re
from pathlib import Path

import yaml

from equipoise.synthesis.review import review_from_text, study_from_text

from .conftest import plan

PAGE = Path(__file__).parents[3] / "docs" / "review.md"


def test_the_study_and_the_plan_of_the_page_are_read():
    study, part = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    read = study_from_text(study)
    assert (read.id, len(read.outcomes[0].arms)) == ("smith2020", 2)
    assert all(fact.verified for fact in read.outcomes[0].facts)
    review = review_from_text(yaml.safe_dump(plan() | yaml.safe_load(part)))
    assert [one.name for one in review.analyses] == ["primary", "guess-adjusted"]
