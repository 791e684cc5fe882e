"""No sequence of events gets around the order: right steps mixed with hostile ones."""

from __future__ import annotations

import importlib.util
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from equipoise.concealment.self_blinding import ACTS, Event
from equipoise.concealment.self_blinding.cards import INNER, OUTER
from equipoise.concealment.self_blinding.ledgered import record, state_of
from equipoise.concealment.self_blinding.proof import prove

_spec = importlib.util.spec_from_file_location("made", Path(__file__).with_name("conftest.py"))
assert _spec is not None
assert _spec.loader is not None
made = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(made)

MINE = {helper: made.cards_of("P01", made.plan_of(helper=helper)) for helper in (False, True)}
OTHER = made.cards_of("P09")
CODES = [
    *(MINE[False].public.hash_of(OUTER, code) for code in MINE[False].public.outer),
    *(MINE[False].public.hash_of(INNER, code) for code in MINE[False].public.inner[:3]),
    *(OTHER.public.hashed.outer[:1]),
    *sorted(OTHER.public.hashed.inner)[:1],
]
DETAILS = {
    "outer": st.sampled_from(CODES),
    "inner": st.sampled_from(CODES),
    "token": st.sampled_from(CODES),
    "day": st.integers(0, 4),
    "days": st.integers(-1, 8),
    "counts": st.sampled_from([[4, 4], [3], [4, 3]]),
    "drawn": st.integers(2, 4),
    "rest": st.sampled_from(["discarded unopened", "kept"]),
    "labels": st.sampled_from([CODES[:3], CODES[2::-1], CODES[:2]]),
    "sheet": st.sampled_from(["destroyed", "kept"]),
    "answers": st.just(made.ANSWERS),
    "why": st.sampled_from(["could not", "forgot", "sachet lost", "wish"]),
}


class Participant(RuleBasedStateMachine):
    """Somebody who does what they like, when they like."""

    @initialize(helper=st.booleans())
    def begin(self, helper: bool) -> None:
        self.issued = MINE[helper]
        self.ledger = made.ledger_of(self.issued)
        self.now = made.PACKED
        self.accepted: list[Event] = []
        self.path = made.path_of(self.issued)

    @rule(minutes=st.integers(0, 90))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(days=st.integers(1, 4))
    def sleep(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(count=st.integers(1, 12))
    def go_on(self, count: int) -> None:
        """Do the next right steps, each on its day."""
        for _ in range(count):
            if (event := self.right()) is not None:
                self.now = max(self.now, event.at)
                self.attempt(event)

    def right(self) -> Event | None:
        """Return what an honest participant does next; a day that has passed is missed."""
        state = state_of(self.ledger.store.rows(), "P01")
        for event in self.path:
            done = event.act in state.done or (event.act == "dose" and "stop" in state.done)
            day, outer = event.details.get("day", 0), event.details.get("outer")
            done |= event.act == "dose" and day in state.recorded
            done |= event.act == "ask" and (day in state.guessed or day not in state.taken)
            done |= event.act == "open" and (
                outer in state.opened or outer not in state.taken.values()
            )
            if done:
                continue
            at = max(self.now, event.at + timedelta(days=state.shift))
            if event.act == "dose" and state.plan.today(at) > state.date_of(day):
                return Event("miss", at, {"day": day, "why": "forgot"})
            if event.act == "open":
                inner = min(state.cards.inner - set(state.opened.values()))
                return Event("open", at, {"outer": outer, "inner": inner})
            return Event(event.act, at, event.details)
        return None

    @rule(act=st.sampled_from(sorted(ACTS)), data=st.data())
    def anything(self, act: str, data: st.DataObject) -> None:
        names = ACTS[act][1]
        self.attempt(Event(act, self.now, {n: data.draw(DETAILS[n], label=n) for n in names}))

    @rule(data=st.data())
    def again(self, data: st.DataObject) -> None:
        """Replay what was accepted before."""
        if self.accepted:
            old = data.draw(st.sampled_from(self.accepted))
            self.attempt(Event(old.act, self.now, old.details))

    def attempt(self, event: Event) -> None:
        before = state_of(self.ledger.store.rows(), "P01")
        done = record(self.ledger, "P01", event, actor="web")
        kept = state_of(self.ledger.store.rows(), "P01")
        assert kept == done.state
        if done.refused:
            assert kept == before  # a refused event changes nothing
        else:
            self.accepted.append(event)

    @invariant()
    def nothing_is_opened_before_the_last_questionnaire(self) -> None:
        acts = [event.act for event in getattr(self, "accepted", [])]
        if "open" in acts or "lost" in acts:
            first = min(acts.index(act) for act in ("open", "lost") if act in acts)
            assert "finish" in acts[:first]
            assert not {"dose", "ask", "miss", "postpone"} & set(acts[first:])

    @invariant()
    def every_scanned_dose_is_answered_before_the_end(self) -> None:
        seen: list[object] = []
        for event in getattr(self, "accepted", []):
            if event.act == "dose":
                seen.append(event.details["outer"])
            elif event.act == "ask":
                assert seen
                seen.pop()
            elif event.act == "finish":
                assert not seen

    @invariant()
    def no_code_is_used_twice(self) -> None:
        events = getattr(self, "accepted", [])
        for act, name in (("dose", "outer"), ("open", "outer"), ("open", "inner")):
            used = [event.details[name] for event in events if event.act == act]
            assert len(set(used)) == len(used)
        dosed = {event.details["outer"] for event in events if event.act == "dose"}
        assert {event.details["outer"] for event in events if event.act == "open"} <= dosed

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            found = prove(self.ledger.store.rows())
            assert found.passed, [claim for claim in found.claims if not claim.holds]


TestParticipant = Participant.TestCase
TestParticipant.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
