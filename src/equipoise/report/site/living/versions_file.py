"""versions.json: every version of a site, each as what it changed of the one before.

docs/living.md documents the format. A version stores only what it says otherwise than the one
before, so that a version in which nothing changed is a few lines; two hashes tell whether what
is put together again is what was stored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from equipoise.errors import DataError
from equipoise.report.site.living.history import VERSION, History, SiteVersion
from equipoise.report.site.living.state import State

if TYPE_CHECKING:
    from pathlib import Path

FILE = "versions.json"
FORMAT = "equipoise site versions 1"
PARTS = tuple(field.name for field in fields(State))


def versions_text(history: History) -> str:
    """Write a history as the text of versions.json."""
    rows: list[dict[str, Any]] = []
    before = State()
    for one in history.versions:
        row = {
            "version": one.version,
            "date": one.day.isoformat(),
            "said": one.state.said_sha256,
            "state": one.state.sha256,
            "copy": one.files_sha256,
            "searched": {name: day.isoformat() for name, day in one.searched.items()},
        }
        rows.append(row | _delta(before, one.state))
        before = one.state
    made = {"format": FORMAT, "tag": history.tag, "versions": rows}
    return json.dumps(made, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _delta(before: State, now: State) -> dict[str, Any]:
    found = {}
    old, new = asdict(before), asdict(now)
    for part in PARTS:
        changed = {k: v for k, v in new[part].items() if old[part].get(k) != v}
        gone = [k for k in old[part] if k not in new[part]]
        if changed or gone:
            found[part] = {"set": changed, "gone": gone}
    return found


def read_history(out: Path) -> History:
    """Read the versions of the site in a folder; none where there is no site yet.

    Raises
    ------
    DataError
        When versions.json cannot be read, or is not what a build wrote. Nothing is written.
    """
    path = out / FILE
    if not path.is_file():
        return History()
    try:
        made = json.loads(path.read_text(encoding="utf-8"))
        if made["format"] != FORMAT:
            raise ValueError(f"its format is {made['format']!r}, not {FORMAT!r}")
        found = History(str(made["tag"]), tuple(_versions(made["versions"])))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path} does not hold the versions of this site: {_said(error)}. Nothing was written. "
            "Put back the file as the last build left it (the site's own copy on its host will "
            "do), or build into an empty folder, which starts a new line of versions."
        ) from None
    return found


def _versions(rows: list[dict[str, Any]]) -> Iterator[SiteVersion]:
    parts: dict[str, dict[str, Any]] = {part: {} for part in PARTS}
    last = date.min
    seen: set[str] = set()
    for row in rows:
        parts = {part: _folded(parts[part], row.get(part, {})) for part in PARTS}
        state, name, day = State(**parts), row["version"], date.fromisoformat(row["date"])
        if not VERSION.fullmatch(name) or name in seen or day < last:
            raise ValueError(f"the version {name!r} of {day} is out of place")
        if (state.said_sha256, state.sha256) != (row["said"], row["state"]):
            raise ValueError(f"what version {name} says does not have the hash that it had")
        searched = {key: date.fromisoformat(value) for key, value in row["searched"].items()}
        yield SiteVersion(name, day, state, row["copy"], searched)
        seen.add(name)
        last = day


def _folded(before: Mapping[str, Any], delta: Mapping[str, Any]) -> dict[str, Any]:
    gone = set(delta.get("gone", ()))
    changed: Mapping[str, Any] = delta.get("set", {})
    return {k: v for k, v in before.items() if k not in gone} | dict(changed)


def _said(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
