"""Whole commands, from a cold start, against the bars of the project."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BARS = {  # seconds
    ("--help",): 0.3,
    ("belief", "self-blinding-microdose-week1", "--outcome", "PANAS"): 2.0,
    ("belief", "self-blinding-microdose", "--outcome", "PANAS"): 2.0,
    ("report", "self-blinding-microdose-week1", "-o", "page.html"): 10.0,
    ("report", "self-blinding-microdose", "-o", "page.html"): 10.0,
    ("demo", "-o", "page.html"): 10.0,
}


def main() -> None:
    """Print the best of three runs of each command."""
    program = Path(sys.executable).with_name("equipoise")
    with tempfile.TemporaryDirectory() as folder:
        for arguments, bar in BARS.items():
            if "self-blinding" in " ".join(arguments) and "EQUIPOISE_DATA" not in os.environ:
                print(f"{' '.join(arguments):<60} skipped: EQUIPOISE_DATA is not set")
                continue
            spent = []
            for _ in range(3):
                start = time.perf_counter()
                subprocess.run([program, *arguments], cwd=folder, capture_output=True, check=True)
                spent.append(time.perf_counter() - start)
            print(f"{'equipoise ' + ' '.join(arguments):<66}{min(spent):6.2f} s   (bar {bar} s)")


if __name__ == "__main__":
    main()
