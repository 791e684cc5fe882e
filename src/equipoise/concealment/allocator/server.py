"""The allocator's process: four verbs over a local socket, one JSON object a line.

    {"verb": "allocate", "stratum": "s1", "participant": "P-001", "request": "a fresh key"}
    {"verb": "break", "participant": ..., "name": ..., "passphrase": ..., "category": ..., ...}
    {"verb": "verify"}    {"verb": "status"}

Answers are {"ok": true, ...} or {"ok": false, "why": ..., "message": ...}. Only the process's own
user may open the socket. Nothing is logged but what the ledger keeps.
"""

from __future__ import annotations

import json
import os
import socketserver
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from equipoise.concealment.allocator.allocator import (
    LIST,
    Asked,
    Chooser,
    allocate,
    boxed_kits,
    ledger_of,
    status,
)
from equipoise.concealment.allocator.breaking import PER_HOUR, Request, break_code
from equipoise.concealment.allocator.client import require_free
from equipoise.concealment.boxes import BoxKey
from equipoise.concealment.cross_chain import kits_told
from equipoise.concealment.database import Database, StorageError, connect
from equipoise.concealment.seal.sealed import root_of
from equipoise.errors import EquipoiseError

GIVEN = (
    "SELECT a.participant, a.stratum, k.kit, a.head FROM allocations a "
    "LEFT JOIN kits k ON k.stratum = a.stratum AND k.place = a.place"
)
NEXT = (
    "SELECT COUNT(*) FROM strata s "
    "WHERE next != (SELECT COUNT(*) FROM allocations WHERE stratum = s.code)"
)
SINCE = (
    "SELECT seq, hash, body FROM ledger "
    "WHERE seq > COALESCE((SELECT seq FROM ledger WHERE hash = ?), 0) ORDER BY seq LIMIT 1000"
)
AGAIN = "Nothing was acknowledged: send the same request again, with the same key."
LONGEST = 64 * 1024
"""Bytes of a request, at most."""


class Allocator:
    """The four verbs over one connection, which one request has at a time."""

    def __init__(
        self,
        address: str | Path,
        key: BoxKey,
        clock: Callable[[], datetime],
        *,
        chooser: Chooser = LIST,
        breaks_per_hour: int = PER_HOUR,
    ) -> None:
        self._address, self._key, self._clock = address, key, clock
        self._chooser, self._per_hour = chooser, breaks_per_hour
        self._one = threading.Lock()
        self._open: Database | None = None

    def answer(self, line: bytes) -> dict[str, Any]:
        """Answer one request."""
        verbs = {"allocate": self._allocate, "break": self._break,
                 "verify": self._verify, "status": self._status}  # fmt: skip
        with self._one:
            try:
                asked = json.loads(line)
                return {"ok": True, **verbs[asked.pop("verb")](asked)}
            except EquipoiseError as error:
                if isinstance(error, StorageError):
                    self.close()
                return {"ok": False, "why": getattr(error, "why", "wrong"), "message": str(error)}
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                told = f"This is no request that the allocator knows: {type(error).__name__}."
                return {"ok": False, "why": "request", "message": told}
            except Exception as error:  # a traceback is read by whoever started the process
                self.close()
                told = f"The allocator's database failed ({type(error).__name__}). {AGAIN}"
                return {"ok": False, "why": "storage", "message": told}

    @property
    def _database(self) -> Database:
        """The connection, opened anew where the last one broke."""
        if self._open is not None and not self._open.alive():
            self.close()
        if self._open is None:
            self._open = connect(self._address)
        return self._open

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._open is not None:
            with suppress(Exception):  # one that broke may not even close
                self._open.close()
        self._open = None

    def _allocate(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        found = allocate(self._database, Asked(**asked), now=self._clock(), chooser=self._chooser)
        return {**asdict(found)}

    def _break(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        broken = break_code(
            self._database, self._key, Request(**asked), now=self._clock(), per_hour=self._per_hour
        )
        return asdict(broken)

    def _status(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Count; with `after` (a hash) also tell the ledger's rows that follow."""
        found = status(self._database)
        if "after" in asked:
            found["rows"] = self._database.execute(SINCE, (asked["after"],))
        return found

    def _verify(self, asked: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        """Compare ledger, allocations and boxes with what was sealed; nothing is opened."""
        ledger = ledger_of(self._database)
        found = ledger.verify()
        given = self._database.execute(GIVEN)
        rows = self._database.execute("SELECT root FROM trial")
        faults = [found.bad] if found.bad else []
        if set(kits_told(ledger.store.rows())) != set(given):
            faults.append("allocations and ledger differ")
        if self._database.execute(NEXT)[0][0]:
            faults.append("the next place of a stratum is not that after its last allocation")
        if [(root_of(boxed_kits(self._database)),)] != rows:
            faults.append("the boxes are not the sealed ones")
        return {"good": not faults, "faults": faults, "rows": found.rows, "head": found.head,
                "allocated": len(given)}  # fmt: skip


def serve(allocator: Allocator, path: Path) -> socketserver.ThreadingUnixStreamServer:
    """Return a server on a socket that only this user may open; `serve_forever` starts it."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with suppress(ConnectionError):  # who hung up will ask again
                while line := self.rfile.readline(LONGEST):
                    text = json.dumps(allocator.answer(line), ensure_ascii=False)
                    self.wfile.write(text.encode() + b"\n")

    require_free(path)
    path.unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        server = socketserver.ThreadingUnixStreamServer(str(path), Handler)
    finally:
        os.umask(before)
    server.daemon_threads = True
    return server
