"""Verified facts that a statement asks for; an id that does not exist is an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.errors import DataError
from equipoise.protocol.consistency import mismatch
from equipoise.report.evidence.facts_told import fact_told, read_fact_file, ties_counted

if TYPE_CHECKING:
    from equipoise.report.evidence import Sentence
    from equipoise.report.site.content import Content
    from equipoise.report.site.statements.plan import OfFacts, OfTies
    from equipoise.synthesis.evidence.facts import EvidenceFact


def of_facts(query: OfFacts, content: Content) -> Iterator[Sentence]:
    """Yield verified facts: those named in the order of the query, else in that of the file."""
    file = read_fact_file(content.folder.path, query.kind)
    known = {fact.id: fact for fact in file.facts}
    for name in query.ids:
        if name not in known:
            raise DataError(f"{query.kind}: there is no such fact: {mismatch(name, list(known))}.")
    chosen = [known[name] for name in query.ids] if query.ids else list(file.facts)
    for fact in chosen:
        if fact.verified and _fits(fact, query):
            yield fact_told(fact, query.kind, file.version)


def of_ties(query: OfTies, content: Content) -> Iterator[Sentence]:
    """Yield the count of brain findings that were tied to how people felt."""
    file = read_fact_file(content.folder.path, "connectivity")
    found = [one for one in file.verified if _names(one, query.substance)]
    counted = ties_counted(found, file.version)
    if counted is not None:
        yield counted


def _fits(fact: EvidenceFact, query: OfFacts) -> bool:
    classes = set((getattr(fact, "dose_class", None) or "any").split("/"))
    words = f"{fact.topic} {fact.text}".casefold()
    return (
        _names(fact, query.substance)
        and (query.topic is None or query.topic.casefold() in words)
        and (not query.dose_classes or bool(classes & set(query.dose_classes)))
    )


def _names(fact: EvidenceFact, substance: str | None) -> bool:
    """Whether a fact is on a substance, as a whole word: ketamine is not esketamine."""
    if substance is None:
        return True
    word = rf"\b{re.escape(substance)}\b"
    return re.search(word, fact.substance or "", re.IGNORECASE) is not None
