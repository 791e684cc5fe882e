"""Trials to impute, and what R rbmi says of them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

GOLDEN = Path(__file__).parents[2] / "golden"


@pytest.fixture(scope="session")
def antidepressant_call() -> dict[str, str]:
    """Return what every call on this trial says."""
    return {
        "formula": "CHANGE ~ BASVAL * VISIT + THERAPY * VISIT",
        "subject": "PATIENT",
        "visit": "VISIT",
        "arm": "THERAPY",
        "reference": "PLACEBO",
        "control": "DRUG",  # rbmi's contrasts are PLACEBO less DRUG
        "ancova": "CHANGE ~ THERAPY + BASVAL",
    }


@pytest.fixture(scope="session")
def made_call() -> dict[str, str]:
    """Return what every call on this trial says."""
    return {
        "formula": "score ~ base * visit + arm * visit + sex",
        "subject": "id",
        "visit": "visit",
        "arm": "arm",
        "ancova": "score ~ arm + base + sex",
    }


@pytest.fixture(scope="session")
def antidepressant(trial_data: Path) -> pd.DataFrame:
    return pd.read_csv(trial_data / "antidepressant.csv")


@pytest.fixture(scope="session")
def antidepressant_golden() -> pd.DataFrame:
    """Return rbmi's rows: tests/golden/imputation_antidepressant.R printed them."""
    return pd.read_csv(GOLDEN / "imputation_antidepressant.csv", dtype={"delta": str})


@pytest.fixture(scope="session")
def made() -> pd.DataFrame:
    """Return the trial that tests/golden/imputation_made_trial.R makes."""
    return pd.read_csv(GOLDEN / "imputation_made_trial_data.csv")


@pytest.fixture(scope="session")
def made_golden() -> pd.DataFrame:
    return pd.read_csv(GOLDEN / "imputation_made_trial.csv")


@pytest.fixture(scope="session")
def made_events(made: pd.DataFrame) -> pd.DataFrame:
    return made[made["after"] == 1].groupby("id", as_index=False)["visit"].min()


@pytest.fixture(scope="session")
def three_arms() -> pd.DataFrame:
    """Return 90 people in three arms, three visits, dropout and gaps."""
    rng = np.random.default_rng(7)
    n, m = 90, 3
    arm = np.array(["placebo", "low", "high"])[np.arange(n) % 3]
    base = rng.normal(20, 4, n).round(1)
    scores = (
        20
        + rng.normal(0, 3, (n, 1))
        + rng.normal(0, 2, (n, m))
        + 0.5 * (base - 20)[:, None]
        - np.outer((arm == "high") * 1.5 + (arm == "low") * 0.7, np.arange(1, m + 1))
    )
    gone = rng.choice([1, 2, 3], n, p=[0.15, 0.15, 0.7])[:, None] <= np.arange(m)
    scores[gone | (rng.random((n, m)) < 0.03)] = np.nan
    frame = pd.DataFrame(
        {
            "id": np.repeat(np.arange(n), m),
            "arm": np.repeat(arm, m),
            "week": np.tile([2, 4, 10], n),
            "base": np.repeat(base, m),
            "score": scores.reshape(-1).round(1),
        }
    )
    return frame[frame["score"].notna()].reset_index(drop=True)


@pytest.fixture(scope="session")
def three_call() -> dict[str, str]:
    """Return what every call on this trial says."""
    return {
        "formula": "score ~ base * week + arm * week",
        "subject": "id",
        "visit": "week",
        "arm": "arm",
        "reference": "placebo",
    }
