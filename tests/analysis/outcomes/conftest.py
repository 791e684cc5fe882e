"""A trial with every kind of outcome, and what R says of it: tests/golden/outcomes_*.R."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

GOLDEN = Path(__file__).parents[2] / "golden"


@pytest.fixture(scope="session")
def outcomes() -> pd.DataFrame:
    return pd.read_csv(GOLDEN / "outcomes_trial.csv")


@pytest.fixture(scope="session")
def r_says() -> Callable[[str], Callable[[str, str], float]]:
    """Return what one R script printed: r_says("binary")("ye", "risk high")."""

    def of(script: str) -> Callable[[str, str], float]:
        table = pd.read_csv(GOLDEN / f"outcomes_{script}.csv")
        values = {(row.what, row.term): float(row.value) for row in table.itertuples()}
        return lambda what, term: values[what, term]

    return of
