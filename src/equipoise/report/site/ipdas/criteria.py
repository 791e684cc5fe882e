"""The criteria of the standards, and the dated records of what people did: both are data."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import StringConstraints, model_validator

from equipoise.errors import DataError
from equipoise.protocol.part import Part, Text
from equipoise.report.site.evidence_folder import read_part

if TYPE_CHECKING:
    from equipoise.report.site.evidence_folder import EvidenceFolder

Id = Annotated[str, StringConstraints(pattern=r"^[QCTK]\d{1,2}$")]
By = Literal["mark", "record", "none"]
FILE = Path(__file__).with_name("ipdas.yaml")
RECORDS = "ipdas_records.yaml"


class Criterion(Part):
    """One criterion; `by` is the only way to meet it, `why` says why it cannot apply."""

    id: Id
    text: Text
    by: By
    why: Text | None = None

    @model_validator(mode="after")
    def _reasoned(self) -> Self:
        if (self.by == "none") != (self.why is not None):
            raise ValueError(f"{self.id}: `why` goes with `by: none`, and with nothing else")
        return self


class Criteria(Part):
    """All of them, by block."""

    qualifying: tuple[Criterion, ...]
    certifying: tuple[Criterion, ...]
    quality: tuple[Criterion, ...]

    @property
    def every(self) -> tuple[Criterion, ...]:
        """All of them, in order."""
        return (*self.qualifying, *self.certifying, *self.quality)


class Record(Part):
    """What people did, when, and where it is reported."""

    criterion: Id
    who: Text
    when: date
    where: Text


class Records(Part):
    """The file of records; empty until people have done something."""

    records: tuple[Record, ...] = ()


@cache
def criteria() -> Criteria:
    """Return the criteria."""
    return read_part(FILE, Criteria)


def read_records(folder: EvidenceFolder) -> tuple[Record, ...]:
    """Return the records of an evidence folder; none where it has no file of them.

    Raises
    ------
    DataError
        When a record lacks a field, or is of a criterion that no record can meet.
    """
    file = folder.path / RECORDS
    found = read_part(file, Records).records if file.is_file() else ()
    can = {one.id for one in criteria().every if one.by == "record"}
    for one in found:
        if one.criterion not in can:
            raise DataError(
                f"{file}: a record of {one.criterion}, which no record can meet: only "
                f"{', '.join(sorted(can))}."
            )
    return found
