"""Options that the verbs of the vault share."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from equipoise.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from equipoise.concealment.custody import Share
    from equipoise.concealment.seal.zones import Zones
    from equipoise.records import BlindedRecords

trial_argument = click.argument("trial", type=click.Path(path_type=Path))
by_option = click.option(
    "--by",
    required=True,
    metavar="CODE",
    help="Who does it, as the ledger will say: letters, digits, dots, dashes.",
)
ledger_option = click.option(
    "--ledger",
    metavar="FILE|URL",
    help="The web's ledger where it is not in TRIAL: an SQLite file or postgresql://...",
)
kits_option = click.option(
    "--kits",
    type=click.Path(path_type=Path),
    help="The allocator's boxes (kits.jsonl) where they are not in TRIAL.",
)
database_option = click.option(
    "--database",
    envvar="DATABASE_URL",
    metavar="FILE|URL",
    help="The allocator's database where it is not TRIAL's SQLite file: postgresql://...",
)
share_option = click.option(
    "--share",
    "shares",
    type=click.Path(path_type=Path),
    multiple=True,
    help="File of a custodian's share; one for each who came.",
)
now_option = click.option(
    "--date",
    "now",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%S"]),
    callback=lambda _c, _p, value: _utc(value),
    help="Time to write into the ledger, in UTC; the clock's by default.",
)


def _utc(value: datetime.datetime | None) -> datetime.datetime:
    return value.replace(tzinfo=datetime.UTC) if value else datetime.datetime.now(tz=datetime.UTC)


def zones_of(trial: Path) -> Zones:
    """Return the paths of a sealed trial's folder.

    Raises
    ------
    DataError
        If there is none.
    """
    from equipoise.concealment.seal.zones import Zones  # noqa: PLC0415  (--help is instant)

    if not trial.is_dir():
        raise DataError(
            f"There is no folder {trial}. `equipoise seal PROTOCOL --out {trial}` makes it."
        )
    return Zones(trial)


def ledger_of(zones: Zones, given: str | None) -> str:
    """Return where the web's ledger is."""
    return given or str(zones.ledger("web"))


def allocator_of(zones: Zones, given: str | None) -> str | None:
    """Return where the allocator's ledger is, if it is at hand."""
    own = zones.ledger("allocator")
    return given or (str(own) if own.is_file() else None)


def read_shares(files: Sequence[Path]) -> list[Share]:
    """Read custodians' shares."""
    from equipoise.concealment.custody import read_share  # noqa: PLC0415

    found = []
    for path in files:
        if not path.is_file():
            raise DataError(f"There is no share {path}. Look at its name and its folder.")
        found.append(read_share(path.read_text(encoding="utf-8", errors="replace"), path.name))
    return found


def blinded_records(path: Path) -> BlindedRecords:
    """Read a records folder that holds no arm."""
    from equipoise.records import BlindedRecords, read_folder  # noqa: PLC0415

    records = read_folder(path)
    if not isinstance(records, BlindedRecords):
        raise DataError(f"{path} holds arms: give the blinded records of the trial.")
    return records
