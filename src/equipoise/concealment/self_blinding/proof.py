"""Proof of the order, from the ledger's rows alone: anybody can run it, and nothing is opened.

Two ways that must agree. The rows are run again through the steps, one participant after the other.
And each claim is looked for by itself, by nothing but the places, times and codes of the rows, so
that a mistake in the steps would not prove itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from equipoise.concealment.self_blinding.ledgered import (
    DONE,
    ISSUED,
    REFUSED,
    event_of,
    state_of_cards,
)
from equipoise.concealment.self_blinding.plan import zone_of
from equipoise.concealment.self_blinding.state import State
from equipoise.concealment.self_blinding.steps import after
from equipoise.concealment.verify_ledger import Row, verify_rows
from equipoise.errors import DataError

Body = Mapping[str, Any]
Fault = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that is proved of a participant, or of the ledger as a whole.

    Parameters
    ----------
    what
        The claim, in words.
    faults
        Row of the ledger and what is wrong there, in order; none if the claim holds.
    participant
        Empty for the ledger itself.
    """

    what: str
    faults: tuple[Fault, ...]
    participant: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one participant has come: counts only. `opened` and `lost` are inner cards."""

    participant: str
    days: int
    taken: int
    missed: int
    answered: int
    finished: bool
    opened: int
    lost: int
    refused: int


@dataclass(frozen=True, slots=True)
class Proof:
    """What the rows prove."""

    claims: tuple[Claim, ...]
    progress: tuple[Progress, ...]

    @property
    def passed(self) -> bool:
        """Whether every claim holds."""
        return all(claim.holds for claim in self.claims)

    @property
    def first_bad_row(self) -> int | None:
        """The first row that speaks against a claim."""
        return min((fault[0] for claim in self.claims for fault in claim.faults), default=None)


def prove(rows: Iterable[Row], never: frozenset[str] = frozenset()) -> Proof:
    """Prove, or disprove, that everybody's steps came in their order.

    Parameters
    ----------
    rows
        The web's chain, whole.
    never
        Names of arms, which no row may hold.

    Returns
    -------
    Proof
        A chain that is bad in itself proves nothing: then this is the only claim.
    """
    kept = list(rows)
    found = verify_rows(kept, never)
    whole = "the ledger's rows follow each other unchanged"
    if found.bad:
        return Proof((Claim(whole, ((found.bad_row or 1, found.bad),)),), ())
    claims, progress = [Claim(whole, ())], []
    for participant, bodies in _by_participant(kept).items():
        reached, faults = _run_again(bodies)
        claims.append(Claim(IN_ORDER, tuple(faults), participant))
        claims += [Claim(w, tuple(check(bodies)), participant) for w, check in CHECKS.items()]
        progress.append(_progress(participant, bodies, reached))
    return Proof(tuple(claims), tuple(progress))


def _by_participant(rows: Sequence[Row]) -> dict[str, list[Body]]:
    found: dict[str, list[Body]] = {}
    for row in rows:
        body = json.loads(row.body)
        if body["act"] in {ISSUED, DONE, REFUSED}:
            found.setdefault(body["details"]["participant"], []).append(body)
    return found


def _run_again(bodies: Sequence[Body]) -> tuple[State | None, list[Fault]]:
    """Run the steps until one could not be; what comes after it cannot be judged."""
    state: State | None = None
    for body in bodies:
        try:
            if body["act"] == ISSUED:
                if state is not None:
                    raise DataError("cards were issued twice")
                state = state_of_cards(body["details"])
            elif state is None:
                raise DataError("a step before any cards were issued")
            elif body["act"] == DONE:
                state = after(state, event_of(body))
        except DataError as error:
            return state, [(body["seq"], str(error))]
    return state, []


def _guesses_before_opening(bodies: Sequence[Body]) -> Iterator[Fault]:
    opened = next((b["seq"] for b in bodies if _step(b) in {"open", "lost"}), None)
    for body in bodies if opened is not None else ():
        if _step(body) in {"ask", "dose"} and body["seq"] > opened:
            yield body["seq"], f"a {_step(body)} after the first opening (row {opened})"


def _opened_was_dosed(bodies: Sequence[Body]) -> Iterator[Fault]:
    """Compare labels, days and dates, without the steps."""
    dates, outer, shift, dosed = [], [], 0, set()
    zone = None
    for body in bodies:
        details, step = body["details"], _step(body)
        if body["act"] == ISSUED:
            dates, outer = details["dose_days"], details["outer"]
            zone = zone_of(details["zone"])
        elif step == "postpone":
            shift += details.get("days", 0)
        elif step == "dose":
            today = datetime.fromisoformat(body["time"]).astimezone(zone).date().toordinal()
            printed = [
                code for day, code in zip(dates, outer, strict=False) if day + shift == today
            ]
            if details.get("outer") in printed:
                dosed.add(details["outer"])
            else:
                yield body["seq"], "the label that was scanned is not the one of that date"
        elif step == "open" and details.get("outer") not in dosed:
            yield body["seq"], "a sachet was opened that was not taken on its day"


def _no_code_twice(bodies: Sequence[Body]) -> Iterator[Fault]:
    seen: set[tuple[str, str]] = set()
    for body in bodies:
        step, details = _step(body), body["details"]
        for kind in CODES_OF.get(step, ()):
            use = (f"{step} {kind}", str(details.get(kind)))
            if use in seen:
                yield body["seq"], f"the {kind} code was used before, for the same step"
            seen.add(use)


def _opened_after_the_end(bodies: Sequence[Body]) -> Iterator[Fault]:
    ended = False
    for body in bodies:
        ended = ended or _step(body) == "finish"
        if _step(body) in {"open", "lost"} and not ended:
            yield body["seq"], "an inner card before the last questionnaire"


def _link_once(bodies: Sequence[Body]) -> Iterator[Fault]:
    printed = {b["details"].get("token") for b in bodies if b["act"] == ISSUED} - {None}
    uses = [body for body in bodies if _step(body) == "help"]
    for number, body in enumerate(uses):
        if number or body["details"].get("token") not in printed:
            why = "used again" if number else "not the one of the sheet"
            yield body["seq"], f"the helper's link was {why}"


def _step(body: Body) -> str:
    return body["details"]["step"] if body["act"] == DONE else ""


def _progress(participant: str, bodies: Sequence[Body], state: State | None) -> Progress:
    refused = sum(body["act"] == REFUSED for body in bodies)
    if state is None:
        return Progress(participant, 0, 0, 0, 0, False, 0, 0, refused)
    return Progress(
        participant=participant,
        days=len(state.plan.dose_days),
        taken=len(state.taken),
        missed=len(state.missed),
        answered=len(state.guessed),
        finished="finish" in state.done,
        opened=len(state.opened),
        lost=len(state.lost),
        refused=refused,
    )


CODES_OF: Mapping[str, tuple[str, ...]] = {"dose": ("outer",), "open": ("outer", "inner")}
IN_ORDER = "every step came in its order"
CHECKS: Mapping[str, Callable[[Sequence[Body]], Iterator[Fault]]] = {
    "every dose and every guess came before any opening": _guesses_before_opening,
    "each opened sachet was taken on its day": _opened_was_dosed,
    "no code was used twice": _no_code_twice,
    "nothing was opened before the last questionnaire": _opened_after_the_end,
    "the helper's link was used once at most": _link_once,
}
"""What is looked for by itself, beside running the steps again."""
