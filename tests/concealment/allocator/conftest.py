"""An allocator on each database, with a small sealed list of made-up arms."""

from __future__ import annotations

import importlib.util
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from equipoise.concealment.allocator import connect, install
from equipoise.concealment.boxes import BoxKey, binding, payload_length, seal_box
from equipoise.concealment.database import Database
from equipoise.concealment.kit_codes import kit_code
from equipoise.concealment.ledger import next_row
from equipoise.concealment.randomness import Key
from equipoise.concealment.seal.plan import Stratum
from equipoise.concealment.seal.sealed import BoxedKit, PublicSeal, root_of
from equipoise.concealment.verify_ledger import Row

_spec = importlib.util.spec_from_file_location(
    "postgres", Path(__file__).parents[1] / "postgres.py"
)
assert _spec is not None
assert _spec.loader is not None
postgres = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(postgres)

ARMS = ("Verum, 10 µg", "Placebo")
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
TRIAL = "TRIAL-1"
HASH = "ab" * 32


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def sealed(
    strata: dict[str, list[int]], key: BoxKey, arms: tuple[str, ...] = ARMS
) -> tuple[PublicSeal, list[BoxedKit]]:
    """Seal lists of arm numbers; kit codes depend on the place alone."""
    length, kits, codes = payload_length(arms), [], Key(b"k" * 32)
    for code, numbers in strata.items():
        for place, number in enumerate(numbers):
            kit = kit_code(codes.stream("kit", TRIAL, code, place))
            bound = binding(TRIAL, code, place, kit)
            box = seal_box(key.public, arms[number], bound, length)
            kits.append(BoxedKit(code, place, kit, box, box))
    named = tuple(Stratum(code, f"site {code}", len(n)) for code, n in strata.items())
    public = PublicSeal(
        TRIAL, HASH, True, named, {}, HASH, root_of(kits), HASH, key.public.hex(), len(box), {}
    )
    return public, kits


def begun(public: PublicSeal) -> list[Row]:
    """Return the rows that `seal` writes into the allocator's ledger."""
    first = next_row(
        None, "began", actor="stat", now=NOW, details={"trial": TRIAL, "chain": "allocator"}
    )
    facts = {
        "commitment": HASH, "root": public.root, "protocol": HASH, "final_key": HASH,
        "break_key": public.break_key, "strata": len(public.strata),
        "kits": sum(stratum.kits for stratum in public.strata),
    }  # fmt: skip
    return [first, next_row(first, "sealed", actor="stat", now=NOW, details=facts)]


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    if postgres.binaries() is None:
        pytest.skip(postgres.WHY_NOT)
    with postgres.server() as address:
        yield address


@pytest.fixture
def postgres_restart() -> Callable[[str], None]:
    restart: Callable[[str], None] = postgres.restart
    return restart


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the address of an empty database of each kind."""
    if request.param == "sqlite":
        yield str(tmp_path / "allocator.sqlite")
        return
    server = request.getfixturevalue("postgres_address")
    name = f"t{uuid.uuid4().hex}"  # a schema: a database of its own would take longer
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE SCHEMA {name}")
    yield f"{server}&options=-csearch_path%3D{name}"


@pytest.fixture
def break_key() -> BoxKey:
    return BoxKey(b"b" * 32)


@pytest.fixture
def database(address: str, break_key: BoxKey) -> Iterator[Database]:
    """Yield an allocator with two strata: s1 of four kits, s2 of two."""
    opened = connect(address)
    public, kits = sealed({"s1": [0, 1, 1, 0], "s2": [1, 0]}, break_key)
    install(opened, public, kits, begun(public))
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()
