"""Self-blinding in the ledger: cards issued, steps done, steps refused. No meaning is ever there.

The ledger is the one place that says how far a participant has come: before each step its rows are
run again, in the same transaction that the step is written in. Codes stand in it as hashes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from equipoise.concealment.framing import canonical_json, digest
from equipoise.concealment.ledger import Ledger
from equipoise.concealment.self_blinding.cards import PublicCards
from equipoise.concealment.self_blinding.plan import SachetPlan
from equipoise.concealment.self_blinding.state import Cards, Event, State
from equipoise.concealment.self_blinding.steps import after
from equipoise.concealment.verify_ledger import Row
from equipoise.errors import DataError

ISSUED, DONE, REFUSED = "cards issued", "step done", "step refused"
ANSWERS_TAG = "equipoise/self-blinding-answers/v1"
SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a step: its row, the state after it, and why it was refused if it was."""

    row: Row
    state: State
    refused: str = ""


def issue(ledger: Ledger, cards: PublicCards, *, actor: str, now: datetime) -> Row:
    """Write into the web's ledger which cards a participant was given.

    Raises
    ------
    DataError
        If the cards are of another trial, or the participant or a code has cards already.
    """
    ledger.store.lock()
    trial = _trial(ledger)
    if cards.trial != trial:
        raise DataError(f"These cards are for the trial {cards.trial}; the ledger is of {trial}.")
    issued = [body["details"] for body in ledger.acts(ISSUED)]
    if any(row["participant"] == cards.participant for row in issued):
        raise DataError(
            f"{cards.participant} has cards already. Cards are issued once: a second set would let "
            "somebody pick the one they like."
        )
    details = issued_details(cards)
    state_of_cards(details)
    return ledger.append(ISSUED, actor=actor, now=now, **details)


def issued_details(cards: PublicCards) -> dict[str, Any]:
    """Return what a ledger says of cards: numbers of each content, dates, hashes of codes."""
    plan, hashed = cards.plan, cards.hashed
    told: dict[str, Any] = {
        "participant": cards.participant,
        "contents": list(plan.counts),
        "dose_days": [day.toordinal() for day in plan.dose_days],
        "final_day": plan.last_day.toordinal(),
        "zone": plan.zone,
        "outer": list(hashed.outer),
        "inner": sorted(hashed.inner),
        "root": cards.root,
    }
    return told | ({"token": hashed.token} if hashed.token else {})


def state_of_cards(details: Mapping[str, Any]) -> State:
    """Return the state at the beginning, from a row "cards issued"; contents have only numbers.

    Raises
    ------
    DataError
        If no plan can be like that.
    """
    token = details.get("token", "")
    try:
        plan = SachetPlan(
            contents={f"{k}": n for k, n in enumerate(details["contents"], start=1)},
            dose_days=tuple(date.fromordinal(day) for day in details["dose_days"]),
            zone=details["zone"],
            final_day=date.fromordinal(details["final_day"]),
            helper=bool(token),
        )
    except (ValueError, OverflowError) as error:
        raise DataError(f"A date of the plan cannot be: {error}.") from error
    if len(set(details["inner"])) < len(details["inner"]):
        raise DataError("A code was printed twice. Issue new cards.")
    return State(plan, Cards(tuple(details["outer"]), frozenset(details["inner"]), token))


def event_of(body: Mapping[str, Any]) -> Event:
    """Return the event that a row "step done" tells of."""
    details = {k: v for k, v in body["details"].items() if k not in {"participant", "step"}}
    return Event(body["details"]["step"], datetime.fromisoformat(body["time"]), details)


def state_of(rows: Iterable[Row], participant: str) -> State:
    """Run a participant's rows again, and return how far they have come.

    Raises
    ------
    DataError
        If they have no cards, or the ledger tells of a step that could not be.
    """
    state: State | None = None
    for row in rows:
        body = json.loads(row.body)
        if body["act"] not in {ISSUED, DONE} or body["details"]["participant"] != participant:
            continue
        if body["act"] == ISSUED:
            state = state_of_cards(body["details"])
        elif state is not None:
            state = after(state, event_of(body))
    if state is None:
        raise DataError(
            f"{participant} has no cards in this ledger. The statistician makes them offline "
            "(`equipoise self-blind cards`); then `equipoise self-blind step TRIAL "
            f"{participant} begin` enters them."
        )
    return state


def record(ledger: Ledger, participant: str, event: Event, *, actor: str) -> Recorded:
    """Write a step into the ledger if it can be now, or that it was refused.

    Parameters
    ----------
    event
        With codes as hashes; its time is the row's.

    Raises
    ------
    DataError
        If the participant has no cards, or the details could not stand in a ledger at all.
    """
    ledger.store.lock()
    before = state_of(ledger.store.rows(), participant)
    told = {"participant": participant, "step": event.act}
    try:
        reached = after(before, event)
    except DataError as error:
        row = ledger.append(REFUSED, actor=actor, now=event.at, **told)
        return Recorded(row, before, str(error))
    row = ledger.append(DONE, actor=actor, now=event.at, **told, **event.details)
    return Recorded(row, reached)


def answers_hash(answers: Mapping[str, Any], salt: bytes, *, guess: bool) -> str:
    """Return the hash that stands in the ledger for answers, and proves later what they were.

    Parameters
    ----------
    answers
        Texts and whole numbers. With `guess`, a guess and a certainty from 0 to 100 percent are
        among them.
    salt
        16 random bytes or more, kept with the answers: a guess alone could be found by trying.

    Raises
    ------
    DataError
        When the guess or its certainty is missing, or the salt is short.
    """
    if len(salt) < SALT_BYTES:
        raise DataError(f"The salt needs {SALT_BYTES} random bytes. Got {len(salt)}.")
    if guess:
        said, sure = answers.get("guess"), answers.get("certainty")
        if not isinstance(said, str) or not said.strip():
            raise DataError('The guess is missing: what do you think you took? "unsure" counts.')
        if type(sure) is not int or not 0 <= sure <= 100:
            raise DataError(f"How certain are you, from 0 to 100 percent? Got {sure!r}.")
    return digest(ANSWERS_TAG, salt, canonical_json(dict(answers))).hex()


def _trial(ledger: Ledger) -> str:
    began = next(ledger.acts("began"), None)
    if began is None:
        raise DataError("The ledger is empty: not even its first row is there.")
    trial: str = began["details"]["trial"]
    return trial
