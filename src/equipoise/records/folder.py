"""A records folder: what a person can read, and a program can read back to the last bit.

``README.txt`` says what it is, ``protocol.yaml`` what was planned, each table is one CSV,
``columns.csv`` names every column with its unit, ``manifest.json`` holds the hashes.
"""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError

from equipoise.errors import DataError, ProtocolError
from equipoise.estimates import Source
from equipoise.protocol import Protocol, protocol_from_text, protocol_text
from equipoise.records.records import BlindedRecords, UnblindedRecords
from equipoise.records.tables import TABLE, Kind, Table

MANIFEST = "manifest.json"
FORMAT = 1
Records = BlindedRecords | UnblindedRecords
_SPECIAL = re.compile(r'[",\r\n]')
_DICTIONARY = ("table", "column", "kind", "unit", "low", "high", "meaning")


class ReadFrom(BaseModel):
    """What the records were read from."""

    name: str
    sha256: str | None


class Manifest(BaseModel):
    """What `manifest.json` says: hashes of every file, of the protocol and of the content."""

    model_config = ConfigDict(frozen=True)

    format: int
    blinded: bool
    protocol_identifier: str
    protocol_sha256: str
    content_sha256: str
    source: ReadFrom
    warnings: tuple[str, ...]
    files: dict[str, str]


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
    kind = BlindedRecords if manifest.blinded else UnblindedRecords
    tables = {
        name: _read_table(folder / f"{name}.csv", TABLE[name], kinds)
        for name in kind.table_names()
        if (folder / f"{name}.csv").exists()
    }
    source = Source(manifest.source.name, manifest.source.sha256)
    records = kind(protocol=own, source=source, warnings=manifest.warnings, **tables)
    if records.sha256 != manifest.content_sha256:
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
    manifest = Manifest(
        format=FORMAT,
        blinded=isinstance(records, BlindedRecords),
        protocol_identifier=plan.identifier,
        protocol_sha256=plan.sha256,
        content_sha256=records.sha256,
        source=ReadFrom(name=records.source.name, sha256=records.source.sha256),
        warnings=records.warnings,
        files={path.name: _sha256(path) for path in sorted(folder.iterdir())},
    )
    text = manifest.model_dump_json(indent=1) + "\n"
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
    columns = [[_cell(value) for value in table[name].tolist()] for name in table.columns]
    return list(zip(*columns, strict=True))


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None or np.isnan(value) else repr(value)  # repr gives every bit back


def _write_csv(path: Path, header: list[str], rows: list[Any]) -> None:
    lines = [",".join(map(_quoted, row)) for row in (header, *rows)]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8", newline="\n")


def _quoted(cell: str) -> str:
    """Quote a cell that needs it; csv.writer of Python 3.11 forgets a lone carriage return."""
    return '"' + cell.replace('"', '""') + '"' if _SPECIAL.search(cell) else cell


def _read_table(path: Path, table: Table, kinds: dict[tuple[str, str], Kind]) -> pd.DataFrame:
    header, *rows = _read_csv(path)
    out: dict[str, pd.Series[Any]] = {}
    for i, name in enumerate(header):
        cells = [row[i] for row in rows]
        if kinds.get((table.name, name)) == "number":
            out[name] = pd.Series([float(c) if c else np.nan for c in cells], dtype="float64")
        else:
            out[name] = pd.Series([c or np.nan for c in cells], dtype="str")
    return pd.DataFrame(out)


def _manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    if not path.is_file():
        raise DataError(f"{folder} is not a records folder: it has no {MANIFEST}.")
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, e["loc"])) or e["msg"] for e in error.errors())
        raise DataError(f"{path} is damaged ({fields}). Use an unchanged copy.") from error
    if manifest.format != FORMAT:
        raise DataError(
            f"{folder} has the format {manifest.format}; this version reads {FORMAT}. "
            f"Use a newer equipoise."
        )
    return manifest


def _verify_files(folder: Path, manifest: Manifest) -> None:
    listed = manifest.files
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


def _own_protocol(folder: Path, manifest: Manifest) -> Protocol:
    path = folder / "protocol.yaml"
    try:
        own = protocol_from_text(path.read_text(encoding="utf-8"), name=str(path))
    except (OSError, ProtocolError) as error:
        raise DataError(f"{folder}: its protocol cannot be read: {error}") from error
    if own.sha256 != manifest.protocol_sha256:
        raise DataError(
            f"{folder}: {MANIFEST} names the protocol hash {manifest.protocol_sha256[:12]}…, "
            f"but protocol.yaml has {own.sha256[:12]}…: the records come from another protocol."
        )
    return own


def _kinds(folder: Path) -> dict[tuple[str, str], Kind]:
    _, *rows = _read_csv(folder / "columns.csv")
    return {(row[0], row[1]): "number" if row[2] == "number" else "text" for row in rows}


def _read_csv(path: Path) -> list[list[str]]:
    """Read a file of ours to the last character: its hash has been verified."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream, strict=True))


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
