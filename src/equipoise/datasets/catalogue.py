"""The published datasets that equipoise knows, one YAML file each in `entries/`.

A dataset is three files of the same name: `entries/` says where the data are and whose,
`mappings/` which column means what, `protocols/` describes the trial. The data themselves
are never shipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from equipoise.errors import DataError

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Dataset:
    """One published data file.

    Parameters
    ----------
    name
        What a user types, e.g. ``self-blinding-microdose``.
    title, citation
        What it is, and what to cite when it is used.
    licence, licence_note
        The licence of the source repository and what it means for a user.
    redistributable
        True if its numbers may be shown in public examples.
    url
        Pinned to a commit, so that it cannot change under the checksum.
    sha256, rows
        Checksum and number of data rows of the file.
    filename
        Its name in the folder ``EQUIPOISE_DATA``.
    note
        What a reader of results from it must know.
    """

    name: str
    title: str
    citation: str
    licence: str
    licence_note: str
    redistributable: bool
    url: str
    sha256: str
    filename: str
    rows: int
    note: str = ""

    @property
    def mapping(self) -> Path:
        """The mapping file: which column of the data means what."""
        return HERE / "mappings" / f"{self.name}.yaml"

    @property
    def protocol(self) -> Path:
        """Our description of the trial as a protocol file."""
        return HERE / "protocols" / f"{self.name}.yaml"


def registry() -> dict[str, Dataset]:
    """Return every known dataset by name, in alphabetical order.

    Examples
    --------
    >>> sorted(registry())[0]
    'self-blinding-microdose'
    """
    return {path.stem: _read(path) for path in sorted((HERE / "entries").glob("*.yaml"))}


def dataset(name: str) -> Dataset:
    """Return one dataset; a name that is not known is a `DataError` with near names."""
    known = sorted(path.stem for path in (HERE / "entries").glob("*.yaml"))
    if name in known:
        return _read(HERE / "entries" / f"{name}.yaml")
    near = get_close_matches(name, known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise DataError(f"No dataset is named {name!r}.{hint} Known: {', '.join(known)}.")


def _read(path: Path) -> Dataset:
    import yaml  # noqa: PLC0415  (only this function reads YAML)

    return Dataset(name=path.stem, **yaml.safe_load(path.read_text(encoding="utf-8")))
