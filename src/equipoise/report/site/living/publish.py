"""Put a site into a folder: a version that is out keeps its bytes, and a crash keeps the old site.

Everything is written beside the old site first. Then the kept copy is moved into its place in one
step, then versions.json, then the pages at the root with the first page last.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from equipoise.errors import DataError
from equipoise.report.site.living.history import FOLDER
from equipoise.report.site.living.kept_copies import (
    listed,
    require_known,
    require_unchanged,
)
from equipoise.report.site.living.versions_file import FILE, read_history

if TYPE_CHECKING:
    from equipoise.report.site.build import Site
    from equipoise.report.site.page import File

FIRST_PAGE = "index.html"


def publish(site: Site, out: Path) -> None:
    """Write a site; files in the folder that no version wrote stay.

    Raises
    ------
    DataError
        When a version that is out would change, or another build was faster. Nothing is written.
    """
    before = read_history(out)
    if before not in (site.history, site.history.before_newest) and before.versions:
        raise DataError(
            f"{out / FILE} lists other versions than this build started from: another one was "
            "faster, or the folder is that of another site. Build again."
        )
    require_unchanged(out, before)
    require_known(out, before, site.version)
    kept = out / FOLDER / site.version
    if kept.exists():
        _require_same(site, kept)
    gone = _no_longer_made(site, out, before.newest.version if before.newest else "")
    out.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=".building-", dir=out))
    try:
        _write(site.kept, building / "kept")
        _write(site.files, building / "root")
        _move(site, building, out)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    for path in gone:
        path.unlink(missing_ok=True)


def _require_same(site: Site, kept: Path) -> None:
    other = [
        one.path
        for one in site.kept
        if not (kept / one.path).is_file()
        or (kept / one.path).read_bytes() != one.text.encode("utf-8")
    ]
    if other:
        raise DataError(
            f"Version {site.version} is out and may not change, and this build would write other "
            f"bytes: {', '.join(other[:5])}. Nothing was written. Build from the folder's own "
            "versions.json, which gives the next version; or, where a build was cut off and "
            f"nobody can have read {kept}, delete it and build again."
        )


def _no_longer_made(site: Site, out: Path, before: str) -> list[Path]:
    """Return the root's files of the version before that this one lacks: they would be stale."""
    if not before:
        return []
    made = {one.path for one in site.files}
    gone = [out / path for path in listed(out / FOLDER / before) if path not in made]
    root = out.resolve()  # a list that somebody wrote may not lead out of the site
    return [path for path in gone if path.resolve().is_relative_to(root)]


def _write(files: Iterable[File], below: Path) -> None:
    for file in files:
        path = below / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8", newline="\n")


def _move(site: Site, building: Path, out: Path) -> None:
    kept = out / FOLDER / site.version
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        (building / "kept").rename(kept)
    order = {FILE: 0, FIRST_PAGE: 2}
    for file in sorted(site.files, key=lambda one: order.get(one.path, 1)):
        path = out / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        (building / "root" / file.path).replace(path)
