"""Shares: an independent program's, every pair gives the secret back, one alone tells nothing."""

import json
from collections import Counter
from hashlib import sha256
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.concealment.shamir import combine, divide, multiply, split
from equipoise.errors import DataError

GOLDEN = Path(__file__).parents[1] / "golden/randomness_vectors.json"
byte = st.integers(0, 255)


def test_the_field_is_that_of_aes():
    """FIPS 197: 57 x 83 = c1, 57 x 13 = fe; 53 and ca are inverses (its S-box)."""
    assert (multiply(0x57, 0x83), multiply(0x57, 0x13)) == (0xC1, 0xFE)
    assert divide(1, 0x53) == 0xCA


def test_all_65536_products_are_those_of_the_independent_program():
    table = bytes(multiply(a, b) for a in range(256) for b in range(256))
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert sha256(table).hexdigest() == golden["multiplication_table_sha256"]


def test_shares_are_those_of_the_independent_program():
    row = json.loads(GOLDEN.read_text(encoding="utf-8"))["shares"]
    secret, coefficients = (bytes.fromhex(row[name]) for name in ("secret", "coefficients"))
    shares = split(secret, shares=255, threshold=2, entropy=lambda size: coefficients[:size])
    expected = {int(x): share for x, share in row["shares"].items()}
    assert {x: shares[x].hex() for x in expected} == expected


@given(byte, byte.filter(bool))
def test_division_undoes_multiplication(a, b):
    assert divide(multiply(a, b), b) == a


def test_nothing_is_divided_by_zero():
    with pytest.raises(ZeroDivisionError):
        divide(1, 0)


@given(st.binary(min_size=1, max_size=40), st.integers(2, 6), st.integers(0, 4))
def test_any_enough_shares_give_the_secret_back(secret, threshold, more):
    shares = split(secret, shares=threshold + more, threshold=threshold)
    for chosen in combinations(shares, threshold):
        assert combine({x: shares[x] for x in chosen}) == secret


def test_one_share_of_two_is_uniform_whatever_the_secret():
    """Exact: over the 256 coefficients each secret gives each value of a share exactly once."""
    for secret in range(256):
        for index in (1, 2, 3):
            values = Counter(secret ^ multiply(c, index) for c in range(256))
            assert set(values.values()) == {1}
            assert len(values) == 256
    given_coefficient = split(b"\x2a", shares=3, threshold=2, entropy=lambda _: b"\x07")
    assert given_coefficient == {x: bytes([0x2A ^ multiply(7, x)]) for x in (1, 2, 3)}


def test_two_shares_of_three_are_uniform_whatever_the_secret():
    """Exact, for threshold 3: each pair of values comes once over the 65,536 coefficients."""
    for secret in (0, 1, 0x80, 0xFF):
        pairs = Counter()
        for a in range(256):
            for b in range(256):
                at = [secret ^ multiply(a, x) ^ multiply(b, multiply(x, x)) for x in (1, 2)]
                pairs[at[0] << 8 | at[1]] += 1
        assert len(pairs) == 65_536


@pytest.mark.parametrize(("shares", "threshold"), [(3, 1), (1, 2), (256, 2), (2, 3)])
def test_impossible_splits_are_refused(shares, threshold):
    with pytest.raises(DataError, match="threshold"):
        split(b"secret", shares=shares, threshold=threshold)


def test_nothing_cannot_be_split_and_odd_shares_not_joined():
    with pytest.raises(DataError, match="empty"):
        split(b"", shares=3, threshold=2)
    with pytest.raises(DataError, match="one length"):
        combine({1: b"ab", 2: b"a"})
    with pytest.raises(DataError, match="numbered"):
        combine({0: b"ab", 2: b"ab"})
