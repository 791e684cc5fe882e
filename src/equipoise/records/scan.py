"""Look through a file once for what would hurt its reader: in blocks, whatever its size."""

from __future__ import annotations

import codecs
import hashlib
from pathlib import Path

from equipoise.errors import DataError

MAX_LINE_BYTES = 4_000_000
"""A longer line is a damaged file."""

_BLOCK = 1 << 20
_NOT_TEXT = {
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
    b"PK\x03\x04": "an Excel or zip file",
    b"\x1f\x8b": "a gzip file",
}


def scan(path: Path) -> str:
    """Return the sha256 of a file that is UTF-8 text with lines of a sane length.

    Raises
    ------
    DataError
        Naming the line and, for a wrong encoding, the byte and how to convert the file.
    """
    digest = hashlib.sha256()
    text = _Text(path)
    try:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
                text.check(block)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from error
    text.end()
    return digest.hexdigest()


class _Text:
    """What is known of a text after some of its blocks."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.bytes_done = 0
        self.line = 1
        self.line_bytes = 0

    def check(self, block: bytes) -> None:
        """Check the next block."""
        if self.bytes_done == 0:
            self._check_start(block)
        self._decode(block)
        if (at := block.find(b"\x00")) >= 0:
            raise DataError(
                f"{self.path.name}, line {self._line_of(block[:at])}: a NUL byte. The file is "
                f"damaged or not text; export it again as CSV UTF-8."
            )
        newline = block.rfind(b"\n")
        self.line_bytes = self.line_bytes + len(block) if newline < 0 else len(block) - newline - 1
        self.line += block.count(b"\n")
        self.bytes_done += len(block)
        if self.line_bytes > MAX_LINE_BYTES:
            raise DataError(
                f"{self.path.name}, line {self.line} is longer than {MAX_LINE_BYTES:,} bytes: this "
                f"is not a table of rows. Export it again as CSV with one row a line."
            )

    def end(self) -> None:
        """Check what only the end can tell."""
        self._decode(b"", final=True)
        if self.bytes_done == 0:
            raise DataError(
                f"{self.path.name} is empty (0 bytes). It should have a header and rows."
            )

    def _check_start(self, block: bytes) -> None:
        for mark, kind in _NOT_TEXT.items():
            if block.startswith(mark):
                raise DataError(
                    f"{self.path.name} is {kind}, not a CSV in UTF-8. "
                    f"Unpack it, or open it and save it as 'CSV UTF-8'."
                )

    def _decode(self, block: bytes, *, final: bool = False) -> None:
        pending = len(self.decoder.getstate()[0])  # bytes of a character begun in the last block
        try:
            self.decoder.decode(block, final)
        except UnicodeDecodeError as error:
            at = error.start - pending
            name, line = self.path.name, self._line_of(block[: max(at, 0)])
            raise DataError(
                f"{name}, line {line}, byte {self.bytes_done + at + 1} of the file: not UTF-8 "
                f"(0x{error.object[error.start]:02x}). Save it as 'CSV UTF-8', or convert it: "
                f"iconv -f WINDOWS-1252 -t UTF-8 {name} > utf8-{name}"
            ) from error

    def _line_of(self, before: bytes) -> int:
        return self.line + before.count(b"\n")
