"""A small synthetic trial of the same shape as the published one, as files."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from equipoise.protocol import Protocol, protocol_from_text

PLAN = """
identifier: toy
title: A toy trial with weekly switching
design: {kind: self-blinding, periods: 2}
arms:
  - {name: microdose, role: active}
  - {name: placebo, role: placebo}
contrast: [microdose, placebo]
instruments:
  PHQ: {instrument: PHQ-9}
  focus: {instrument: VAS-focus}
visits:
  - {name: pre, day: 0, instruments: [PHQ], baseline: true}
  - {name: w1, day: 7, instruments: [PHQ, focus], guess: true}
  - {name: w2, day: 14, instruments: [PHQ, focus], guess: true}
covariates: [{name: age}, {name: sex, kind: category}]
blinding: {guess: {dont_know: true, certainty: true, timing: after-outcomes}}
"""

LONG = """
layout: long
csv: trial.csv
protocol: protocol.yaml
participant: person
visit: {column: tp}
instrument: {column: test}
value: score
arm: {column: condition, codes: {MD: microdose, PL: placebo}}
guess: {column: guess, codes: {MD: microdose, PL: placebo, DK: unsure}}
certainty: {column: sure, from: [0, 100]}
covariates: [age, sex]
"""

HEADER = ("person", "tp", "test", "score", "condition", "guess", "sure", "age", "sex")
Row = dict[str, str]


def make_rows(people: int = 12, seed: int = 7) -> list[Row]:
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(1, people + 1):
        age, sex = int(rng.integers(18, 70)), ("female", "male")[person % 2]
        for visit in ("pre", "w1", "w2"):
            own = {"person": f"{person:03d}", "tp": visit, "age": str(age), "sex": sex}
            # four people of three stay in each cell of arm and guess; the third says nothing
            arm = ("MD", "PL")[(person // 2 + (visit == "w2")) % 2] if visit != "pre" else ""
            guess = ("MD", "PL", "DK", "")[person % 4] if visit != "pre" else ""
            own |= {"condition": arm, "guess": guess}
            own["sure"] = str(int(rng.integers(0, 101))) if guess in ("MD", "PL") else ""
            for test in ("PHQ", "focus") if visit != "pre" else ("PHQ",):
                score = int(rng.integers(0, 28 if test == "PHQ" else 101))
                rows.append({**own, "test": test, "score": str(score)})
    return rows


@dataclass
class Toy:
    """The files of the toy trial; `write` makes them, with any row or text changed."""

    folder: Path

    def write(self, rows: list[Row] | None = None, mapping: str = LONG) -> Path:
        rows = make_rows() if rows is None else rows
        with (self.folder / "trial.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, HEADER)
            writer.writeheader()
            writer.writerows(rows)
        return self.mapping(mapping)

    def mapping(self, text: str) -> Path:
        (self.folder / "protocol.yaml").write_text(PLAN, encoding="utf-8")
        path = self.folder / "trial.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    def csv(self, content: str | bytes) -> Path:
        raw = content.encode() if isinstance(content, str) else content
        (self.folder / "trial.csv").write_bytes(raw)
        return self.mapping(LONG)


@pytest.fixture
def plan() -> Protocol:
    return protocol_from_text(PLAN)


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    return Toy(tmp_path)


@pytest.fixture
def rows() -> list[Row]:
    return make_rows()
