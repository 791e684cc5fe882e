"""A series of n-of-1 trials and what R says of it: tests/golden/crossover_n_of_1.R."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

GOLDEN = Path(__file__).parents[2] / "golden"


@pytest.fixture(scope="session")
def series() -> pd.DataFrame:
    """Daily measures of nine people with three to six cycles of drug and placebo."""
    return pd.read_csv(GOLDEN / "crossover_n_of_1.csv")


@pytest.fixture(scope="session")
def r() -> Callable[..., pd.Series]:
    """Return one row of what R printed."""
    table = pd.read_csv(GOLDEN / "crossover_n_of_1_results.csv").fillna({"who": ""})
    table = table.set_index(["what", "who"])
    return lambda what, who="": table.loc[(what, who)]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20250301)
