"""Two worlds: the same trial twice, every arm swapped; what a blinded person sees must be the same.

`observe` turns a folder into everything that could be seen of it: names, modes, sizes, contents.
Hashes, roots, commitments and ciphertexts differ by nature: of them length, count and place are
compared, of all else every byte. To watch another surface (a page, a log, an answer of the
allocator), add what it showed to the mapping that `differences` compares.
"""

import json
import re
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MASKED = {
    *("hash", "prev", "root", "commitment", "signature", "final_box", "break_box"),
    "allocator_head",
}
"""Fields whose bytes differ by nature."""
_DIGITS = re.compile(r"[0-9a-f]{64}|[0-9a-f]{128}|[A-Za-z0-9+/]+={0,2}")


def observe(folder: Path) -> dict[str, Any]:
    """Return all that can be seen of a folder, by path."""
    seen: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        mode = path.stat().st_mode
        seen[name] = (mode, None, None) if path.is_dir() else (mode, *_content(path))
    return seen


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Name whatever differs between two worlds."""
    found = [f"only in one world: {name}" for name in one.keys() ^ other.keys()]
    found += [f"differs: {name}" for name in one.keys() & other.keys() if one[name] != other[name]]
    order = [name for name in one if name in other] != [name for name in other if name in one]
    return sorted(found) + (["the order differs"] if order else [])


def masked(value: Any, field: str = "") -> Any:
    """Replace what differs by nature by its length; keep order, keys and everything else."""
    if isinstance(value, dict):
        return [(key, masked(inner, key)) for key, inner in value.items()]
    if isinstance(value, list):
        return [masked(inner, field) for inner in value]
    if field in MASKED and isinstance(value, str) and _DIGITS.fullmatch(value):
        return f"<{len(value)} digits>"
    return value


def _content(path: Path) -> tuple[int, Any]:
    raw = path.read_bytes()
    if raw.startswith(b"SQLite format 3"):
        return len(raw), _rows(path)
    if path.suffix == ".json":
        return len(raw), masked(json.loads(raw))
    if path.suffix == ".jsonl":
        return len(raw), [masked(json.loads(line)) for line in raw.splitlines()]
    if path.name == "commitment.txt":
        return len(raw), "<a commitment>"
    return len(raw), raw


def _rows(path: Path) -> list[Any]:
    """Return everything in a database: its schema, and each row of each table."""
    file = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        schema = file.execute("SELECT * FROM sqlite_master ORDER BY rowid").fetchall()
        tables = [row[1] for row in schema if row[0] == "table"]
        rows = [(t, file.execute(f"SELECT * FROM {t}").fetchall()) for t in tables]  # noqa: S608
    finally:
        file.close()
    return [schema, [(t, [[_cell(cell) for cell in row] for row in found]) for t, found in rows]]


def _cell(cell: Any) -> Any:
    if isinstance(cell, str) and cell.startswith("{"):
        return masked(json.loads(cell))
    if isinstance(cell, str) and re.fullmatch(r"[0-9a-f]{64}", cell):
        return "<64 digits>"
    return cell
