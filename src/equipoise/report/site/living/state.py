"""Everything a version says, as plain data: what the next build is compared with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from equipoise.synthesis.review.versions.version import canonical, digest, plain

if TYPE_CHECKING:
    from pathlib import Path

    from equipoise.report.site.content import Content
    from equipoise.synthesis.review import Study

DIGITS = 16
"""Of hashes that only tell whether something changed; the hash of all that is said is whole."""
NUMBERS = ("arms", "blinding", "outcomes")
"""The parts of a study file that hold its numbers."""


@dataclass(frozen=True, slots=True)
class State:
    """What a version says and what it was made from, each part by name.

    Parameters
    ----------
    sentences
        By id: what `Sentence.said` holds after the id: text, certainty, size, numbers, studies.
    studies
        By id: hash of the whole file, hash of its numbers.
    reviews
        By identifier: hashes of data, plan, judgements, searches and code, and ids of studies.
    files
        By path: hash of every other YAML file of the evidence folder.
    """

    sentences: Mapping[str, Any] = field(default_factory=dict)
    studies: Mapping[str, Any] = field(default_factory=dict)
    reviews: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Any] = field(default_factory=dict)

    @property
    def said_sha256(self) -> str:
        """Hash of everything said: equal for two versions that tell a reader the same."""
        return digest(canonical(self.sentences))

    @property
    def sha256(self) -> str:
        """Hash of all parts: whether a stored state is the one that was stored."""
        return digest(canonical(asdict(self)))


def state_of(content: Content) -> State:
    """Return what a site says now."""
    hashed: dict[str, set[tuple[str, str]]] = {}
    for told in content.reviews.values():
        for name, study in told.synthesis.folder.studies.items():
            hashed.setdefault(name, set()).add(_of_study(study))
    reviews = {
        name: {part: value[:DIGITS] for part, value in asdict(told.synthesis.version).items()}
        | {
            "code": told.synthesis.version.code,
            "studies": list(told.synthesis.folder.studies),
        }
        for name, told in content.reviews.items()
    }
    return State(
        {
            one.id: json.loads(json.dumps(one.said[1:]))
            for one in (*content.sentences, *content.beside)
        },
        {name: _joined(each) for name, each in hashed.items()},
        reviews,
        _files(content.folder.path),
    )


def _of_study(study: Study) -> tuple[str, str]:
    whole = plain(study)
    numbers = {part: whole[part] for part in NUMBERS if part in whole}
    return _short(canonical(whole)), _short(canonical(numbers))


def _joined(hashes: Iterable[tuple[str, str]]) -> list[str]:
    """Join the hashes of one id: reviews with folders of their own may differ in a file."""
    every = sorted(hashes)
    if len(every) == 1:
        return list(every[0])
    return [_short(canonical([one[part] for one in every])) for part in (0, 1)]


def _files(folder: Path) -> dict[str, str]:
    found = sorted([*folder.glob("*.yaml"), *(folder / "facts").glob("*.yaml")])
    return {
        file.relative_to(folder).as_posix(): _short(file.read_bytes().replace(b"\r\n", b"\n"))
        for file in found
    }


def _short(data: bytes) -> str:
    return digest(data)[:DIGITS]
