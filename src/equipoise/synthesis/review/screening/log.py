"""The screening log: who decided what, when and why. Rows are added and never changed.

Nothing is included, and nothing excluded, on one person's vote. Two votes that differ are a
conflict until a consensus is logged. A person's later vote stands in the place of an earlier.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date as Date  # noqa: N812  (`date` is a column)
from pathlib import Path

from equipoise.errors import DataError
from equipoise.protocol.consistency import mismatch

FILE = "screening.csv"
STAGES = ("duplicate", "title", "full text")
DECISIONS = {
    "duplicate": ("same", "different"),
    "title": ("include", "exclude", "unsure"),
    "full text": ("include", "exclude", "not retrieved"),
}
CONSENSUS = "consensus: "


@dataclass(frozen=True, slots=True)
class Vote:
    """One row of the log. For duplicates, `reason` starts with the record that is kept."""

    record: str
    stage: str
    person: str
    decision: str
    reason: str
    date: str

    @property
    def is_consensus(self) -> bool:
        """Whether it settles a conflict."""
        return self.decision.startswith(CONSENSUS)


def read_log(searches: Path) -> list[Vote]:
    """Read the log in its order; empty if nobody has voted yet.

    Raises
    ------
    DataError
        When a row is not one that `add_vote` could have written; names the line.
    """
    path = searches / FILE
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        names = [field.name for field in fields(Vote)]
        if reader.fieldnames != names:
            raise DataError(f"{path}: the columns must be {', '.join(names)}.")
        votes = []
        for row in reader:
            vote = Vote(**row)
            problem = _problem(vote)
            if problem:
                raise DataError(f"{path}:{reader.line_num}: {problem}")
            votes.append(vote)
    return votes


def add_vote(searches: Path, vote: Vote, records: Iterable[str]) -> None:
    """Append a vote, if it may be one.

    Raises
    ------
    DataError
        When the record, stage or decision does not exist, an exclusion at full text has no
        reason, nobody is named, or a consensus is logged without two votes.
    """
    known = list(records)
    if vote.record not in known:
        raise DataError(f"There is no such record: {mismatch(vote.record, known[:200])}.")
    problem = _problem(vote)
    if problem is None and vote.is_consensus:
        voters = {v.person for v in read_log(searches) if _about(v, vote.record, vote.stage)}
        if len(voters) < 2:
            problem = (
                f"{vote.record} has {len(voters)} vote(s): a consensus settles two that differ."
            )
    if problem:
        raise DataError(problem)
    path = searches / FILE
    is_new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [f.name for f in fields(Vote)], lineterminator="\n")
        if is_new:
            writer.writeheader()
        writer.writerow(asdict(vote))


def _problem(vote: Vote) -> str | None:
    if vote.stage not in STAGES:
        return f"stage: {mismatch(vote.stage, STAGES)}."
    allowed = DECISIONS[vote.stage]
    if vote.decision.removeprefix(CONSENSUS) not in allowed:
        return f"decision: {mismatch(vote.decision, allowed)}."
    if not vote.person.strip():
        return "a vote names its person."
    if vote.stage == "full text" and vote.decision.endswith("exclude") and not vote.reason.strip():
        return f"{vote.record}: an exclusion at full text needs a reason: PRISMA counts by it."
    try:
        Date.fromisoformat(vote.date)
    except ValueError:
        return f"date: found {vote.date!r}; expected YYYY-MM-DD."
    return None


def _about(vote: Vote, record: str, stage: str) -> bool:
    return vote.record == record and vote.stage == stage


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a record stands at one stage.

    `decision` is settled by two votes or a consensus; None while votes are missing or differ.
    """

    record: str
    stage: str
    decision: str | None
    votes: tuple[Vote, ...]
    reason: str = ""

    @property
    def is_conflict(self) -> bool:
        """Whether two people differ, and no consensus is logged."""
        return self.decision is None and len({vote.decision for vote in self.votes}) > 1


def standing(votes: Sequence[Vote], record: str, stage: str) -> Standing:
    """Return where a record stands: two people must agree, or have come to a consensus."""
    own = [vote for vote in votes if _about(vote, record, stage)]
    agreed = [vote for vote in own if vote.is_consensus]
    latest = {vote.person: vote for vote in own if not vote.is_consensus}
    current = tuple(latest.values())
    if agreed:
        last = agreed[-1]
        return Standing(record, stage, last.decision.removeprefix(CONSENSUS), current, last.reason)
    decisions = {_counted(vote.decision) for vote in current}
    if len(current) < 2 or len(decisions) > 1:
        return Standing(record, stage, None, current)
    reasons = [vote.reason for vote in current if vote.reason]
    return Standing(record, stage, decisions.pop(), current, reasons[0] if reasons else "")


def _counted(decision: str) -> str:
    """Two who are unsure of a title read the full text."""
    return "include" if decision == "unsure" else decision


def kept_record(vote: Vote) -> str:
    """Return the record in whose favour a duplicate is dropped."""
    return vote.reason.split()[0] if vote.reason else ""


def duplicates_of(votes: Sequence[Vote]) -> dict[str, str]:
    """Return the records that a person took out as duplicates, each with the one that is kept."""
    found: dict[str, str] = {}
    for vote in votes:
        if vote.stage == "duplicate" and vote.decision == "same":
            found[vote.record] = kept_record(vote)
        elif vote.stage == "duplicate":
            found.pop(vote.record, None)
    return found
