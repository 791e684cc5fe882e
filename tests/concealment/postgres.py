"""A PostgreSQL server for the tests, started by themselves where one can be."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UNPRIVILEGED = ("postgres", "nobody")


def programs() -> Path | None:
    """Return the folder of initdb and pg_ctl: the system's newest."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").is_file():
            return folder
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found and shutil.which("pg_ctl") else None


@contextmanager
def server() -> Iterator[str]:
    """Start a server on a free port of this machine, in a folder of its own; return its URL.

    It listens on the loopback alone and trusts it: it holds what the tests put there.
    """
    bin_ = programs()
    assert bin_ is not None
    folder = Path(tempfile.mkdtemp(prefix="equipoise-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, _user())
    data, port = folder / "data", _free_port()
    try:
        _run(folder, bin_ / "initdb", "-D", data, "-U", "equipoise", "-A", "trust", "-E", "UTF8")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off"
        _run(
            folder, bin_ / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"
        )
        try:
            yield f"postgresql://equipoise@127.0.0.1:{port}/postgres"
        finally:
            _run(folder, bin_ / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(folder: Path, *command: str | Path) -> None:
    """Run one of the server's programs; as root it refuses to, so as somebody else.

    Without pipes: the server would hold them open after pg_ctl has gone.
    """
    subprocess.run(  # noqa: S603  (programs of this machine)
        command,
        cwd=folder,
        check=True,
        env={"LC_ALL": "C"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=_user() if os.geteuid() == 0 else None,
    )


def _user() -> str:
    import pwd  # noqa: PLC0415  (not on Windows)

    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in UNPRIVILEGED if name in known)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
