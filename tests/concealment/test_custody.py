"""Custodians' shares: two open, a lone, wrong, doubled, mistyped or foreign one is refused."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.concealment.boxes import BoxKey
from equipoise.concealment.custody import join_shares, read_share, split_key
from equipoise.errors import DataError

KEY = BoxKey(bytes(range(32)))
SHARES = split_key(KEY, "LSD-1", shares=3, threshold=2)


@pytest.mark.parametrize("pair", list(combinations(range(3), 2)))
def test_any_two_written_down_and_read_again_give_the_key(pair):
    texts = [SHARES[k].to_text() for k in pair]
    assert join_shares([read_share(text) for text in texts]).raw == KEY.raw


def test_three_give_it_as_well():
    assert join_shares(SHARES).raw == KEY.raw


def test_a_lone_share_is_refused_plainly():
    with pytest.raises(DataError, match=r"2 shares open the blind, and 1 came\. Fewer tell"):
        join_shares(SHARES[:1])
    with pytest.raises(DataError, match="2 shares open the blind, and 0 came"):
        join_shares([])
    with pytest.raises(DataError, match="one was given twice"):
        join_shares([SHARES[1], SHARES[1]])


def test_a_wrong_share_with_a_right_checksum_is_refused():
    wrong = replace(SHARES[0], data=bytes(32))
    again = read_share(wrong.to_text())
    with pytest.raises(DataError, match="at least one of them is wrong"):
        join_shares([again, SHARES[1]])


@pytest.mark.parametrize("other", ["trial", "split"])
def test_shares_of_different_keys_are_refused(other):
    name = "LSD-2" if other == "trial" else "LSD-1"
    foreign = split_key(BoxKey(bytes(32)), name, shares=3, threshold=2)
    with pytest.raises(DataError, match="different keys"):
        join_shares([SHARES[0], foreign[1]])


@given(st.data())
def test_every_single_wrong_digit_is_found(data):
    text = SHARES[2].to_text()
    start, end = text.index("key:   ") + 7, text.index("\n\n")
    digits = [k for k in range(start, end) if text[k] in "0123456789abcdef"]
    place = data.draw(st.sampled_from([k for k in digits if text[k + 1 : k + 2] != ":"]))
    other = data.draw(st.sampled_from("0123456789abcdef"))
    changed = text[:place] + other + text[place + 1 :]
    if changed.lower() != text.lower():
        with pytest.raises(DataError):
            read_share(changed)


@pytest.mark.parametrize(
    "text", ["", "share: 1 of 3", "data: zz", "a\0b: c", SHARES[0].to_text()[:100]]
)
def test_what_is_no_share_is_refused_with_the_lines_it_needs(text):
    with pytest.raises(DataError, match="trial, share, key, data and check"):
        read_share(text)


def test_a_share_may_be_typed_with_other_gaps_and_capitals():
    text = SHARES[0].to_text().replace(" ", "  ").upper()
    lines = text.replace("TRIAL", "trial").replace("SHARE:  1", "share: 1").replace("KEY:", "key:")
    lines = lines.replace("DATA:", "data:").replace("CHECK:", "check:")
    assert read_share(lines).data == SHARES[0].data


def test_neither_shares_nor_keys_show_themselves():
    assert SHARES[0].data.hex() not in repr(SHARES[0]) + str(SHARES)
    assert KEY.raw.hex() not in repr(KEY)
    assert "\\x" not in repr(KEY)
