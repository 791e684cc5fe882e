"""The site of evidence folders of many studies, and `ask`: whole commands from a cold start.

`python bench/bench_site.py 1000 10000` measures folders of so many made-up studies, once as one
review and once as twenty, and prints seconds, the processors' seconds, the largest memory, files,
bytes and the largest page. Run it where nothing else runs.
"""

import os
import sys

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from made_evidence import write_evidence

SIZES = (100, 1_000, 10_000)
REVIEWS = (1, 20)
HEAD = (
    "| studies | reviews | command | seconds | CPU seconds | peak MB | files | MB written | "
    "largest page, kB | index.html, kB |\n|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|"
)


@dataclass(frozen=True)
class Spent:
    """What one command took: wall and CPU seconds, and its largest resident set in MB."""

    wall: float
    cpu: float
    peak: float


def spent(arguments: Sequence[str]) -> Spent:
    """Run `equipoise` in a process of its own, so that the memory is its own."""
    code = "from equipoise.cli import main; main()"
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        said = process.stderr.read() if process.stderr else b""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(said.decode())
    wall = time.perf_counter() - start
    return Spent(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def site(evidence: Path | str, out: Path, label: str) -> None:
    """Build a site and print a row."""
    took = spent(["synthesise", str(evidence), "--out", str(out)])
    files = [(file, file.stat().st_size) for file in out.rglob("*") if file.is_file()]
    pages = [size for file, size in files if file.suffix == ".html"]
    index = out / "index.html"
    first = f"{index.stat().st_size / 1e3:,.0f}" if index.is_file() else "none"
    total = sum(size for _, size in files) / 1e6
    print(
        f"| {label} | site | {took.wall:.1f} | {took.cpu:.1f} | {took.peak:,.0f} | {len(files)} | "
        f"{total:.1f} | {max(pages) / 1e3:,.0f} | {first} |",
        flush=True,
    )


def main() -> None:
    sizes = [int(one) for one in sys.argv[1:]] or SIZES
    print(HEAD)
    with tempfile.TemporaryDirectory() as folder:
        site("evidence", Path(folder) / "shipped", "shipped | shipped")
        for n in sizes:
            for reviews in REVIEWS:
                label, place = f"{n:,} | {reviews}", Path(folder) / f"{n}-{reviews}"
                evidence = write_evidence(place / "evidence", n, reviews)
                site(evidence, place / "site", label)
                took = spent(["ask", str(evidence / "reviews" / "made-00"), "--json"])
                told = f"{took.wall:.1f} | {took.cpu:.1f} | {took.peak:,.0f}"
                print(f"| {label} | ask | {told} | | | | |", flush=True)


if __name__ == "__main__":
    main()
