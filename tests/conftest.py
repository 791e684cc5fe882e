"""Fixtures shared by all tests: where the real trial files are."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# a deadline is a timed assertion; continuous integration tries the same examples each time
settings.register_profile("equipoise", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("equipoise")


@pytest.fixture(scope="session")
def trial_data() -> Path:
    """Return the folder of the real trial files, or skip with a reason that is counted."""
    folder = os.environ.get("EQUIPOISE_DATA", "")
    if not folder or not (Path(folder) / "microdose_pacutes.csv").is_file():
        pytest.skip("real trial files not found: set EQUIPOISE_DATA to their folder")
    return Path(folder)
