"""The cards and labels of one participant: codes from keyed streams, meanings in sealed boxes.

The code of an inner card comes from a stream that no content touches, and the web zone gets the
codes as a sorted set: nothing about a code can tell what it means. The meaning is sealed to the
trial's final key, every box of one length, and lies in no zone that a participant or the web meets.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from equipoise.concealment.boxes import (
    BINDING_BYTES,
    LENGTH_BYTES,
    STEP,
    BoxKey,
    binding,
    open_box,
    seal_box,
)
from equipoise.concealment.framing import digest, fields
from equipoise.concealment.kit_codes import kit_code
from equipoise.concealment.merkle import merkle_root
from equipoise.concealment.randomness import Key
from equipoise.concealment.self_blinding.plan import SachetPlan
from equipoise.concealment.self_blinding.state import Cards
from equipoise.errors import DataError

INNER, OUTER, TOKEN, DRAW = "inner-card", "outer-label", "helper-token", "helper-draw"
"""Purposes of streams; the stratum is the participant, the index counts from 0."""
HASH_TAG, LEAF_TAG = "equipoise/self-blinding-code/v1", "equipoise/inner-card/v1"
FORMAT = "equipoise/self-blinding-cards/v1"
LENGTH = BINDING_BYTES + 2 * STEP
"""The one length of what boxes hold, whatever the contents are called."""
LONGEST = LENGTH - BINDING_BYTES - LENGTH_BYTES
TOKEN_BYTES = 16
_PARTICIPANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True, repr=False)
class InnerCard:
    """A card and what it means. It never shows itself."""

    code: str
    content: str


@dataclass(frozen=True, slots=True)
class CardBox:
    """A card's code, and its meaning in a box that the final key opens."""

    code: str
    box: bytes

    def leaf(self, participant: str) -> bytes:
        """Return the row that the root is taken over."""
        return fields(LEAF_TAG, participant, self.code, self.box)

    def to_dict(self) -> dict[str, str]:
        """Return plain data; the box as base64."""
        return {"code": self.code, "box": b64encode(self.box).decode("ascii")}

    @classmethod
    def from_dict(cls, data: Mapping[str, str]) -> CardBox:
        """Read what `to_dict` wrote."""
        return cls(data["code"], b64decode(data["box"], validate=True))


@dataclass(frozen=True, slots=True)
class PublicCards:
    """What the web zone has of a participant's cards: no meaning, no box.

    Parameters
    ----------
    outer
        Codes of the labels, in the order of the dose days.
    inner
        Codes of the cards, in the order of the alphabet.
    token
        Hash of what the helper's sheet carries; empty without a helper.
    root
        Merkle root over the boxes, as hexadecimal.
    """

    trial: str
    participant: str
    plan: SachetPlan
    outer: tuple[str, ...]
    inner: tuple[str, ...]
    token: str
    root: str

    @property
    def hashed(self) -> Cards:
        """The codes as a ledger has them."""
        return Cards(
            outer=tuple(self.hash_of(OUTER, code) for code in self.outer),
            inner=frozenset(self.hash_of(INNER, code) for code in self.inner),
            token=self.token,
        )

    def hash_of(self, kind: str, code: str) -> str:
        """Return the hash under which a code of this participant stands in the ledger."""
        return code_hash(self.trial, self.participant, kind, code)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "format": FORMAT,
            "trial": self.trial,
            "participant": self.participant,
            "plan": self.plan.to_dict(),
            "outer": list(self.outer),
            "inner": list(self.inner),
            "token": self.token,
            "root": self.root,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> PublicCards:
        """Read what `to_dict` wrote.

        Raises
        ------
        DataError
            If a part is missing.
        """
        try:
            if data["format"] != FORMAT:
                raise DataError(f"These cards have the format {data['format']!r}, not {FORMAT!r}.")
            return cls(
                trial=data["trial"],
                participant=data["participant"],
                plan=SachetPlan.from_dict(data["plan"]),
                outer=tuple(data["outer"]),
                inner=tuple(data["inner"]),
                token=data["token"],
                root=data["root"],
            )
        except (KeyError, TypeError) as error:
            raise DataError(f"The participant's cards cannot be read: {error}.") from error


@dataclass(frozen=True, slots=True, repr=False)
class IssuedCards:
    """All that was made for a participant; it never shows itself.

    Parameters
    ----------
    public
        For the web zone.
    drawn
        Every card with its meaning. With a helper: one a dose day, in their order.
    boxes
        For whoever keeps the boxes until the lock, in the order of `public.inner`.
    token
        What the helper's sheet carries; empty without a helper.
    """

    public: PublicCards
    drawn: tuple[InnerCard, ...]
    boxes: tuple[CardBox, ...]
    token: str


def issue_cards(
    key: Key,
    trial: str,
    participant: str,
    plan: SachetPlan,
    *,
    final_key: bytes,
    taken: frozenset[str] = frozenset(),
) -> IssuedCards:
    """Draw a participant's codes and seal what they mean.

    Parameters
    ----------
    key
        The trial's key: the same codes for whoever has it.
    final_key
        The public key to which meanings are sealed.
    taken
        Codes of other participants, none of which is used again.

    Raises
    ------
    DataError
        When the participant's code or a content's name cannot be used.
    """
    _check_names(participant, plan)
    used = set(taken)
    contents = _contents(key, trial, participant, plan)
    inner = _codes(key, (INNER, trial, participant), len(contents), used)
    outer = _codes(key, (OUTER, trial, participant), len(plan.dose_days), used)
    token = key.stream(TOKEN, trial, participant, 0).take(TOKEN_BYTES).hex() if plan.helper else ""
    drawn = tuple(map(InnerCard, inner, contents))
    boxes = _boxes(trial, participant, drawn, final_key)
    public = PublicCards(
        trial=trial,
        participant=participant,
        plan=plan,
        outer=tuple(outer),
        inner=tuple(sorted(inner)),
        token=code_hash(trial, participant, TOKEN, token) if token else "",
        root=root_of_boxes(participant, boxes),
    )
    return IssuedCards(public, drawn, boxes, token)


def code_hash(trial: str, participant: str, kind: str, code: str) -> str:
    """Return the hash under which a code stands in the ledger: no other participant shares it."""
    return digest(HASH_TAG, trial, participant, kind, code).hex()


def root_of_boxes(participant: str, boxes: tuple[CardBox, ...]) -> str:
    """Return the Merkle root over a participant's boxes, as hexadecimal."""
    return merkle_root([box.leaf(participant) for box in boxes]).hex()


def open_card(key: BoxKey, trial: str, participant: str, boxes: tuple[CardBox, ...]) -> list[str]:
    """Open every box of a participant with the final key, and return the contents in order."""
    return [
        open_box(key, one.box, _bound(trial, participant, place, one.code))
        for place, one in enumerate(boxes)
    ]


def _contents(key: Key, trial: str, participant: str, plan: SachetPlan) -> list[str]:
    """List the content of each card; with a helper, the draw that hands would have made."""
    pool = [name for name, count in plan.contents.items() for _ in range(count)]
    if not plan.helper:
        return pool
    stream = key.stream(DRAW, trial, participant, 0)
    return [pool.pop(stream.below(len(pool))) for _ in plan.dose_days]


def _codes(key: Key, where: tuple[str, str, str], count: int, used: set[str]) -> list[str]:
    """Draw codes; one that is used already is drawn again from its own stream."""
    codes = []
    for index in range(count):
        stream = key.stream(*where, index)
        while (code := kit_code(stream)) in used:
            pass
        used.add(code)
        codes.append(code)
    return codes


def _boxes(
    trial: str, participant: str, drawn: tuple[InnerCard, ...], final: bytes
) -> tuple[CardBox, ...]:
    ordered = sorted(drawn, key=lambda card: card.code)
    return tuple(
        CardBox(c.code, seal_box(final, c.content, _bound(trial, participant, i, c.code), LENGTH))
        for i, c in enumerate(ordered)
    )


def _bound(trial: str, participant: str, place: int, code: str) -> bytes:
    return binding(trial, f"{INNER}/{participant}", place, code)


def _check_names(participant: str, plan: SachetPlan) -> None:
    if not _PARTICIPANT.fullmatch(participant):
        raise DataError(
            f"A participant's code has letters, digits, dots and dashes, at most 64. "
            f"Got {participant!r}."
        )
    for content in plan.contents:
        if len(content.encode("utf-8")) > LONGEST:
            raise DataError(
                f"The content {content!r} has a name longer than {LONGEST} bytes: boxes of one "
                "length have no room for it. Give it a shorter one."
            )
