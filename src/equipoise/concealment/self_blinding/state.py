"""How far a participant has come with their sachets, and what happened: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from equipoise.concealment.self_blinding.plan import SachetPlan
from equipoise.errors import DataError


@dataclass(frozen=True, slots=True)
class Event:
    """Something done.

    Parameters
    ----------
    act
        One of `steps.ACTS`.
    at
        The server's time, with its zone. The plan says whose calendar it is read in.
    details
        Codes, counts and hashes of answers. Codes are compared as they are: a ledger has their
        hashes instead.
    """

    act: str
    at: datetime
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cards:
    """What was printed for a participant.

    Parameters
    ----------
    outer
        Codes of the labels, in the order of the dose days.
    inner
        Codes of the inner cards, without any meaning.
    token
        What the helper's sheet carries; empty where the participant packs alone.
    """

    outer: tuple[str, ...]
    inner: frozenset[str]
    token: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """How far a participant has come. Days count from 1.

    Parameters
    ----------
    plan, cards
        What was planned, and printed.
    done
        Acts that happen once, with the time at which they did.
    shift
        By how many days the whole calendar was put off.
    taken
        Dose day to the outer code that was scanned.
    missed
        Dose day to the reason why no dose was taken, or none was scanned.
    guessed
        Dose day to the hash of the answers, the guess among them.
    opened
        Outer code to the inner card found in it; filled in the last step only.
    lost
        Outer codes whose inner card is reported as missing.
    last
        Time of the last step.
    """

    plan: SachetPlan
    cards: Cards
    done: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    shift: int = 0
    taken: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    missed: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    guessed: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    opened: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    lost: frozenset[str] = frozenset()
    last: datetime | None = None

    def __post_init__(self) -> None:
        days, cards, helper = len(self.plan.dose_days), self.cards, self.plan.helper
        every = {*cards.outer, *cards.inner, *([cards.token] if cards.token else [])}
        packed = days if helper else self.plan.packed
        if len(cards.outer) != days or len(cards.inner) != packed or helper != bool(cards.token):
            raise DataError(
                f"The plan needs {days} outer codes, {packed} inner codes and "
                f"{'a' if helper else 'no'} helper's token. Got {len(cards.outer)}, "
                f"{len(cards.inner)} and {'one' if cards.token else 'none'}."
            )
        if len(every) != days + packed + helper:
            raise DataError("A code was printed twice. Issue new cards.")

    @property
    def days(self) -> range:
        """The dose days, from 1."""
        return range(1, len(self.plan.dose_days) + 1)

    @property
    def recorded(self) -> frozenset[int]:
        """Dose days that were taken or missed."""
        return frozenset({*self.taken, *self.missed})

    @property
    def unanswered(self) -> tuple[int, ...]:
        """Dose days whose questions wait."""
        return tuple(day for day in self.taken if day not in self.guessed)

    @property
    def waiting(self) -> tuple[int, ...]:
        """Dose days that are neither answered nor missed; after a stop, only unanswered ones."""
        due = [] if "stop" in self.done else [d for d in self.days if d not in self.recorded]
        return tuple(sorted({*self.unanswered, *due}))

    def date_of(self, day: int) -> date:
        """Return the date of a dose day, put off as it may be."""
        return self.plan.dose_days[day - 1] + timedelta(days=self.shift)

    @property
    def final_day(self) -> date:
        """The first day of the last questionnaire, put off as it may be."""
        return self.plan.last_day + timedelta(days=self.shift)
