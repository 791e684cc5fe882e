#!/usr/bin/env python3
"""Run the project's few tasks. Needs Python 3.11 or newer and nothing else.

    python3 tasks.py demo        set up and run the main job: a rehearsed trial, one page
    python3 tasks.py test        set up and check everything: ruff, mypy, lint-imports, pytest
    python3 tasks.py equipoise … any equipoise command, e.g. equipoise belief --help
    python3 tasks.py validate    the long simulations that write docs/validation*.md (1 to 2 hours)
    python3 tasks.py bench       timings beside the peers, as ratios
    python3 tasks.py lock        pin the requirements again (needs uv)

The tools live in .venv; they are installed once, from hashed requirements.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
REQUIREMENTS = {"run": HERE / "requirements.txt", "dev": HERE / "requirements-dev.txt"}


def run(*command: str | Path) -> None:
    """Run one command in the project folder; stop at the first that fails."""
    print("+", *(Path(command[0]).name, *command[1:]), file=sys.stderr, flush=True)
    code = subprocess.run([str(part) for part in command], cwd=HERE, check=False).returncode
    if code:
        sys.exit(code)


def set_up(kind: str) -> None:
    """Make .venv hold the pinned packages of `kind` and equipoise itself, editable."""
    wanted = _hash(kind)
    enough = {kind: wanted, "dev": _hash("dev")}  # a development install can run, too
    stamps = {k: VENV / f".{k}-installed" for k in enough}
    if any(s.exists() and s.read_text() == enough[k] for k, s in stamps.items()):
        return
    if not (BIN / "python").exists() and not (BIN / "python.exe").exists():
        print(f"Setting up {VENV.name} (once; a minute or two) …", file=sys.stderr, flush=True)
        venv.create(VENV, with_pip=True)
    pip: list[str | Path] = [BIN / "python", "-m", "pip", "install", "--quiet"]
    pip.append("--disable-pip-version-check")
    run(*pip, "--require-hashes", "--requirement", REQUIREMENTS[kind].name)
    run(*pip, "--no-deps", "--no-build-isolation", "--editable", ".")
    run(BIN / "python", "-m", "compileall", "-q", "src")  # a second of every first start
    (VENV / f".{kind}-installed").write_text(wanted)


def _hash(kind: str) -> str:
    return hashlib.sha256(REQUIREMENTS[kind].read_bytes() + sys.version.encode()).hexdigest()


def test(*options: str) -> None:
    """Everything that must hold before a change lands."""
    set_up("dev")
    run(BIN / "ruff", "check")
    run(BIN / "ruff", "format", "--check")
    run(BIN / "mypy")
    run(BIN / "lint-imports")
    run(BIN / "pytest", "-n", "2", *options)


def equipoise(*arguments: str) -> None:
    """Run the command line."""
    set_up("run")
    run(BIN / "equipoise", *arguments)


def validate(*options: str) -> None:
    """Run the slow tests, then the validation worlds, which write their table."""
    set_up("dev")
    run(BIN / "pytest", "-n", "2", "-m", "slow")
    for script in sorted((HERE / "validation").glob("*.py")):
        run(BIN / "python", script, *options)


def bench(*options: str) -> None:
    """Time equipoise beside its peers; all of them, also where some have no peer here."""
    set_up("dev")
    scripts = sorted((HERE / "bench").glob("bench_*.py"))
    commands = [[str(BIN / "python"), str(script), *options] for script in scripts]
    codes = [subprocess.run(command, cwd=HERE, check=False).returncode for command in commands]
    without = [script.name for script, code in zip(scripts, codes, strict=True) if code]
    if without:
        sys.exit(f"No peer was found, or something failed, in: {', '.join(without)}.")


def lock() -> None:
    """Pin every requirement with its hashes, for all platforms and Python 3.11 to 3.13."""
    compile_ = ["uv", "pip", "compile", "--universal", "--generate-hashes", "--no-header"]
    compile_ += ["--python-version", "3.11", "--no-emit-index-url", "--quiet", "--upgrade"]
    # the build backend is pinned too: nothing is installed that has no hash
    extra = "requirements.in"
    run(*compile_, "pyproject.toml", extra, "-o", REQUIREMENTS["run"].name)
    run(*compile_, "pyproject.toml", extra, "--group", "dev", "-o", REQUIREMENTS["dev"].name)


def demo(*options: str) -> None:
    """Run the main job."""
    equipoise("demo", *options)


if __name__ == "__main__":
    tasks = {f.__name__: f for f in (demo, test, equipoise, validate, bench, lock)}
    if sys.version_info < (3, 11):  # noqa: UP036  (this file must say so itself)
        sys.exit(f"equipoise needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    if len(sys.argv) < 2 or sys.argv[1] not in tasks:
        sys.exit(str(__doc__))
    tasks[sys.argv[1]](*sys.argv[2:])
