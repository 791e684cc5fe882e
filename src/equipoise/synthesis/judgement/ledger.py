"""The ledger: judgements in the order in which they were made, each sealed to the one before.

Nothing is ever taken out or changed: a new decision is a new entry, and of the same rule and
subject the last one holds. Each entry carries the hash of its predecessor, so that a change of an
old one is seen when the ledger is read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from equipoise.errors import DataError
from equipoise.synthesis.judgement.record import Judgement, plain

InputsNow = Mapping[tuple[str, str], Mapping[str, Any]]
LONG = 60
STALE = "is stale:"
"""In the sentences of `Ledger.stale`."""
FIRST = "0" * 64
"""What the first entry names as its predecessor."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A judgement in the ledger, with the hashes of the entry before it and of itself."""

    judgement: Judgement
    previous: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """Judgements, oldest first."""

    entries: tuple[Entry, ...] = ()

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Judgement]:
        return (entry.judgement for entry in self.entries)

    @property
    def head(self) -> str:
        """Hash of the newest entry: it stands for the whole ledger."""
        return self.entries[-1].sha256 if self.entries else FIRST

    def append(self, *judgements: Judgement) -> Ledger:
        """Return the ledger with further entries; unblinding may count once for an outcome.

        Raises
        ------
        DataError
            When unblinding would lower the certainty of one outcome twice.
        """
        grown = self
        for judgement in judgements:
            _refuse_double_count(grown, judgement)
            sha256 = entry_hash(judgement, grown.head)
            grown = Ledger((*grown.entries, Entry(judgement, grown.head, sha256)))
        return grown

    def current(self) -> tuple[Judgement, ...]:
        """Return the judgement that holds for each rule and subject, in order of appearance."""
        last: dict[tuple[str, str], Judgement] = {}
        for judgement in self:
            last[judgement.rule, judgement.about] = judgement
        return tuple(last.values())

    def holds(self, rule: str, about: str) -> Judgement | None:
        """Return the judgement that holds, None where there is none."""
        found = [one for one in self.current() if (one.rule, one.about) == (rule, about)]
        return found[0] if found else None

    def lapsed(self, inputs_now: InputsNow) -> tuple[Judgement, ...]:
        """Return the judgements that rest on inputs which have changed since.

        Parameters
        ----------
        inputs_now
            (rule, about) to the inputs as the data give them today.
        """
        held = {(one.rule, one.about): one for one in self.current()}
        known = ((held.get(key), now) for key, now in inputs_now.items())
        return tuple(one for one, now in known if one is not None and one.is_stale(now))

    def stale(self, inputs_now: InputsNow) -> tuple[str, ...]:
        """Say which judgements rest on inputs that have changed since, and what changed."""
        return tuple(
            f"{one.rule} of {one.about} {STALE} "
            f"{_changed(one.inputs, plain(inputs_now[one.rule, one.about]))}. Judge it again."
            for one in self.lapsed(inputs_now)
        )


def entry_hash(judgement: Judgement, previous: str) -> str:
    """Return the sha256 of an entry: its content and the hash of the entry before."""
    text = json.dumps(
        {"previous": previous, **plain(asdict(judgement))},
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _refuse_double_count(ledger: Ledger, new: Judgement) -> None:
    if not _lowers_for_unblinding(new):
        return
    for old in ledger.current():
        same = old.about == new.about and old.rule != new.rule
        if same and _lowers_for_unblinding(old):
            raise DataError(
                f"{new.about}: unblinding would lower the certainty twice, by {old.rule} "
                f"({old.decision}) and by {new.rule} ({new.decision}). Count it once: set one of "
                "them to 0 with author and reason, or say that it is not about unblinding."
            )


def _lowers_for_unblinding(judgement: Judgement) -> bool:
    decision = judgement.decision
    return judgement.counts_unblinding and isinstance(decision, int) and decision < 0


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    before, now = _flat(before), _flat(now)
    names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    shown = (
        f"{name} was {_short(before.get(name))} and is {_short(now.get(name))}"
        for name in names[:4]
    )
    more = f", and {len(names) - 4} more" if len(names) > 4 else ""
    return "; ".join(shown) + more if names else "its inputs were written otherwise"


def _flat(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Name the values of inputs within inputs, so that the one that changed can be told."""
    found: dict[str, Any] = {}
    for name, value in inputs.items():
        if isinstance(value, Mapping):
            found |= {f"{name} {key}": one for key, one in value.items()}
        else:
            found[name] = value
    return found


def _short(value: Any) -> str:
    """Write a value: of a long one, such as the weights of many studies, its start."""
    text = repr(value)
    return text if len(text) <= LONG else f"{text[:LONG]}…"
