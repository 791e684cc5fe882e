"""The published trial, a trial that R knows too, and small trials made for one test."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from equipoise.belief import assess
from equipoise.belief.standardised_effect import Observed
from equipoise.estimates import Estimates
from equipoise.protocol import protocol_from_text
from equipoise.records import UnblindedRecords, open_source, records_from_frames

GOLDEN = Path(__file__).parent.parent / "golden"


@pytest.fixture(scope="session")
def golden() -> dict[str, float]:
    """What tests/golden/belief_core.R prints."""
    table = pd.read_csv(GOLDEN / "belief_core.csv")
    return dict(zip(table["name"], table["value"], strict=True))


@pytest.fixture(scope="session")
def made_trial() -> Observed:
    """The trial of tests/golden/belief_core.R, here with a person a row."""
    i = np.arange(1, 121)
    a, x1, x2 = i % 2, np.sin(i), (7 * i) % 11 / 5
    g = (np.sin(3 * i) + 0.5 * x1 + 0.4 * a > 0.1).astype(int)
    y = 50 + 3 * a + 4 * g + 2 * x1 - x2 + (4 + g) * np.cos(2.3 * i)
    return Observed(y, a, g, np.column_stack([x1, x2]), i - 1)


@pytest.fixture(scope="session")
def week_one(trial_data: Path) -> UnblindedRecords:
    if not (trial_data / "sbmd_acute.csv").is_file():
        pytest.skip("sbmd_acute.csv (AGPL) is not in EQUIPOISE_DATA")
    return open_source("self-blinding-microdose-week1")


@pytest.fixture(scope="session")
def all_weeks(trial_data: Path) -> UnblindedRecords:
    return open_source("self-blinding-microdose")


@pytest.fixture(scope="session")
def week_one_rows(week_one: UnblindedRecords) -> Callable[[str], tuple[Any, Any, Any]]:
    """Return score, arm (1 microdose) and guess (1 microdose) of one scale in week 1."""

    def rows(scale: str) -> tuple[Any, Any, Any]:
        scores = week_one.scores.query("instrument == @scale")
        key = ["participant", "visit"]
        frame = scores.merge(week_one.allocations, on=key).merge(week_one.guesses, on=key)
        arm = (frame["arm"] == "microdose").to_numpy(int)
        return frame["value"].to_numpy(float), arm, (frame["guess"] == "microdose").to_numpy(int)

    return rows


@pytest.fixture(scope="session")
def week_one_answer(week_one: UnblindedRecords) -> Callable[[str], Estimates]:
    return cache(lambda outcome: assess(week_one, outcome, interval="wald", draws=20_000))


@pytest.fixture(scope="session")
def weekly_answer(all_weeks: UnblindedRecords) -> Callable[[str], Estimates]:
    return cache(lambda outcome: assess(all_weeks, outcome, interval="wald", draws=100))


PLAN = """
identifier: toy
title: A toy trial
design: {{kind: {kind}, repeated: {repeated}}}
arms:
  - {{name: drug, role: active}}
  - {{name: placebo, role: placebo}}
  {third}
contrast: [drug, placebo]
instruments:
  mood: {{instrument: VAS-mood}}
  test: {{define: {{id: test, name: test, domain: cognition, higher: better, unit: z,
         objective: true}}, negative_control: true, role: exploratory}}
visits:
{visits}
blinding: {{guess: {{dont_know: true, certainty: true, timing: before-outcomes}}}}
{more}
"""


@pytest.fixture(scope="session")
def toy() -> Callable[..., UnblindedRecords]:
    """Return records of one outcome, `mood`, a row an arm, guess and score."""

    def make(
        arm: Sequence[str],
        guess: Sequence[Any],
        mood: Sequence[float],
        *,
        person: Sequence[int] | None = None,
        visit: Sequence[str] | None = None,
        certainty: Sequence[float] | None = None,
        test: Sequence[float] | None = None,
        third: bool = False,
        kind: str | None = None,
        more: str = "",
    ) -> UnblindedRecords:
        n = len(arm)
        names = [f"p{p:04d}" for p in (range(n) if person is None else person)]
        times = ["w1"] * n if visit is None else list(visit)
        kind = kind or ("self-blinding" if len(set(names)) < n else "parallel")
        plan = protocol_from_text(
            PLAN.format(
                kind=kind,
                repeated=str(kind != "parallel").lower(),
                third="- {name: other, role: active}" if third else "",
                visits="\n".join(
                    f"  - {{name: {v}, day: {7 * k}, instruments: [mood, test], guess: true}}"
                    for k, v in enumerate(sorted(set(times)), 1)
                ),
                more=more,
            )
        )
        rows = pd.DataFrame({"participant": names, "visit": times})
        scores = [
            rows.assign(
                instrument=name,
                item=pd.NA,
                value=np.asarray(values, float),
                baseline=np.nan,
                unit=plan.instrument(name).unit,
            )
            for name, values in (("mood", mood), ("test", test))
            if values is not None
        ]
        sure = np.nan if certainty is None else certainty
        return records_from_frames(
            plan,
            participants=pd.DataFrame({"participant": sorted(set(names))}),
            scores=pd.concat(scores),
            allocations=rows.assign(arm=list(arm)),
            guesses=rows.assign(
                guesser="participant", guess=list(guess), certainty=sure, reason=pd.NA
            ),
        )

    return make


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20250301)
