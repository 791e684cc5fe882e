from pathlib import Path

import pandas as pd
import pytest

GOLDEN = Path(__file__).parents[2] / "golden" / "sequential.csv"


@pytest.fixture(scope="session")
def golden() -> pd.DataFrame:
    """tests/golden/sequential.R: rpact 3.3.4 and mvtnorm 1.1-3."""
    return pd.read_csv(GOLDEN)
