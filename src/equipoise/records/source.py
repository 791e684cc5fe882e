"""A source is a dataset's name, a records folder, or a mapping file of one's own CSV."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from equipoise import datasets
from equipoise.datasets.fetching import Progress
from equipoise.errors import DataError
from equipoise.estimates import Source
from equipoise.protocol import read_protocol
from equipoise.records.folder import MANIFEST, read_folder
from equipoise.records.importing import import_mapped, import_table
from equipoise.records.mapping import read_mapping
from equipoise.records.records import UnblindedRecords


def open_source(source: str | Path, *, progress: Progress | None = None) -> UnblindedRecords:
    """Open a finished trial, wherever it is.

    Parameters
    ----------
    source
        The name of a published dataset, a records folder, or a mapping file (``.yaml``) that
        says what the columns of a CSV mean.
    progress
        Called while a dataset is being downloaded, with the bytes so far and in all.

    Raises
    ------
    DataError
        If there is no such source, or its content is wrong; the message says what to do.
    FetchError
        If a dataset cannot be fetched.
    """
    if str(source) in datasets.registry():
        wanted = datasets.dataset(str(source))
        csv = datasets.fetch(wanted.name, progress=progress)
        protocol = read_protocol(wanted.protocol)
        return import_table(csv, wanted.mapping, protocol, name=wanted.name)
    path = Path(source)
    if path.is_dir():
        return _unblinded_folder(path)
    if path.is_file() and path.suffix.lower() in (".yaml", ".yml"):
        return _mapped(path)
    if path.is_file() and path.name == MANIFEST:
        return _unblinded_folder(path.parent)
    raise DataError(_unknown(source, path))


def _mapped(path: Path) -> UnblindedRecords:
    mapping = read_mapping(path)
    for field in ("csv", "protocol"):
        if getattr(mapping, field) is None:
            raise DataError(
                f"{path.name}: `{field}` is missing: it names the {field} file, beside the mapping."
            )
    protocol = read_protocol(path.parent / str(mapping.protocol))
    return import_mapped(path.parent / str(mapping.csv), mapping, protocol)


def _unblinded_folder(path: Path) -> UnblindedRecords:
    records = read_folder(path)
    if not isinstance(records, UnblindedRecords):
        raise DataError(
            f"{path} holds blinded records: they cannot be analysed by arm before unblinding."
        )
    return records.with_source(Source(path.resolve().name, records.sha256))


def _unknown(source: str | Path, path: Path) -> str:
    known = sorted(datasets.registry())
    near = get_close_matches(str(source), known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    if path.is_file():
        hint = (
            " It is a file, but not a mapping file (.yaml) that says what its columns mean: write "
            "one, or name the columns (--participant, --arm, --guess, --outcome)."
        )
    return (
        f"There is no source {str(source)!r}.{hint} A source is a published dataset "
        f"({', '.join(known)}), a records folder, or a mapping file of your own CSV."
    )
