"""equipoise estimand: lists what the protocol asks, answers it, or says why not."""

import json

import pandas as pd
import pytest

from equipoise.protocol import protocol_from_text
from equipoise.records import records_from_frames, write_folder

PLAN = """
identifier: tiny
title: A tiny trial
design: {kind: parallel}
arms: [{name: drug, role: active}, {name: pill, role: placebo}]
contrast: [drug, pill]
instruments: {mood: {instrument: PHQ-9, role: primary}}
visits:
  - {name: w1, day: 7, instruments: [mood]}
  - {name: w2, day: 14, instruments: [mood]}
estimands:
  - name: main
    treatment: drug against pill
    population: adults
    variable: score at w2
    intercurrent_events:
      - {event: rescue, strategy: hypothetical, handling: As if it did not exist.}
    summary: difference of means
  - name: lost
    treatment: drug against pill
    population: adults
    variable: score at w2
    intercurrent_events: []
    summary: difference of means
analyses:
  - {name: primary, method: mmrm, outcomes: [mood], estimand: main}
"""


@pytest.fixture
def folder(tmp_path):
    people = [f"p{k}" for k in range(24)]
    scores = [
        (p, f"w{week}", 14 - 2 * week - 2 * (k % 2) + (7 * k + 3 * week) % 6)
        for k, p in enumerate(people)
        for week in (1, 2)
    ]
    records = records_from_frames(
        protocol_from_text(PLAN),
        scores=pd.DataFrame(scores, columns=["participant", "visit", "value"]).assign(
            instrument="mood"
        ),
        allocations=pd.DataFrame(
            {"participant": people, "arm": ["pill" if k % 2 == 0 else "drug" for k in range(24)]}
        ),
        intercurrent_events=pd.DataFrame(
            {"participant": ["p0", "p4"], "event": "rescue", "visit": "w2"}
        ),
    )
    write_folder(records, tmp_path / "tiny")
    return tmp_path / "tiny"


def test_the_object_holds_every_estimand_and_the_reason_for_what_is_not_there(run, folder):
    result = run("estimand", folder, "--json")
    assert result.exit_code == 0, result.stderr
    got = json.loads(result.stdout)
    total = next(row for row in got["estimates"] if row["name"] == "total-effect")
    assert (total["label"], total["visit"]) == ("main", "w2")
    assert total["estimand"].startswith("drug against pill, in adults: score at w2; rescue")
    assert any("2 of 12 in pill; 2 scores after it were set aside" in w for w in total["warnings"])
    (refused,) = got["refused"]
    assert refused["label"] == "lost"
    assert "No effect analysis of tiny names the estimand 'lost'" in refused["reason"]


def test_the_attributes_are_printed(run, folder):
    result = run("estimand", folder, "--estimand", "main")
    assert result.exit_code == 0, result.stderr
    said = " ".join(result.stdout.split())
    for text in ("Estimand: main", "treatment: drug against pill",
                 "if rescue: hypothetical. As if it did not exist.", "Total effect, main",
                 "Status: exploratory"):  # fmt: skip
        assert text in said
    assert "Estimand: lost" not in said


def test_analyse_prints_the_planned_mmrm(run, folder):
    said = " ".join(run("analyse", folder).stdout.split())
    assert "Difference between arms at a visit" in said
    assert "Least-squares mean" in said


def test_unknown_names_and_protocols_without_estimands_are_told(run, folder, write):
    result = run("estimand", folder, "--estimand", "x")
    assert result.exit_code == 1
    assert "no estimand 'x'. Its estimands: 'main', 'lost'" in result.stderr
    text = (folder / "protocol.yaml").read_text(encoding="utf-8")
    assert "estimands" in text
