"""Reviews made of small study files, whose sentences can be worked out by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from equipoise.synthesis.review import Synthesis, read_review, synthesise

CHECKED = {"source": "made up, table 2", "checked_by": "a person", "verified": True}
SIZES = {"small": 0.2, "moderate": 0.5, "large": 0.8}
DOMAINS = [f"D{i}" for i in range(1, 6)]
WORDS = {"treatment": "LSD", "outcome": "low mood", "control": "a dummy pill"}
PEOPLE = {"control_response": 0.35, "source": "a made-up trial"}


def study(name: str, effect: float = -0.5, **changes: Any) -> dict[str, Any]:
    """A trial of 200 people whose standardised difference is given."""
    randomised = changes.pop("randomised", True)
    outcome = changes.pop("outcome", "mood")
    return {
        "id": name,
        "citation": f"{name}, made up",
        "year": 2020,
        "design": {"kind": "parallel" if randomised else "cohort", "randomised": randomised},
        "population": {"described": "adults", "condition": "depression", "n": 200},
        "arms": [
            {"name": "drug", "kind": "experimental", "substance": "LSD", "n": 100,
             "dose": {"class": "micro"}},
            {"name": "placebo", "kind": "inert-placebo", "n": 100},
        ],
        "outcomes": [
            {"outcome": outcome, "instrument": "MADRS", "higher": "worse", "visit": "week 4",
             "effects": [{"measure": "SMD", "contrast": ["drug", "placebo"], "estimate": effect,
                          "se": 0.1, "n": [100, 100], "positive_favours": "placebo", **CHECKED}]},
        ],
        **changes,
    }  # fmt: skip


def outcome(**changes: Any) -> dict[str, Any]:
    return {"label": "Low mood", "higher": "worse", "thresholds": SIZES, "words": WORDS, **changes}


def plan(**changes: Any) -> dict[str, Any]:
    return {
        "identifier": "made-up",
        "title": "LSD for mood",
        "question": {"population": "adults", "intervention": "LSD", "comparator": "placebo",
                     "outcome": "mood"},
        "eligibility": {"randomised": False, "designs": ["parallel", "cohort"]},
        "outcomes": {"mood": outcome()},
        "analyses": [analysis()],
        "grade": {"information_size": 100},
        **changes,
    }  # fmt: skip


def analysis(name: str = "primary", **changes: Any) -> dict[str, Any]:
    return {"name": name, "outcome": "mood", "comparators": ["inert-placebo"], "test": "z",
            "method": "EE", **changes}  # fmt: skip


def write(folder: Path, plan_: dict[str, Any], studies: list[dict[str, Any]], **bias: str) -> Path:
    """Write a review; every study is judged at low risk of bias unless `bias` says otherwise."""
    for name in ("studies", "judgements"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for file in (folder / "studies").glob("*.yaml"):
        file.unlink()
    (folder / "review.yaml").write_text(yaml.safe_dump(plan_, sort_keys=False), encoding="utf-8")
    for one in studies:
        text = yaml.safe_dump(one, sort_keys=False)
        (folder / "studies" / f"{one['id']}.yaml").write_text(text, encoding="utf-8")
    judged = {
        one["id"]: {
            "levels": dict.fromkeys(DOMAINS, bias.get(one["id"], "low")),
            "reasons": dict.fromkeys(DOMAINS, "read"),
        }
        for one in studies
    }
    text = yaml.safe_dump({"studies": judged})
    (folder / "judgements" / "rob2.yaml").write_text(text, encoding="utf-8")
    return folder


Make = Callable[..., Synthesis]


@pytest.fixture
def made(tmp_path: Path) -> Make:
    """Return a function that writes a review folder and runs it."""

    def make(studies: list[dict[str, Any]], /, bias: dict[str, str] | None = None, **changes: Any):
        folder = write(tmp_path / "review", plan(**changes), studies, **(bias or {}))
        return synthesise(read_review(folder))

    return make
