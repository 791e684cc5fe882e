"""The protocol files that come with equipoise say what the trial's data and papers say."""

from pathlib import Path

import pandas as pd
import pytest

import equipoise
from equipoise.analysis.total_effect import planned_effect
from equipoise.protocol import read_protocol

HOUSE = Path(equipoise.__file__).parent
DATASETS = HOUSE / "datasets" / "protocols"

# Covariates of the published models: Szigeti et al. 2021, eLife 10:e62878, as the anchors list them
PUBLISHED = {
    ("PANAS", "positive", "negative", "mood", "creativity", "focus", "temper", "WEMWB"):
        {"expectation", "psychiatric_past"},
    ("energy",): {"expectation", "psychiatric_past", "sex"},
    ("intensity",): {"expectation"},
    ("QIDS", "STAIT"): {"psychiatric_past", "sss"},
    ("SCS",): {"psychiatric_past"},
    ("CPS",): {"age", "sex"},
    ("feature_match", "ooo", "paired_associates", "rotations", "spatial_planning", "spatial_span"):
        {"age"},
}  # fmt: skip
COGNITIVE = {"CPS", "feature_match", "ooo", "paired_associates", "rotations", "spatial_planning",
             "spatial_span"}  # fmt: skip


@pytest.fixture(params=["", "-week1", "-outcomes"])
def shipped(request):
    return read_protocol(DATASETS / f"self-blinding-microdose{request.param}.yaml")


def test_published_covariates():
    protocol = read_protocol(DATASETS / "self-blinding-microdose.yaml")
    given = {n: set(planned_effect(protocol, n).covariates) for n in protocol.instruments}
    assert given == {name: covs for names, covs in PUBLISHED.items() for name in names}


def test_descriptions_written_afterwards_plan_nothing(shipped):
    assert not shipped.prospective
    assert {shipped.status_of(a.method, o) for a in shipped.analyses for o in a.outcomes} == {
        "exploratory"
    }


def test_contrast_and_negative_controls(shipped):
    assert shipped.contrast == ("microdose", "placebo")
    assert {n for n, m in shipped.instruments.items() if m.negative_control} == COGNITIVE


def test_the_guess_was_forced_and_taken_afterwards(shipped):
    guess = shipped.blinding.guess
    if shipped.identifier.endswith("outcomes"):
        assert guess is None
    else:
        assert (guess.dont_know, guess.certainty, guess.timing) == (False, False, "after-outcomes")


@pytest.mark.parametrize(
    ("name", "file", "column"),
    [
        ("self-blinding-microdose", "microdose_pacutes.csv", "test_name"),
        ("self-blinding-microdose-week1", "sbmd_acute.csv", "scale"),
        ("self-blinding-microdose-outcomes", "microdose_accumulatives.csv", "test"),
    ],
)
def test_names_and_schedule_are_those_of_the_data(trial_data, name, file, column):
    protocol = read_protocol(DATASETS / f"{name}.yaml")
    seen = pd.read_csv(trial_data / file, usecols=[column, "tp"]).drop_duplicates()
    assert set(seen[column]) == set(protocol.instruments)
    planned = {(i, visit.name) for visit in protocol.visits for i in visit.instruments}
    assert set(zip(seen[column], seen["tp"], strict=True)) == planned


def test_demonstration_is_prospective_and_locked():
    protocol = read_protocol(HOUSE / "simulation" / "protocols" / "microdose-demo.yaml")
    assert protocol.visit_names == ("baseline", "w1", "w2", "w3", "w4")
    assert protocol.status_of("belief", "PHQ-9") == "planned"
    assert protocol.blinding.guess.timing == "before-outcomes"
    assert any(rule.item == 9 and rule.above == 0 for rule in protocol.safety)
    assert "Nobody is enrolled" in (
        HOUSE / "simulation" / "protocols" / "microdose-demo.yaml"
    ).read_text(encoding="utf-8")
