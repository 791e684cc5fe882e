"""Merkle trees: roots of the Certificate Transparency test data, and proofs."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.concealment.merkle import (
    inclusion_proof,
    is_included,
    leaf_hash,
    merkle_root,
    node_hash,
)
from equipoise.errors import DataError

# the eight inputs and roots with which Certificate Transparency's log software tests its tree
ROWS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
rows_of = st.lists(st.binary(max_size=8), min_size=1, max_size=40)


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size):
    assert merkle_root(ROWS[:size]).hex() == ROOTS[size - 1]


def test_the_root_of_nothing_is_the_hash_of_nothing():
    assert merkle_root([]) == sha256(b"").digest()


@given(rows_of, st.data())
def test_a_proof_holds_for_its_row_and_place_and_no_other(rows, data):
    index = data.draw(st.integers(0, len(rows) - 1))
    other = data.draw(st.binary(max_size=8).filter(lambda row: row != rows[index]))
    root, proof = merkle_root(rows), inclusion_proof([leaf_hash(r) for r in rows], index)
    size = len(rows)
    assert is_included(rows[index], index, size, proof, root)
    assert not is_included(other, index, size, proof, root)
    assert not is_included(rows[index], index, size, (*proof, root), root)
    assert not is_included(rows[index], size, size, proof, root)
    if proof:
        assert not is_included(rows[index], index, size, proof[:-1], root)


@given(rows_of, st.data())
def test_a_changed_moved_or_missing_row_changes_the_root(rows, data):
    index = data.draw(st.integers(0, len(rows) - 1))
    root = merkle_root(rows)
    assert merkle_root([*rows[:index], rows[index] + b"!", *rows[index + 1 :]]) != root
    assert merkle_root([*rows, b""]) != root
    if rows[0] != rows[-1]:
        assert merkle_root(rows[::-1]) != root or rows == rows[::-1]


def test_a_node_cannot_pass_for_a_row():
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert merkle_root([left + right]) != merkle_root([b"a", b"b"]) == node_hash(left, right)


def test_a_proof_of_a_row_that_is_not_there_is_refused():
    with pytest.raises(DataError, match="no row 3"):
        inclusion_proof([leaf_hash(b"")] * 3, 3)
