"""All that the screen knows beside medicine names: rules, sources, questions, substances, words."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import ValidationError

from equipoise.errors import DataError
from equipoise.safety.part import FOLDER, Part, Text, read_yaml
from equipoise.safety.rule import Rule, Source


class Question(Part):
    """One question, answered yes, no or not sure."""

    id: Text
    text: Text
    after: Text | None = None
    of: Literal["person", "use"] = "person"


class Substance(Part):
    """A drug that the screen is about; the rules of those that it includes count as well."""

    id: Text
    words: tuple[Text, ...] = ()
    includes: tuple[Text, ...] = ()


P = TypeVar("P", bound=Part)
Q = TypeVar("Q", Question, Substance)


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Checked rules, by id, and what they refer to."""

    rules: tuple[Rule, ...]
    sources: Mapping[str, Source]
    questions: Mapping[str, Question]
    substances: Mapping[str, Substance]
    wording: Mapping[str, Any]

    def substance(self, text: str) -> Substance:
        """Return the substance of that name.

        Raises
        ------
        DataError
            When we have no rules for it.
        """
        words = {_folded(w): s for s in self.substances.values() for w in (s.id, *s.words)}
        found = words.get(_folded(text))
        if found is None:
            near = get_close_matches(_folded(text), words, n=1)
            hint = f" Did you mean {words[near[0]].id}?" if near else ""
            raise DataError(
                f"We have no rules for {text!r}, so we can say nothing about it.{hint} "
                f"We have rules for: {', '.join(self.substances)}."
            )
        return found

    def rules_about(self, substances: Sequence[Substance]) -> tuple[Rule, ...]:
        """Return the rules about any of these substances, or about one that they include."""
        return tuple(rule for rule in self.rules if concerned(rule, substances))


def concerned(rule: Rule, substances: Sequence[Substance]) -> tuple[str, ...]:
    """Return those of the substances that a rule is about, directly or by what they include."""
    return tuple(s.id for s in substances if set(rule.substances) & {s.id, *s.includes})


@cache
def rule_book(folder: Path = FOLDER) -> RuleBook:
    """Read the rules that come with equipoise, or those in a folder of the same shape.

    Raises
    ------
    DataError
        When a file is wrong: which, and what is wrong in it.
    """
    questions = _by_id(Question, folder / "questions.yaml")
    substances = _by_id(Substance, folder / "substances.yaml")
    listed = read_yaml(folder / "sources.yaml").items()
    sources = {key: _checked(Source, row, f"source {key}") for key, row in listed}
    rules = [
        _checked(Rule, row, f"{path.name}, rule {row.get('id')}")
        for path in sorted((folder / "rules").glob("*.yaml"))
        for row in read_yaml(path)
    ]
    book = RuleBook(
        tuple(sorted(rules, key=lambda rule: rule.id)),
        sources,
        questions,
        substances,
        read_yaml(folder / "wording.yaml"),
    )
    _refers_to_what_exists(book)
    return book


def _checked(kind: type[P], row: Any, where: str) -> P:
    try:
        return kind.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise DataError(f"{where}: {place} {first['msg']}.".replace("  ", " ")) from error


def _by_id(kind: type[Q], path: Path) -> dict[str, Q]:
    parts = [_checked(kind, row, f"{path.name}, {row.get('id')}") for row in read_yaml(path)]
    return {part.id: part for part in parts}


def _refers_to_what_exists(book: RuleBook) -> None:
    twice = [key for key, n in Counter(rule.id for rule in book.rules).items() if n > 1]
    if twice:
        raise DataError(f"Rules with the same id: {', '.join(twice)}.")
    after = {q.after for q in book.questions.values() if q.after}
    wrong = [f"question {key}" for key in sorted(after - book.questions.keys())]
    for rule in book.rules:
        wrong += [f"{rule.id}: question {q}" for q in rule.asks if q not in book.questions]
        wrong += [f"{rule.id}: substance {s}" for s in rule.substances if s not in book.substances]
        if rule.source and rule.source not in book.sources:
            wrong.append(f"{rule.id}: source {rule.source}")
    if wrong:
        raise DataError(f"Named but not defined: {'; '.join(wrong)}.")


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
