"""Boxes: one length whatever the arm; the wrong key, a changed or a moved box is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.concealment.boxes import (
    OVERHEAD,
    BoxKey,
    binding,
    open_box,
    payload_length,
    seal_box,
)
from equipoise.errors import DataError

KEY, OTHER = BoxKey(bytes(range(32))), BoxKey(bytes(range(1, 33)))
BOUND = binding("LSD-1", "s1", 0, "K7QX-9MRT")
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=120)


@given(st.lists(names, min_size=1, max_size=5))
def test_all_boxes_of_a_trial_have_one_length_and_give_the_arm_back(arms):
    length = payload_length(arms)
    boxes = [seal_box(KEY.public, arm, BOUND, length) for arm in arms]
    assert {len(box) for box in boxes} == {length + OVERHEAD}
    assert [open_box(KEY, box, BOUND) for box in boxes] == arms


def test_short_arms_need_112_bytes():
    """Counted by hand: 32 (binding) + 32 (2 of length, 30 of arm) + 48 (sealed box)."""
    box = seal_box(KEY.public, "active", BOUND, payload_length(["active", "placebo"]))
    assert len(box) == 112


def test_the_same_arm_never_gives_the_same_box():
    assert len({seal_box(KEY.public, "placebo", BOUND, 64) for _ in range(50)}) == 50


@given(st.integers(0, 111), st.integers(1, 255))
def test_a_box_with_any_changed_byte_is_refused(place, change):
    box = bytearray(seal_box(KEY.public, "placebo", BOUND, 64))
    box[place] ^= change
    if place == 31 and change == 128:
        return  # X25519 ignores the top bit of a public key: the same key, and the nonce differs
    with pytest.raises(DataError, match="does not open"):
        open_box(KEY, bytes(box), BOUND)


def test_a_box_for_another_key_or_kit_is_refused():
    box = seal_box(KEY.public, "placebo", BOUND, 64)
    with pytest.raises(DataError, match="another key"):
        open_box(OTHER, box, BOUND)
    with pytest.raises(DataError, match="boxes were moved"):
        open_box(KEY, box, binding("LSD-1", "s1", 1, "K7QX-9MRT"))
    with pytest.raises(DataError, match="does not open"):
        open_box(KEY, b"", BOUND)


def test_an_arm_that_does_not_fit_is_refused_without_naming_it():
    with pytest.raises(DataError, match="longer than the boxes") as told:
        seal_box(KEY.public, "a very long name of an arm indeed", BOUND, 40)
    assert "long name" not in str(told.value)
