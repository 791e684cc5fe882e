"""Does the time of an allocation tell its arm? 10,000 answers each, compared by Mann-Whitney.

    python bench/bench_timing.py [--n 10000] [--leak 20]

The allocator answers in this process, with its database on the disk or, where the machine has
one, in memory (/dev/shm): without network and disk a difference would show best. `--leak` adds
microseconds to one arm, to see what the test can find. Exit code 1 where p is below 0.001.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from scipy.stats import mannwhitneyu

from equipoise.concealment.allocator import Allocator, connect, install
from equipoise.concealment.allocator.allocator import LIST, Chooser
from equipoise.concealment.allocator.minimising import Minimiser
from equipoise.concealment.boxes import BoxKey
from equipoise.concealment.ledger import next_row
from equipoise.concealment.seal import Opening, SealPlan, draw_kits, strata_of
from equipoise.concealment.seal.plan import POOL, Stratum
from equipoise.concealment.seal.sealed import BoxedKit, PublicSeal, root_of

ALPHA = 0.001
ARMS = ("active", "placebo")
HASH = "0" * 64


def now() -> datetime:
    return datetime.now(UTC)


def plan_of(kind: str, n: int) -> SealPlan:
    """A list of n slots, or a heap from which minimisation draws n times."""
    if kind == "list":
        procedure = {"procedure": "complete", "arms": list(ARMS)}
        return SealPlan("TIMING", HASH, procedure, strata_of({"all": n}))
    factors = {"sex": ["f", "m"], "site": ["a", "b", "c"]}
    procedure = {"procedure": "minimisation", "factors": factors, "arms": list(ARMS)}
    return SealPlan("TIMING", HASH, procedure, (), kits=dict.fromkeys(ARMS, n))


def prepared(kind: str, n: int, address: Path) -> tuple[Allocator, dict[str, str]]:
    """An allocator, and the arm of every kit. Boxes hold noise: allocating opens none."""
    opening = Opening.fresh(plan_of(kind, n))
    drawn = draw_kits(opening)
    boxes = [BoxedKit(k.pool, k.index, k.code, *(secrets.token_bytes(112),) * 2) for k in drawn]
    strata = opening.plan.strata or (Stratum(POOL, POOL, len(drawn)),)
    public = PublicSeal(
        "TIMING", HASH, kind == "list", strata, {}, HASH, root_of(boxes), HASH, HASH, 112, {}
    )
    facts = dict.fromkeys(("commitment", "protocol", "final_key", "break_key"), HASH)
    details = {**facts, "root": public.root, "kits": len(drawn), "strata": len(strata)}
    begun = {"trial": "TIMING", "chain": "allocator"}
    first = next_row(None, "began", actor="bench", now=now(), details=begun)
    second = next_row(first, "sealed", actor="bench", now=now(), details=details)
    database = connect(address)
    install(database, public, boxes, [first, second])
    database.close()
    chooser: Chooser = LIST
    if kind != "list":
        chooser = Minimiser(opening, {kit.index: kit.arm for kit in drawn})
    allocator = Allocator(address, BoxKey.fresh(), now, chooser=chooser)
    return allocator, {kit.code: kit.arm for kit in drawn}


def requests(kind: str, n: int) -> Iterator[bytes]:
    rng = np.random.default_rng(1)
    for k in range(n):
        asked = {"verb": "allocate", "participant": f"P{k:06}", "request": f"k{k:06}"}
        asked["stratum"] = "s1" if kind == "list" else POOL
        levels = {"sex": "fm"[rng.integers(2)], "site": "abc"[rng.integers(3)]}
        yield json.dumps({**asked, "levels": {} if kind == "list" else levels}).encode()


def timed(answer: Callable[[bytes], dict[str, object]], line: bytes) -> tuple[str, int, int]:
    """Return the kit, nanoseconds, and the answer's length without its hash."""
    begun = time.perf_counter_ns()
    found = answer(line)
    text = json.dumps(found)
    spent = time.perf_counter_ns() - begun
    if not found["ok"]:
        raise SystemExit(str(found))
    return str(found["kit"]), spent, len(text)


def measure(kind: str, n: int, leak: float) -> bool:
    """Print times by arm and the test; say whether they are alike."""
    shm = Path("/dev/shm")  # noqa: S108  (memory, not a disk)
    with tempfile.TemporaryDirectory(dir=shm if shm.is_dir() else None) as folder:
        allocator, arms = prepared(kind, n, Path(folder) / "allocator.sqlite")
        times: dict[str, list[float]] = {arm: [] for arm in ARMS}
        lengths: dict[str, set[int]] = {arm: set() for arm in ARMS}
        for line in requests(kind, n):
            kit, spent, length = timed(allocator.answer, line)
            arm = arms[kit]
            times[arm].append(spent / 1000 + (leak if arm == ARMS[0] else 0))
            lengths[arm].add(length)
        allocator.close()
    p = float(mannwhitneyu(*times.values()).pvalue)
    alike = p >= ALPHA and lengths[ARMS[0]] == lengths[ARMS[1]]
    for arm, spent in times.items():
        median, high = np.percentile(spent, (50, 95))
        print(f"{kind:13} {arm:8} n = {len(spent):,}  median {median:.1f} µs, 95 % {high:.1f} µs, "
              f"answers of {sorted(lengths[arm])} characters")  # fmt: skip
    print(f"{kind:13} Mann-Whitney p = {p:.3g}: {'alike' if alike else 'DIFFERENT'}")
    return alike


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--leak", type=float, default=0.0, help="microseconds for one arm")
    chosen = parser.parse_args()
    alike = [measure(kind, chosen.n, chosen.leak) for kind in ("list", "minimisation")]
    sys.exit(int(not all(alike)))


if __name__ == "__main__":
    main()
