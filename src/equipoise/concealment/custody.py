"""The final key in the hands of several custodians, of whom some together can use it.

A share is a text that can be printed, kept in a safe and typed in again. It says which trial, which
share and how many are needed; a checksum finds slips; and what shares give back is used only if it
is the private part of the very key that they name.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.concealment.boxes import BoxKey
from equipoise.concealment.framing import fields
from equipoise.concealment.randomness import Entropy
from equipoise.concealment.shamir import combine, split
from equipoise.errors import DataError

TITLE = "equipoise: share of a final-unblinding key, v1"
TAG = "equipoise/share/v1"
CHECK_DIGITS = 8


@dataclass(frozen=True, slots=True, repr=False)
class Share:
    """One custodian's share. It never shows itself; `to_text` writes it down.

    Parameters
    ----------
    trial
        The trial's identifier.
    index, shares, threshold
        Share 1, 2, ... of so many, of which so many open the blind.
    public_key
        The key whose private part is shared.
    data
        As long as the key.
    """

    trial: str
    index: int
    shares: int
    threshold: int
    public_key: bytes
    data: bytes

    @property
    def check(self) -> str:
        """The first 32 bits of a hash of all of it, as hexadecimal."""
        numbers = bytes((self.index, self.shares, self.threshold))
        text = fields(TAG, self.trial, numbers, self.public_key, self.data)
        return hashlib.sha256(text).hexdigest()[:CHECK_DIGITS]

    def to_text(self) -> str:
        """Write the share down."""
        lines = (
            TITLE,
            f"trial: {self.trial}",
            f"share: {self.index} of {self.shares}; any {self.threshold} open the blind",
            f"key:   {_grouped(self.public_key.hex())}",
            f"data:  {_grouped(self.data.hex())}",
            f"check: {self.check}",
            "",
            "Keep this secret and apart from the other shares. Alone it tells nothing.",
        )
        return "\n".join((*lines, ""))


def split_key(
    key: BoxKey, trial: str, *, shares: int, threshold: int, entropy: Entropy = secrets.token_bytes
) -> tuple[Share, ...]:
    """Split a private key among custodians."""
    parts = split(key.raw, shares=shares, threshold=threshold, entropy=entropy)
    public = key.public
    return tuple(Share(trial, x, shares, threshold, public, data) for x, data in parts.items())


def read_share(text: str, name: str = "the share") -> Share:
    """Read what `to_text` wrote, or somebody typed.

    Raises
    ------
    DataError
        If a line is missing, cannot be read, or the checksum does not fit.
    """
    split_lines = (line.partition(":") for line in text.splitlines())
    lines = {name.strip(): value.strip() for name, _, value in split_lines}
    try:
        index, shares, threshold = (
            int(word) for word in lines["share"].replace(";", " ").split() if word.isdigit()
        )
        public, data = (bytes.fromhex(lines[part]) for part in ("key", "data"))
        share = Share(lines["trial"], index, shares, threshold, public, data)
        check = share.check
    except (KeyError, ValueError, OverflowError) as error:
        raise DataError(
            f"{name} cannot be read ({error}). A share has the lines trial, share, key, data and "
            f"check; copy it whole."
        ) from error
    if lines.get("check", "").replace(" ", "").lower() != check:
        raise DataError(
            f"The checksum of {name} does not fit: a character is wrong, or the share was changed. "
            f"Compare it with the paper."
        )
    return share


def join_shares(given: Sequence[Share]) -> BoxKey:
    """Return the private key that enough shares hold.

    Raises
    ------
    DataError
        If they are too few, the same one twice, of several keys, or do not give the key.
    """
    known = {(s.trial, s.public_key, s.shares, s.threshold) for s in given}
    if len(known) > 1:
        raise DataError(
            "These are shares of different keys: "
            + "; ".join(f"{s.trial} share {s.index}, key {s.public_key.hex()[:8]}…" for s in given)
            + ". Bring those of one trial and one sealing."
        )
    by_index = {s.index: s for s in given}
    needed = given[0].threshold if given else 2
    if len(by_index) < needed:
        doubled = " (one was given twice)" if len(by_index) < len(given) else ""
        raise DataError(
            f"{needed} shares open the blind, and {len(by_index)} came{doubled}. Fewer tell "
            f"nothing at all: bring another custodian's."
        )
    key = BoxKey(combine({x: s.data for x, s in by_index.items()}))
    if key.public != given[0].public_key:
        raise DataError(
            "These shares do not give the key that they name: at least one of them is wrong. "
            "Try another pair of custodians, and find out whose share was changed."
        )
    return key


def _grouped(digits: str) -> str:
    return " ".join(digits[i : i + 8] for i in range(0, len(digits), 8))
