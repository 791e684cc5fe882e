"""The artificial FEV1 trial of R's mmrm, coded as in the golden script; it is not shipped."""

import pandas as pd
import pytest

LEVELS = {
    "RACE": ["Asian", "Black or African American", "White"],
    "SEX": ["Male", "Female"],
    "ARMCD": ["PBO", "TRT"],
    "AVISIT": ["VIS1", "VIS2", "VIS3", "VIS4"],
}


@pytest.fixture(scope="session")
def fev(trial_data) -> pd.DataFrame:
    table = pd.read_csv(trial_data / "fev.csv")
    coded = {name: pd.Categorical(table[name], levels) for name, levels in LEVELS.items()}
    return table.assign(**coded)
