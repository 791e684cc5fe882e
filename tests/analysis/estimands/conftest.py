"""A made-up trial of twelve weeks in which people stop treatment and take rescue medication."""

import numpy as np
import pandas as pd
import pytest

from equipoise.protocol import protocol_from_text
from equipoise.records import records_from_frames

PLAN = """
identifier: rescue-trial
title: A made-up trial with rescue medication
{locked}
design: {{kind: parallel}}
arms:
  - {{name: drug, role: active}}
  - {{name: placebo, role: placebo}}
contrast: [drug, placebo]
instruments:
  mood: {{instrument: HAM-D17, role: primary}}
visits:
  - {{name: w0, day: 0, baseline: true, instruments: [mood]}}
  - {{name: w4, day: 28, instruments: [mood], guess: true}}
  - {{name: w8, day: 56, instruments: [mood], guess: true}}
  - {{name: w12, day: 84, instruments: [mood], guess: true}}
blinding:
  guess: {{guessers: [participant], dont_know: false, timing: before-outcomes}}
estimands:
  - name: main
    treatment: Drug against placebo
    population: adults with depression
    variable: HAM-D at week 12
    summary: difference of means
    {measure}
    intercurrent_events: {events}
analyses:
  - {{name: primary, method: {method}, outcomes: [mood], estimand: main, {options}}}
"""
LOCKED = "prospective: true\nlocked: 2025-01-01"
VISITS = ("w4", "w8", "w12")


@pytest.fixture
def plan():
    """Return a function that writes the protocol with some strategies."""

    def made(events="[]", *, method="mmrm", options="baseline: true", measure="", locked=LOCKED):
        return protocol_from_text(
            PLAN.format(
                events=events, method=method, options=options, measure=measure, locked=locked
            )
        )

    return made


@pytest.fixture(scope="session")
def tables():
    """120 people; a third of them take rescue medication, some stop, some are not followed."""
    rng = np.random.default_rng(11)
    scores, events, arms, guesses = [], [], [], []
    for k in range(120):
        who, active = f"p{k:03d}", k % 2
        arms.append((who, "drug" if active else "placebo"))
        person = rng.normal(0, 3)
        scores.append((who, "w0", round(24 + person + rng.normal(0, 2))))
        rescue = int(rng.integers(1, 4)) if rng.random() < (0.2 if active else 0.45) else 9
        leaves = int(rng.integers(1, 4)) if rng.random() < 0.15 else 9
        if rescue < 4:
            events.append((who, "rescue medication", VISITS[rescue - 1], None))
        if leaves < 4:
            events.append((who, "stops treatment", None, 28 * leaves - 5))
        for week in range(1, 4):
            if week >= leaves and rng.random() < 0.7:
                continue
            mean = 22 - 2 * week - active * 1.2 * week - 4 * (week >= rescue) + person
            scores.append((who, f"w{4 * week}", round(np.clip(mean + rng.normal(0, 2.5), 0, 52))))
            guesses.append((who, f"w{4 * week}", "drug" if rng.random() < 0.5 else "placebo"))
    return {
        "scores": pd.DataFrame(scores, columns=["participant", "visit", "value"]).assign(
            instrument="mood"
        ),
        "allocations": pd.DataFrame(arms, columns=["participant", "arm"]),
        "intercurrent_events": pd.DataFrame(
            events, columns=["participant", "event", "visit", "day"]
        ),
        "guesses": pd.DataFrame(guesses, columns=["participant", "visit", "guess"]).assign(
            guesser="participant"
        ),
    }


@pytest.fixture
def trial(plan, tables):
    """Return a function that makes the records of the trial under a protocol."""

    def made(events="[]", **protocol):
        return records_from_frames(plan(events, **protocol), **tables)

    return made
