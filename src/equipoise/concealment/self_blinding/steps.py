"""The seven steps of self-blinding, in the only order in which they can happen.

1 prepare, 2 pack inner cards, 3 shuffle, 4 label, 5 dose day, 6 ask, 7 open. A pure state machine:
an event is refused or leads to the next state, and a ledger of accepted events can be run again by
anybody. Neither the server nor the participant knows what a sachet held before the last step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from equipoise.concealment.self_blinding.plan import SachetPlan
from equipoise.errors import DataError

STEPS = ("prepare", "pack", "shuffle", "label", "dose", "ask", "open")


@dataclass(frozen=True, slots=True)
class Event:
    """Something done.

    Parameters
    ----------
    act
        One of `ACTS`.
    at
        With its zone, the participant's own: its date is compared with the dose day.
    details
        Codes, counts and answers.
    """

    act: str
    at: datetime
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class State:
    """How far a participant has come.

    Parameters
    ----------
    outer, inner
        The codes printed for this participant: outer ones in the order of the dose days.
    done
        Acts that happen once, with the time at which they did.
    taken
        Dose day (from 0) to the outer code that was scanned; None where no dose was taken.
    guessed
        Dose days whose questions, the guess among them, are answered.
    opened
        Outer code to the inner card found in it; filled in the last step only.
    """

    plan: SachetPlan
    outer: tuple[str, ...]
    inner: frozenset[str]
    done: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    taken: Mapping[int, str | None] = field(default_factory=lambda: MappingProxyType({}))
    guessed: frozenset[int] = frozenset()
    opened: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    last: datetime | None = None

    def __post_init__(self) -> None:
        days, packed = len(self.plan.dose_days), sum(self.plan.contents.values())
        if len(set(self.outer)) != days or len(self.inner) != packed:
            raise DataError(
                f"The plan needs {days} outer codes and {packed} inner codes, all different. Got "
                f"{len(set(self.outer))} and {len(self.inner)}."
            )

    @property
    def open_days(self) -> tuple[int, ...]:
        """Dose days that are neither answered nor reported as missed."""
        return tuple(
            day
            for day in range(len(self.outer))
            if day not in self.guessed and self.taken.get(day, "") is not None
        )

    def after(self, event: Event) -> State:
        """Return the state after an event.

        Raises
        ------
        DataError
            When the event is unknown, out of order, on the wrong day or with a wrong or used code;
            the message says what comes next, and nothing of what a sachet holds.
        """
        if event.act not in ACTS:
            raise DataError(f"There is no step {event.act!r}; there are {', '.join(ACTS)}.")
        if self.last is not None and event.at < self.last:
            raise DataError(
                f"The clock runs backwards: {event.at.isoformat()} is before the last step, "
                f"{self.last.isoformat()}. Set the clock right and try again."
            )
        return replace(ACTS[event.act](self, event), last=event.at)


def run(start: State, events: Iterable[Event]) -> State:
    """Return the state after all events, in their order."""
    state = start
    for event in events:
        state = state.after(event)
    return state


def _prepare(state: State, event: Event) -> State:
    return _once(state, event)


def _pack(state: State, event: Event) -> State:
    _needs(state, "prepare")
    counts = dict(event.details.get("counts", {}))
    if counts != dict(state.plan.contents):
        raise DataError(
            f"The plan packs {dict(state.plan.contents)}. You counted {counts}. Count again; "
            "nothing is sealed before the counts agree."
        )
    return _once(state, event)


def _shuffle(state: State, event: Event) -> State:
    if state.plan.helper:
        raise DataError("Here a helper packs by a sealed sheet: nothing is shuffled.")
    _needs(state, "pack")
    drawn, needed = event.details.get("drawn"), len(state.outer)
    if drawn != needed or event.details.get("rest") != "discarded unopened":
        raise DataError(
            f"Draw {needed} sachets face down and throw the rest away unopened, then confirm both: "
            "drawn and rest."
        )
    return _once(state, event)


def _label(state: State, event: Event) -> State:
    _needs(state, "pack" if state.plan.helper else "shuffle")
    if tuple(event.details.get("outer", ())) != state.outer:
        raise DataError(
            "The outer labels must be put on in the order in which they are printed, all of them."
        )
    if state.plan.helper and event.details.get("sheet") != "destroyed":
        raise DataError("The helper's sheet must be destroyed before the sachets are handed over.")
    return _once(state, event)


def _dose(state: State, event: Event) -> State:
    _needs(state, "label")
    day, code = _day(state, event), event.details.get("outer")
    if event.at.date() != state.plan.dose_days[day]:
        raise DataError(
            f"Dose day {day + 1} is {state.plan.dose_days[day].isoformat()}, and today is "
            f"{event.at.date().isoformat()}. Report it as missed if you could not take it."
        )
    if code in [used for used in state.taken.values() if used]:
        raise DataError(f"The label {code} was used already. Look for the one of today.")
    if code != state.outer[day]:
        raise DataError(f"The label {code!r} is not the one of today, dose day {day + 1}.")
    return replace(state, taken=MappingProxyType({**state.taken, day: str(code)}))


def _miss(state: State, event: Event) -> State:
    _needs(state, "label")
    day = _day(state, event)
    return replace(state, taken=MappingProxyType({**state.taken, day: None}))


def _ask(state: State, event: Event) -> State:
    day = event.details.get("day")
    if not isinstance(day, int) or state.taken.get(day) is None:
        raise DataError(f"No dose was scanned on dose day {_shown(day)}: there is nothing to ask.")
    if day in state.guessed:
        raise DataError(f"The questions of dose day {day + 1} are answered; answers stay as given.")
    if not event.details.get("guess"):
        raise DataError('The guess is missing: what do you think you took? "Don\'t know" counts.')
    return replace(state, guessed=state.guessed | {day})


def _finish(state: State, event: Event) -> State:
    _needs(state, "label")
    if state.open_days:
        waiting = ", ".join(str(day + 1) for day in state.open_days)
        raise DataError(f"Dose days {waiting} are neither answered nor reported as missed.")
    return _once(state, event)


def _open(state: State, event: Event) -> State:
    if "finish" not in state.done:
        raise DataError(
            "Inner cards stay sealed until the last questionnaire is in. Do not open a sachet."
        )
    outer, inner = event.details.get("outer"), event.details.get("inner")
    if outer not in state.taken.values():
        raise DataError(f"No dose was taken from a sachet with the label {outer!r}.")
    if outer in state.opened:
        raise DataError(f"The card of {outer} is scanned already; a scan cannot be changed.")
    if inner not in state.inner or inner in state.opened.values():
        raise DataError(f"The card {inner!r} is not one of yours, or was scanned already.")
    return replace(state, opened=MappingProxyType({**state.opened, str(outer): str(inner)}))


def _once(state: State, event: Event) -> State:
    if event.act in state.done:
        raise DataError(f"The step {event.act!r} is done, and cannot be done again.")
    return replace(state, done=MappingProxyType({**state.done, event.act: event.at}))


def _needs(state: State, act: str) -> None:
    if act not in state.done:
        raise DataError(f"First comes the step {act!r}.")


def _day(state: State, event: Event) -> int:
    day = event.details.get("day")
    if not isinstance(day, int) or not 0 <= day < len(state.outer):
        raise DataError(f"There is no dose day {_shown(day)}: there are {len(state.outer)}.")
    if day in state.taken:
        raise DataError(f"Dose day {day + 1} is recorded already.")
    if "finish" in state.done:
        raise DataError("The last questionnaire is in: no dose can be recorded any more.")
    return day


def _shown(day: object) -> str:
    return str(day + 1) if isinstance(day, int) else repr(day)


ACTS: Mapping[str, Callable[[State, Event], State]] = MappingProxyType({
    "prepare": _prepare,
    "pack": _pack,
    "shuffle": _shuffle,
    "label": _label,
    "dose": _dose,
    "miss": _miss,
    "ask": _ask,
    "finish": _finish,
    "open": _open,
})  # fmt: skip
"""What can happen, and the rule of each."""


def dose_day(plan: SachetPlan, today: date) -> int | None:
    """Return the dose day, from 0, that a date is; None where it is none."""
    return plan.dose_days.index(today) if today in plan.dose_days else None
