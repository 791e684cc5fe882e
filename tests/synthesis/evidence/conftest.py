"""The register of facts that the evidence was written from, read from outside the repository."""

import csv
import os
from collections.abc import Callable
from pathlib import Path

import pytest

Rows = list[dict[str, str]]


@pytest.fixture(scope="session")
def register() -> Callable[[str], Rows]:
    """Return a table of the register by its name, or skip with a reason that is counted."""
    data = os.environ.get("EQUIPOISE_DATA", "")
    folder = Path(data).parent / "facts"
    if not data or not (folder / "studies.csv").is_file():
        pytest.skip("register of facts not found: set EQUIPOISE_DATA to the folder beside it")

    def table(name: str) -> Rows:
        with (folder / f"{name}.csv").open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    return table
