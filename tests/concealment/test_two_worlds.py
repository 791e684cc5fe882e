"""Swap every arm: nothing that the web zone holds changes; and ten deliberate leaks are caught."""

import json
import shutil
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256

import pytest

from equipoise.concealment.boxes import BoxKey, binding, seal_box
from equipoise.concealment.ledger import Ledger
from equipoise.concealment.ledger_sqlite import SqliteStore, open_sqlite
from equipoise.concealment.seal import Opening, draw_kits
from equipoise.concealment.seal.printing import kit_labels
from equipoise.concealment.seal.printing.sheet import write_pdf
from equipoise.concealment.seal.zones import read_opening

from .conftest import ARMS, T0, plan_of, repeating, write_zones
from .two_worlds import differences, observe

LIVE = {
    "strata": (),
    "kits": {ARMS[0]: 7, ARMS[1]: 7},
}
FACTORS = {"sex": ["f", "m"]}


def opening_of(arms, kind):
    if kind == "list":
        return Opening.fresh(plan_of(arms), repeating("two worlds"))
    procedure = {"procedure": "minimisation", "factors": FACTORS, "arms": list(arms)}
    return Opening.fresh(plan_of(arms, procedure=procedure, **LIVE), repeating("two worlds"))


@pytest.fixture(scope="module", params=["list", "live"])
def worlds(request, tmp_path_factory):
    """The same seal twice, the second with the arms swapped, and nothing else."""
    folder = tmp_path_factory.mktemp("worlds")
    made = []
    for name, arms in (("one", ARMS), ("other", ARMS[::-1])):
        write_zones(opening_of(arms, request.param), folder / name)
        made.append(folder / name)
    return made


def kits_of(world):
    return draw_kits(read_opening(world / "statistician/opening.json"))


def test_the_worlds_are_what_they_should_be(worlds):
    """Every arm is swapped; the list is uneven, so that a count by arm would tell."""
    one, other = (kits_of(world) for world in worlds)
    swap = dict(zip(ARMS, ARMS[::-1], strict=True))
    assert [swap[kit.arm] for kit in one] == [kit.arm for kit in other]
    assert len({len(arm.encode()) for arm in ARMS}) == 2


def test_nothing_in_the_web_zone_tells_the_worlds_apart(worlds):
    seen = [observe(world / "web") for world in worlds]
    assert differences(*seen) == []
    assert set(seen[0]) == {"seal.json", "ledger.sqlite", "signing_key"}


@pytest.mark.parametrize("zone", ["heads", "custodians"])
def test_nor_does_what_is_handed_out(worlds, zone):
    seen = [observe(world / zone) for world in worlds]
    assert differences(*seen) == []
    assert seen[0]


def test_nor_do_the_allocators_files_but_for_the_key_of_live_draws(worlds):
    """Boxes are compared by length, count and place; opening.json is the allocator's secret."""
    seen = [observe(world / "allocator") for world in worlds]
    assert differences(*seen) in ([], ["differs: opening.json"])


def test_nor_do_labels(worlds, tmp_path):
    raw = []
    for number, world in enumerate(worlds):
        kits = {kit.code: "" for kit in kits_of(world)}
        write_pdf(kit_labels("LSD-1", kits), tmp_path / f"{number}.pdf")
        raw.append((tmp_path / f"{number}.pdf").read_bytes())
    assert raw[0] == raw[1]


def test_no_word_of_an_arm_is_in_the_web_zone(worlds):
    for path in worlds[0].joinpath("web").rglob("*"):
        raw = path.read_bytes().decode("utf-8", "replace").casefold()
        assert not [arm for arm in ARMS if arm.casefold() in raw], path
        assert "µg" not in raw


# ten deliberate leaks: each changes the web zone as a careless hand might


def _seal(world, change):
    path = world / "web/seal.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data, kits_of(world))
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")


def arm_beside_each_kit(world):
    _seal(world, lambda data, kits: data.update(arms={k.code: k.arm for k in kits}))


def kits_sorted_by_arm(world):
    def change(data, kits):
        for pool in data["kits"]:
            own = sorted((k.arm, k.code) for k in kits if k.pool == pool)
            data["kits"][pool] = [code for _, code in own]

    _seal(world, change)


def order_of_use_with_arms_first(world):
    first = ARMS[0]
    _seal(world, lambda data, kits: data.update(next=[k.code for k in kits if k.arm == first][:3]))


def share_of_one_arm_in_the_first_half(world):
    def change(data, kits):
        data["done"] = sum(k.arm == ARMS[0] for k in kits[: len(kits) // 2 - 1])

    _seal(world, change)


def file_named_after_an_arm(world):
    (world / f"web/batch-{ARMS.index(kits_of(world)[0].arm)}").write_text("")


def boxes_without_padding(world):
    key = BoxKey(bytes(range(32)))
    boxes = []
    for kit in kits_of(world):
        bound = binding("LSD-1", kit.pool, kit.index, kit.code)
        box = seal_box(key.public, kit.arm, bound, 34 + len(kit.arm.encode()))
        boxes.append({"final_box": b64encode(box).decode()})
    (world / "web/boxes.json").write_text(json.dumps(boxes))


def one_hash_an_arm(world):
    hashed = {k.code: sha256(b"salt" + k.arm.encode()).hexdigest() for k in kits_of(world)}
    (world / "web/hashes.json").write_text(json.dumps(hashed))


def actor_numbered_by_arm(world):
    connection = open_sqlite(world / "web/ledger.sqlite")
    actor = f"packer-{ARMS.index(kits_of(world)[0].arm)}"
    now = T0 + timedelta(hours=1)
    Ledger(SqliteStore(connection)).append(
        "anchored", actor=actor, now=now, head_seq=3, head="ab" * 32
    )
    connection.execute("COMMIT")
    connection.close()


def log_of_lengths(world):
    lines = "\n".join(f"sealed {len(k.arm)} bytes" for k in kits_of(world))
    (world / "web/seal.log").write_text(lines)


def mode_by_arm(world):
    first = kits_of(world)[0].arm == ARMS[0]
    (world / "web/seal.json").chmod(0o640 if first else 0o644)


def check_character_by_arm(world):
    def change(data, kits):
        pool, kit = kits[0].pool, kits[0]
        at = data["kits"][pool].index(kit.code)
        data["kits"][pool][at] = kit.code[:-1] + "AC"[ARMS.index(kit.arm)]

    _seal(world, change)


LEAKS = (
    arm_beside_each_kit,
    kits_sorted_by_arm,
    order_of_use_with_arms_first,
    share_of_one_arm_in_the_first_half,
    file_named_after_an_arm,
    boxes_without_padding,
    one_hash_an_arm,
    actor_numbered_by_arm,
    log_of_lengths,
    mode_by_arm,
    check_character_by_arm,
)


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.__name__)
def test_a_deliberate_leak_is_caught(worlds, tmp_path, leak):
    seen = []
    for number, world in enumerate(worlds):
        copy = tmp_path / str(number)
        shutil.copytree(world, copy)
        leak(copy)
        seen.append(observe(copy / "web"))
    assert differences(*seen)
