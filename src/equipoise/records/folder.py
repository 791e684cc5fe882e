"""A records folder: what a person can read, and a program can read back to the last bit.

``README.txt`` says what it is, ``protocol.yaml`` what was planned, each table is one CSV,
``columns.csv`` names every column with its unit, ``manifest.json`` holds the hashes.
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from equipoise.errors import DataError, ProtocolError
from equipoise.estimates import Source
from equipoise.protocol import Protocol, protocol_from_text, protocol_text
from equipoise.records.csv_file import read_csv
from equipoise.records.records import BlindedRecords, UnblindedRecords
from equipoise.records.tables import TABLE, Kind, Table

MANIFEST = "manifest.json"
FORMAT = 1
Records = BlindedRecords | UnblindedRecords
_DICTIONARY = ("table", "column", "kind", "unit", "low", "high", "meaning")


def write_folder(records: Records, path: str | Path) -> Path:
    """Write records as a folder, whole or not at all.

    A folder of records that is there already is replaced; anything else is left alone.

    Raises
    ------
    DataError
        If `path` is a file, or a folder of something else.
    """
    target = Path(path)
    if target.exists() and not _is_ours(target):
        raise DataError(
            f"{target} exists and is not a records folder: nothing was written. Name a new folder."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        _write(records, new)
        _put(new, target)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return target


def read_folder(path: str | Path, *, protocol: Protocol | None = None) -> Records:
    """Read a folder that `write_folder` wrote, every hash verified.

    Parameters
    ----------
    path
    protocol
        If given, the folder must come from this protocol.

    Raises
    ------
    DataError
        If a file is missing or was changed, or the folder comes from another protocol.
    """
    folder = Path(path)
    manifest = _manifest(folder)
    _verify_files(folder, manifest)
    own = _own_protocol(folder, manifest)
    if protocol is not None and protocol.sha256 != own.sha256:
        raise DataError(
            f"{folder} holds records of another protocol: {own.identifier} version {own.version}, "
            f"hash {own.sha256[:12]}…; asked for {protocol.identifier} version "
            f"{protocol.version}, hash {protocol.sha256[:12]}…. Use the protocol the records "
            f"were made with, or the records of this one."
        )
    kinds = _kinds(folder)
    kind = UnblindedRecords if manifest["blinded"] is False else BlindedRecords
    tables = {
        name: _read_table(folder / f"{name}.csv", TABLE[name], kinds)
        for name in kind.table_names()
        if (folder / f"{name}.csv").exists()
    }
    name, sha256 = manifest["source"]["name"], manifest["source"]["sha256"]
    warnings = tuple(manifest["warnings"])
    records = kind(protocol=own, source=Source(name, sha256), warnings=warnings, **tables)
    if records.sha256 != manifest["content_sha256"]:
        raise DataError(
            f"{folder}: the tables do not have the content hash that {MANIFEST} states. "
            f"The folder was changed; use an unchanged copy."
        )
    return records


def _write(records: Records, folder: Path) -> None:
    plan = records.protocol
    texts = {"README.txt": _readme(records), "protocol.yaml": protocol_text(plan)}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    filled = {name: table for name, table in records.tables.items() if len(table)}
    for name, table in filled.items():
        _write_csv(folder / f"{name}.csv", list(table.columns), _rows(table))
    _write_csv(folder / "columns.csv", list(_DICTIONARY), _dictionary(filled))
    manifest = {
        "format": FORMAT,
        "blinded": isinstance(records, BlindedRecords),
        "protocol_identifier": plan.identifier,
        "protocol_sha256": plan.sha256,
        "content_sha256": records.sha256,
        "source": {"name": records.source.name, "sha256": records.source.sha256},
        "warnings": list(records.warnings),
        "files": {path.name: _sha256(path) for path in sorted(folder.iterdir())},
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8", newline="\n")


def _put(new: Path, target: Path) -> None:
    """Move the finished folder into place; an older one steps aside first."""
    new.chmod(0o755)  # mkdtemp makes folders that only their owner can open
    if not target.exists():
        new.replace(target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
    target.replace(old / "records")
    try:
        new.replace(target)
    except OSError:
        (old / "records").replace(target)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _is_ours(path: Path) -> bool:
    return path.is_dir() and ((path / MANIFEST).is_file() or not any(path.iterdir()))


def _readme(records: Records) -> str:
    plan = records.protocol
    template = files("equipoise.records").joinpath("folder_readme.txt").read_text(encoding="utf-8")
    blind = isinstance(records, BlindedRecords)
    filled = {name: table for name, table in records.tables.items() if len(table)}
    tables = [f"  {name}.csv: {len(t)} rows. {TABLE[name].meaning}" for name, t in filled.items()]
    return template.format(
        title=plan.title,
        identifier=plan.identifier,
        blind="BLINDED: no file tells an arm" if blind else "UNBLINDED: allocations.csv tells arms",
        tables="\n".join(tables),
        source=records.source.name,
    )


def _dictionary(tables: dict[str, pd.DataFrame]) -> list[list[str]]:
    rows = []
    for name, table in tables.items():
        for column in table.columns:
            declared = TABLE[name].column(column)
            number = pd.api.types.is_numeric_dtype(table[column].dtype)
            kind = "number" if number else "text"
            facts = ["", "", "", "baseline covariate"]
            if declared is not None:
                limits = ["" if x is None else f"{x:g}" for x in (declared.low, declared.high)]
                facts = [declared.unit or "", *limits, declared.meaning]
            rows.append([name, column, kind, *facts])
    return rows


def _rows(table: pd.DataFrame) -> list[tuple[str, ...]]:
    columns = []
    for name in table.columns:
        values = table[name].tolist()
        columns.append([_cell(value) for value in values])
    return list(zip(*columns, strict=True))


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None or np.isnan(value) else repr(value)  # repr gives every bit back


def _write_csv(path: Path, header: list[str], rows: list[Any]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _read_table(path: Path, table: Table, kinds: dict[tuple[str, str], Kind]) -> pd.DataFrame:
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        header = next(reader)
        rows = list(reader)
    out = {}
    for i, name in enumerate(header):
        cells = [row[i] for row in rows]
        if kinds[table.name, name] == "number":
            out[name] = pd.Series([float(c) if c else np.nan for c in cells], dtype="float64")
        else:
            out[name] = pd.Series([c or np.nan for c in cells], dtype="str")
    return pd.DataFrame(out)


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.is_file():
        raise DataError(f"{folder} is not a records folder: it has no {MANIFEST}.")
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        known = manifest["format"], manifest["files"], manifest["source"]["name"]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} is damaged: {error}. Use an unchanged copy.") from error
    if known[0] != FORMAT:
        raise DataError(
            f"{folder} has the format {known[0]}; this version reads {FORMAT}. "
            f"Use a newer equipoise."
        )
    return manifest


def _verify_files(folder: Path, manifest: dict[str, Any]) -> None:
    listed = manifest["files"]
    for name, expected in listed.items():
        path = folder / name
        if not path.is_file():
            raise DataError(f"{folder} lacks {name}, which {MANIFEST} lists.")
        if (found := _sha256(path)) != expected:
            raise DataError(
                f"{path} was changed after it was written: its sha256 is {found[:12]}…, "
                f"{MANIFEST} says {expected[:12]}…. Use an unchanged copy; corrections belong in "
                f"the source, from which the folder is made again."
            )
    extra = sorted(t for t in TABLE if (folder / f"{t}.csv").exists() and f"{t}.csv" not in listed)
    if extra:
        raise DataError(f"{folder} has {', '.join(extra)}.csv, which {MANIFEST} does not list.")


def _own_protocol(folder: Path, manifest: dict[str, Any]) -> Protocol:
    path = folder / "protocol.yaml"
    try:
        own = protocol_from_text(path.read_text(encoding="utf-8"), name=str(path))
    except (OSError, ProtocolError) as error:
        raise DataError(f"{folder}: its protocol cannot be read: {error}") from error
    if own.sha256 != manifest["protocol_sha256"]:
        raise DataError(
            f"{folder}: {MANIFEST} names the protocol hash {manifest['protocol_sha256'][:12]}…, "
            f"but protocol.yaml has {own.sha256[:12]}…: the records come from another protocol."
        )
    return own


def _kinds(folder: Path) -> dict[tuple[str, str], Kind]:
    columns = read_csv(folder / "columns.csv", ("table", "column", "kind")).columns
    rows = zip(columns["table"], columns["column"], columns["kind"], strict=True)
    return {(table, name): "number" if kind == "number" else "text" for table, name, kind in rows}


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
