"""100,000 allocations by 16 processes through the allocator's socket, with kills and retries.

    python bench/bench_allocator.py [--n 100000] [--clients 16] [--database sqlite|postgresql|both]

The allocator and its clients are killed (signal 9) at random times and started again; a client
sends again what got no answer, with the same key, and now and then what it got an answer to. At
the end the database is compared with what clients saw acknowledged. No peer does this.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import secrets
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from equipoise.concealment.allocator import Allocator, ask, connect, install, serve
from equipoise.concealment.allocator.allocator import ledger_of
from equipoise.concealment.boxes import BoxKey
from equipoise.concealment.ledger import next_row
from equipoise.concealment.seal.plan import Stratum
from equipoise.concealment.seal.sealed import BoxedKit, PublicSeal, root_of
from equipoise.errors import DataError

sys.path.append(str(Path(__file__).parents[1] / "tests" / "concealment"))
import postgres

STRATA = 10
HASH = "0" * 64
START = multiprocessing.get_context("spawn")


def now() -> datetime:
    return datetime.now(UTC)


def kit_of(place: int) -> str:
    """A code of the ledger's form; which one does not matter here."""
    digits = "".join("34679ACDEFGHJKMN"[place >> 4 * k & 15] for k in range(8))
    return f"{digits[:4]}-{digits[4:]}"


def prepare(address: str, n: int) -> None:
    """Install n kits in ten strata; nobody opens these boxes."""
    each = n // STRATA
    strata = tuple(Stratum(f"s{k}", f"site {k}", each) for k in range(STRATA))
    box = secrets.token_bytes(112)
    kits = [
        BoxedKit(stratum.code, place, kit_of(k * each + place), box, box)
        for k, stratum in enumerate(strata)
        for place in range(each)
    ]
    public = PublicSeal("BENCH", HASH, True, strata, {}, HASH, root_of(kits), HASH, HASH, 112, {})
    facts: dict[str, object] = dict.fromkeys(
        ("commitment", "protocol", "final_key", "break_key"), HASH
    )
    facts |= {"kits": n, "strata": STRATA, "root": public.root}
    begun = {"trial": "BENCH", "chain": "allocator"}
    first = next_row(None, "began", actor="bench", now=now(), details=begun)
    second = next_row(first, "sealed", actor="bench", now=now(), details=facts)
    database = connect(address)
    install(database, public, kits, [first, second])
    database.close()


def run_server(address: str, path: str) -> None:
    server = serve(Allocator(address, BoxKey(b"b" * 32), now), Path(path))
    server.serve_forever()


def participants(client: int, clients: int, n: int) -> list[tuple[str, str]]:
    """The people whom a client enrols, and their strata: all lists are used up in the end."""
    return [(f"P{k}", f"s{k % STRATA}") for k in range(client, n, clients)]


def run_client(client: int, clients: int, n: int, path: str, log: str) -> None:
    """Enrol people one by one; go on where the last life ended."""
    rng = random.Random(secrets.randbits(64))  # noqa: S311  (when to resend is no secret)
    seen = Path(log).read_bytes().decode().splitlines() if Path(log).exists() else []
    done = {line.split()[0] for line in seen if len(line.split()) == 2}
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for participant, stratum in participants(client, clients, n):
        if participant in done:
            continue
        for _ in range(2 if rng.random() < 0.05 else 1):
            kit = patient(Path(path), stratum, participant)
        os.write(out, f"{participant} {kit}\n".encode())
    os.close(out)


def patient(path: Path, stratum: str, participant: str) -> str:
    """Ask until there is an answer."""
    while True:
        try:
            answer = ask(path, "allocate", stratum=stratum, participant=participant,
                         request=f"key-{participant}")  # fmt: skip
        except DataError:
            time.sleep(0.02)
            continue
        if answer.get("why") == "storage":
            continue
        if not answer["ok"]:
            raise SystemExit(f"{participant}: {answer}")
        return str(answer["kit"])


def storm(address: str, folder: Path, n: int, clients: int) -> dict[str, float]:
    """Run server and clients, killing them at random; return counts of kills and the time."""
    path, rng = str(folder / "a.socket"), random.Random(1)  # noqa: S311
    server = START.Process(target=run_server, args=(address, path))
    server.start()
    logs = [str(folder / f"client{c}.log") for c in range(clients)]
    running = {c: START.Process(target=run_client, args=(c, clients, n, path, logs[c]))
               for c in range(clients)}  # fmt: skip
    begun = time.perf_counter()
    for process in running.values():
        process.start()
    killed = {"server": 0, "client": 0}
    while running:
        time.sleep(rng.uniform(0.5, 2))
        if rng.random() < 0.25:
            os.kill(server.pid, signal.SIGKILL)
            server.join()
            killed["server"] += 1
            server = START.Process(target=run_server, args=(address, path))
            server.start()
        for c, process in list(running.items()):
            ended = not process.is_alive()
            if not ended and rng.random() < 0.03:
                os.kill(process.pid, signal.SIGKILL)
                process.join()
                killed["client"] += 1
            if ended and process.exitcode == 0:
                del running[c]
            elif not process.is_alive():
                running[c] = START.Process(target=run_client, args=(c, clients, n, path, logs[c]))
                running[c].start()
        told = sum(Path(log).read_bytes().count(b"\n") for log in logs if Path(log).exists())
        print(f"\r{told:,} of {n:,}", end="", file=sys.stderr, flush=True)
    seconds = time.perf_counter() - begun
    os.kill(server.pid, signal.SIGKILL)
    server.join()
    print(file=sys.stderr)
    return {**killed, "seconds": seconds}


def faults(address: str, folder: Path, n: int) -> dict[str, int]:
    """Compare the database with what it should hold, and with what clients saw."""
    database = connect(address)
    rows = database.execute(
        "SELECT a.participant, a.stratum, a.place, k.kit FROM allocations a JOIN kits k "
        "ON k.stratum = a.stratum AND k.place = a.place"
    )
    kits = {participant: kit for participant, _, _, kit in rows}
    acknowledged = [line.split() for log in folder.glob("client*.log")
                    for line in log.read_text().splitlines()]  # fmt: skip
    wanted = {f"P{k}": f"s{k % STRATA}" for k in range(n)}
    places = {code: sorted(p for _, s, p, _ in rows if s == code) for code in set(wanted.values())}
    found = ledger_of(database).verify()
    told = [body["details"]["participant"] for body in ledger_of(database).acts("allocated")]
    database.close()
    return {
        "allocated": len(rows),
        "acknowledged": len({participant for participant, _ in acknowledged}),
        "duplicates": len(rows) - len(set(kits.values())),
        "skips": sum(p != list(range(len(p))) for p in places.values()) + n - len(rows),
        "wrong stratum": sum(wanted[participant] != stratum for participant, stratum, _, _ in rows),
        "acknowledged and not found": sum(kits.get(p) != kit for p, kit in acknowledged),
        "in the ledger alone, or not in it": len(set(told) ^ set(kits))
        + len(told)
        - len(set(told)),
        "faults of the ledger": int(bool(found.bad)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    chosen = parser.parse_args()
    kinds = ("sqlite", "postgresql") if chosen.database == "both" else (chosen.database,)
    bad = False
    for kind in kinds:
        if kind == "postgresql" and postgres.binaries() is None:
            print(f"postgresql: skipped, {postgres.WHY_NOT}")
            continue
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="eq")))
            address = (
                stack.enter_context(postgres.server(durable=True))
                if kind == "postgresql"
                else str(folder / "allocator.sqlite")
            )
            prepare(address, chosen.n)
            run = storm(address, folder, chosen.n, chosen.clients)
            counts = faults(address, folder, chosen.n)
        rate = chosen.n / run["seconds"]
        print(f"{kind}: {chosen.n:,} allocations by {chosen.clients} processes in "
              f"{run['seconds']:.0f} s ({rate:.0f} a second), allocator killed "
              f"{run['server']:.0f} times, clients {run['client']:.0f} times")  # fmt: skip
        for name, count in counts.items():
            print(f"  {name}: {count:,}")
        wrong = [c for name, c in counts.items() if name not in ("allocated", "acknowledged")]
        bad |= any(wrong) or counts["acknowledged"] != chosen.n
    sys.exit(int(bad))


if __name__ == "__main__":
    main()
