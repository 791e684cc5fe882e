"""What a seal is made of: boxed kits, what the web zone may know, and the whole."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from equipoise.concealment.boxes import BoxKey
from equipoise.concealment.custody import Share
from equipoise.concealment.framing import fields
from equipoise.concealment.merkle import merkle_root
from equipoise.concealment.seal.drawing import DrawnKit
from equipoise.concealment.seal.opening import Opening
from equipoise.concealment.seal.plan import Stratum
from equipoise.errors import DataError

KIT_TAG = "equipoise/kit/v1"


@dataclass(frozen=True, slots=True)
class BoxedKit:
    """One kit as the allocator has it: its place and code, and its arm in two boxes."""

    pool: str
    index: int
    code: str
    final_box: bytes
    break_box: bytes

    @property
    def leaf(self) -> bytes:
        """The row that the root is taken over."""
        index = self.index.to_bytes(8, "big")
        return fields(KIT_TAG, self.pool, index, self.code, self.final_box, self.break_box)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data; boxes as base64."""
        return {
            "pool": self.pool,
            "index": self.index,
            "code": self.code,
            "final_box": b64encode(self.final_box).decode("ascii"),
            "break_box": b64encode(self.break_box).decode("ascii"),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> BoxedKit:
        """Read what `to_dict` wrote."""
        boxes = (b64decode(data[name], validate=True) for name in ("final_box", "break_box"))
        return cls(data["pool"], data["index"], data["code"], *boxes)


def root_of(kits: Sequence[BoxedKit]) -> str:
    """Return the Merkle root over kits in their order, as hexadecimal."""
    return merkle_root([kit.leaf for kit in kits]).hex()


@dataclass(frozen=True, slots=True)
class PublicSeal:
    """What the web zone has: kit codes, hashes, keys that only seal or verify. No arm, no box.

    Parameters
    ----------
    trial, protocol
        Identifier; SHA-256 of the protocol.
    by_slot
        Whether each stratum has its own list, or kits lie in one heap.
    strata
        Code, name and number of kits.
    kits
        Stratum to kit codes, in the order of the alphabet: not that of use.
    commitment, root
        As hexadecimal.
    final_key, break_key
        Public keys to which the arms are sealed.
    box_bytes
        The one length of all boxes.
    ledger_keys
        Chain ("web", "allocator") to the key that verifies its heads.
    """

    trial: str
    protocol: str
    by_slot: bool
    strata: tuple[Stratum, ...]
    kits: Mapping[str, tuple[str, ...]]
    commitment: str
    root: str
    final_key: str
    break_key: str
    box_bytes: int
    ledger_keys: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "format": "equipoise/public-seal/v1",
            "trial": self.trial,
            "protocol": self.protocol,
            "by_slot": self.by_slot,
            "strata": [[s.code, s.name, s.kits] for s in self.strata],
            "kits": {pool: list(codes) for pool, codes in self.kits.items()},
            "commitment": self.commitment,
            "root": self.root,
            "final_key": self.final_key,
            "break_key": self.break_key,
            "box_bytes": self.box_bytes,
            "ledger_keys": dict(self.ledger_keys),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> PublicSeal:
        """Read what `to_dict` wrote.

        Raises
        ------
        DataError
            If a part is missing.
        """
        try:
            given = {name: data[name] for name in cls.__slots__}
            given["strata"] = tuple(Stratum(*one) for one in given["strata"])
            given["kits"] = {pool: tuple(codes) for pool, codes in given["kits"].items()}
            return cls(**given)
        except (KeyError, TypeError, AttributeError) as error:
            raise DataError(f"The public part of the seal cannot be read: {error}.") from error


@dataclass(frozen=True, repr=False)
class SealedTrial:
    """All that sealing made; it never shows itself. `write_seal` puts each part in its zone.

    Parameters
    ----------
    opening
        For the unblinded statistician, offline.
    drawn
        Every kit with its arm: what cards and packing list are printed from.
    boxed
        For the allocator.
    public
        For the web zone.
    shares
        For the custodians. The final key itself is gone.
    break_key
        The allocator's private key, if it was made here and not on the allocator's machine.
    """

    opening: Opening
    drawn: tuple[DrawnKit, ...]
    boxed: tuple[BoxedKit, ...]
    public: PublicSeal
    shares: tuple[Share, ...]
    break_key: BoxKey | None
