"""Minimisation in a live trial: drawn from the committed key, and drawn again at reveal."""

from datetime import timedelta
from fractions import Fraction

import pytest

from equipoise.allocation import MinimisationSpec, drawn
from equipoise.concealment.ledger import Ledger
from equipoise.concealment.ledger_sqlite import SqliteStore, open_sqlite
from equipoise.concealment.live_draws import live_draws, live_kits
from equipoise.concealment.lock import lock
from equipoise.concealment.reveal import reveal
from equipoise.concealment.seal import Opening, draw_kits, seal
from equipoise.errors import DataError

from .conftest import ARMS, T0, plan_of, repeating

MINIMISATION = {
    "procedure": "minimisation",
    "probability": "4/5",
    "factors": {"sex": ["f", "m"]},
    "arms": list(ARMS),
}
LEVELS = [{"sex": "fmffmfmm"[k]} for k in range(8)]


@pytest.fixture
def opening(protocol):
    kits = {ARMS[0]: 7, ARMS[1]: 7}
    plan = plan_of(protocol=protocol.sha256, procedure=MINIMISATION, strata=(), kits=kits)
    return Opening.fresh(plan, repeating("live draws"))


def test_each_arm_is_the_one_that_its_own_stream_and_the_rule_give(opening):
    """By hand: with one factor the arm with fewer of the person's sex has 4/5, a tie 1/2."""
    counts = {sex: [0, 0] for sex in "fm"}
    arms = {kit.code: ARMS.index(kit.arm) for kit in draw_kits(opening)}
    for index, (level, kit) in enumerate(zip(LEVELS, live_kits(opening, LEVELS), strict=True)):
        a, b = counts[level["sex"]]
        first = Fraction(1, 2) if a == b else Fraction(4, 5) if a < b else Fraction(1, 5)
        arm = drawn((first, 1 - first), live_draws(opening, index))
        assert arms[kit] == arm
        counts[level["sex"]][arm] += 1
    assert isinstance(opening.plan.spec, MinimisationSpec)


def test_kits_of_an_arm_are_used_in_the_order_of_the_heap_and_never_twice(opening):
    used = list(live_kits(opening, LEVELS))
    assert len(set(used)) == len(used)
    for arm in ARMS:
        heap = [kit.code for kit in draw_kits(opening) if kit.arm == arm]
        own = [code for code in used if code in heap]
        assert own == heap[: len(own)]


def test_a_person_more_changes_nobody_before(opening):
    assert list(live_kits(opening, LEVELS))[:5] == list(live_kits(opening, LEVELS[:5]))
    assert list(live_kits(opening, [])) == []


def test_an_arm_without_kits_stops_clearly_and_without_naming_it(opening):
    with pytest.raises(DataError, match="an arm has run out of kits") as told:
        list(live_kits(opening, LEVELS * 3))
    assert not [arm for arm in ARMS if arm in str(told.value)]


def test_a_list_is_not_drawn_live_and_levels_must_be_known(opening):
    with pytest.raises(DataError, match="has a list"):
        list(live_kits(Opening.fresh(plan_of(), repeating("x")), LEVELS))
    with pytest.raises(DataError):
        list(live_kits(opening, [{"sex": "x"}]))


@pytest.fixture
def trial(opening, records, tmp_path):
    """A locked trial of six people; return its ledger, its seal, and people's levels."""
    sealed = seal(opening, ledger_keys={}, entropy=repeating("live seal"))
    connection = open_sqlite(tmp_path / "ledger.sqlite", new=True)
    ledger, public = Ledger(SqliteStore(connection)), sealed.public
    ledger.begin("LSD-1", "web", actor="s", now=T0)
    hashes = {name: getattr(public, name) for name in ("commitment", "root", "protocol")}
    keys = {name: getattr(public, name) for name in ("final_key", "break_key")}
    ledger.append("sealed", actor="s", now=T0, kits=14, strata=1, **hashes, **keys)
    people = {f"P0{k + 1}": LEVELS[k] for k in range(6)}
    for number, (person, kit) in enumerate(
        zip(people, live_kits(opening, list(people.values())), strict=True)
    ):
        now = T0 + timedelta(hours=number + 1)
        details = {"participant": person, "stratum": "pool", "kit": kit}
        ledger.append("allocated", actor="web", now=now, **details)
    lock(ledger, records, actor="dm", now=T0 + timedelta(days=90))
    yield ledger, sealed, people
    connection.close()


def test_reveal_draws_every_arm_again(trial):
    ledger, sealed, people = trial
    found = reveal(ledger, sealed.opening, sealed.public, people=people)
    assert found.passed
    assert "6 arms drawn again, and their kits" in found.checked
    less = reveal(ledger, sealed.opening, sealed.public)
    assert any("levels of the factors" in what for what in less.not_checked)


def test_other_levels_or_a_missing_person_are_found(trial):
    ledger, sealed, people = trial
    swapped = {person: {"sex": "m" if one["sex"] == "f" else "f"} for person, one in people.items()}
    assert reveal(ledger, sealed.opening, sealed.public, people=swapped).passed  # by symmetry
    one_changed = people | {"P01": {"sex": "m"}}
    faults = reveal(ledger, sealed.opening, sealed.public, people=one_changed).faults
    assert faults
    assert min(fault.slot for fault in faults) > 1
    with pytest.raises(DataError, match="first P06"):
        reveal(
            ledger, sealed.opening, sealed.public, people={k: people[k] for k in list(people)[:5]}
        )
