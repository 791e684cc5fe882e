"""Answer every statement of statements.yaml with sentences, or with the gap where none is found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from equipoise.errors import DataError
from equipoise.report.evidence import untraced
from equipoise.report.evidence.facts_told import gap_told
from equipoise.report.numbers import number
from equipoise.report.site.evidence_folder import read_part
from equipoise.report.site.statements import of_facts, of_review, of_safety, of_site
from equipoise.report.site.statements.plan import Source, Statement, StatementsPlan

if TYPE_CHECKING:
    from equipoise.report.evidence import Sentence, Shown
    from equipoise.report.site.content import Content


FIRST = ("headline", "people", "effect")
"""Kinds of sentences on the first page of a folder without statements.yaml."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement and the sentences that answer it: at least one, if only the gap.

    Parameters
    ----------
    reviews
        Those whose pages stand behind the sentences, in order of first use.
    """

    statement: Statement
    sentences: tuple[Sentence, ...]
    reviews: tuple[str, ...]

    @property
    def lead(self) -> tuple[Sentence, ...]:
        """The sentences that stand on the first page."""
        return self.sentences[: self.statement.lead]

    @property
    def more(self) -> int:
        """How many others there are."""
        return len(self.sentences) - len(self.lead)


def read_statements(content: Content) -> StatementsPlan:
    """Read statements.yaml; a folder without one asks one question a review.

    Raises
    ------
    DataError
        When the file is wrong.
    """
    path = content.folder.path / "statements.yaml"
    if path.is_file():
        return read_part(path, StatementsPlan)
    asked = [
        {
            "id": name,
            "section": "answers",
            "title": f"What is known of this: {_plain(told.review.title)}?",
            "about": f"what is known of {_plain(told.review.title)}",
            "sources": [
                {"of": "review", "review": name, "kinds": ["headline", "people", "effect"]}
            ],
        }
        for name, told in content.reviews.items()
    ]
    return StatementsPlan.model_validate(
        {"sections": {"answers": "The answers"}, "statements": asked}
    )


def stated(content: Content, plan: StatementsPlan | None = None) -> tuple[Stated, ...]:
    """Answer every statement, in the order of the file.

    Raises
    ------
    DataError
        When a query names a review, analysis, kind, study, outcome, drug or fact that does not
        exist; when a numeral of a sentence is in none of its estimates.
    """
    return tuple(_stated(one, content) for one in (plan or read_statements(content)).statements)


def numbers(sentence: Sentence) -> tuple[str, ...]:
    """Return the numbers that a sentence follows from, each once: as written, or to two decimals.

    A headline names no number, and follows from the pooled one.
    """
    told = [one for one in sentence.estimates if one.value is not None]
    return tuple(dict.fromkeys(one.text or _written(one) for one in told))


def _written(one: Shown) -> str:
    return number(one.value, 0 if one.name == "studies" else 2)


def _stated(statement: Statement, content: Content) -> Stated:
    try:
        found = list(_found(statement, content))
    except DataError as error:
        raise DataError(f"statements.yaml, {statement.id}: {error}") from None
    if not found:
        found = [_gap(f"statements:{statement.id}", statement.about)]
    once = tuple({one.id: one for one in found}.values())
    for one in once:
        if typed := untraced(one):
            raise DataError(f"{one.id}: {', '.join(typed)} is in none of its estimates.")
    behind = dict.fromkeys(one.id.partition(":")[0] for one in once)
    return Stated(statement, once, tuple(name for name in behind if name in content.reviews))


def _found(statement: Statement, content: Content) -> Iterator[Sentence]:
    for k, query in enumerate(statement.sources, start=1):
        made = list(_asked(query, content))
        if not made and query.about is not None:
            made = [_gap(f"statements:{statement.id}-{k}", query.about)]
        yield from made


def _asked(query: Source, content: Content) -> Iterable[Sentence]:
    return ASKED[query.of](query, content)


ASKED: Mapping[str, Callable[[Any, Content], Iterable[Sentence]]] = {
    "review": of_review.of_review,
    "reports": of_review.of_reports,
    "apart": of_review.of_apart,
    "side by side": of_review.of_side_by_side,
    "facts": of_facts.of_facts,
    "ties": of_facts.of_ties,
    "safety": lambda query, _: of_safety.of_safety(query),
    "site": lambda query, content: (of_site.of_site(query, content),),
}
"""Who answers which kind of query."""


def _gap(identifier: str, about: str) -> Sentence:
    """Return the gap; its version is the hash of what was asked."""
    return gap_told(identifier, about, sha256(about.encode()).hexdigest())


def _plain(title: str) -> str:
    """Return a title as the end of a question: digits are no part of what is asked."""
    text = "".join(sign for sign in title if not sign.isdigit())
    return " ".join(text.rstrip("?.! ").split()) or "a review"
