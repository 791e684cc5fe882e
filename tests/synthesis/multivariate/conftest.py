"""The rows of tests/golden/multivariate.R, and its numbers."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from equipoise.synthesis.multivariate import arm_logits
from equipoise.synthesis.sparse import two_by_two

N = np.nan
Y = [0.42, 0.55, 0.20, -0.10, 0.12, -0.25, 0.80, 0.61, 0.70, 0.35, 0.05, 0.31, 0.15, 0.33, N,
     0.62, N, 0.44, -0.32, -0.05, -0.41, 0.95, 1.10, 0.66, 0.28, 0.44, 0.02, 0.51, 0.18, 0.37,
     N, 0.27, 0.12, 0.05, 0.40, N]  # fmt: skip
V = [0.040, 0.050, 0.060, 0.020, 0.030, 0.025, 0.070, 0.060, 0.080, 0.030, 0.035, 0.040, 0.050,
     0.045, 0.1, 0.022, 0.1, 0.033, 0.061, 0.055, 0.049, 0.038, 0.041, 0.044, 0.027, 0.031,
     0.036, 0.053, 0.047, 0.060, 0.1, 0.029, 0.035, 0.044, 0.058, 0.1]  # fmt: skip


@pytest.fixture(scope="session")
def made() -> pd.DataFrame:
    study = np.repeat([f"s{i:02d}" for i in range(1, 13)], 3)
    x = np.repeat([1, 3, 2, 5, 4, 2, 6, 1, 3, 2, 4, 5], 3)
    frame = pd.DataFrame({"study": study, "outcome": list("abc") * 12, "y": Y, "v": V, "x": x})
    return frame.dropna().reset_index(drop=True)


@pytest.fixture(scope="session")
def rows(made: pd.DataFrame, evidence: Callable[[str], pd.DataFrame]) -> dict[str, pd.DataFrame]:
    linde = evidence("linde2005").dropna(subset=["ai", "n1i", "ci", "n2i"])
    table = two_by_two(linde.ai, linde.n1i, linde.ci, linde.n2i)
    effects, arm = arm_logits(table, ("a", "b"))
    arms = pd.DataFrame({"study": effects.study, "outcome": arm, "y": effects.y, "v": effects.v})
    return {"made": made, "made2": made[made.outcome != "c"], "arms": arms}


@pytest.fixture(scope="session")
def numbers(golden: Path) -> dict[tuple[str, str, str], float]:
    table = pd.read_csv(golden / "multivariate.csv")
    return {(r.data, r.model, r.name): r.value for r in table.itertuples(index=False)}
