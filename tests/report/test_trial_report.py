"""From records to the page, on a simulated trial and on the real one."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from equipoise.belief import assess
from equipoise.records import UnblindedRecords, open_source
from equipoise.report import gathered, trial_report
from equipoise.report.gathering import main_outcome
from equipoise.simulation import SCENARIOS, demo_protocol, simulate


@pytest.fixture(scope="module")
def records() -> UnblindedRecords:
    return simulate(demo_protocol(), next(iter(SCENARIOS.values())), seed=3)


@pytest.fixture(scope="module")
def page(records: UnblindedRecords) -> str:
    return trial_report(records, seed=1, draws=200, generated="2026-11-23", simulated_truth={})


def visible(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_same_seed_same_bytes_and_progress_is_told(records: UnblindedRecords, page: str) -> None:
    told: list[tuple[int, int, str]] = []
    again = trial_report(
        records, seed=1, draws=200, generated="2026-11-23", simulated_truth={},
        progress=lambda *step: told.append(step),
    )  # fmt: skip
    assert again == page
    assert [done for done, _, _ in told] == list(range(told[0][1] + 1))


def test_no_participant_is_on_the_page(records: UnblindedRecords, page: str) -> None:
    words = set(re.findall(r"[\w-]+", visible(page)))
    codes = {code for code in records.participants["participant"] if not code.isdigit()}
    assert codes
    assert not codes & words


def test_the_main_outcome_is_the_protocol_s_primary(records: UnblindedRecords, page: str) -> None:
    primary = [n for n, m in records.protocol.instruments.items() if m.role == "primary"]
    assert f"Main outcome: {primary[0]} " in page
    assert "named in the locked protocol" in page
    assert "Simulated trial." in page
    assert len(page.encode()) < 1_000_000


def test_counts_are_of_the_visit_that_the_headline_speaks_of(records: UnblindedRecords) -> None:
    design = records.protocol.design.model_copy(update={"kind": "parallel", "repeated": False})
    analyses = tuple(a.model_copy(update={"visits": ("w2",)}) for a in records.protocol.analyses)
    plan = records.protocol.model_copy(update={"design": design, "analyses": analyses})
    trial = replace(records, protocol=plan)
    main = main_outcome(plan, tuple(plan.instruments))
    found = assess(trial, main, draws=100)
    told = gathered(trial, {main: found}, seed=1, draws=100).main_outcome
    assert found["total-effect"].visit == "w2"
    assert told.observations == told.people == sum(told.guesses.values())


def test_the_real_week_says_what_the_reference_says(trial_data: Path) -> None:
    if not (trial_data / "sbmd_acute.csv").is_file():
        pytest.skip("sbmd_acute.csv is not in the folder EQUIPOISE_DATA")
    real = open_source("self-blinding-microdose-week1")
    page = trial_report(real, seed=1, draws=200, generated="2026-11-23")
    words = visible(page)
    # belief.md 2a and 2b, PANAS: total 3.23 (1.33), equal belief 1.477 (1.340), CGR .644
    assert "PANAS scores were on average 3.2 points higher" in words
    assert "PANAS scores are 1.5 points higher" in words
    assert "64% of guesses were right (95% interval 58 to 70%)" in words
    assert re.search(r"3\.23 +1\.33", words)
    assert re.search(r"plug-in +1\.48 +1\.34", words)
    assert "Simulated" not in words
    assert len(page.encode()) < 1_000_000


def test_without_guesses_the_page_says_why_belief_is_not_told(trial_data: Path) -> None:
    if not (trial_data / "microdose_accumulatives.csv").is_file():
        pytest.skip("microdose_accumulatives.csv is not in the folder EQUIPOISE_DATA")
    real = open_source("self-blinding-microdose-outcomes")
    words = visible(trial_report(real, seed=1, draws=200, generated="2026-11-23"))
    assert "RPWB scores were on average 1.9 points higher" in words  # belief.md 2d: 1.90
    assert "cannot be estimated: no guesses are recorded" in words
    assert "What people guessed is not drawn" in words
