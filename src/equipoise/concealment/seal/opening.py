"""A commitment to list and key, and what opens it.

The commitment is published before the first enrolment and tells nothing; the opening is kept
offline until the lock. A nonce of 256 bits keeps a short list from being guessed by trying.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from equipoise.concealment.framing import digest
from equipoise.concealment.randomness import Entropy, Key
from equipoise.concealment.seal.plan import SealPlan
from equipoise.errors import DataError

COMMITMENT_TAG = "equipoise/commitment/v1"
NONCE_BYTES = 32


@dataclass(frozen=True, repr=False)
class Opening:
    """Plan, key, nonce; and the beacon's value, once it is out. It never shows itself."""

    plan: SealPlan
    key: Key
    nonce: bytes
    beacon_value: bytes = b""

    @classmethod
    def fresh(cls, plan: SealPlan, entropy: Entropy = secrets.token_bytes) -> Opening:
        """Take key and nonce from the operating system."""
        return cls(plan, Key.fresh(entropy), entropy(NONCE_BYTES))

    @property
    def commitment(self) -> str:
        """SHA-256 of plan, key and nonce, as hexadecimal. The beacon's value is not in it."""
        return digest(COMMITMENT_TAG, self.plan.canonical, self.key.raw, self.nonce).hex()

    @property
    def list_key(self) -> Key:
        """The key that the list is drawn with: the committed one, with the beacon if announced."""
        if bool(self.plan.beacon) != bool(self.beacon_value):
            raise DataError(
                f"The plan announced a beacon ({self.plan.beacon}), and its value is not here yet. "
                f"Give it with --beacon."
                if self.plan.beacon
                else "A beacon's value came, and the plan announced none: it was not committed to."
            )
        return self.key.with_beacon(self.beacon_value) if self.beacon_value else self.key

    def with_beacon_value(self, value: bytes) -> Opening:
        """Return the same opening with the beacon's value."""
        if self.beacon_value and self.beacon_value != value:
            raise DataError("The beacon's value is set already, to another value.")
        return replace(self, beacon_value=value)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data: the secret, whole."""
        return {
            "plan": self.plan.to_dict(),
            "key": self.key.raw.hex(),
            "nonce": self.nonce.hex(),
            "beacon_value": self.beacon_value.hex(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Opening:
        """Read what `to_dict` wrote.

        Raises
        ------
        DataError
            If a part is missing or is no hexadecimal.
        """
        try:
            key, nonce, value = (
                bytes.fromhex(data[part]) for part in ("key", "nonce", "beacon_value")
            )
            return cls(SealPlan.from_dict(data["plan"]), Key(key), nonce, value)
        except (KeyError, ValueError, TypeError) as error:
            raise DataError(f"The opening of the commitment cannot be read: {error}.") from error
