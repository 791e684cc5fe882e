"""Kit codes: every slip of one character or two is found; nothing of order or arm is in them."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.concealment.kit_codes import ALPHABET, kit_code, read_kit_code
from equipoise.concealment.randomness import Key
from equipoise.errors import DataError

KEY = Key(bytes(range(32)))
indices = st.integers(0, 10**6)


def code_at(index: int) -> str:
    return kit_code(KEY.stream("kit-code", "t", "s", index))


def test_the_alphabet_is_prime_and_unambiguous():
    assert len(set(ALPHABET)) == 23
    assert not set("0O1IL2Z5S8BUV") & set(ALPHABET)


def test_the_worked_example():
    """By hand: 1*1 + 2*2 + 3*3 + 4*4 + 5*5 + 6*6 + 7*7 = 140; 8 d = -140 = 21 mod 23, d = 17."""
    signs = [ALPHABET[k] for k in (1, 2, 3, 4, 5, 6, 7)]
    last = ALPHABET[17]
    text = "".join(signs) + last
    assert read_kit_code(text) == f"{text[:4]}-{text[4:]}"


@given(indices, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_any_other_character_at_any_place_is_found(index, place, sign):
    text = code_at(index).replace("-", "")
    changed = text[:place] + sign + text[place + 1 :]
    if changed == text:
        assert read_kit_code(changed) == code_at(index)
    else:
        with pytest.raises(DataError, match="no kit code"):
            read_kit_code(changed)


@given(indices)
def test_any_two_characters_that_changed_places_are_found(index):
    text = code_at(index).replace("-", "")
    for a, b in combinations(range(8), 2):
        if text[a] != text[b]:
            signs = list(text)
            signs[a], signs[b] = signs[b], signs[a]
            with pytest.raises(DataError, match="changed places"):
                read_kit_code("".join(signs))


@given(indices)
def test_a_code_may_be_typed_small_and_with_gaps(index):
    code = code_at(index)
    assert read_kit_code(f"  {code.lower().replace('-', ' ')} ") == code


@pytest.mark.parametrize("typed", ["", "K7QX", "K7QX-9MRTT", "KIT-0001", "K7QX-9MR0"])
def test_what_is_no_code_is_refused_with_what_came(typed):
    with pytest.raises(DataError, match="Got"):
        read_kit_code(typed)


def test_codes_in_order_are_not_in_the_order_of_the_alphabet():
    codes = [code_at(k) for k in range(400)]
    rising = sum(a < b for a, b in pairwise(codes))
    assert len(set(codes)) == 400
    assert abs(rising - 199.5) < 30  # 5.2 standard deviations of a random order
