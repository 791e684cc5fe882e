"""Signed heads: the end of a ledger, vouched for, and handed to people outside.

A chain shows every change but one of its end: whoever holds the database can cut the tail or write
it anew. A head that somebody else keeps shows that, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from equipoise.concealment.ledger import Ledger, written
from equipoise.concealment.verify_ledger import (
    HEAD_TAG,
    Finding,
    canonical,
    places_of,
    verify_head,
    verify_rows,
)
from equipoise.errors import DataError


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """An Ed25519 seed of 32 bytes that signs the heads of one chain. It never shows itself."""

    seed: bytes

    @property
    def public(self) -> str:
        """The key that others verify with, as hexadecimal."""
        return bytes(self._nacl().verify_key).hex()

    def sign(self, message: bytes) -> str:
        """Sign, as hexadecimal."""
        return bytes(self._nacl().sign(message).signature).hex()

    def _nacl(self) -> Any:
        from nacl.signing import SigningKey as NaclKey  # noqa: PLC0415  (libsodium is heavy)

        return NaclKey(self.seed)


def signed_head(ledger: Ledger, key: SigningKey, *, now: datetime) -> dict[str, Any]:
    """Sign the end of a ledger that is well.

    Raises
    ------
    DataError
        If it is not: a bad ledger is never vouched for.
    """
    found = ledger.verify()
    if found.bad:
        raise DataError(f"The ledger is bad and was not signed: {found.bad}. Call an inspector.")
    head = {
        "trial": found.trial,
        "chain": found.chain,
        "seq": found.rows,
        "hash": found.head,
        "time": written(now),
    }
    signature = key.sign(HEAD_TAG + canonical(head).encode("utf-8"))
    return {**head, "verify_key": key.public, "signature": signature}


def verify_against(ledger: Ledger, head: Mapping[str, Any], key: str | None) -> Finding:
    """Verify a ledger, then its end against a head that was handed out; `key` as hexadecimal."""
    found = verify_rows(ledger.store.rows(), ledger.never, places_of([dict(head)]))
    return found if found.bad else verify_head(found, dict(head), key)
