"""The vault in seconds: a ledger of 1,000,000 rows verified from its file, and a list sealed.

Bar: 10 s for the ledger. On a busy machine the seconds of one core say more than the clock's.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from equipoise.concealment import verify_ledger
from equipoise.concealment.ledger import next_row
from equipoise.concealment.ledger_heads import SigningKey
from equipoise.concealment.seal import Opening, SealPlan, draw_kits, seal, strata_of
from equipoise.concealment.verify_ledger import HEAD_TAG, canonical

ROWS = 100_000 if "--quick" in sys.argv else 1_000_000
KITS = 1_000
START = datetime(2026, 11, 25, tzinfo=UTC)
KEY = SigningKey(bytes(range(32)))


def write_ledger(path: Path, rows: int) -> dict:
    """Write a ledger of allocations, and return its signed head."""
    row = next_row(None, "began", actor="s", now=START, details={"trial": "T-1", "chain": "web"})
    with path.open("w", encoding="utf-8") as stream:
        stream.write(f"{row.hash} {row.body}\n")
        for number in range(1, rows):
            details = {"participant": f"P{number}", "stratum": "s1", "kit": "K7QX-9MRT"}
            details["allocator_head"] = row.hash
            now = START + timedelta(seconds=number)
            row = next_row(row, "allocated", actor="web", now=now, details=details)
            stream.write(f"{row.hash} {row.body}\n")
    head = {"trial": "T-1", "chain": "web", "seq": rows, "hash": row.hash}
    head["time"] = json.loads(row.body)["time"]
    return head | {"signature": KEY.sign(HEAD_TAG + canonical(head).encode())}


def main() -> None:
    """Print how long each takes."""
    with tempfile.TemporaryDirectory() as folder:
        ledger, kept = Path(folder) / "ledger.jsonl", Path(folder) / "head.json"
        start = time.perf_counter()
        kept.write_text(json.dumps(write_ledger(ledger, ROWS)), encoding="utf-8")
        print(f"{ROWS:,} rows written              {time.perf_counter() - start:8.2f} s")
        command = [sys.executable, verify_ledger.__file__, ledger, "--head", kept]
        start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([*command, "--key", KEY.public], capture_output=True, check=True)
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"{ROWS:,} rows verified, with head  {wall:8.2f} s, of one core {cpu:.2f} s (bar 10)")
        print(done.stdout.decode().strip())
    procedure = {"procedure": "big-stick", "limit": 5, "arms": ["drug", "placebo"]}
    plan = SealPlan("T-1", "ab" * 32, procedure, strata_of({"all": KITS}))
    opening = Opening.fresh(plan)
    for what, work in (("drawn", draw_kits), ("sealed and opened again", _sealed)):
        start = time.perf_counter()
        work(opening)
        print(f"{KITS:,} kits {what:<26}{time.perf_counter() - start:8.2f} s")


def _sealed(opening: Opening) -> None:
    seal(opening, ledger_keys={"web": "11" * 32, "allocator": "22" * 32})


if __name__ == "__main__":
    main()
