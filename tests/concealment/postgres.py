"""A PostgreSQL server of our own: started for the tests, on a socket only, and gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WHY_NOT = "no PostgreSQL server is installed here (Debian: postgresql)"


def binaries() -> Path | None:
    """Return the folder of initdb and postgres: Debian's newest, or that on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    return Path(on_path).parent if on_path else None


def _version(path: Path) -> int:
    name = path.parts[-3]
    return int(name) if name.isdigit() else 0


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """Yield the address of a fresh, empty server; `durable` keeps fsync on."""
    folder = binaries()
    assert folder is not None, WHY_NOT
    user = _user()
    home = Path(tempfile.mkdtemp(prefix="eqpg"))
    if user:
        os.chown(home, pwd.getpwnam(user).pw_uid, -1)
    data = home / "data"

    def run(*command: str | Path) -> None:
        # no pipes: the server would hold them open after pg_ctl has gone
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(  # noqa: S603  (programs of this machine)
            command, check=True, user=user, cwd=home, env={"LC_ALL": "C"}, **quiet
        )

    try:
        run(folder / "initdb", "-D", data, "-A", "trust", "-U", "tests", "-E", "UTF8")
        settings = f"-k {home} -c listen_addresses='' -c max_connections=60"
        settings += "" if durable else " -c fsync=off"
        run(folder / "pg_ctl", "-D", data, "-o", settings, "-l", home / "log", "-w", "start")
        try:
            yield f"postgresql://tests@/postgres?host={home}"
        finally:
            run(folder / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def restart(address: str) -> None:
    """Restart the server at an address that `server` gave."""
    home = Path(address.partition("host=")[2].partition("&")[0])
    settings = f"-k {home} -c listen_addresses='' -c max_connections=60 -c fsync=off"
    folder = binaries()
    assert folder is not None
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(  # noqa: S603  (a program of this machine)
        [folder / "pg_ctl", "-D", home / "data", "-o", settings, "-l", home / "log",
         "-m", "immediate", "-w", "restart"],
        check=True, user=_user(), cwd=home, env={"LC_ALL": "C"}, **quiet,
    )  # fmt: skip


def _user() -> str | None:
    """Return who runs it: the server refuses to run as root."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
