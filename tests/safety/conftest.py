"""The facts that the rules rest on, and the rules themselves."""

import csv
import os
from pathlib import Path

import pytest

from equipoise.safety import Names, RuleBook, medicine_names, rule_book


@pytest.fixture(scope="session")
def book() -> RuleBook:
    return rule_book()


@pytest.fixture(scope="session")
def names() -> Names:
    return medicine_names()


@pytest.fixture(scope="session")
def facts() -> Path:
    """Return the folder of facts beside the trial files, or skip with a reason that is counted."""
    folder = os.environ.get("EQUIPOISE_DATA", "")
    found = Path(folder).parent / "facts"
    if not folder or not (found / "interactions.csv").is_file():
        pytest.skip("facts not found: set EQUIPOISE_DATA to the folder that they lie beside")
    return found


@pytest.fixture(scope="session")
def interactions(facts) -> list[dict[str, str]]:
    with (facts / "interactions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def harms(facts) -> list[dict[str, str]]:
    with (facts / "harms.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
