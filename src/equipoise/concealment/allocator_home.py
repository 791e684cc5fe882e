"""Where an allocator lives: its folder, its database, its key, its socket."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from equipoise.concealment.allocator.allocator import LIST, Chooser, boxed_kits, install
from equipoise.concealment.allocator.minimising import Minimiser
from equipoise.concealment.allocator.schema import create
from equipoise.concealment.allocator.server import Allocator
from equipoise.concealment.boxes import BoxKey
from equipoise.concealment.database import Database, connect
from equipoise.concealment.ledger_sqlite import SqliteStore, open_sqlite
from equipoise.concealment.seal.sealing import open_kit
from equipoise.concealment.seal.zones import (
    Zones,
    read_boxed_kits,
    read_hex,
    read_opening,
    read_public_seal,
)
from equipoise.errors import DataError


@dataclass(frozen=True, slots=True)
class Home:
    """The allocator's zone of a sealed trial; `address` is its database where not the folder's."""

    zones: Zones
    address: str | None = None

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.zones.boxed_kits.parent / "socket"

    @property
    def database(self) -> str:
        """Its database: the file in which `seal` began the ledger, unless an address was given."""
        return self.address or str(self.zones.ledger("allocator"))

    def open(self) -> Database:
        """Open the database; the first time it takes in what `seal` made.

        Raises
        ------
        DataError
            When the folder is no sealed trial, or what lies in it does not fit together.
        """
        database = connect(self.database)
        try:
            if not _installed(database):
                with database.alone():
                    self._install(database)
        except BaseException:
            database.close()
            raise
        return database

    def _install(self, database: Database) -> None:
        kits, public = self.zones.boxed_kits, self.zones.boxed_kits.with_name("seal.json")
        create(database)
        rows = []
        if self.address:
            begun = open_sqlite(self.zones.ledger("allocator"))
            rows = list(SqliteStore(begun).rows())
            begun.close()
        try:
            if not _installed(database):
                install(database, read_public_seal(public), read_boxed_kits(kits), rows)
        except DataError:
            if not _installed(database):  # another process was quicker
                raise

    def allocator(self, clock: Callable[[], datetime]) -> Allocator:
        """Make the allocator ready to answer."""
        with closing(self.open()) as database:
            key = BoxKey(read_hex(self.zones.break_key, "the allocator's private key", 32))
            chooser = self._chooser(database, key)
        return Allocator(self.database, key, clock, chooser=chooser)

    def _chooser(self, database: Database, key: BoxKey) -> Chooser:
        opening = self.zones.boxed_kits.with_name("opening.json")
        if not opening.is_file():
            return LIST
        trial = database.execute("SELECT name FROM trial")[0][0]
        arms = {kit.index: open_kit(key, trial, kit, final=False) for kit in boxed_kits(database)}
        return Minimiser(read_opening(opening), arms)

    def answer(
        self, clock: Callable[[], datetime], verb: str, **values: object
    ) -> dict[str, object]:
        """Answer one request in this process: for a small trial on one machine."""
        allocator = self.allocator(clock)
        try:
            return allocator.answer(json.dumps({"verb": verb, **values}).encode())
        finally:
            allocator.close()


def _installed(database: Database) -> bool:
    """Say whether a sealed list is there: looking makes no table and waits for nobody."""
    try:
        return bool(database.execute("SELECT name FROM trial"))
    except database.failures:
        return False
