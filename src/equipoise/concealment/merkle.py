"""One hash for a whole list, and short proofs that a row is in it.

The tree of RFC 6962 (section 2.1): leaves and nodes are hashed under different first bytes, so
that a node can never be passed off as a leaf.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from equipoise.errors import DataError


def leaf_hash(data: bytes) -> bytes:
    """Hash a row."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two branches."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def merkle_root(rows: Sequence[bytes]) -> bytes:
    """Return the root over rows in their order; of none, the hash of nothing."""
    return root_of_leaves([leaf_hash(row) for row in rows])


def root_of_leaves(leaves: Sequence[bytes]) -> bytes:
    """Return the root over hashes of rows."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = _split(len(leaves))
    return node_hash(root_of_leaves(leaves[:half]), root_of_leaves(leaves[half:]))


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the hashes that lead from a row to the root, the nearest first.

    Raises
    ------
    DataError
        If there is no such row.
    """
    if not 0 <= index < len(leaves):
        raise DataError(f"There is no row {index}: the list has {len(leaves)}, counted from 0.")
    if len(leaves) == 1:
        return ()
    half = _split(len(leaves))
    if index < half:
        return (*inclusion_proof(leaves[:half], index), root_of_leaves(leaves[half:]))
    return (*inclusion_proof(leaves[half:], index - half), root_of_leaves(leaves[:half]))


def is_included(row: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether a proof leads from this row, at this place of a list so long, to the root."""
    found = _climb(leaf_hash(row), index, size, list(proof))
    return found is not None and found == root


def _climb(below: bytes, index: int, size: int, proof: list[bytes]) -> bytes | None:
    """Return the root that a proof leads to, or None where it is too short or too long."""
    if size <= 1:
        return below if size == 1 and index == 0 and not proof else None
    if not proof:
        return None
    half, beside = _split(size), proof[-1]
    if index < half:
        left = _climb(below, index, half, proof[:-1])
        return None if left is None else node_hash(left, beside)
    right = _climb(below, index - half, size - half, proof[:-1])
    return None if right is None else node_hash(beside, right)


def _split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
