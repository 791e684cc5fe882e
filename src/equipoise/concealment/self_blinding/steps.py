"""The seven steps of self-blinding, in the only order in which they can happen.

1 prepare, 2 pack inner cards, 3 shuffle, 4 label, 5 dose day, 6 ask, 7 open. A pure state machine:
an event is refused or leads to the next state, and a ledger of accepted events can be run again by
anybody. Neither the server nor the participant knows what a sachet held before the last step.
A message never quotes a code, and never tells whose it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from equipoise.concealment.self_blinding.state import Event, State
from equipoise.concealment.verify_ledger import WHY_MISSED, WHY_STOPPED
from equipoise.errors import DataError

DISCARDED, DESTROYED = "discarded unopened", "destroyed"
MOST_DAYS_OFF = 365


def after(state: State, event: Event) -> State:
    """Return the state after an event.

    Raises
    ------
    DataError
        When the event is unknown, out of order, on the wrong day or with a wrong or used code;
        the message says what comes next, and nothing of what a sachet holds.
    """
    if event.act not in ACTS:
        raise DataError(f"There is no step {event.act!r}; there are {', '.join(ACTS)}.")
    state.plan.today(event.at)  # a time without its zone is refused here
    if state.last is not None and event.at < state.last:
        raise DataError(
            f"The clock runs backwards: {event.at.isoformat()} is before the last step, "
            f"{state.last.isoformat()}. Set the clock right and try again."
        )
    rule, allowed = ACTS[event.act]
    if odd := sorted(set(event.details) - set(allowed)):
        raise DataError(f"The step {event.act!r} has no {', '.join(odd)}.")
    return replace(rule(state, event), last=event.at)


def run(start: State, events: Iterable[Event]) -> State:
    """Return the state after all events, in their order."""
    state = start
    for event in events:
        state = after(state, event)
    return state


def _prepare(state: State, event: Event) -> State:
    return _once(state, event)


def _help(state: State, event: Event) -> State:
    if not state.plan.helper:
        raise DataError("Here nobody helps: the participant packs and shuffles.")
    _needs(state, "prepare")
    if "help" in state.done:
        raise DataError("The helper's link was used already. It works once; tell the study team.")
    if event.details.get("token") != state.cards.token:
        raise DataError("This is not the link of the helper's sheet.")
    return _once(state, event)


def _pack(state: State, event: Event) -> State:
    """Compare the counts; a helper tells the total alone, since counts would tell the draw."""
    _needs(state, "help" if state.plan.helper else "prepare")
    asked = (len(state.cards.outer),) if state.plan.helper else state.plan.counts
    given = event.details.get("counts")
    counted = tuple(given) if isinstance(given, list | tuple) else ()
    if counted != asked or any(type(count) is not int for count in counted):
        raise DataError(
            f"The plan packs {' and '.join(map(str, asked))}. You counted "
            f"{' and '.join(map(str, counted)) or 'nothing'}. Count again; nothing is sealed "
            "before the counts agree."
        )
    return _once(state, event)


def _shuffle(state: State, event: Event) -> State:
    if state.plan.helper:
        raise DataError("Here a helper packs by a sealed sheet: nothing is shuffled.")
    _needs(state, "pack")
    drawn, needed = event.details.get("drawn"), len(state.cards.outer)
    if type(drawn) is not int or drawn != needed or event.details.get("rest") != DISCARDED:
        raise DataError(
            f"Draw {needed} sachets face down and throw the rest away unopened, then confirm both: "
            "drawn and rest."
        )
    return _once(state, event)


def _label(state: State, event: Event) -> State:
    _needs(state, "pack" if state.plan.helper else "shuffle")
    given = event.details.get("labels")
    if not isinstance(given, list | tuple) or tuple(given) != state.cards.outer:
        raise DataError(
            "The outer labels must be put on in the order in which they are printed, all of them."
        )
    if state.plan.helper and event.details.get("sheet") != DESTROYED:
        raise DataError("The helper's sheet must be destroyed before the sachets are handed over.")
    return _once(state, event)


def _postpone(state: State, event: Event) -> State:
    days = event.details.get("days")
    _running(state)
    if state.recorded:
        raise DataError("A dose day is recorded: the calendar stands. Report days as missed.")
    if type(days) is not int or not 1 <= state.shift + days <= MOST_DAYS_OFF or days < 1:
        raise DataError(
            f"A start can be put off by 1 to {MOST_DAYS_OFF} days in all, never brought forward."
        )
    moved = replace(state, shift=state.shift + days)
    if moved.date_of(1) < state.plan.today(event.at):
        raise DataError(
            f"Put off by {days} days, the first dose day would be {moved.date_of(1).isoformat()}, "
            "which is past. Put it off further."
        )
    return moved


def _dose(state: State, event: Event) -> State:
    _needs(state, "label")
    _running(state)
    today, code = state.plan.today(event.at), event.details.get("outer")
    day = next((d for d in state.days if state.date_of(d) == today), None)
    if day is None:
        raise DataError(f"Today, {today.isoformat()}, is no dose day. Leave every sachet closed.")
    if _other_day(event, day):
        raise DataError(f"Today is dose day {day}, not {event.details['day']}.")
    if state.unanswered:
        raise DataError(f"First answer the questions of dose day {state.unanswered[0]}.")
    _unrecorded(state, day)
    if code in state.taken.values():
        raise DataError("This label was used already. Look for the one of today.")
    if code != state.cards.outer[day - 1]:
        raise DataError(f"This label is not the one of today, dose day {day}. Do not take it.")
    return replace(state, taken=_with(state.taken, day, code))


def _miss(state: State, event: Event) -> State:
    _needs(state, "label")
    _running(state)
    day, why = _day(state, event), event.details.get("why")
    _unrecorded(state, day)
    if state.plan.today(event.at) < state.date_of(day):
        raise DataError(
            f"Dose day {day} is {state.date_of(day).isoformat()}, still to come. To end early, "
            "there is the step 'stop'."
        )
    if why not in WHY_MISSED:
        raise DataError(f"Say why: {', '.join(WHY_MISSED)}.")
    return replace(state, missed=_with(state.missed, day, why))


def _ask(state: State, event: Event) -> State:
    day, answers = _day(state, event), event.details.get("answers")
    if day not in state.taken:
        raise DataError(f"No dose was scanned on dose day {day}: there is nothing to ask.")
    if day in state.guessed:
        raise DataError(f"The questions of dose day {day} are answered; answers stay as given.")
    if not isinstance(answers, str) or not answers:
        raise DataError('The guess is missing: what do you think you took? "Unsure" counts.')
    return replace(state, guessed=_with(state.guessed, day, answers))


def _stop(state: State, event: Event) -> State:
    _running(state)
    if event.details.get("why") not in WHY_STOPPED:
        raise DataError(f"Say why: {', '.join(WHY_STOPPED)}.")
    return _once(state, event)


def _finish(state: State, event: Event) -> State:
    _needs(state, "label")
    if state.waiting:
        waiting = ", ".join(map(str, state.waiting))
        raise DataError(f"Dose days {waiting} are neither answered nor reported as missed.")
    today = state.plan.today(event.at)
    if "stop" not in state.done and today < state.final_day:
        raise DataError(
            f"The last questionnaire is on {state.final_day.isoformat()} or later; today is "
            f"{today.isoformat()}."
        )
    answers = event.details.get("answers")
    if not isinstance(answers, str) or not answers:
        raise DataError("The last questionnaire is missing.")
    return _once(state, event)


def _open(state: State, event: Event) -> State:
    outer = _to_open(state, event)
    inner = event.details.get("inner")
    if not isinstance(inner, str) or inner not in state.cards.inner:
        raise DataError("This is not one of your inner cards. Scan the card from the sachet.")
    if inner in state.opened.values():
        raise DataError("This inner card was scanned already, with another sachet.")
    opened = _with(state.opened, outer, inner)
    return replace(state, opened=opened, lost=state.lost - {outer})


def _lost(state: State, event: Event) -> State:
    """Report a card as missing; if it is found later, it can still be opened."""
    outer = _to_open(state, event)
    if outer in state.lost:
        raise DataError("The card of this sachet is reported as missing already.")
    return replace(state, lost=state.lost | {outer})


def _to_open(state: State, event: Event) -> str:
    if "finish" not in state.done:
        raise DataError(
            "Inner cards stay sealed until the last questionnaire is in. Do not open a sachet."
        )
    outer = event.details.get("outer")
    if not isinstance(outer, str) or outer not in state.taken.values():
        raise DataError("No dose was taken from a sachet with this label.")
    if outer in state.opened:
        raise DataError("The card of this sachet is scanned already; a scan cannot be changed.")
    return outer


def _once(state: State, event: Event) -> State:
    if event.act in state.done:
        raise DataError(f"The step {event.act!r} is done, and cannot be done again.")
    return replace(state, done=_with(state.done, event.act, event.at))


def _needs(state: State, act: str) -> None:
    if act not in state.done:
        raise DataError(f"First comes the step {act!r}.")


def _running(state: State) -> None:
    if "finish" in state.done:
        raise DataError("The last questionnaire is in: no dose can be recorded any more.")
    if "stop" in state.done:
        raise DataError("You have stopped: no further dose is taken. What is left is 'finish'.")


def _unrecorded(state: State, day: int) -> None:
    if day in state.recorded:
        raise DataError(f"Dose day {day} is recorded already.")


def _day(state: State, event: Event) -> int:
    day = event.details.get("day")
    if type(day) is not int or day not in state.days:
        raise DataError(f"There is no dose day {day!r}: there are {len(state.days)}, from 1.")
    return day


def _other_day(event: Event, today: int) -> bool:
    named = event.details.get("day", today)
    return type(named) is not int or named != today


def _with(mapping: Mapping[Any, Any], key: object, value: object) -> Mapping[Any, Any]:
    return MappingProxyType({**mapping, key: value})


Rule = Callable[[State, Event], State]
ACTS: Mapping[str, tuple[Rule, tuple[str, ...]]] = MappingProxyType({
    "prepare": (_prepare, ()),
    "help": (_help, ("token",)),
    "pack": (_pack, ("counts",)),
    "shuffle": (_shuffle, ("drawn", "rest")),
    "label": (_label, ("labels", "sheet")),
    "postpone": (_postpone, ("days",)),
    "dose": (_dose, ("day", "outer")),
    "miss": (_miss, ("day", "why")),
    "ask": (_ask, ("day", "answers")),
    "stop": (_stop, ("why",)),
    "finish": (_finish, ("answers",)),
    "open": (_open, ("outer", "inner")),
    "lost": (_lost, ("outer",)),
})  # fmt: skip
"""What can happen, the rule of each, and its details."""
