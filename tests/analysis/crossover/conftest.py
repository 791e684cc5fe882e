"""Published AB/BA trials and what R says of them: tests/golden/crossover_two_by_two.R."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

GOLDEN = Path(__file__).parents[2] / "golden"
COLUMNS = {"outcome": "pef", "participant": "id", "period": "period", "treatment": "drug"}
FIRST = (310, 310, 370, 410, 250, 380, 330, 370, 310, 380, 290, 260, 90)  # Senn (2002), chapter 3
SECOND = (270, 260, 300, 390, 210, 350, 365, 385, 400, 410, 320, 340, 220)


@pytest.fixture
def senn() -> pd.DataFrame:
    """Peak expiratory flow of 13 children: 7 formoterol first, 6 salbutamol first."""
    child = np.arange(1, 14)
    formoterol_first = child <= 7
    periods = [
        pd.DataFrame(
            {
                "id": child,
                "period": period,
                "drug": np.where(formoterol_first == (period == 1), "for", "sal"),
                "pef": np.array(pef, dtype=float),
                "baseline": before,
            }
        )
        for period, pef, before in (
            (1, FIRST, 200 + (7 * child) % 23),
            (2, SECOND, 205 + (5 * child) % 17),
        )
    ]
    return pd.concat(periods, ignore_index=True)


@pytest.fixture(scope="session")
def r() -> Callable[[str], pd.Series]:
    """Return one row of what R printed."""
    table = pd.read_csv(GOLDEN / "crossover_two_by_two.csv").set_index("what")
    return lambda what: table.loc[what]


@pytest.fixture(scope="session")
def higher() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the higher-order designs and what lmerTest says: crossover_williams.R."""
    data = pd.read_csv(GOLDEN / "crossover_williams.csv")
    return data, pd.read_csv(GOLDEN / "crossover_williams_results.csv").set_index("term")


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20250301)
