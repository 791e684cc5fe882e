"""What people on placebo felt by what they guessed: worked out here again from the open data."""

import csv
import os
import re
from pathlib import Path

import numpy as np
import pytest

from equipoise.synthesis.evidence.facts import facts

DATA = Path(os.environ.get("EQUIPOISE_DATA", "")) / "microdose_pacutes.csv"
FACTS = {"mood": "mood", "STAIT": "anxiety", "QIDS": "depression"}
NUMBER = re.compile(r"-?\d+\.\d+")


@pytest.fixture(scope="module")
def placebo():
    if not DATA.is_file():
        pytest.skip("open data of Szigeti 2021 not found: set EQUIPOISE_DATA")
    with DATA.open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["condition"] == "PL"]


def by_guess(rows):
    """Difference of two means with CR1 errors (Cameron & Miller 2015, J Hum Resour 50:317)."""
    y = np.array([float(row["value"]) for row in rows])
    guessed = np.array([row["guess"] == "MD" for row in rows], dtype=float)
    people = np.array([row["trial_id"] for row in rows])
    x = np.column_stack([np.ones_like(y), guessed])
    bread = np.linalg.inv(x.T @ x)
    beta = bread @ x.T @ y
    left = y - x @ beta
    each = np.unique(people)
    scores = np.array([x[people == one].T @ left[people == one] for one in each])
    k, n = len(each), len(y)
    variance = k / (k - 1) * (n - 1) / (n - 2) * bread @ scores.T @ scores @ bread
    half = 1.959964 * variance[1, 1] ** 0.5
    return (beta[1], beta[1] - half, beta[1] + half), k, int(guessed.sum()), n


@pytest.mark.parametrize(("test", "name"), FACTS.items())
def test_the_fact_is_what_the_data_give(test, name, placebo):
    known = {one.id: one for one in facts("definitions")}
    fact = known[f"belief-on-placebo-{name}"]
    got, people, microdose, answers = by_guess([one for one in placebo if one["test_name"] == test])
    assert [float(one) for one in NUMBER.findall(fact.figure.partition(" points")[0])] == (
        pytest.approx(got, abs=0.051)
    )
    assert f"{microdose} " in fact.figure
    assert f"{answers - microdose} guessed placebo" in fact.figure
    assert f"({people} people" in fact.text
    assert "guess" in fact.text
