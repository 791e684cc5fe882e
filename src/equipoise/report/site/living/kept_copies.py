"""Kept copies of versions: v/VERSION/, with a list of hashes that `sha256sum -c` understands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from equipoise.errors import DataError
from equipoise.report.site.living.history import FOLDER, VERSION
from equipoise.synthesis.review.versions.version import digest

if TYPE_CHECKING:
    from pathlib import Path

    from equipoise.report.site.living.history import History
    from equipoise.report.site.page import File

SUMS = "SHA256SUMS"
SHOWN = 5


def sums(files: Iterable[File]) -> str:
    """Return a line a file: its sha256 and its path, sorted by path."""
    lines = {one.path: digest(one.text.encode("utf-8")) for one in files}
    return "".join(f"{lines[path]}  {path}\n" for path in sorted(lines))


def listed(kept: Path) -> tuple[str, ...]:
    """Return the paths that a kept copy lists; none where there is no list."""
    return tuple(path for _, path in _lines(kept))


def require_unchanged(out: Path, history: History) -> None:
    """Refuse a site whose kept copies are not what their builds wrote.

    Raises
    ------
    DataError
        When a copy is gone or a file in it changed, or there is one that versions.json lacks.
    """
    for one in history.versions:
        kept = out / FOLDER / one.version
        wrong = list(_wrong(kept, one.files_sha256))
        if wrong:
            more = f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
            raise DataError(
                f"Version {one.version} is out and may not change, but {kept} is not as it was "
                f"built: {', '.join(wrong[:SHOWN])}{more}. Nothing was written. Put it back from "
                "the host of the site or from a backup."
            )


def require_known(out: Path, history: History, building: str) -> None:
    """Refuse kept copies that versions.json does not list, but for the one that is being built.

    Raises
    ------
    DataError
        When there is one: versions.json is older than the folder, or a build was cut off.
    """
    known = {one.version for one in history.versions} | {building}
    folder = out / FOLDER
    there = sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []
    lost = [name for name in there if VERSION.fullmatch(name) and name not in known]
    if lost:
        raise DataError(
            f"{folder} holds {', '.join(lost)}, which versions.json does not list: it is older "
            "than the folder, or a build was cut off. Nothing was written. Put back the newest "
            "versions.json; or, where nobody can have read that copy, delete it and build again."
        )


def _wrong(kept: Path, files_sha256: str) -> Iterator[str]:
    file = kept / SUMS
    if not file.is_file():
        yield f"{SUMS} is missing"
        return
    if digest(file.read_bytes()) != files_sha256:
        yield f"{SUMS} changed"
        return
    for sha256, path in _lines(kept):
        one = kept / path
        if not one.is_file():
            yield f"{path} is missing"
        elif digest(one.read_bytes()) != sha256:
            yield f"{path} changed"


def _lines(kept: Path) -> Iterator[tuple[str, str]]:
    file = kept / SUMS
    if file.is_file():
        for line in file.read_text(encoding="utf-8").splitlines():
            sha256, _, path = line.partition("  ")
            yield sha256, path
