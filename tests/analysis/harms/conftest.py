from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

GOLDEN = Path(__file__).parents[2] / "golden"


@pytest.fixture(scope="session")
def golden() -> Callable[[str], pd.Series]:
    """Return R's numbers of one kind by term: harms.R printed them."""
    table = pd.read_csv(GOLDEN / "harms.csv", dtype={"term": str})
    return lambda what: table[table["what"] == what].set_index("term")["value"]
