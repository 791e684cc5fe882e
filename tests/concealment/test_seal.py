"""Sealing: what is drawn, where it goes, who may read it, what is refused."""

import csv
import json
import stat
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.allocation import spec_class, spec_names
from equipoise.concealment.boxes import BoxKey
from equipoise.concealment.custody import join_shares, read_share
from equipoise.concealment.randomness import Key
from equipoise.concealment.seal import Opening, SealPlan, draw_kits, open_kit, seal, strata_of
from equipoise.concealment.seal.zones import read_boxed_kits, read_opening, read_public_seal
from equipoise.errors import DataError

from .conftest import ARMS, plan_of, repeating

KEYS = {"web": "11" * 32, "allocator": "22" * 32}
MINIMISATION = {
    "procedure": "minimisation",
    "factors": {"site": ["a", "b"], "sex": ["f", "m"]},
    "arms": list(ARMS),
}


def live(**changed):
    given = {"procedure": MINIMISATION, "strata": (), "kits": {ARMS[0]: 9, ARMS[1]: 6}}
    return plan_of(**(given | changed))


def test_every_box_gives_its_arm_to_either_key_and_to_no_other(sealed):
    final = join_shares(sealed.shares[1:])
    for drawn, boxed in zip(sealed.drawn, sealed.boxed, strict=True):
        assert open_kit(final, "LSD-1", boxed, final=True) == drawn.arm
        assert open_kit(sealed.break_key, "LSD-1", boxed, final=False) == drawn.arm
        with pytest.raises(DataError, match="does not open"):
            open_kit(sealed.break_key, "LSD-1", boxed, final=True)


def test_all_boxes_have_the_length_that_is_told(sealed):
    sizes = {len(box) for kit in sealed.boxed for box in (kit.final_box, kit.break_box)}
    assert sizes == {sealed.public.box_bytes} == {112}


def test_the_list_keeps_the_promise_of_its_procedure(sealed):
    for stratum in sealed.public.strata:
        lead = 0
        for kit in (k for k in sealed.drawn if k.pool == stratum.code):
            lead += 1 if kit.arm == ARMS[0] else -1
            assert abs(lead) <= 3


def test_kit_codes_are_all_different_and_public_in_the_order_of_the_alphabet(sealed):
    codes = [kit.code for kit in sealed.drawn]
    assert len(set(codes)) == len(codes) == 20
    for pool, public in sealed.public.kits.items():
        assert list(public) == sorted(k.code for k in sealed.drawn if k.pool == pool)


@given(st.integers(1, 15), st.integers(1, 15), st.binary(min_size=32, max_size=32))
def test_a_stratum_does_not_know_of_the_others(one, two, raw):
    alone = Opening(plan_of(strata=strata_of({"Zürich": two})), Key(raw), bytes(32))
    beside = Opening(plan_of(strata=strata_of({"London": one, "Zürich": two})), Key(raw), bytes(32))
    lists = [[(k.code, k.arm) for k in draw_kits(o)] for o in (alone, beside)]
    assert lists[1][one:] == lists[0]


@given(st.integers(1, 20), st.integers(1, 20))
def test_a_longer_list_begins_like_a_shorter_one(short, more):
    lists = [
        [
            k.arm
            for k in draw_kits(Opening(plan_of(strata=strata_of({"a": n})), Key(bytes(32)), b""))
        ]
        for n in (short, short + more)
    ]
    assert lists[1][:short] == lists[0]


def test_the_same_opening_gives_the_same_list_and_another_key_another(opening):
    again = Opening.from_dict(json.loads(json.dumps(opening.to_dict())))
    assert draw_kits(again) == draw_kits(opening)
    assert again.commitment == opening.commitment
    other = replace(opening, key=Key(bytes(32)))
    assert [k.arm for k in draw_kits(other)] != [k.arm for k in draw_kits(opening)]


@pytest.mark.parametrize("part", ["key", "nonce", "plan"])
def test_the_commitment_binds_every_part(opening, part):
    other = {
        "key": replace(opening, key=Key(bytes(32))),
        "nonce": replace(opening, nonce=bytes(32)),
        "plan": replace(opening, plan=plan_of(protocol="cd" * 32)),
    }[part]
    assert other.commitment != opening.commitment


def test_a_beacon_changes_the_list_and_not_the_commitment():
    plan = plan_of(beacon="drand round 9000000")
    waiting = Opening.fresh(plan, repeating("beacon"))
    with pytest.raises(DataError, match="its value is not here yet"):
        draw_kits(waiting)
    one, two = (waiting.with_beacon_value(value) for value in (b"\x01", b"\x02"))
    assert one.commitment == two.commitment == waiting.commitment
    assert [k.code for k in draw_kits(one)] != [k.code for k in draw_kits(two)]
    with pytest.raises(DataError, match="to another value"):
        one.with_beacon_value(b"\x02")
    with pytest.raises(DataError, match="announced none"):
        draw_kits(Opening.fresh(plan_of(), repeating("b")).with_beacon_value(b"\x01"))


def test_kits_of_a_live_procedure_lie_in_one_heap_mixed():
    opening = Opening.fresh(live(), repeating("live"))
    kits = draw_kits(opening)
    assert Counter(k.arm for k in kits) == {ARMS[0]: 9, ARMS[1]: 6}
    assert {k.pool for k in kits} == {"pool"}
    arms = [k.arm for k in kits]
    assert arms not in (sorted(arms), sorted(arms, reverse=True))
    sealed = seal(opening, ledger_keys=KEYS, entropy=repeating("x"))
    assert not sealed.public.by_slot
    assert list(sealed.public.kits) == ["pool"]


def test_mixing_gives_each_place_each_arm_equally_often():
    """Place 0 holds the arm of 1 kit in 4 with probability 1/4: 2,000 keys, 5 sd = 97."""
    plan = live(kits={ARMS[0]: 1, ARMS[1]: 3})
    first = 0
    for number in range(2_000):
        key = Key(number.to_bytes(32, "big"))
        first += draw_kits(Opening(plan, key, bytes(32)))[0].arm == ARMS[0]
    assert abs(first - 500) < 97


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"trial": "two words"}, "identifier"),
        ({"strata": ()}, "needs its strata"),
        ({"strata": strata_of({"a": 0})}, "asks for 0 slots"),
        ({"kits": {ARMS[0]: 2, ARMS[1]: 2}}, "needs its strata"),
        ({"procedure": {"procedure": "big-stick", "ratio": [2, 1]}}, "cannot hold the ratio"),
        ({"procedure": {"procedure": "no-such"}}, "no procedure 'no-such'"),
        (
            {"procedure": {"procedure": "random-allocation-rule", "people": 8}},
            "at most 8, for which",
        ),
    ],
)
def test_what_cannot_be_sealed_is_refused(changed, told):
    with pytest.raises(DataError, match=told):
        plan_of(**changed)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"strata": strata_of({"a": 4})}, "it seals kits"),
        ({"kits": None}, "it seals kits"),
        ({"kits": {ARMS[0]: 4}}, "Each arm needs kits"),
        ({"kits": {ARMS[0]: 4, ARMS[1]: 0}}, "Each arm needs kits"),
    ],
)
def test_a_live_procedure_needs_kits_of_every_arm(changed, told):
    with pytest.raises(DataError, match=told):
        live(**changed)


@pytest.mark.parametrize(
    "name", [n for n in spec_names() if spec_class(n).kind == "outcome-adaptive"]
)
def test_every_procedure_that_looks_at_outcomes_is_refused(name):
    with pytest.raises(DataError, match="looks at outcomes"):
        plan_of(procedure={"procedure": name, "arms": list(ARMS)})


def test_strata_belong_to_the_seal_and_not_to_the_procedure():
    within = {"procedure": "big-stick", "arms": list(ARMS)}
    stratified = {"procedure": "stratified", "within": within, "factors": {"site": ["a", "b"]}}
    with pytest.raises(DataError, match="strata of its own"):
        plan_of(procedure=stratified)


def test_two_strata_of_one_name_are_refused():
    from equipoise.concealment.seal import Stratum  # noqa: PLC0415

    with pytest.raises(DataError, match="different names"):
        plan_of(strata=(Stratum("s1", "a", 2), Stratum("s2", "a", 2)))


def test_an_allocators_own_key_is_used_and_its_private_part_never_asked_for(opening):
    own = BoxKey(bytes(range(32)))
    done = seal(opening, break_key=own.public, ledger_keys=KEYS, entropy=repeating("own"))
    assert done.break_key is None
    arms = [open_kit(own, "LSD-1", kit, final=False) for kit in done.boxed]
    assert arms == [kit.arm for kit in done.drawn]
    with pytest.raises(DataError, match="32 bytes"):
        seal(opening, break_key=b"short", ledger_keys=KEYS)


def test_nothing_that_holds_a_secret_shows_it(sealed):
    texts = [repr(part) for part in (sealed, sealed.opening, sealed.drawn[0], sealed.shares)]
    for text in texts:
        assert not [arm for arm in ARMS if arm in text]
        assert sealed.opening.key.raw.hex() not in text


def test_each_zone_has_its_files_and_secrets_are_their_owners(zones):
    files = {
        p.relative_to(zones.folder).as_posix(): p for p in zones.folder.rglob("*") if p.is_file()
    }
    assert set(files) == {
        "README.txt",
        "allocator/break_key",
        "allocator/kits.jsonl",
        "allocator/ledger.sqlite",
        "allocator/seal.json",
        "allocator/signing_key",
        "commitment.txt",
        "custodians/share-1.txt",
        "custodians/share-2.txt",
        "custodians/share-3.txt",
        "heads/allocator-3.json",
        "heads/web-3.json",
        "print/packing-list.csv",
        "statistician/list.csv",
        "statistician/opening.json",
        "web/ledger.sqlite",
        "web/seal.json",
        "web/signing_key",
    }
    secret = [n for n, p in files.items() if stat.S_IMODE(p.stat().st_mode) == 0o600]
    assert sorted(secret) == sorted(
        name
        for name in files
        if name.startswith(("custodians", "print", "statistician"))
        or name.endswith(("_key", "kits.jsonl", "ledger.sqlite"))
    )


def test_each_place_of_the_list_keeps_the_exact_chances_it_was_drawn_with(zones, sealed):
    """Big stick with limit 3: forced at the limit, even odds elsewhere."""
    text = (zones.folder / "statistician/list.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    ahead = {row["stratum"]: 0 for row in rows}
    for row in rows:
        gap = ahead[row["stratum"]]
        first = "1/2" if abs(gap) < 3 else "0" if gap > 0 else "1"
        assert row[f"chance of {ARMS[0]}"] == first
        assert Fraction(first) + Fraction(row[f"chance of {ARMS[1]}"]) == 1
        ahead[row["stratum"]] += 1 if row["arm"] == ARMS[0] else -1
    assert len(rows) == 20


def test_what_is_written_is_read_again(zones, sealed):
    assert read_public_seal(zones.public_seal).kits == sealed.public.kits
    assert [kit.code for kit in read_boxed_kits(zones.boxed_kits)] == [k.code for k in sealed.drawn]
    assert draw_kits(read_opening(zones.opening)) == sealed.drawn
    shares = sorted((zones.folder / "custodians").iterdir())
    key = join_shares([read_share(path.read_text()) for path in shares[:2]])
    assert key.public.hex() == read_public_seal(zones.public_seal).final_key


@pytest.mark.parametrize(
    "name", ["statistician/opening.json", "web/seal.json", "allocator/kits.jsonl"]
)
def test_a_damaged_file_is_refused_with_its_name(zones, name):
    path = zones.folder / name
    readers = (read_opening, read_public_seal, read_boxed_kits)
    read = next(
        r
        for r, end in zip(readers, ("g.json", "l.json", "s.jsonl"), strict=True)
        if name.endswith(end)
    )
    for raw in (b"{", b"[]\n", b"{}\n", b"\xff\xfe"):
        path.write_bytes(raw)
        with pytest.raises(DataError):
            read(path)
    path.unlink()
    with pytest.raises(DataError, match="There is no file"):
        read(path)


def test_a_plan_of_another_format_is_refused():
    with pytest.raises(DataError, match="format"):
        SealPlan.from_dict(plan_of().to_dict() | {"format": "equipoise/seal/v9"})
