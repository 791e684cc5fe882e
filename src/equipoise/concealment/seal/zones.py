"""Where each part of a seal lies: a folder a zone, so that each can be carried to its own place."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from equipoise.concealment.ledger_heads import SigningKey
from equipoise.concealment.seal.opening import Opening
from equipoise.concealment.seal.sealed import BoxedKit, PublicSeal
from equipoise.errors import DataError

SECRET, OPEN = 0o600, 0o644


@dataclass(frozen=True, slots=True)
class Zones:
    """Paths of a sealed trial's folder."""

    folder: Path

    @property
    def public_seal(self) -> Path:
        """What the web zone knows of the seal."""
        return self.folder / "web" / "seal.json"

    @property
    def opening(self) -> Path:
        """The statistician's secret: plan, key, nonce."""
        return self.folder / "statistician" / "opening.json"

    @property
    def boxed_kits(self) -> Path:
        """The allocator's boxes."""
        return self.folder / "allocator" / "kits.jsonl"

    @property
    def break_key(self) -> Path:
        """The allocator's private key, where it was made here."""
        return self.folder / "allocator" / "break_key"

    def ledger(self, chain: str) -> Path:
        """Return where the ledger of the web or the allocator is."""
        return self.folder / chain / "ledger.sqlite"

    def signing_key(self, chain: str) -> Path:
        """Return where the key is that signs the heads of that ledger."""
        return self.folder / chain / "signing_key"


def write_file(path: Path, content: str | bytes, mode: int = OPEN) -> None:
    """Write a new file that never was readable to more people than its mode says."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    raw = content.encode("utf-8") if isinstance(content, str) else content
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as stream:
        stream.write(raw)


def json_text(value: Any) -> str:
    """Write plain data for a person to read."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def read_public_seal(path: Path) -> PublicSeal:
    """Read the web zone's part of a seal."""
    return PublicSeal.from_dict(_json(path, "the public part of a seal"))


def read_opening(path: Path) -> Opening:
    """Read what opens the commitment."""
    return Opening.from_dict(_json(path, "the opening of a commitment"))


def read_boxed_kits(path: Path) -> tuple[BoxedKit, ...]:
    """Read the allocator's boxes.

    Raises
    ------
    DataError
        If a line is damaged; its number is told.
    """
    return tuple(_boxed(path))


def read_signing_key(path: Path) -> SigningKey:
    """Read the key that signs the heads of a ledger."""
    return SigningKey(read_hex(path, "a signing key", 32))


def read_hex(path: Path, what: str, size: int) -> bytes:
    """Read a key that was written as hexadecimal."""
    try:
        raw = bytes.fromhex(_text(path, what))
    except ValueError:
        raw = b""
    if len(raw) != size:
        raise DataError(f"{path} is not {what}: it must hold {2 * size} hexadecimal digits.")
    return raw


def _boxed(path: Path) -> Iterator[BoxedKit]:
    for number, line in enumerate(_text(path, "the sealed kits").splitlines(), start=1):
        try:
            yield BoxedKit.from_dict(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"{path} line {number} is damaged: {error}.") from error


def _json(path: Path, what: str) -> dict[str, Any]:
    try:
        found = json.loads(_text(path, what))
    except ValueError as error:
        raise DataError(f"{path} is not {what}: {error}.") from error
    if not isinstance(found, dict):
        raise DataError(f"{path} is not {what}.")
    return found


def _text(path: Path, what: str) -> str:
    if not path.is_file():
        raise DataError(f"There is no file {path}: it should hold {what}. Look where it was put.")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not {what}: it is no text in UTF-8.") from error
