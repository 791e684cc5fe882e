"""Review folders made of small study files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from equipoise.synthesis.review import ReviewFolder, read_review

CHECKED = {"source": "made up, table 2", "checked_by": "a person", "verified": True}


def study(
    name: str, mean: float = 14.1, *, verified: bool = True, **changes: Any
) -> dict[str, Any]:
    """A trial of 28 people on a drug (mean as given, SD 7.9) and 29 on placebo (16.8, 8.2)."""
    fact = CHECKED if verified else {"source": "made up, table 2"}
    return {
        "id": name,
        "citation": f"{name}, a made-up trial",
        "year": 2020,
        "design": {"kind": "parallel", "randomised": True},
        "population": {"described": "adults", "condition": "depression"},
        "arms": [
            {"name": "drug", "kind": "experimental", "substance": "examplamine", "n": 30,
             "dose": {"amount": 10, "unit": "ug", "class": "micro"}},
            {"name": "placebo", "kind": "inert-placebo", "n": 30},
        ],
        "outcomes": [
            {"outcome": "depression", "instrument": "MADRS", "higher": "worse",
             "visit": "week 4", "days": 28,
             "arms": [{"arm": "drug", "n": 28, "mean": mean, "sd": 7.9, **fact},
                      {"arm": "placebo", "n": 29, "mean": 16.8, "sd": 8.2, **fact}]},
        ],
        **changes,
    }  # fmt: skip


def plan(**changes: Any) -> dict[str, Any]:
    """A review with one outcome and one analysis."""
    return {
        "identifier": "made-up",
        "title": "A made-up review",
        "question": {"population": "adults", "intervention": "the drug",
                     "comparator": "placebo", "outcome": "depression"},
        "outcomes": {"depression": {"label": "Depressive symptoms", "higher": "worse"}},
        "analyses": [analysis()],
        **changes,
    }  # fmt: skip


def analysis(name: str = "primary", **changes: Any) -> dict[str, Any]:
    return {"name": name, "outcome": "depression", "comparators": ["inert-placebo"], **changes}


def write(folder: Path, plan_: dict[str, Any], studies: list[dict[str, Any]]) -> Path:
    (folder / "studies").mkdir(parents=True, exist_ok=True)
    for file in (folder / "studies").glob("*.yaml"):
        file.unlink()
    (folder / "review.yaml").write_text(yaml.safe_dump(plan_, sort_keys=False), encoding="utf-8")
    for one in studies:
        text = yaml.safe_dump(one, sort_keys=False)
        (folder / "studies" / f"{one['id']}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., ReviewFolder]:
    """Return a function that writes and reads a review folder."""

    def make(files: list[dict[str, Any]], /, **changes: Any) -> ReviewFolder:
        return read_review(write(tmp_path / "review", plan(**changes), files))

    return make
