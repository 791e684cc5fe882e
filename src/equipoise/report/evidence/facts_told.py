"""Verified facts that are no study, as sentences: one source each, told and never graded."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from equipoise.errors import DataError
from equipoise.protocol.consistency import mismatch
from equipoise.report.evidence.follows import NUMERAL
from equipoise.report.evidence.sentence import Opens, Read, Sentence, Shown
from equipoise.report.evidence.templates import fill
from equipoise.synthesis.evidence.facts import MODELS, Connectivity, read_facts

if TYPE_CHECKING:
    from pathlib import Path

    from equipoise.synthesis.evidence.facts import EvidenceFact

NOT_GRADED = "one source, not graded"
NO_SOURCE = "no verified source"
COUNTED = "counted, not graded"
"""Certainty of a count over facts: what was counted is known, what it means is not graded."""
SEARCH = "search result"
"""The design of a fact that says that nothing was found: it is no finding."""
OF_OTHERS = re.compile(r"\b(?:review|critique)\b")
"""Designs of findings that rest on those of other people."""
IN_A_NAME = re.compile(r"[A-Za-z]-?$")
"""What stands before a digit that belongs to a name, such as PHQ-9."""


@dataclass(frozen=True, slots=True)
class FactFile:
    """The facts of one kind, verified or not, and the hash of their file."""

    kind: str
    facts: tuple[EvidenceFact, ...]
    version: str

    @property
    def verified(self) -> tuple[EvidenceFact, ...]:
        """Those that someone compared with their source: nothing else is ever told."""
        return tuple(fact for fact in self.facts if fact.verified)


def read_fact_file(folder: Path, kind: str) -> FactFile:
    """Read `facts/KIND.yaml` of an evidence folder; a kind that it lacks holds no facts.

    Raises
    ------
    DataError
        When there is no such kind, or the file is wrong.
    """
    if kind not in MODELS:
        raise DataError(f"There are no facts of that kind: {mismatch(kind, list(MODELS))}.")
    path = folder / "facts" / f"{kind}.yaml"
    if not path.is_file():
        return FactFile(kind, (), "")
    return FactFile(kind, read_facts(path, MODELS[kind]), sha256(path.read_bytes()).hexdigest())


def fact_told(fact: EvidenceFact, kind: str, version: str) -> Sentence:
    """Return a verified fact as a sentence; of a brain finding also whether it was tied to feeling.

    Raises
    ------
    DataError
        When nobody has compared the fact with its source.
    """
    if not fact.verified or fact.source is None:
        raise DataError(f"{kind}:{fact.id} is not verified, so no sentence is made of it.")
    text = fact.text if fact.text.endswith((".", "!", "?", ".)")) else f"{fact.text}."
    if isinstance(fact, Connectivity):
        text = f"{text} {fill('tied-' + fact.association_with_clinical_change.replace(' ', '-'))}"
    return Sentence(
        id=f"facts:{kind}:{fact.id}",
        template="fact",
        text=text,
        outcome="",
        certainty=NOT_GRADED,
        size="",
        estimates=tuple(numbers_of(text, fact.id)),
        studies=(),
        version=version,
        opens=Opens(sources=(_read(fact),)),
    )


def numbers_of(text: str, label: str) -> Iterator[Shown]:
    """Yield every numeral of a text; those in a name, such as PHQ-9, have no value."""
    for found in NUMERAL.finditer(text):
        named = IN_A_NAME.search(text[: found.start()])
        value = None if named else float(found[0].replace(",", ""))
        yield Shown("name" if named else "fact", label, value, found[0])


def ties_counted(facts: Sequence[EvidenceFact], version: str) -> Sentence | None:
    """Return how many brain findings were tied to how people felt, were not, were not tested.

    Reviews stand among them, and several reports of one trial: that is said with the count.
    """
    found = [one for one in facts if isinstance(one, Connectivity) and one.design != SEARCH]
    if not found:
        return None
    counted = Counter(one.association_with_clinical_change for one in found)
    told = {"n": len(found), "yes": counted["yes"], "no": counted["no"],
            "untested": counted["not tested"],
            "reviews": sum(bool(OF_OTHERS.search(one.design or "")) for one in found)}  # fmt: skip
    shown = {name: Shown("findings", name, value, str(value)) for name, value in told.items()}
    text = fill("ties-counted", **{name: one.text for name, one in shown.items()})
    return Sentence(
        id="facts:connectivity:ties-counted",
        template="ties-counted",
        text=text,
        outcome="",
        certainty=COUNTED,
        size="",
        estimates=tuple(shown.values()),
        studies=(),
        version=version,
        opens=Opens(sources=tuple(_read(fact) for fact in facts)),
    )


def gap_told(identifier: str, about: str, version: str) -> Sentence:
    """Return the sentence of a query that found nothing: a gap, and no finding."""
    return Sentence(
        id=f"{identifier}:gap", template="fact-gap", text=fill("fact-gap", about=about), outcome="",
        certainty=NO_SOURCE, size="", estimates=tuple(numbers_of(about, "about")), studies=(),
        version=version, opens=Opens(),
    )  # fmt: skip


def _read(fact: EvidenceFact) -> Read:
    on = fact.read.isoformat() if fact.read else None
    return Read(fact.source or "", fact.citation, fact.doi, on, fact.checked_by, fact.note)
