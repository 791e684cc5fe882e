"""Asking the allocator from another process."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

from equipoise.errors import DataError

LONGEST_PATH = 107  # bytes, on Linux


def require_free(path: Path) -> None:
    """Refuse a path that is too long for a socket, or at which an allocator listens already."""
    length = len(os.fsencode(path))
    if length > LONGEST_PATH:
        raise DataError(
            f"The path {path} has {length} bytes, and a socket's may have {LONGEST_PATH}. Go into "
            "the folder above the trial's and name it shortly, or move it to a shorter path."
        )
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        if connection.connect_ex(str(path)) == 0:
            raise DataError(f"An allocator listens at {path} already: one is enough.")


def ask(path: Path, verb: str, **values: Any) -> dict[str, Any]:
    """Send one request and return the answer.

    Raises
    ------
    DataError
        When no allocator listens, or the answer did not come: then it is not known whether the
        request was done, and it must be sent again with the same key.
    """
    line = json.dumps({"verb": verb, **values}, ensure_ascii=False).encode() + b"\n"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.connect(str(path))
        except OSError as error:
            raise DataError(
                f"No allocator listens at {path} ({error.strerror or error}). Start it: "
                "equipoise allocate serve TRIAL."
            ) from None
        try:
            connection.sendall(line)
            with connection.makefile("rb") as answers:
                answer = answers.readline()
        except OSError:
            answer = b""
    if not answer.endswith(b"\n"):
        raise DataError(
            "The allocator's answer did not arrive. It may have done what was asked: send the "
            "same request again with the same key."
        )
    found: dict[str, Any] = json.loads(answer)
    return found
