"""A small sealed trial, made of entropy that repeats."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

from equipoise.concealment.ledger import Ledger
from equipoise.concealment.ledger_sqlite import SqliteStore, open_sqlite
from equipoise.concealment.seal import (
    Opening,
    SealedTrial,
    SealPlan,
    Zones,
    begin_seal,
    complete_seal,
    seal,
    strata_of,
)
from equipoise.concealment.seal.zones import read_signing_key
from equipoise.protocol import Protocol, protocol_from_text
from equipoise.records import BlindedRecords

T0 = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
ARMS = ("LSD 20 µg", "placebo")
PROTOCOL = """
identifier: LSD-1
title: A made trial
design: {kind: parallel}
arms:
  - {name: LSD 20 µg, role: active}
  - {name: placebo, role: placebo}
contrast: [LSD 20 µg, placebo]
instruments: {PHQ-9: {instrument: PHQ-9, role: primary}}
visits: [{name: baseline, day: 0, baseline: true}, {name: week 6, day: 42}]
allocation:
  procedure: big stick
  ratio: {LSD 20 µg: 1, placebo: 1}
  generated_by: an unblinded statistician who met no participant
  implementation: Nurses enrolled; the allocator assigned.
blinding: {blind: [participant, care provider], method: Capsules of equal look.}
"""


def repeating(word: str) -> Callable[[int], bytes]:
    """Return entropy that is the same for the same word."""
    count = 0

    def give(size: int) -> bytes:
        nonlocal count
        count += 1
        raw = b"".join(
            sha256(f"{word}/{count}/{k}".encode()).digest() for k in range(size // 32 + 1)
        )
        return raw[:size]

    return give


def plan_of(arms: tuple[str, ...] = ARMS, protocol: str = "ab" * 32, **changed) -> SealPlan:
    given = {
        "trial": "LSD-1",
        "protocol": protocol,
        "procedure": {"procedure": "big-stick", "limit": 3, "arms": list(arms)},
        "strata": strata_of({"London": 12, "Zürich": 8}),
    }
    return SealPlan(**(given | changed))


@pytest.fixture(scope="session")
def protocol() -> Protocol:
    return protocol_from_text(PROTOCOL, name="protocol.yaml")


@pytest.fixture(scope="session")
def plan(protocol) -> SealPlan:
    return plan_of(protocol=protocol.sha256)


@pytest.fixture(scope="session")
def opening(plan) -> Opening:
    return Opening.fresh(plan, repeating("opening"))


@pytest.fixture(scope="session")
def sealed(opening) -> SealedTrial:
    keys = {"web": "11" * 32, "allocator": "22" * 32}
    return seal(opening, ledger_keys=keys, entropy=repeating("seal"))


@pytest.fixture
def zones(opening, tmp_path) -> Zones:
    """The folder of a sealed trial, without printed sheets."""
    return write_zones(opening, tmp_path / "sealed")


def write_zones(opening: Opening, folder: Path, word: str = "zones") -> Zones:
    found = Zones(folder)
    begin_seal(opening, found, actor="statistician", now=T0, entropy=repeating(word))
    keys = {c: read_signing_key(found.signing_key(c)).public for c in ("web", "allocator")}
    done = seal(opening, ledger_keys=keys, entropy=repeating(word + " seal"))
    complete_seal(done, found, actor="statistician", now=T0 + timedelta(minutes=1))
    return found


@pytest.fixture
def ledger(zones):
    """The web's ledger of the sealed trial."""
    connection = open_sqlite(zones.ledger("web"))
    yield Ledger(SqliteStore(connection))
    connection.close()


def enrol(ledger: Ledger, sealed: SealedTrial, *, people: int = 6) -> dict[str, str]:
    """Hand out kits in the order of the list, by turns in the strata; return who got which arm."""
    lists = {s.code: [k for k in sealed.drawn if k.pool == s.code] for s in sealed.public.strata}
    arms = {}
    for number in range(people):
        stratum = sealed.public.strata[number % len(lists)].code
        kit = lists[stratum].pop(0)
        person = f"P{number + 1:02}"
        now = T0 + timedelta(hours=number + 1)
        ledger.append(
            "allocated", actor="web", now=now, participant=person, stratum=stratum, kit=kit.code
        )
        arms[person] = kit.arm
    return arms


@pytest.fixture
def records(protocol) -> BlindedRecords:
    people = [f"P{k:02}" for k in range(1, 8)]  # P07 was never allocated
    scores = pd.DataFrame(
        {"participant": people, "visit": "week 6", "instrument": "PHQ-9", "value": range(7)}
    )
    return BlindedRecords(protocol=protocol, scores=scores)
