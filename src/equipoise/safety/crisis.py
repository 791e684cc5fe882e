"""Whom to ring in a crisis, by country, with the source of every number and how old it is.

The country is asked, never guessed. A number that nobody checked says so; one without a source is
refused.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError, field_validator

from equipoise.errors import DataError
from equipoise.safety.part import FOLDER, Part, Text, read_yaml
from equipoise.safety.rule_book import RuleBook, rule_book

MOST_DAYS = 180


class Line(Part):
    """One number. `page_date` is that of the page it was read on: YYYY-MM or YYYY-MM-DD."""

    number: Text
    kind: Text | None = None
    hours: Text | None = None
    source: Text
    page_date: Text | None = None
    read_on: date
    verified_on: date | None = None

    @field_validator("page_date", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        return value.isoformat() if isinstance(value, date) else value

    @property
    def dated(self) -> date | None:
        """The day it was last known to hold: checked by a person, else the date of its page."""
        if self.verified_on or self.page_date is None:
            return self.verified_on
        year, month, *day = (int(part) for part in self.page_date.split("-"))
        return date(year, month, *(day or [1]))


class Country(Part):
    """The lines of one country; no emergency number where none was read in a source."""

    country: Text
    name: Text
    lines: tuple[Line, ...]
    emergency: Line | None = None


@dataclass(frozen=True, slots=True)
class CrisisBlock:
    """What is shown before everything else."""

    first: str
    emergency: str
    lines: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        return asdict(self)


@cache
def crisis_lines(path: Path = FOLDER / "crisis_lines.yaml") -> dict[str, Country]:
    """Return the crisis lines by ISO country code.

    Raises
    ------
    DataError
        When a line has no source, or a country stands there twice.
    """
    found: dict[str, Country] = {}
    for row in read_yaml(path):
        try:
            country = Country.model_validate(row)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise DataError(
                f"{path.name}, {row.get('country')}: {place} {first['msg']}. A number is only "
                "shown with its source."
            ) from error
        if country.country in found:
            raise DataError(f"{path.name} has {country.country} twice.")
        found[country.country] = country
    return found


def crisis_block(
    country: str | None = None,
    lines: dict[str, Country] | None = None,
    rules: RuleBook | None = None,
) -> CrisisBlock:
    """Say whom to ring; without a known country only what holds everywhere.

    Examples
    --------
    >>> crisis_block().emergency
    'Ring your local emergency number if you are in danger now.'
    """
    words = (rules or rule_book()).wording["crisis"]
    known = crisis_lines() if lines is None else lines
    if country is None:
        return CrisisBlock(words["first"], words["local"], (words["directory"],))
    here = known.get(country.strip().upper())
    if here is None:
        text = words["unknown_country"].format(country=country)
        return CrisisBlock(words["first"], words["local"], (text,))
    ring = words["local"]
    if here.emergency:
        told = words["emergency"].format(number=here.emergency.number)
        ring = f"{told} ({_checked(here.emergency, words)})"
    return CrisisBlock(words["first"], ring, tuple(_shown(line, words) for line in here.lines))


def warnings(today: date, lines: dict[str, Country] | None = None) -> tuple[str, ...]:
    """Name every number that is old, or that no person has checked; to be told at each build.

    Examples
    --------
    >>> len(warnings(date(2026, 11, 25))) > 0
    True
    """
    found = []
    for country in (crisis_lines() if lines is None else lines).values():
        emergency = [country.emergency] if country.emergency else []
        for line in [*country.lines, *emergency]:
            where = f"{country.name}, {line.number}"
            if line.verified_on is None:
                found.append(f"{where}: not yet checked by a person.")
            if line.dated is None:
                found.append(f"{where}: its page has no date ({line.source}).")
            elif (today - line.dated).days > MOST_DAYS:
                days = (today - line.dated).days
                found.append(f"{where}: {days} days old, more than {MOST_DAYS} ({line.source}).")
    return tuple(found)


def _shown(line: Line, words: dict[str, str]) -> str:
    hours = f", {line.hours}" if line.hours else ""
    return f"{line.number} ({line.kind}{hours}; {_checked(line, words)})"


def _checked(line: Line, words: dict[str, str]) -> str:
    if line.verified_on:
        return words["last_checked"].format(date=line.verified_on.isoformat())
    page = words["page"].format(date=line.page_date) if line.page_date else words["undated"]
    return f"{words['never_checked']}; {page}, {line.source}"
