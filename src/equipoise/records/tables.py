"""The tables of a trial's records: columns, units, ranges, and what identifies a row.

This is the one place that declares them; reading, checking, writing and hashing follow it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    meaning
        For the person who opens the CSV file.
    unit, low, high
        Of a number; None where it has none or the instrument decides.
    required
        True if no cell may be empty.
    allowed
        The codes that a text may be; empty: any text.
    """

    name: str
    meaning: str
    kind: Kind = "text"
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    required: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns, and those whose values together occur only once.

    `open` tables take further columns: the baseline covariates of the trial.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    open: bool = False

    def column(self, name: str) -> Column | None:
        """Return the declaration of a column, or None if it is not declared."""
        return next((column for column in self.columns if column.name == name), None)


PARTICIPANT = Column("participant", "the participant's code, as text", required=True)
VISIT = Column("visit", "the protocol's name of the visit; empty: the whole trial")
DAY = "day, counted as the protocol counts its visits: 0 is the first dosing day"

TABLES: tuple[Table, ...] = (
    Table(
        "participants",
        "who took part, with what was known of them before the first dose",
        (PARTICIPANT,),
        key=("participant",),
        open=True,
    ),
    Table(
        "allocations",
        "which arm a participant was in: the secret of a running trial",
        (PARTICIPANT, VISIT, Column("arm", "the protocol's name of the arm", required=True)),
        key=("participant", "visit"),
    ),
    Table(
        "doses",
        "what a participant took; amounts of different substances are not comparable",
        (
            PARTICIPANT,
            VISIT,
            Column("kit", "the code on the pack"),
            Column("substance", "what it was; empty while blinded"),
            Column("amount", "how much, in `unit`; empty while blinded", "number", low=0),
            Column("unit", "unit of `amount`"),
            Column("route", "how it was taken"),
        ),
        key=("participant", "visit", "kit", "substance"),
    ),
    Table(
        "scores",
        "answers and totals of the rating scales and tests",
        (
            PARTICIPANT,
            Column("visit", VISIT.meaning, required=True),
            Column("instrument", "the protocol's short name of the instrument", required=True),
            Column("item", "number of the item; empty: the total score"),
            Column("value", "the score, in `unit`", "number", required=True),
            Column("baseline", "the same score before treatment, in `unit`", "number"),
            Column("unit", "unit of `value` and `baseline`"),
        ),
        key=("participant", "visit", "instrument", "item"),
    ),
    Table(
        "guesses",
        "which treatment somebody believed that the participant had received",
        (
            PARTICIPANT,
            VISIT,
            Column("guesser", "whose guess: participant, rater, …", required=True),
            Column("guess", "the protocol's name of an arm, or unsure; empty: not answered"),
            Column("certainty", "0 a pure guess, 1 certain", "number", "share", 0, 1),
            Column("reason", "why, in their words or as a code"),
        ),
        key=("participant", "visit", "guesser"),
    ),
    Table(
        "expectancy",
        "how much good a participant expected of the treatment",
        (
            PARTICIPANT,
            VISIT,
            Column("value", "the expectation", "number", "percent", 0, 100, required=True),
            Column("scale", "what was asked"),
        ),
        key=("participant", "visit", "scale"),
    ),
    Table(
        "adverse_events",
        "unwanted events, whatever their cause",
        (
            PARTICIPANT,
            Column("event", "what happened", required=True),
            Column("day", "onset: " + DAY, "number", "days"),
            Column("end_day", "end: " + DAY, "number", "days"),
            Column(
                "severity",
                "as the assessor graded it",
                allowed=("mild", "moderate", "severe", "life-threatening", "fatal"),
            ),
            Column("serious", "serious as ICH E2A defines it", allowed=("yes", "no")),
            Column("relatedness", "the blinded assessor's judgement"),
            Column("outcome", "how it ended"),
        ),
        key=("participant", "event", "day"),
    ),
    Table(
        "intercurrent_events",
        "events after the first dose that change what a score means (ICH E9(R1))",
        (
            PARTICIPANT,
            Column("event", "the protocol's name of the event", required=True),
            VISIT,
            Column("day", DAY, "number", "days"),
            Column("detail", "in words"),
        ),
        key=("participant", "event", "visit", "day"),
    ),
    Table(
        "signals",
        "numbers from imaging or a device",
        (
            PARTICIPANT,
            VISIT,
            Column("modality", "for example fMRI", required=True),
            Column("feature", "which number", required=True),
            Column("value", "in `unit`", "number", required=True),
            Column("unit", "unit of `value`"),
        ),
        key=("participant", "visit", "modality", "feature"),
    ),
    Table(
        "consent",
        "what a participant agreed to, and when",
        (
            PARTICIPANT,
            Column("version", "version of the information sheet", required=True),
            Column("day", DAY, "number", "days"),
            Column("given", "yes, or no for a withdrawal", required=True, allowed=("yes", "no")),
        ),
        key=("participant", "version", "day"),
    ),
)

TABLE: dict[str, Table] = {table.name: table for table in TABLES}
BLINDED_TABLES: tuple[str, ...] = tuple(t.name for t in TABLES if t.name != "allocations")
"""The tables that a blinded person may see."""
