"""Minimisation by several processes, and a heap in which one arm is used up."""

import threading

import pytest

from equipoise.concealment.allocator import Asked, RefusedError, allocate, connect
from equipoise.concealment.allocator.allocator import ledger_of
from equipoise.concealment.allocator.minimising import Minimiser
from equipoise.concealment.allocator_home import Home
from equipoise.concealment.live_draws import live_kits
from equipoise.concealment.seal import Opening, draw_kits
from equipoise.errors import DataError

from ..conftest import ARMS, plan_of, repeating, write_zones  # noqa: TID252

WORDS = ["2", "3", "5", "10"]  # keys whose draws would go on with other levels
PROCEDURE = {"procedure": "minimisation", "factors": {"sex": ["f", "m"]}, "arms": list(ARMS)}


def sealed_home(tmp_path, *kits, word="heap"):
    changed = {"procedure": PROCEDURE, "strata": (), "kits": dict(zip(ARMS, kits, strict=True))}
    opening = Opening.fresh(plan_of(**changed), repeating(word))
    return opening, Home(write_zones(opening, tmp_path / "sealed"))


def opened(tmp_path, *kits, word="heap"):
    opening, home = sealed_home(tmp_path, *kits, word=word)
    home.open().close()
    return opening, home


def chooser(opening):
    return Minimiser(opening, {kit.index: kit.arm for kit in draw_kits(opening)})


def levels(k):
    return {"sex": "fm"[k % 3 > 0]}


def test_three_processes_by_turns_give_the_kits_that_the_key_gives(tmp_path, clock):
    opening, home = opened(tmp_path, 12, 12)
    own = [(connect(home.database), chooser(opening)) for _ in range(3)]
    given = []
    for k in range(15):
        database, choose = own[k * 7 % 3 if k % 4 else 0]
        asked = Asked("pool", f"P{k}", f"k{k}", levels(k))
        given.append(allocate(database, asked, now=clock(), chooser=choose).kit)
    for database, _ in own:
        database.close()
    assert given == list(live_kits(opening, [levels(k) for k in range(15)]))


def test_what_fails_leaves_no_trace_in_the_next_draw(tmp_path, clock):
    opening, home = opened(tmp_path, 12, 12)
    database, choose = connect(home.database), chooser(opening)
    given = []
    for k in range(8):
        asked = Asked("pool", f"P{k}", f"k{k}", levels(k))
        with pytest.raises(DataError):
            allocate(database, Asked("pool", f"P {k}", f"x{k}", levels(k + 1)), now=clock(),
                     chooser=choose)  # fmt: skip
        with pytest.raises(DataError):
            allocate(database, Asked("pool", "Q", "q", {"sex": "x"}), now=clock(), chooser=choose)
        given.append(allocate(database, asked, now=clock(), chooser=choose).kit)
    database.close()
    assert given == list(live_kits(opening, [levels(k) for k in range(8)]))


@pytest.mark.parametrize("word", WORDS)
def test_once_an_arm_is_used_up_no_other_levels_are_tried_on(tmp_path, clock, word):
    """Else every later participant would be known to share an arm, and levels would be tried."""
    opening, home = opened(tmp_path, 3, 3, word=word)
    database, choose = connect(home.database), chooser(opening)
    answers = []
    for k in range(60):
        try:
            allocate(database, Asked("pool", f"P{k}", f"k{k}", levels(k)), now=clock(),
                     chooser=choose)  # fmt: skip
            answers.append("kit")
        except RefusedError as refused:
            answers.append(refused.why)
    first = answers.index("list exhausted")
    assert set(answers[:first]) == {"kit"}
    assert set(answers[first:]) == {"list exhausted"}
    assert not ledger_of(database).verify().bad
    database.close()


def test_several_allocators_that_start_at_once_take_one_list_in(address, tmp_path):
    _, home = sealed_home(tmp_path, 3, 3)
    home = Home(home.zones, address if address.startswith("postgresql") else None)
    faults = []

    def start():
        barrier.wait()
        try:
            home.open().close()
        except Exception as error:
            faults.append(error)

    barrier = threading.Barrier(5)
    threads = [threading.Thread(target=start) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    database = home.open()
    assert database.execute("SELECT COUNT(*) FROM kits") == [(6,)]
    database.close()
