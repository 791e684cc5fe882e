"""Bytes that can be read in one way only: fields with their lengths, and one JSON for one value."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from equipoise.errors import DataError

EXACT = 2**53
"""Whole numbers from here on are not exact in every reader of JSON (RFC 8785)."""


def fields(*values: str | bytes) -> bytes:
    """Join fields, each behind its length in 4 bytes, big-endian; texts as UTF-8."""
    raw = [value.encode("utf-8") if isinstance(value, str) else value for value in values]
    return b"".join(len(value).to_bytes(4, "big") + value for value in raw)


def digest(*values: str | bytes) -> bytes:
    """Return the SHA-256 of `fields`; the first field says what is hashed."""
    return hashlib.sha256(fields(*values)).digest()


def canonical_json(value: object) -> bytes:
    """Write a value as the JSON of RFC 8785: keys sorted, no white space, UTF-8.

    Only what has one form everywhere is taken: texts, whole numbers below 2**53, true, false,
    null, lists, and objects whose keys are ASCII.

    Raises
    ------
    DataError
        For anything else; above all for fractions, which programs write differently.
    """
    _check(value, "value")
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def _check(value: object, where: str) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise DataError(f"{where} is no text of Unicode: {value!r}.") from error
    elif isinstance(value, int):
        if abs(value) >= EXACT:
            raise DataError(f"{where} must be below 2**53, to be exact in any JSON. Got {value}.")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise DataError(f"{where} has the key {key!r}; keys are ASCII texts.")
            _check(inner, f"{where}.{key}")
    elif isinstance(value, Sequence) and not isinstance(value, bytes):
        for number, inner in enumerate(value):
            _check(inner, f"{where}[{number}]")
    else:
        raise DataError(
            f"{where} is of {type(value).__name__}, which has no single form in JSON. Give a text "
            f"or a whole number."
        )
