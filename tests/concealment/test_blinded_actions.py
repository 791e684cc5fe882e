"""No sequence of what a blinded person can do tells or changes an arm, or gives a kit twice.

Two allocators of one trial with its arms swapped are asked the same things. Every answer, the web
zone's ledger and the counts must be alike: then nothing in them can depend on an arm.
"""

import json
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from nacl.pwhash import argon2id

from equipoise.concealment.allocator.allocator import ledger_of
from equipoise.concealment.allocator_home import Home
from equipoise.concealment.cross_chain import cross_check
from equipoise.concealment.opened_ledger import opened_ledger
from equipoise.concealment.seal import Opening, draw_kits, strata_of
from equipoise.concealment.seal.zones import Zones, read_opening
from equipoise.concealment.web_chain import catch_up

from .conftest import ARMS, T0, plan_of, repeating, write_zones
from .two_worlds import masked

PASS = "correct horse battery"  # noqa: S105
WRONG = "wrong wrong wrong"
CHEAP = argon2id.str(PASS.encode(), argon2id.OPSLIMIT_MIN, argon2id.MEMLIMIT_MIN).decode()
PEOPLE = [f"P{k}" for k in range(9)] + ["P 1", "x" * 65, ""]
STRATA = ["London", "s1", "Zürich", "Zu\u0308rich", "pool", "Nowhere"]
LEVELS = [{}, {"sex": "f"}, {"sex": "m"}, {"sex": "x"}, {"age": "9"}]
SMALL = {"London": 4, "Zürich": 3}


class World:
    """One of two trials that differ in their arms alone."""

    def __init__(self, folder, arms, kind):
        changed = {"strata": strata_of(SMALL)}
        if kind == "live":
            procedure = {
                "procedure": "minimisation", "factors": {"sex": ["f", "m"]}, "arms": list(arms),
            }  # fmt: skip
            changed = {"procedure": procedure, "strata": (), "kits": {ARMS[0]: 3, ARMS[1]: 3}}
        write_zones(Opening.fresh(plan_of(arms, **changed), repeating("stateful")), folder)
        self.home, self.now = Home(Zones(folder)), T0
        opened = self.home.open()
        opened.execute("INSERT INTO people VALUES ('dr', 'physician', ?)", (CHEAP,))
        opened.close()
        opening = read_opening(folder / "statistician/opening.json")
        self.arms = {kit.code: kit.arm for kit in draw_kits(opening)}
        self.allocator = self.home.allocator(self.clock)

    def clock(self):
        return self.now

    def ask(self, asked):
        answer = self.allocator.answer(json.dumps(asked).encode())
        assert not set(ARMS) & {str(value) for value in answer.values()}
        return answer

    def catch_up(self):
        with opened_ledger(str(self.home.zones.ledger("web"))) as chain:
            rows = lambda after: self.ask({"verb": "status", "after": after})["rows"]  # noqa: E731
            catch_up(chain, rows, actor="web", now=self.now)
        with opened_ledger(str(self.home.zones.ledger("web"))) as chain:
            found = chain.verify()
            assert not found.bad
            told = list(chain.store.rows())
        assert cross_check(told, ledger_of(self.allocator._database).store.rows()) == ()
        return [masked(json.loads(row.body)) for row in told]


class BlindedPerson(RuleBasedStateMachine):
    """Asks both worlds the same, in any order, as often as it likes."""

    kind = "list"

    @initialize()
    def seal(self):
        self.folder = tempfile.TemporaryDirectory()
        folder = Path(self.folder.name)
        self.worlds = [
            World(folder / name, arms, self.kind)
            for name, arms in (("one", ARMS), ("other", ARMS[::-1]))
        ]
        self.given = {}

    def usual(self, half):
        """A stratum and levels that the procedure knows."""
        if self.kind == "live":
            return "pool", {"sex": "f" if half else "m"}
        return "London" if half else "Zürich", {}

    def both(self, **asked):
        one, other = (world.ask(asked) for world in self.worlds)
        assert _seen(one) == _seen(other)
        return one

    @rule(
        who=st.sampled_from(PEOPLE), half=st.booleans(),
        request=st.sampled_from(["own", "own", "own", "again", ""]),
        odd=st.just(()) | st.tuples(st.sampled_from(STRATA), st.sampled_from(LEVELS)),
    )  # fmt: skip
    def allocate(self, who, half, request, odd):
        where, levels = odd or self.usual(half)
        key = f"key {who}" if request == "own" else request
        asked = {"verb": "allocate", "participant": who, "stratum": where, "request": key}
        found = self.both(**asked, levels=levels)
        if found["ok"]:
            assert self.given.setdefault(who, found["kit"]) == found["kit"]
            assert len(set(self.given.values())) == len(self.given)

    @rule(who=st.sampled_from(PEOPLE), name=st.sampled_from(["dr", "nobody", "web"]))
    def guess_a_passphrase(self, who, name):
        found = self.both(
            verb="break", participant=who, name=name, passphrase=WRONG,
            category="pregnancy", reason="r", treatment_differs=True,
        )  # fmt: skip
        assert not found["ok"]

    @rule(verb=st.sampled_from(["verify", "status", "unblind", "list", None]))
    def ask_around(self, verb):
        self.both(verb=verb)

    @rule(line=st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3))
    def ask_nonsense(self, line):
        self.both(**line)

    @rule(hours=st.integers(-3, 3))
    def move_the_clock(self, hours):
        for world in self.worlds:
            world.now += timedelta(hours=hours)

    @rule()
    def start_anew(self):
        for world in self.worlds:
            world.allocator.close()
            world.allocator = world.home.allocator(world.clock)

    @rule()
    def look_at_the_web_zone(self):
        one, other = (world.catch_up() for world in self.worlds)
        assert one == other

    @invariant()
    def kits_stand(self):
        """What was given stays given, and its meaning is what was sealed."""
        if not hasattr(self, "worlds"):
            return
        for world in self.worlds:
            held = world.allocator._database.execute(
                "SELECT a.participant, k.kit FROM allocations a JOIN kits k "
                "ON k.stratum = a.stratum AND k.place = a.place"
            )
            assert dict(held) == self.given
            assert len(held) == len(self.given)

    def teardown(self):
        for world in getattr(self, "worlds", ()):
            assert world.ask({"verb": "verify"})["good"]
            world.allocator.close()
        if hasattr(self, "folder"):
            self.folder.cleanup()


class BlindedPersonWhereArmsAreDrawn(BlindedPerson):
    """The same where the allocator minimises."""

    kind = "live"


def _seen(answer):
    """Return an answer without what differs by nature; its length stays."""
    told = {**answer, "head": len(str(answer.get("head", "")))}
    if isinstance(answer.get("rows"), list):
        told["rows"] = [[seq, masked(json.loads(body))] for seq, _, body in answer["rows"]]
    return told, len(json.dumps(answer))


@pytest.mark.parametrize("machine", [BlindedPerson, BlindedPersonWhereArmsAreDrawn])
def test_nothing_that_a_blinded_person_does_tells_an_arm(machine):
    run(machine, examples=6, steps=25)


@pytest.mark.slow
@pytest.mark.parametrize("machine", [BlindedPerson, BlindedPersonWhereArmsAreDrawn])
def test_nothing_in_fifty_thousand_steps(machine):
    run(machine, examples=500, steps=50)


def run(machine, *, examples, steps, phases=tuple(Phase)):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck), database=None, phases=phases,
        ),
    )  # fmt: skip


def test_a_careless_answer_is_found(monkeypatch):
    real = World.ask

    def leaky(self, asked):
        answer = real(self, asked)
        return (
            {**answer, "batch": ARMS.index(self.arms[answer["kit"]])} if "kit" in answer else answer
        )

    monkeypatch.setattr(World, "ask", leaky)
    with pytest.raises(AssertionError):
        run(BlindedPerson, examples=6, steps=25, phases=[Phase.generate])
