"""Published evidence that the golden scripts of tests/golden were run on."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest


@pytest.fixture(scope="session")
def evidence(trial_data: Path) -> Callable[[str], pd.DataFrame]:
    """Return a table of the evidence folder by its name without .csv."""
    return lambda name: pd.read_csv(trial_data / "evidence" / f"{name}.csv")


@pytest.fixture(scope="session")
def golden() -> Path:
    return Path(__file__).parents[1] / "golden"
