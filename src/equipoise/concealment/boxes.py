"""An arm in a box that only one key opens, every box of a trial of one length.

NaCl sealed boxes (X25519, XSalsa20-Poly1305). Before sealing, the arm is bound to its kit, so that
a box cannot be moved to another one, and padded: boxes of "active" and "placebo" would otherwise
differ by a byte.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from equipoise.concealment.framing import digest
from equipoise.concealment.randomness import Entropy
from equipoise.errors import DataError

BINDING_TAG = "equipoise/box-binding/v1"
BINDING_BYTES = 32
LENGTH_BYTES = 2
STEP = 32
OVERHEAD = 48
"""Bytes that a sealed box is longer than what is in it."""


@dataclass(frozen=True, slots=True, repr=False)
class BoxKey:
    """A private key of 32 bytes that opens boxes. It never shows itself."""

    raw: bytes

    @classmethod
    def fresh(cls, entropy: Entropy = secrets.token_bytes) -> BoxKey:
        """Take a key from the operating system."""
        return cls(entropy(32))

    @property
    def public(self) -> bytes:
        """The key that seals boxes for this one."""
        return bytes(self.nacl().public_key)

    def nacl(self) -> Any:
        """Return the key as PyNaCl has it."""
        from nacl.public import PrivateKey  # noqa: PLC0415  (libsodium is heavy)

        return PrivateKey(self.raw)


def binding(trial: str, pool: str, index: int, kit: str) -> bytes:
    """Return what ties a box to its place in the list and its kit."""
    return digest(BINDING_TAG, trial, pool, index.to_bytes(8, "big"), kit)


def payload_length(arms: Sequence[str]) -> int:
    """Return the one length of what boxes hold: room for the longest arm, in steps of 32 bytes."""
    longest = LENGTH_BYTES + max(len(arm.encode("utf-8")) for arm in arms)
    return BINDING_BYTES + STEP * -(-longest // STEP)


def pack(arm: str, bound: bytes, length: int) -> bytes:
    """Write binding, length of the arm, the arm, zeros."""
    raw = arm.encode("utf-8")
    text = bound + len(raw).to_bytes(LENGTH_BYTES, "big") + raw
    if len(text) > length:
        raise DataError("An arm is longer than the boxes of this trial: seal with every arm named.")
    return text.ljust(length, b"\0")


def seal_box(public: bytes, arm: str, bound: bytes, length: int) -> bytes:
    """Seal an arm to a public key. Each call gives other bytes, of the same length."""
    from nacl.public import PublicKey, SealedBox  # noqa: PLC0415

    return bytes(SealedBox(PublicKey(public)).encrypt(pack(arm, bound, length)))


def open_box(key: BoxKey, box: bytes, bound: bytes) -> str:
    """Open a box, and return the arm.

    Raises
    ------
    DataError
        If the box was sealed to another key, was changed, or belongs to another kit.
    """
    from nacl.exceptions import CryptoError  # noqa: PLC0415
    from nacl.public import SealedBox  # noqa: PLC0415

    try:
        text = bytes(SealedBox(key.nacl()).decrypt(box))
    except (CryptoError, ValueError) as error:
        raise DataError(
            "A box does not open: it was sealed to another key, or was changed. "
            "Compare its list with the root that the ledger holds (`equipoise verify`)."
        ) from error
    if text[:BINDING_BYTES] != bound:
        raise DataError("A box belongs to another kit or place: boxes were moved. Do not use them.")
    start = BINDING_BYTES + LENGTH_BYTES
    size = int.from_bytes(text[BINDING_BYTES:start], "big")
    return text[start : start + size].decode("utf-8")
