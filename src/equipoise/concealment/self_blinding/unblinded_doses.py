"""Which content was taken on which dose day: told by opened cards and opened boxes alone.

After final unblinding. A card that is missing leaves its day unknown: nothing is inferred from what
is left over, from the order, or from anybody's guess.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from equipoise.concealment.custody import Share, join_shares
from equipoise.concealment.ledger import Ledger
from equipoise.concealment.lock import required_lock, sealed_row, well
from equipoise.concealment.self_blinding.cards import (
    INNER,
    CardBox,
    PublicCards,
    open_card,
    root_of_boxes,
)
from equipoise.concealment.self_blinding.ledgered import ISSUED, issued_details, state_of
from equipoise.errors import DataError
from equipoise.records import UnblindedRecords

MISSED, NO_CARD = "dose not recorded", "inner card missing"
"""Intercurrent events of a dose day without a scanned dose, and of a content nobody knows."""


@dataclass(frozen=True, slots=True)
class DoseDay:
    """One dose day of one participant.

    Parameters
    ----------
    day
        From 1.
    since_first
        Days since the first dose day.
    label
        The outer label's code; empty where no dose was taken.
    content
        What the sachet held; empty where it is not known or nothing was taken.
    status
        "known"; "card missing"; "missed", with `why`; "not reached" after a stop.
    """

    participant: str
    day: int
    since_first: int
    label: str
    content: str
    status: Literal["known", "card missing", "missed", "not reached"]
    why: str = ""


def unblinded_doses(
    ledger: Ledger,
    shares: Sequence[Share],
    cards: Mapping[str, PublicCards],
    boxes: Mapping[str, tuple[CardBox, ...]],
) -> tuple[DoseDay, ...]:
    """Return every dose day of every participant who has cards.

    Parameters
    ----------
    ledger
        The web's chain, locked and unblinded.
    shares
        Of enough custodians.
    cards, boxes
        By participant.

    Raises
    ------
    DataError
        If the ledger is bad, not unblinded, or its steps could not be; if cards or boxes are not
        those that were issued; if shares are too few or of another key.
    """
    well(ledger)
    required_lock(ledger)
    if next(ledger.acts("unblinded"), None) is None:
        raise DataError("The trial is not unblinded. First `equipoise unblind`; then the doses.")
    key = join_shares(shares)
    if key.public.hex() != sealed_row(ledger)["final_key"]:
        raise DataError("These shares are of another seal: their key is not the ledger's.")
    found: list[DoseDay] = []
    for body in ledger.acts(ISSUED):
        who = body["details"]["participant"]
        if who not in cards or who not in boxes:
            raise DataError(f"The cards or boxes of {who} are missing: they were issued.")
        _same(cards[who], boxes[who], body["details"])
        contents = open_card(key, cards[who].trial, who, boxes[who])
        meaning = {
            cards[who].hash_of(INNER, box.code): content
            for box, content in zip(boxes[who], contents, strict=True)
        }
        found += _days(ledger, cards[who], meaning)
    return tuple(found)


def with_doses(
    records: UnblindedRecords, doses: Sequence[DoseDay], visits: Mapping[int, str] | None = None
) -> UnblindedRecords:
    """Put what was taken into unblinded records.

    Parameters
    ----------
    visits
        Dose day to the protocol's name of its visit, where it has one.

    Returns
    -------
    UnblindedRecords
        `doses` has a row for each sachet that was taken, its content in `substance` (empty where
        the card is missing); missed doses and missing cards are intercurrent events.
    """
    named = visits or {}
    taken = [dose for dose in doses if dose.label]
    rows = pd.DataFrame(
        {
            "participant": [dose.participant for dose in taken],
            "visit": [named.get(dose.day) for dose in taken],
            "kit": [dose.label for dose in taken],
            "substance": [dose.content or None for dose in taken],
        },
        dtype="str",
    )
    odd = [dose for dose in doses if dose.status in {"missed", "card missing"}]
    events = pd.DataFrame(
        {
            "participant": [dose.participant for dose in odd],
            "event": [MISSED if dose.status == "missed" else NO_CARD for dose in odd],
            "visit": pd.Series([named.get(dose.day) for dose in odd], dtype="str"),
            "day": [float(dose.since_first) for dose in odd],
            "detail": [f"dose day {dose.day}" + f", {dose.why}" * bool(dose.why) for dose in odd],
        }
    )
    scanned = records.doses["kit"].isin([dose.label for dose in taken])
    unknown = sum(dose.status == "card missing" for dose in doses)
    told = (f"The content of {unknown} taken sachets is not known: their cards are missing",)
    return replace(
        records,
        doses=pd.concat([records.doses[~scanned], rows], ignore_index=True),
        intercurrent_events=pd.concat([records.intercurrent_events, events], ignore_index=True),
        warnings=(*records.warnings, *(told if unknown else ())),
    )


def _same(cards: PublicCards, boxes: tuple[CardBox, ...], issued: Mapping[str, object]) -> None:
    if issued_details(cards) != issued:
        raise DataError(f"The cards of {cards.participant} are not those that the ledger tells of.")
    if root_of_boxes(cards.participant, boxes) != issued["root"]:
        raise DataError(
            f"The boxes of {cards.participant} are not those that were issued: their root differs."
        )


def _days(ledger: Ledger, cards: PublicCards, meaning: Mapping[str, str]) -> list[DoseDay]:
    state = state_of(ledger.store.rows(), cards.participant)
    days = []
    for day in state.days:
        since = (state.date_of(day) - state.date_of(1)).days
        one = DoseDay(cards.participant, day, since, "", "", "not reached")
        if day in state.missed:
            one = replace(one, status="missed", why=state.missed[day])
        elif day in state.taken:
            inner = state.opened.get(state.taken[day])
            one = replace(
                one,
                label=cards.outer[day - 1],
                content=meaning[inner] if inner else "",
                status="known" if inner else "card missing",
            )
        days.append(one)
    return days
