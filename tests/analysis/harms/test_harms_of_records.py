"""Trials made by hand: a parallel one, and one whose arms change within people."""

import pandas as pd
import pytest

from equipoise.analysis.harms import harms, safety_set
from equipoise.analysis.participant_flow import participant_flow
from equipoise.errors import NotIdentifiedError
from equipoise.protocol import Protocol
from equipoise.records import UnblindedRecords, outcome_frame
from equipoise.simulation import SCENARIOS, demo_protocol, simulate

VISITS = [
    {"name": "base", "day": -1, "baseline": True, "instruments": ["mood"]},
    {"name": "w1", "day": 7, "instruments": ["mood"], "period": 1},
    {"name": "w2", "day": 14, "instruments": ["mood"], "period": 2},
]


def protocol(kind: str, visits=VISITS) -> Protocol:
    arms = [{"name": "drug", "role": "active"}, {"name": "dummy", "role": "placebo"}]
    return Protocol.model_validate(
        {
            "identifier": "small", "title": "Small", "design": {"kind": kind}, "arms": arms,
            "contrast": ["drug", "dummy"], "instruments": {"mood": {"instrument": "VAS-mood"}},
            "visits": visits, "care": {"harms": "One open question a week."},
        }
    )  # fmt: skip


def ae(*rows) -> pd.DataFrame:
    columns = ["participant", "event", "day", "severity", "serious"]
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture
def parallel():
    people = [f"p{k}" for k in range(8)]
    arm = {p: "drug" if k < 4 else "dummy" for k, p in enumerate(people)}
    scored = [(p, v) for p in people for v in ("w1", "w2") if (p, v) != ("p1", "w2")]
    return UnblindedRecords(
        protocol=protocol("parallel"),
        allocations=pd.DataFrame({"participant": people, "arm": [arm[p] for p in people]}),
        doses=pd.DataFrame({"participant": people[:7], "visit": "w1"}),
        scores=pd.DataFrame(scored, columns=["participant", "visit"]).assign(
            instrument="mood", value=50.0
        ),
        adverse_events=ae(
            ("p0", "headache", 2, "mild", "no"),
            ("p1", "nausea", 3, "severe", "yes"),
            ("p4", "headache", -1, "mild", "no"),
            ("p7", "headache", 2, "mild", "no"),
        ),
        intercurrent_events=pd.DataFrame(
            {"participant": ["p1"], "event": ["left the trial"], "day": [4.0], "detail": ["Nausea"]}
        ),
    )


@pytest.fixture
def crossed():
    arms = {"a": ("drug", "dummy"), "b": ("dummy", "drug"), "c": ("drug", "dummy")}
    rows = [(p, v, a) for p, two in arms.items() for v, a in zip(("w1", "w2"), two, strict=True)]
    allocations = pd.DataFrame(rows, columns=["participant", "visit", "arm"])
    return UnblindedRecords(
        protocol=protocol("crossover"),
        allocations=allocations,
        doses=allocations[["participant", "visit"]].iloc[:-1],  # c left before week 2
        adverse_events=ae(
            ("a", "headache", 2, "mild", "no"),
            ("a", "nausea", 8, "mild", "no"),
            ("b", "headache", 14, "mild", "no"),
            ("c", "headache", 7, "mild", "no"),
            ("c", "nausea", 12, "mild", "no"),
        ),
    )


def number(found, name, label, arm):
    return found.select(name=name, label=label, arm=arm).rows[0].estimate


def test_denominators_are_those_dosed(parallel):
    found = harms(parallel)
    row = found.select(name="incidence", label="any event", arm="dummy").rows[0]
    assert row.estimand == "0 of 3 people"  # p7 had no dose, p4's headache came before
    assert number(found, "people-with-event", "any event", "drug") == 2
    assert any("1 events of people who were not dosed" in w for w in found.warnings)
    assert any("1 events that began before the first dose" in w for w in found.warnings)


def test_exposure_ends_with_the_last_visit_or_on_leaving(parallel):
    units = safety_set(parallel).units.set_index("participant")
    assert units.loc["p0", "days"] == 15  # day 0 to 14
    assert units.loc["p1", "days"] == 5  # left on day 4


def test_an_event_named_in_a_leaving_led_to_it(parallel):
    found = harms(parallel)
    assert number(found, "people-with-event", "led to withdrawal", "drug") == 1
    assert number(found, "people-with-event", "led to withdrawal", "dummy") == 0


def test_where_arms_change_an_event_belongs_to_the_period_in_which_it_began(crossed):
    found = harms(crossed)
    assert number(found, "people-with-event", "headache", "drug") == 3  # a in w1, b in w2, c in w1
    assert number(found, "people-with-event", "headache", "dummy") == 0
    assert number(found, "people-with-event", "nausea", "dummy") == 1  # a in w2
    row = found.select(name="incidence", label="headache", arm="drug").rows[0]
    assert row.estimand == "3 of 3 participant-periods"
    assert any("1 events began outside every dosed period" in w for w in found.warnings)


def test_where_arms_change_no_interval_pretends_people_are_independent(crossed):
    for row in harms(crossed).select(name="incidence-difference"):
        assert "Miettinen" not in (row.method or "")


def test_where_arms_change_events_need_days(crossed):
    from dataclasses import replace  # noqa: PLC0415

    without = crossed.adverse_events.assign(day=None)
    without = without.drop_duplicates(["participant", "event"])
    with pytest.raises(NotIdentifiedError, match="no event has a day"):
        harms(replace(crossed, adverse_events=without))
    undated = [{k: v for k, v in visit.items() if k != "day"} for visit in VISITS]
    with pytest.raises(NotIdentifiedError, match="gives its visits no days"):
        harms(replace(crossed, protocol=protocol("crossover", undated)))


def test_without_adverse_events_there_are_no_rows(parallel):
    from dataclasses import replace  # noqa: PLC0415

    assert not len(harms(replace(parallel, adverse_events=pd.DataFrame())))


def test_a_simulated_trial_has_the_harms_its_records_hold():
    records = simulate(demo_protocol(), SCENARIOS["drug and belief"], seed=3)
    found = harms(records)
    events = sum(number(found, "event-count", "any event", a) for a in ("microdose", "placebo"))
    assert events == len(records.adverse_events)


def test_flow_of_a_parallel_trial(parallel):
    flow = participant_flow(parallel, "mood", outcome_frame(parallel, "mood", "w2"))
    drug, dummy = flow.arms
    assert (flow.enrolled, flow.allocated, flow.changing) == (8, 8, False)
    assert (drug.name, drug.allocated, drug.received, drug.analysed) == ("drug", 4, 4, 3)
    assert (dummy.allocated, dummy.received, dummy.analysed) == (4, 3, 4)
    assert dict(drug.left) == {"Nausea": 1}
    assert not dummy.left


def test_flow_where_arms_change_is_one_column():
    records = simulate(demo_protocol(), seed=1)
    flow = participant_flow(records, "PHQ-9", outcome_frame(records, "PHQ-9"))
    (every,) = flow.arms
    assert flow.changing
    assert every.allocated == 240
    assert sum(every.periods.values()) == len(outcome_frame(records, "PHQ-9"))
    assert sum(every.left.values()) == records.intercurrent_events["participant"].nunique()
