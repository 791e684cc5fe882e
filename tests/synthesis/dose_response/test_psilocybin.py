"""Psilocybin for depression: 1 mg is a dose, niacin and waiting lists are none."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.synthesis.dose_response import (
    DoseResponseOptions,
    dose_region,
    dose_response,
    studies_from_means,
)

MG = {  # per kg times 70 kg; the table says "22 mg/kg" for mg per 70 kg
    "25 mg": 25, "1st dose: 20 mg/70 kg; 2nd dose 30mg/70kg": 30, "22 mg/kg": 22,
    "0.3 mg/kg": 21, "0.215 mg/kg": 15.05, "1 mg": 1, "1 mg/kg": 1, "10 mg": 10,
}  # fmt: skip


@pytest.fixture(scope="module")
def arms(trial_data) -> pd.DataFrame:
    """Twelve trials, a row an arm, and the 10 mg arm of Goodwin 2022."""
    folder = trial_data / "evidence"
    main = pd.read_csv(folder / "psilocybin_main12.csv")
    rows = []
    for _, r in main.iterrows():
        low = MG[r["dose_arm2"]] if r["condition_arm2"] == "psil" else 0
        rows.append((r["study"], MG[r["dose_arm1"]], r["mean_arm1"], r["sd_arm1"], r["n_arm1"]))
        rows.append((r["study"], low, r["mean_arm2"], r["sd_arm2"], r["n_arm2"]))
    every = pd.read_csv(folder / "psilocybin_depression.csv")
    ten = every[
        (every["study"] == "Goodwin 2022") & (every["outcome_type"] == "imsd")
        & (every["dose_arm1"] == "10 mg") & (every["primary_timepoint"] == 1)
        & (every["instrument"] == "madrs")
    ].iloc[0]  # fmt: skip
    rows.append(("Goodwin 2022", 10, ten["mean_arm1"], ten["sd_arm1"], ten["n_arm1"]))
    return pd.DataFrame(rows, columns=["study", "dose", "mean", "sd", "n"])


COLUMNS = {"study": "study", "dose": "dose", "mean": "mean", "sd": "sd", "n": "n"}
REGIONS = tuple(dose_region(t) for t in ("micro:0-3", "low:3-15", "full:15-"))


def test_the_microdose_region_holds_the_low_dose_comparators_alone(arms):
    data = studies_from_means(arms, **COLUMNS, measure="smd")
    referents = {s.name: s.dose[0] for s in data.studies}
    ones = {name for name, dose in referents.items() if dose == 1}
    assert ones == {"Goodwin 2022", "Griffiths 2016", "Luquiens 2025"}
    found = dose_response(data, DoseResponseOptions(regions=REGIONS)).estimates
    shares = {row.label: row.estimate for row in found.select(name="dose-region-share")}
    assert_allclose(shares["micro, studies"], 3 / 12)
    assert_allclose(shares["micro, arms"], 3 / 16)
    assert_allclose(shares["low, arms"], 1 / 16)
    assert found["dose-coefficient"].high < 0


def test_no_curve_is_drawn_above_what_was_given(arms):
    data = studies_from_means(arms, **COLUMNS, measure="smd")
    found = dose_response(data, DoseResponseOptions("quadratic", at=(0.5, 5, 40))).estimates
    rows = found.select(name="dose-effect").rows
    assert [row.label for row in rows] == ["0.5 vs 0", "5 vs 0"]
    assert all("No study compares a dose below 10" in row.warnings[0] for row in rows)
    assert [r.label for r in found.refused if r.name == "dose-effect"] == ["40 vs 0"]


def test_a_low_dose_taken_for_placebo_changes_the_slope(arms):
    """What the contrast of doses is for: 25 against 1 mg counts as 24 mg."""
    as_dose = studies_from_means(arms, **COLUMNS, measure="smd")
    as_placebo = studies_from_means(
        arms.assign(dose=np.where(arms["dose"] == 1, 0, arms["dose"])), **COLUMNS, measure="smd"
    )
    one, two = (
        dose_response(d, DoseResponseOptions(method="fixed")).curve.fit.beta[0]
        for d in (as_dose, as_placebo)
    )
    assert one < two < 0
