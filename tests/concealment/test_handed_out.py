"""What both ledgers tell together: the allocator's word on kits, either's on code breaks."""

from datetime import timedelta

import pytest

from equipoise.concealment.handed_out import allocated, code_breaks, handed_out
from equipoise.concealment.ledger import Ledger
from equipoise.concealment.ledger_sqlite import SqliteStore, open_sqlite
from equipoise.errors import DataError

from .conftest import T0

HEX = "ab" * 32
KITS = ("K7QX-9MRT", "JCWJ-QHRN", "3XPP-RNAW")


@pytest.fixture
def chains(tmp_path):
    made = []
    for name in ("web", "allocator"):
        made.append(Ledger(SqliteStore(open_sqlite(tmp_path / name, new=True))))
        made[-1].begin("T-1", name, actor="s", now=T0)
    yield made
    for chain in made:
        chain.store.connection.close()


def allocate(chain, number, **more):
    details = {"participant": f"P{number}", "stratum": "s1", "kit": KITS[number]}
    now = T0 + timedelta(hours=number)
    return chain.append("allocated", actor="a", now=now, **(details | more))


def break_code(chain, person, category="pregnancy"):
    details = {"category": category, "reason": HEX, "role": "physician", "treatment_differs": True}
    asked = chain.append("code break asked", actor="d", now=T0, participant=person, **details)
    chain.append("code broken", actor="d", now=T0, participant=person, asked=asked.seq)


def both(chains, *numbers):
    for number in numbers:
        allocate(chains[0], number, allocator_head=allocate(chains[1], number).hash)


def test_chains_that_agree_tell_the_same(chains):
    both(chains, 0, 1)
    found = handed_out(*chains)
    assert [row.participant for row in found.rows] == ["P0", "P1"]
    assert (found.broken, found.faults) == ({}, ())
    assert handed_out(chains[0]).rows == found.rows


def test_a_kit_that_the_web_never_heard_of_counts_and_is_told(chains):
    both(chains, 0)
    allocate(chains[1], 2)
    found = handed_out(*chains)
    assert [row.kit for row in found.rows] == [KITS[0], KITS[2]]
    assert found.faults == ("allocator row 3: unknown to the web",)


@pytest.mark.parametrize("where", [0, 1])
def test_a_code_break_counts_whichever_chain_tells_of_it(chains, where):
    both(chains, 0, 1)
    break_code(chains[where], "P1")
    assert handed_out(*chains).broken == {"P1": "pregnancy"}


def test_a_web_without_an_allocator_in_use_is_enough(chains):
    allocate(chains[0], 0)
    found = handed_out(*chains)
    assert [row.participant for row in found.rows] == ["P0"]
    assert found.faults == ()


def test_a_break_that_was_only_asked_for_is_none(chains):
    both(chains, 0)
    chains[1].append("code break refused", actor="d", now=T0, participant="P0", why="rate limit")
    assert code_breaks(chains[1]) == {}


def test_a_kit_or_participant_twice_stops(chains):
    allocate(chains[0], 0)
    allocate(chains[0], 1, kit=KITS[0])
    with pytest.raises(DataError, match=f"the kit {KITS[0]} twice"):
        allocated(chains[0])
