"""The trial's randomness: a 256-bit key, and streams of bytes that anybody can draw again.

HMAC-SHA-256 in counter mode; whole numbers by rejection; no floating point and no NumPy, so that
every Python gives the same bytes. The format, byte by byte, is in docs/randomness.md.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from equipoise.concealment.framing import digest, fields
from equipoise.errors import DataError

Entropy = Callable[[int], bytes]
"""Gives so many random bytes: the operating system's, unless a test says otherwise."""

KEY_BYTES = 32
STREAM_TAG = "equipoise/stream/v1"
BEACON_TAG = "equipoise/key-and-beacon/v1"
WORD_BYTES = 8


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """The key of a trial: 256 bits. It never shows itself.

    Raises
    ------
    DataError
        For any other length: a seed of 32 bits can be tried out in hours.
    """

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != KEY_BYTES:
            raise DataError(
                f"A key has 256 bits ({KEY_BYTES} bytes); this one has {8 * len(self.raw)} bits. "
                f"Let `equipoise seal` take one from the operating system; never type a seed."
            )

    @classmethod
    def fresh(cls, entropy: Entropy = secrets.token_bytes) -> Key:
        """Take a key from the operating system."""
        return cls(entropy(KEY_BYTES))

    def with_beacon(self, value: bytes) -> Key:
        """Mix in a public value that nobody knew when the key was committed to.

        Whoever made the key cannot then have picked it for a pleasant list.
        """
        if not value:
            raise DataError("The beacon's value is empty. Copy it whole, as hexadecimal.")
        return Key(digest(BEACON_TAG, self.raw, value))

    def stream(self, purpose: str, trial: str, stratum: str, index: int) -> Stream:
        """Return the stream of one step: no other purpose, trial, stratum or step shares it."""
        if not 0 <= index < 2**64:
            raise DataError(f"`index` counts steps from 0 and fits in 64 bits. Got {index}.")
        where = fields(STREAM_TAG, purpose, trial, stratum) + index.to_bytes(8, "big")
        return Stream(self.raw, where)


class Stream:
    """Bytes in order: HMAC-SHA-256(key, where || counter), the counter 0, 1, ... in 8 bytes."""

    __slots__ = ("_counter", "_key", "_left", "_where")

    def __init__(self, key: bytes, where: bytes) -> None:
        self._key, self._where = key, where
        self._counter, self._left = 0, b""

    def take(self, count: int) -> bytes:
        """Return the next so many bytes."""
        while len(self._left) < count:
            message = self._where + self._counter.to_bytes(8, "big")
            self._left += hmac.digest(self._key, message, hashlib.sha256)
            self._counter += 1
        taken, self._left = self._left[:count], self._left[count:]
        return taken

    def below(self, n: int) -> int:
        """Draw a whole number from 0 to n - 1, each as likely as the next.

        A word is 8 bytes, big-endian (more where `n` needs more: the least multiple of 8 bytes
        that holds n - 1). Words of floor(2^bits / n) * n or above are thrown away; the rest
        modulo `n` is the number. ``below(1)`` takes a word, too.
        """
        if n < 1:
            raise DataError(f"`n` must be at least 1: there is no number below it. Got {n}.")
        size = WORD_BYTES * max(1, -(-(n - 1).bit_length() // (8 * WORD_BYTES)))
        limit = (1 << 8 * size) // n * n
        while (word := int.from_bytes(self.take(size), "big")) >= limit:
            pass
        return word % n
