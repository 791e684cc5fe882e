"""Swap every arm and run the same trial: the allocator's answers, ledger and counts are the same.

Ten careless allocators, each with a leak of its own, are caught.
"""

import json
from datetime import timedelta
from unittest.mock import patch

import pytest
from nacl.pwhash import argon2id

from equipoise.concealment.allocator import Chooser
from equipoise.concealment.allocator import allocator as code
from equipoise.concealment.allocator import server as server_code
from equipoise.concealment.allocator_home import Home
from equipoise.concealment.seal import Opening, draw_kits
from equipoise.concealment.seal.zones import Zones, read_opening

from .conftest import ARMS, T0, plan_of, repeating, write_zones
from .two_worlds import differences, masked, observe

PASS = "correct horse battery"  # noqa: S105
CHEAP = argon2id.str(PASS.encode(), argon2id.OPSLIMIT_MIN, argon2id.MEMLIMIT_MIN).decode()


def opening_of(arms, kind):
    if kind == "list":
        return Opening.fresh(plan_of(arms), repeating("live worlds"))
    procedure = {
        "procedure": "minimisation", "factors": {"sex": ["f", "m"]}, "arms": list(arms),
    }  # fmt: skip
    plan = plan_of(arms, procedure=procedure, strata=(), kits={ARMS[0]: 9, ARMS[1]: 9})
    return Opening.fresh(plan, repeating("live worlds"))


@pytest.fixture(params=["list", "live"])
def kind(request):
    return request.param


@pytest.fixture
def worlds(kind, tmp_path):
    made = []
    for name, arms in (("one", ARMS), ("other", ARMS[::-1])):
        write_zones(opening_of(arms, kind), tmp_path / name)
        made.append(tmp_path / name)
    return made


def requests(kind):
    """What a web zone may ask: people, some twice, some wrongly, until nothing is left."""
    for k in range(20):
        stratum = ("London", "s2")[k % 2] if kind == "list" else "pool"
        levels = {} if kind == "list" else {"sex": "fm"[k % 3 > 0]}
        asked = {"stratum": stratum, "participant": f"P{k}", "request": f"key{k}"}
        yield {"verb": "allocate", **asked, "levels": levels}
        if k % 5 == 0:
            yield {"verb": "allocate", **asked, "levels": levels}
            yield {"verb": "allocate", **asked, "request": "other", "levels": levels}
            yield {"verb": "status"}
    yield {"verb": "allocate", "stratum": "Nowhere", "participant": "P99", "request": "k99"}
    yield {"verb": "allocate", "stratum": "s1", "participant": "P98", "request": "k98",
           "levels": {"age": "9"}}  # fmt: skip
    broken = {"verb": "break", "name": "dr", "passphrase": PASS, "category": "pregnancy",
              "reason": "r", "treatment_differs": True}  # fmt: skip
    yield {**broken, "participant": "P77"}
    yield {**broken, "participant": "P1", "passphrase": "wrong wrong wrong"}
    yield {**broken, "participant": "P1"}
    yield {"verb": "status"}
    yield {"verb": "verify"}


def watched(world, kind):
    """Return everything that a blinded person could see of a run."""
    home, moment = Home(Zones(world)), [T0]

    def clock():
        moment[0] += timedelta(seconds=1)
        return moment[0]

    opened = home.open()
    opened.execute("INSERT INTO people VALUES ('dr', 'physician', ?)", (CHEAP,))
    opened.close()
    allocator, seen = home.allocator(clock), {}
    for number, asked in enumerate(requests(kind)):
        text = json.dumps(allocator.answer(json.dumps(asked).encode()), ensure_ascii=False)
        answer = json.loads(text)
        if "arm" in answer and asked["verb"] == "break":
            arm = answer.pop("arm")  # the one thing that only who asked may see
            text = text.replace(json.dumps(arm, ensure_ascii=False), "")
            answer["reason"] = len(answer["reason"])
        answer["head"] = len(answer.get("head", ""))
        seen[f"answer {number}"] = (len(text), masked(answer))
    rows = code.ledger_of(allocator._database).store.rows()
    seen["ledger"] = [masked(json.loads(row.body)) for row in rows]
    for row in seen["ledger"]:
        row[:] = [(k, unsalted(v) if k == "details" else v) for k, v in row]
    allocator.close()
    return seen | {f"web/{name}": value for name, value in observe(world / "web").items()}


def unsalted(details):
    """The reason's hash is salted: its length is compared."""
    return [(k, len(v) if k == "reason" else v) for k, v in details]


def arms_of(world):
    return {
        kit.code: kit.arm for kit in draw_kits(read_opening(world / "statistician/opening.json"))
    }


def test_two_worlds_look_the_same(worlds, kind):
    one, other = (watched(world, kind) for world in worlds)
    assert differences(one, other) == []
    kits = [dict(v[1]).get("kit") for k, v in one.items() if k.startswith("answer")]
    assert len({kit for kit in kits if kit}) > 12


# ten careless allocators; `number` is the arm of a kit, 0 or 1


def arm_in_the_answer(number):
    real = server_code.Allocator._allocate

    def leaky(self, asked):
        found = real(self, asked)
        return {**found, "batch": number(found["kit"])}

    return patch.object(server_code.Allocator, "_allocate", leaky)


def length_by_arm(number):
    real = server_code.Allocator._allocate

    def leaky(self, asked):
        found = real(self, asked)
        return {**found, "note": " " * number(found["kit"])}

    return patch.object(server_code.Allocator, "_allocate", leaky)


def counts_by_arm(number):
    real = server_code.status

    def leaky(database):
        given = database.execute(
            "SELECT k.kit FROM kits k JOIN allocations a ON a.stratum = k.stratum "
            "AND a.place = k.place"
        )
        return {**real(database), "active": sum(number(kit) for (kit,) in given)}

    return patch.object(server_code, "status", leaky)


def one_arm_first(number):
    def leaky(self, database, stratum, entry, levels):
        rows = database.execute("SELECT kit, place FROM kits WHERE stratum = ?", (stratum,))
        used = {p for (p,) in database.execute("SELECT place FROM allocations WHERE stratum = ?",
                                               (stratum,))}  # fmt: skip
        left = sorted((number(kit), place) for kit, place in rows if place not in used)
        return left[0][1] if left else None

    return patch.object(Chooser, "place", leaky)


def actor_by_arm(number):
    real = code._give

    def leaky(database, asked, where, now):
        kit = database.execute(
            "SELECT kit FROM kits WHERE stratum = ? AND place = ?", (where[0], where[2])
        )
        with patch.object(code, "ACTOR", f"allocator-{number(kit[0][0])}"):
            return real(database, asked, where, now)

    return patch.object(code, "_give", leaky)


def clock_by_arm(number):
    real = code._give

    def leaky(database, asked, where, now):
        kit = database.execute(
            "SELECT kit FROM kits WHERE stratum = ? AND place = ?", (where[0], where[2])
        )
        return real(database, asked, where, now + timedelta(milliseconds=number(kit[0][0])))

    return patch.object(code, "_give", leaky)


def refusal_by_arm(number):
    real = code._require_free

    def leaky(database, participant):
        rows = code.boxed_kits(database, participant)
        if rows and number(rows[0].code):
            raise code.RefusedError("locked", "Refused.")
        real(database, participant)

    return patch.object(code, "_require_free", leaky)


def message_by_arm(number):
    real = code._require_free

    def leaky(database, participant):
        rows = code.boxed_kits(database, participant)
        if rows:
            raise code.RefusedError(
                "already allocated", f"Has a kit of batch {number(rows[0].code)}"
            )
        real(database, participant)

    return patch.object(code, "_require_free", leaky)


def one_arm_runs_out(number):
    real = Chooser.place

    def leaky(self, database, stratum, entry, levels):
        place = real(self, database, stratum, entry, levels)
        rows = database.execute(
            "SELECT kit FROM kits WHERE stratum = ? AND place = ?", (stratum, place)
        )
        return None if rows and entry > 2 and number(rows[0][0]) else place

    return patch.object(Chooser, "place", leaky)


def verify_tells(number):
    real = server_code.Allocator._verify

    def leaky(self, asked):
        first = self._database.execute("SELECT kit FROM kits ORDER BY kit LIMIT 1")
        return {**real(self, asked), "first": number(first[0][0])}

    return patch.object(server_code.Allocator, "_verify", leaky)


LEAKS = (
    arm_in_the_answer, length_by_arm, counts_by_arm, one_arm_first, actor_by_arm, clock_by_arm,
    refusal_by_arm, message_by_arm, one_arm_runs_out, verify_tells,
)  # fmt: skip


@pytest.mark.parametrize("kind", ["list"], indirect=True)
@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.__name__)
def test_a_careless_allocator_is_caught(worlds, kind, leak):
    seen = []
    for world in worlds:
        arms = arms_of(world)
        with leak(lambda kit, arms=arms: ARMS.index(arms[kit])):
            seen.append(watched(world, kind))
    assert differences(*seen)
