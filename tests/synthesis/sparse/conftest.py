"""The tables of tests/golden/sparse.R, and its numbers."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from equipoise.synthesis.sparse import PersonTime, TwoByTwo, person_time, two_by_two

ZEROS = (
    [0, 2, 0, 5, 1, 8, 3, 0, 12, 1],
    [20, 30, 15, 60, 25, 40, 22, 50, 12, 33],
    [2, 4, 0, 9, 0, 15, 3, 3, 10, 2],
    [22, 28, 15, 55, 30, 38, 20, 51, 10, 12],
)
RATES = ([3, 0, 12, 7, 5, 1], [40.5, 22, 130, 88, 95, 31], [6, 2, 20, 5, 14, 0],
         [39, 25.5, 128, 61, 92, 30])  # fmt: skip


@pytest.fixture(scope="session")
def zeros() -> TwoByTwo:
    return two_by_two(*ZEROS)


@pytest.fixture(scope="session")
def rates() -> PersonTime:
    return person_time(*RATES)


@pytest.fixture(scope="session")
def tables(evidence: Callable[[str], pd.DataFrame], zeros: TwoByTwo) -> dict[str, TwoByTwo]:
    linde = evidence("linde2005").dropna(subset=["ai", "n1i", "ci", "n2i"])
    bcg = evidence("bcg")
    return {
        "linde": two_by_two(linde.ai, linde.n1i, linde.ci, linde.n2i),
        "bcg": two_by_two(bcg.tpos, bcg.tpos + bcg.tneg, bcg.cpos, bcg.cpos + bcg.cneg),
        "zeros": zeros,
    }


@pytest.fixture(scope="session")
def numbers(golden: Path) -> dict[tuple[str, str, str], float]:
    table = pd.read_csv(golden / "sparse.csv")
    return {(r.data, r.model, r.name): r.value for r in table.itertuples(index=False)}
