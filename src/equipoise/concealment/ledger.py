"""The ledger: what was done to the blind, by whom, when. Rows are added, never changed.

Each row holds the hash of the row before. What a row may say is listed in `verify_ledger.ACTS`;
no arm can stand in it. The store (SQLite, PostgreSQL) refuses to change rows; the chain shows it
where somebody could; a head that was signed and handed out shows a cut or rewritten tail.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from equipoise.concealment.verify_ledger import (
    Finding,
    Row,
    canonical,
    fault_of_details,
    genesis,
    row_hash,
    seconds_back,
    verify_rows,
)
from equipoise.errors import DataError


class Store(Protocol):
    """Where rows are kept, inside the caller's transaction."""

    def lock(self) -> None:
        """Keep every other writer out until the transaction ends."""

    def last(self) -> Row | None:
        """Return the last row."""

    def add(self, row: Row) -> None:
        """Add a row."""

    def rows(self) -> Iterator[Row]:
        """Return every row in order."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """One chain of rows.

    Parameters
    ----------
    store
        Its transaction is the caller's: a row and what it tells of are written together.
    never
        Names of the arms: no code may be one of them.
    """

    store: Store
    never: frozenset[str] = frozenset()

    def begin(self, trial: str, chain: str, *, actor: str, now: datetime) -> Row:
        """Write the first row, which names the trial and the chain ("web" or "allocator")."""
        return self.append("began", actor=actor, now=now, trial=trial, chain=chain)

    def append(self, act: str, *, actor: str, now: datetime, **details: Any) -> Row:
        """Add a row.

        A clock that ran back does not stop it, since a code break must work at any hour; the row
        then says by how many seconds it did.

        Raises
        ------
        DataError
            If the act is unknown, or its details are not those that a ledger may hold.
        """
        self.store.lock()
        last = self.store.last()
        row = next_row(last, act, actor=actor, now=now, details=details, never=self.never)
        self.store.add(row)
        return row

    def acts(self, act: str) -> Iterator[dict[str, Any]]:
        """Return the bodies of one act, in order."""
        bodies = (json.loads(row.body) for row in self.store.rows())
        return (body for body in bodies if body["act"] == act)

    def verify(self) -> Finding:
        """Verify every row."""
        return verify_rows(self.store.rows(), self.never)


def never_of(*names: str | None) -> frozenset[str]:
    """Return names of arms as `Ledger` compares them."""
    return frozenset(name.casefold() for name in names if name)


def next_row(
    last: Row | None,
    act: str,
    *,
    actor: str,
    now: datetime,
    details: dict[str, Any],
    never: frozenset[str] = frozenset(),
) -> Row:
    """Make the row that follows `last`."""
    if (last is None) != (act == "began"):
        raise DataError("A ledger begins once, with `began`, and goes on with other acts.")
    fault = fault_of_details(act, details, never) or _fault_of_actor(actor, never)
    if fault:
        raise DataError(f"A ledger cannot hold this row: {fault}. Nothing was written.")
    before = json.loads(last.body) if last else None
    time = written(now)
    body: dict[str, Any] = {
        "seq": before["seq"] + 1 if before else 1,
        "time": time,
        "actor": actor,
        "act": act,
        "details": details,
        "prev": last.hash if last else genesis(details["trial"], details["chain"]),
    }
    if before and (back := seconds_back(before["time"], time)):
        body["clock_back"] = back
    text = canonical(body)
    return Row(body["seq"], row_hash(text), text)


def written(now: datetime) -> str:
    """Write a time in UTC to the microsecond.

    Raises
    ------
    DataError
        If it has no time zone.
    """
    if now.tzinfo is None:
        raise DataError("A ledger's time needs its time zone. Give one in UTC.")
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def export(rows: Iterable[Row]) -> Iterator[str]:
    """Return the lines of a ledger's file: hash, blank, body."""
    return (f"{row.hash} {row.body}\n" for row in rows)


def _fault_of_actor(actor: str, never: frozenset[str]) -> str:
    if fault_of_details("began", {"trial": actor, "chain": "web"}, never):
        return f"the actor {actor!r} must be a code (letters, digits, dots, dashes) and no arm"
    return ""
