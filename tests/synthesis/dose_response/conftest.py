from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from equipoise.synthesis.dose_response import DoseStudies, dose_study, studies_from_counts

GOLDEN = Path(__file__).parents[2] / "golden" / "dose_response.csv"


@pytest.fixture(scope="session")
def golden():
    """tests/golden/dose_response.R: dosresmeta 2.2.0, mixmeta 1.2.1, metafor 5.0-1, Hmisc 4.8."""
    table = pd.read_csv(GOLDEN)

    def of(data: str, shape: str, fit: str) -> dict[str, float]:
        found = table.query("data == @data and shape == @shape and fit == @fit")
        assert len(found)
        return dict(zip(found["what"], found["value"], strict=True))

    return of


@pytest.fixture(scope="session")
def tables(trial_data) -> dict[str, tuple[pd.DataFrame, str]]:
    folder = trial_data / "evidence"
    ssri = pd.read_csv(folder / "ssri_dose.csv").rename(columns={"studyID": "study"})
    drugs = pd.read_csv(folder / "antidepressants_dose.csv").rename(columns={"studyid": "study"})
    many = ssri[ssri.groupby("study")["dose"].transform("nunique") > 2]
    return {
        "ssri-or": (ssri, "or"),
        "ssri-rr": (ssri, "rr"),
        "ssri-many": (many, "or"),
        "ssri-linear": (ssri, "or"),
        "drugs-or": (drugs, "or"),
    }


@pytest.fixture(scope="session")
def means() -> pd.DataFrame:
    """Nine made trials of four doses, with a mean, an SD and n each."""
    return pd.read_csv(GOLDEN.with_name("dose_response_means.csv"))


@pytest.fixture(scope="session")
def studies(tables):
    def of(name: str, **more: str) -> DoseStudies:
        table, measure = tables[name]
        columns = {"study": "study", "dose": "dose", "events": "r", "total": "n"}
        return studies_from_counts(table, **columns, measure=measure, **more)

    return of


def made_studies(k=12, *, seed=1, slope=0.02, sd=0.005, doses=(0.0, 10.0, 20.0, 40.0)):
    """k studies with normal contrasts around slopes of their own."""
    rng = np.random.default_rng(seed)
    dose = np.array(doses)
    out = []
    for i in range(k):
        v = rng.uniform(0.01, 0.05, len(dose))
        S = np.diag(v[1:]) + v[0]
        mean = (slope + sd * rng.standard_normal()) * (dose[1:] - dose[0])
        y = rng.multivariate_normal(mean, S)
        out.append(dose_study(f"study {i + 1}", dose, y, S, people=np.full(len(dose), 50.0)))
    return tuple(out)
