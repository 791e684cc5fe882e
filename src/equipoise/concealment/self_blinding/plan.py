"""What a participant who packs their own sachets has to do: how many, of what, on which days.

After Szigeti et al. (2021), eLife 10:e62878, doi:10.7554/eLife.62878, where citizens hid their
microdoses from themselves with opaque capsules, sealed envelopes and printed codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from equipoise.errors import DataError

MORE_THAN_NEEDED = 1
"""Sachets to pack beyond those needed, at least: what is left over must not tell what was drawn."""
MOST_SACHETS = 200


@dataclass(frozen=True, slots=True)
class SachetPlan:
    """The sachets of one participant.

    Parameters
    ----------
    contents
        How many sachets of each content are in the pool that is drawn from, by the name that the
        approved protocol gives it.
    dose_days
        The days on which one is taken, each a date of the participant's own calendar, ascending.
    zone
        The participant's time zone, as "Europe/London": in it a day begins and ends.
    final_day
        The first day on which the last questionnaire may be filled in; the last dose day if None.
    helper
        Whether a second person packs by a sealed sheet; else the participant packs and shuffles.

    Raises
    ------
    DataError
        When fewer than two contents are packed, when what is left over after the draw would tell
        what was drawn, when the days do not ascend, or the zone is unknown.
    """

    contents: Mapping[str, int]
    dose_days: tuple[date, ...]
    zone: str = "UTC"
    final_day: date | None = None
    helper: bool = False

    def __post_init__(self) -> None:
        _check_contents(self.contents, len(self.dose_days))
        _check_days(self.dose_days, self.final_day)
        zone_of(self.zone)

    @property
    def counts(self) -> tuple[int, ...]:
        """Sachets of each content, in the plan's order."""
        return tuple(self.contents.values())

    @property
    def packed(self) -> int:
        """Sachets in the pool that is drawn from."""
        return sum(self.counts)

    @property
    def last_day(self) -> date:
        """The first day on which the last questionnaire may be filled in."""
        return self.final_day or self.dose_days[-1]

    def today(self, at: datetime) -> date:
        """Return the participant's date at a time, whatever zone the time is written in."""
        if at.tzinfo is None:
            raise DataError("A step's time needs its time zone. Give one in UTC.")
        return at.astimezone(zone_of(self.zone)).date()

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "contents": dict(self.contents),
            "dose_days": [day.isoformat() for day in self.dose_days],
            "zone": self.zone,
            "final_day": self.final_day.isoformat() if self.final_day else None,
            "helper": self.helper,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SachetPlan:
        """Read what `to_dict` wrote.

        Raises
        ------
        DataError
            If a part is missing or is no date.
        """
        try:
            last = data.get("final_day")
            return cls(
                contents={str(name): int(count) for name, count in data["contents"].items()},
                dose_days=tuple(date.fromisoformat(str(day)) for day in data["dose_days"]),
                zone=data.get("zone", "UTC"),
                final_day=date.fromisoformat(str(last)) if last else None,
                helper=bool(data.get("helper", False)),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DataError(
                f"The plan of the sachets cannot be read ({error}). It has contents (name: how "
                "many), dose_days (YYYY-MM-DD), zone, and final_day and helper if need be."
            ) from error


def zone_of(name: str) -> tzinfo:
    """Return a time zone by its name.

    Raises
    ------
    DataError
        If the machine does not know it.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError) as error:
        raise DataError(
            f"The time zone {name!r} is not known here. Write it as Europe/London or "
            "America/New_York; if that is what you wrote, install the package tzdata."
        ) from error


def _check_contents(contents: Mapping[str, int], needed: int) -> None:
    if len(contents) < 2 or min(contents.values(), default=0) < 1 or "" in contents:
        raise DataError(
            f"Self-blinding needs sachets of two contents or more, one or more of each. Got "
            f"{dict(contents)}."
        )
    packed, least = sum(contents.values()), needed + MORE_THAN_NEEDED
    if packed < least:
        raise DataError(
            f"{packed} sachets are packed and {needed} are needed: at least {least} must be "
            "packed, since a draw that takes all of them leaves no chance in how many of each "
            "were drawn."
        )
    if packed > MOST_SACHETS:
        raise DataError(f"{packed} sachets for one participant; {MOST_SACHETS} is the most.")


def _check_days(days: tuple[date, ...], final: date | None) -> None:
    if not days or list(days) != sorted(set(days)):
        raise DataError("Dose days are dates in ascending order, none twice, at least one.")
    if final is not None and final < days[-1]:
        raise DataError(
            f"The last questionnaire ({final.isoformat()}) cannot come before the last dose day "
            f"({days[-1].isoformat()})."
        )
