"""The version of a result: a hash of its data, its plan and the code that computed it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from equipoise import __version__
from equipoise.synthesis.review.content_hash import canonical, digest
from equipoise.synthesis.review.folder import ReviewFolder
from equipoise.synthesis.review.plan import Review
from equipoise.synthesis.review.study import Study

__all__ = ["Version", "canonical", "code_version", "digest", "plain", "version_of"]
SYNTHESIS = Path(__file__).parents[2]
BELIEF = SYNTHESIS.parent / "belief"
EVIDENCE = SYNTHESIS / "evidence"


@dataclass(frozen=True, slots=True)
class Version:
    """Hashes of what a result follows from, each in hexadecimal; `code` starts with a number.

    `data` covers the studies that the review selects; `judgements` and `searches` the files of
    those folders.
    """

    data: str
    review: str
    judgements: str
    searches: str
    code: str

    @property
    def sha256(self) -> str:
        """The version: one hash of all parts."""
        return digest(canonical(asdict(self)))

    @property
    def short(self) -> str:
        """The first 16 digits, which name the folder of the result."""
        return self.sha256[:16]


def version_of(folder: ReviewFolder) -> Version:
    """Return the version that a review folder has now."""
    return Version(
        data=digest(canonical({name: plain(study) for name, study in folder.studies.items()})),
        review=digest(canonical(plain(folder.review))),
        judgements=_files(folder.judgements),
        searches=_files(folder.searches),
        code=code_version(),
    )


def plain(value: Study | Review) -> dict[str, Any]:
    """Return a study or review as plain data, without what equals its default."""
    found: dict[str, Any] = value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return found


@cache
def code_version() -> str:
    """Return the release and a hash of what the numbers of a review come from.

    That is our code and its tables of words and limits; studies and plans are hashed by review.
    """
    found = (file for room in (SYNTHESIS, BELIEF) for file in room.rglob("*"))
    sources = sorted(
        file
        for file in found
        if file.suffix == ".py" or (file.suffix == ".yaml" and EVIDENCE not in file.parents)
    )
    return f"{__version__}+{_hash_files(sources, SYNTHESIS.parent)[:16]}"


def _files(folder: Path) -> str:
    files = sorted(file for file in folder.rglob("*") if file.is_file()) if folder.is_dir() else []
    return _hash_files(files, folder)


def _hash_files(files: Iterable[Path], root: Path) -> str:
    """Hash names and contents; line ends count as one, so that a checkout does not matter."""
    hashed = hashlib.sha256()
    for file in files:
        name = file.relative_to(root).as_posix().encode("utf-8")
        content = file.read_bytes().replace(b"\r\n", b"\n")
        hashed.update(b"%d:%s%d:" % (len(name), name, len(content)))
        hashed.update(content)
    return hashed.hexdigest()
