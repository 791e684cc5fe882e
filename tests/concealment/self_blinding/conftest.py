"""A participant's cards, a ledger in memory, and the whole path from packing to opening."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from equipoise.concealment.boxes import BoxKey
from equipoise.concealment.ledger import Ledger, next_row
from equipoise.concealment.randomness import Key
from equipoise.concealment.self_blinding import Event, SachetPlan, State
from equipoise.concealment.self_blinding.cards import INNER, OUTER, TOKEN, IssuedCards, issue_cards
from equipoise.concealment.self_blinding.ledgered import issue, record
from equipoise.concealment.verify_ledger import Row

DAYS = tuple(date(2027, 1, day) for day in (4, 7, 11))
PACKED = datetime(2027, 1, 2, 9, tzinfo=UTC)
CONTENTS = {"sort 1": 4, "sort 2": 4}
TRIAL = "MICRO-1"
FINAL = BoxKey(b"f" * 32)
ANSWERS = "ab" * 32


class MemoryStore:
    """Rows in a list: a transaction is nobody's business here."""

    def __init__(self) -> None:
        self.kept: list[Row] = []

    def lock(self) -> None:
        """Nobody else writes."""

    def last(self) -> Row | None:
        return self.kept[-1] if self.kept else None

    def add(self, row: Row) -> None:
        self.kept.append(row)

    def rows(self) -> Iterator[Row]:
        return iter(list(self.kept))


def plan_of(**changed: Any) -> SachetPlan:
    given: dict[str, Any] = {"contents": CONTENTS, "dose_days": DAYS, "zone": "Europe/London"}
    return SachetPlan(**(given | changed))


def cards_of(participant: str = "P01", plan: SachetPlan | None = None, **given: Any) -> IssuedCards:
    return issue_cards(
        Key(b"k" * 32), TRIAL, participant, plan or plan_of(), final_key=FINAL.public, **given
    )


def start_of(issued: IssuedCards) -> State:
    return State(issued.public.plan, issued.public.hashed)


def ledger_of(*issued: IssuedCards) -> Ledger:
    """Begin a ledger, and enter cards."""
    ledger = Ledger(MemoryStore())
    ledger.begin(TRIAL, "web", actor="web", now=PACKED - timedelta(days=2))
    for one in issued:
        issue(ledger, one.public, actor="web", now=PACKED - timedelta(days=1))
    return ledger


def path_of(issued: IssuedCards) -> list[Event]:
    """Every step of somebody who misses nothing, in order."""
    public, plan = issued.public, issued.public.plan
    outer = [public.hash_of(OUTER, code) for code in public.outer]
    inner = [public.hash_of(INNER, code) for code in public.inner]
    labels: dict[str, Any] = {"labels": outer}
    if plan.helper:
        token = public.hash_of(TOKEN, issued.token)
        packing: list[tuple[str, dict[str, Any]]] = [
            ("help", {"token": token}),
            ("pack", {"counts": [len(outer)]}),
        ]
        labels |= {"sheet": "destroyed"}
    else:
        drawn = {"drawn": len(outer), "rest": "discarded unopened"}
        packing = [("pack", {"counts": list(plan.counts)}), ("shuffle", drawn)]
    steps = [("prepare", {}), *packing, ("label", labels)]
    events = [Event(act, PACKED + timedelta(minutes=k), d) for k, (act, d) in enumerate(steps)]
    for day, code in enumerate(outer, start=1):
        at = datetime.combine(plan.dose_days[day - 1], PACKED.time(), tzinfo=UTC)
        events.append(Event("dose", at, {"day": day, "outer": code}))
        events.append(Event("ask", at + timedelta(hours=9), {"day": day, "answers": ANSWERS}))
    end = datetime.combine(plan.last_day, PACKED.time(), tzinfo=UTC) + timedelta(hours=11)
    events.append(Event("finish", end, {"answers": ANSWERS}))
    for minute, (code, card) in enumerate(zip(outer, inner, strict=False), start=1):
        later = end + timedelta(minutes=minute)
        events.append(Event("open", later, {"outer": code, "inner": card}))
    return events


def recorded(*issued: IssuedCards) -> Ledger:
    """A ledger in which everybody went the whole path, one after the other in time."""
    ledger = ledger_of(*issued)
    events = [(event, one) for one in issued for event in path_of(one)]
    for event, one in sorted(events, key=lambda pair: pair[0].at):
        done = record(ledger, one.public.participant, event, actor="web")
        assert not done.refused
    return ledger


def chained(bodies: list[dict[str, Any]]) -> list[Row]:
    """Chain bodies anew, as a forger would who owns the database and knows no signing key."""
    rows: list[Row] = []
    for body in bodies:
        given = {"actor": body["actor"], "details": body["details"]}
        now = datetime.fromisoformat(body["time"])
        rows.append(next_row(rows[-1] if rows else None, body["act"], now=now, **given))
    return rows


def bodies_of(ledger: Ledger) -> list[dict[str, Any]]:
    return [json.loads(row.body) for row in ledger.store.rows()]


@pytest.fixture(scope="session")
def issued() -> IssuedCards:
    return cards_of()


@pytest.fixture(scope="session")
def helped() -> IssuedCards:
    return cards_of("P02", plan_of(helper=True))


class Made:
    """The functions above, for tests: conftest is not imported by name."""

    plan_of = staticmethod(plan_of)
    cards_of = staticmethod(cards_of)
    start_of = staticmethod(start_of)
    ledger_of = staticmethod(ledger_of)
    path_of = staticmethod(path_of)
    recorded = staticmethod(recorded)
    chained = staticmethod(chained)
    bodies_of = staticmethod(bodies_of)
    FINAL, ANSWERS, DAYS, PACKED, TRIAL = FINAL, ANSWERS, DAYS, PACKED, TRIAL


@pytest.fixture(scope="session")
def made() -> type[Made]:
    return Made
