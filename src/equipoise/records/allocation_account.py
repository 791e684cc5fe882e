"""How people came to their arms, told after the trial: CONSORT 2025, items 17 to 20.

Plain data: `concealment` makes it when a trial is revealed, `report` prints it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from equipoise.errors import DataError

FORMAT = "equipoise/allocation-account/v1"
_LISTS = ("strata", "blinded", "checked", "faults")


@dataclass(frozen=True, kw_only=True)
class AllocationAccount:
    """How the allocation of one trial was generated, concealed and carried out.

    Parameters
    ----------
    trial
        The protocol's identifier.
    generated_by, method
        17a: who generated the sequence, and how.
    procedure, ratio, strata
        17b: type of randomisation and its restriction; names of the strata.
    mechanism
        18: how the sequence was kept from those who enrolled people.
    implementation
        19: who enrolled and assigned, and whether they could know the sequence.
    blinded, blinding
        20: who was blinded after assignment, and how.
    kits, allocated, code_broken
        Kits sealed, people allocated, people whose code was broken before the lock.
    commitment, committed, root
        SHA-256 as hexadecimal; when the commitment was written.
    locked, unblinded
        When the records were locked, and when all arms were opened; None if they were not.
    revealed
        Whether the list that anybody can derive again fits; None if nobody has derived it.
    checked, faults
        What was compared, and what did not fit.
    """

    trial: str
    generated_by: str | None
    method: str
    procedure: str
    ratio: str
    strata: tuple[str, ...]
    mechanism: str
    implementation: str | None
    blinded: tuple[str, ...]
    blinding: str | None
    kits: int
    allocated: int
    code_broken: int
    commitment: str
    committed: str
    root: str
    locked: str | None = None
    unblinded: str | None = None
    revealed: bool | None = None
    checked: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Write the account as JSON."""
        return json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False, indent=1) + "\n"


def read_allocation_account(path: Path) -> AllocationAccount:
    """Read an account that `to_json` wrote.

    Raises
    ------
    DataError
        If there is none, or it is damaged.
    """
    if not path.is_file():
        raise DataError(
            f"There is no account of the allocation {path}. `equipoise reveal` makes it."
        )
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data.pop("format", None) != FORMAT or set(data) != {
            field.name for field in fields(AllocationAccount)
        }:
            raise DataError(f"{path} is no account of an allocation in the format {FORMAT}.")
        lists = {name: tuple(data[name]) for name in _LISTS}
        return AllocationAccount(**{**data, **lists})
    except (ValueError, TypeError, AttributeError) as error:
        raise DataError(f"{path} is no account of an allocation: {error}.") from error
