"""Golden numbers: what R says of the trial that tests/golden/clustered_trial.R makes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from equipoise.analysis import ArmDesign, arm_design

GOLDEN = Path(__file__).parent.parent / "golden"
ARMS = ("placebo", "high", "low")


@pytest.fixture(scope="session")
def trial() -> pd.DataFrame:
    return pd.read_csv(GOLDEN / "clustered_trial.csv")


@pytest.fixture(scope="session")
def golden() -> Callable[[str], pd.DataFrame]:
    """Return R's rows of one method, indexed by term."""
    table = pd.read_csv(GOLDEN / "clustered_trial_results.csv")
    return lambda what: table[table["what"] == what].set_index("term")


@pytest.fixture(scope="session")
def design(trial: pd.DataFrame) -> ArmDesign:
    covariates = {"baseline": trial["baseline"].to_numpy(), "sex": trial["sex"].to_numpy()}
    return arm_design(trial["arm"].to_numpy(dtype=object), ARMS, covariates)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20250301)


@pytest.fixture(scope="session")
def weekly_golden() -> pd.DataFrame:
    """Return what lmerTest says of the real weekly outcomes: weekly_mixed_models.R printed it."""
    return pd.read_csv(GOLDEN / "weekly_mixed_models.csv")
