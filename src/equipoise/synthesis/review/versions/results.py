"""Results on disk: `results/<version>/estimates.json` and what they were computed from."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from equipoise.errors import DataError
from equipoise.synthesis.review.folder import ReviewFolder
from equipoise.synthesis.review.selection import Row
from equipoise.synthesis.review.synthesise import Synthesis
from equipoise.synthesis.review.versions.version import Version, plain, version_of


@dataclass(frozen=True, slots=True)
class StoredResult:
    """A result as it was written: version, plain studies, plain review, inputs, estimates."""

    path: Path
    version: Version
    studies: dict[str, Any]
    review: dict[str, Any]
    inputs: dict[str, list[dict[str, Any]]]
    estimates: dict[str, Any]


def write_result(synthesis: Synthesis) -> Path:
    """Write a result under its version; the same version gives the same bytes.

    Returns
    -------
    Path
        The folder, ``results/<first 16 digits of the version>``.
    """
    folder = synthesis.folder.results / synthesis.version.short
    folder.mkdir(parents=True, exist_ok=True)
    made = {
        "version": {"sha256": synthesis.version.sha256, **asdict(synthesis.version)},
        "review": plain(synthesis.folder.review),
        "studies": {name: plain(study) for name, study in synthesis.folder.studies.items()},
        "inputs": {
            name: [_input(row) for row in chosen.rows]
            for name, chosen in synthesis.selections.items()
        },
    }
    _write(folder / "inputs.json", made)
    _write(folder / "estimates.json", synthesis.estimates.to_dict())
    return folder


def _input(row: Row) -> dict[str, Any]:
    return {
        "study": row.study.id,
        "arm": row.contrast[0],
        "comparator": row.contrast[1],
        "instrument": row.outcome.instrument,
        "visit": row.outcome.visit,
        "y": row.effect.y,
        "v": row.effect.v,
        "how": row.effect.how,
        "verified": row.verified,
    }


def _write(path: Path, value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def read_result(path: str | Path) -> StoredResult:
    """Read a result from its folder, or from one of its two files."""
    folder = Path(path)
    if folder.is_file():
        folder = folder.parent
    try:
        made = json.loads((folder / "inputs.json").read_text(encoding="utf-8"))
        estimates = json.loads((folder / "estimates.json").read_text(encoding="utf-8"))
        parts = dict(made["version"])
        stored = parts.pop("sha256")
        version = Version(**parts)
        found = StoredResult(
            folder, version, made["studies"], made["review"], made["inputs"], estimates
        )
    except FileNotFoundError as error:
        raise DataError(
            f"{folder} holds no result: {Path(str(error.filename)).name} is missing. "
            "`equipoise synthesise` writes results."
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{folder} holds no result that can be read: {error}.") from None
    if stored != version.sha256 or estimates["source"]["sha256"] != stored:
        raise DataError(
            f"{folder}: its hash is not that of its parts: the result was changed by hand. "
            "Compute it anew with `equipoise synthesise`."
        )
    return found


def find_result(folder: ReviewFolder, name: str) -> StoredResult:
    """Return a result by the first digits of its version, "latest", or its path."""
    if Path(name).exists():
        return read_result(name)
    known = sorted(folder.results.glob("*/inputs.json"), key=lambda file: file.stat().st_mtime)
    if name == "latest" and known:
        return read_result(known[-1].parent)
    found = [file.parent for file in known if file.parent.name.startswith(name)]
    if len(found) != 1:
        versions = ", ".join(file.parent.name for file in known) or "none yet"
        which = "no version starts" if not found else f"{len(found)} versions start"
        raise DataError(f"{which.capitalize()} with {name!r}. There are: {versions}.")
    return read_result(found[0])


def stale(result: StoredResult, folder: ReviewFolder) -> tuple[str, ...]:
    """Return what has changed since a result was computed; nothing if it is current.

    A page that shows a stale result is to be marked STALE.
    """
    now = version_of(folder)
    words = {
        "data": "the studies",
        "review": "the plan",
        "judgements": "the judgements",
        "searches": "the searches",
        "code": "the code",
    }
    return tuple(
        word for part, word in words.items() if getattr(now, part) != getattr(result.version, part)
    )
