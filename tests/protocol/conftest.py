"""A small protocol that is right, for tests to bend."""

import pytest

PLAN = """\
identifier: small
title: A small trial
design: {kind: parallel}
arms:
  - {name: drug, role: active}
  - {name: pill, role: placebo}
contrast: [drug, pill]
instruments:
  sadness: {instrument: PHQ-9, role: primary}
  worry: {instrument: GAD-7}
covariates:
  - {name: hope}
expectancy: hope
visits:
  - {name: start, day: 0, baseline: true, instruments: [sadness, worry]}
  - {name: end, after: start, days: 28, guess: true, instruments: [sadness, worry]}
blinding:
  blind: [participant]
  guess: {dont_know: true, timing: before-outcomes}
estimands:
  - name: total
    treatment: drug against pill
    population: adults
    variable: score at the end
    intercurrent_events:
      - {event: stops, strategy: treatment-policy}
    summary: difference of means
analyses:
  - {name: main, method: ancova, outcomes: [sadness], covariates: [hope],
     baseline: true, estimand: total}
  - {name: belief, method: belief, outcomes: [sadness]}
safety:
  - {name: self-harm, instrument: sadness, item: 9, above: 0, action: call, within_hours: 24}
"""


@pytest.fixture
def plan() -> str:
    """Return the text of a right protocol."""
    return PLAN
