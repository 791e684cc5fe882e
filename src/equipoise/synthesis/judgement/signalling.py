"""Signalling questions, and tables that turn their answers into a judgement.

A domain is data: questions, when each is asked, and the rows of a decision table. Of each path of
answers exactly one row holds; a path without one, or with two, is a bug that the tests look for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from equipoise.errors import DataError

YES = frozenset({"Y", "PY"})
NO = frozenset({"N", "PN"})
NI = frozenset({"NI"})
NA = frozenset({"NA"})
ANSWERS = {
    "Y": "yes",
    "PY": "probably yes",
    "PN": "probably no",
    "N": "no",
    "NI": "no information",
    "NA": "not applicable",
}

_SPELLED = {words: code for code, words in ANSWERS.items()}


@dataclass(frozen=True, slots=True)
class When:
    """Whether `questions`, all of them or any, are answered by one of `answers`."""

    questions: tuple[str, ...]
    answers: frozenset[str]
    how: Literal["all", "any"] = "all"

    def holds(self, given: Mapping[str, str]) -> bool:
        """Whether it holds; a question that was not asked counts as NA."""
        found = (given.get(question, "NA") in self.answers for question in self.questions)
        return all(found) if self.how == "all" else any(found)

    def __str__(self) -> str:
        joined = (" and " if self.how == "all" else " or ").join(self.questions)
        order = [code for code in ANSWERS if code in self.answers]
        return f"{joined} {'/'.join(order)}"


Conditions = tuple[When, ...]
"""All of these hold."""


def every(questions: str, answers: frozenset[str]) -> When:
    """Hold when each of the questions, parted by blanks, has one of the answers."""
    return When(tuple(questions.split()), answers)


def either(questions: str, answers: frozenset[str]) -> When:
    """Hold when at least one of the questions has one of the answers."""
    return When(tuple(questions.split()), answers, "any")


@dataclass(frozen=True, slots=True)
class Question:
    """One signalling question.

    Parameters
    ----------
    asks
        What it asks, in our own few words; the tool's own text is read beside it.
    asked_if
        Alternatives, of which one holds where it is asked; empty: always asked.
    options
        The answers that it allows where it is asked.
    """

    number: str
    asks: str
    asked_if: tuple[Conditions, ...] = ()
    options: frozenset[str] = YES | NO | NI


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a decision table."""

    level: str
    conditions: Conditions

    def __str__(self) -> str:
        return "; ".join(str(one) for one in self.conditions)


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain of bias: its questions in order, and its decision table."""

    key: str
    name: str
    questions: tuple[Question, ...]
    table: tuple[Row, ...]
    source: str

    def asked(self, answers: Mapping[str, str]) -> tuple[str, ...]:
        """Return the questions that these answers lead to, in order."""
        walked: dict[str, str] = {}
        for question in self.questions:
            if _is_asked(question, walked):
                walked[question.number] = answers.get(question.number, "")
        return tuple(walked)


@dataclass(frozen=True, slots=True)
class Reached:
    """What a decision table says: the level, the row that says so, the answers that count.

    `unused` are questions that were answered though these answers do not lead to them.
    """

    domain: str
    level: str
    because: str
    answers: dict[str, str]
    unused: tuple[str, ...] = ()


def read_answer(text: object) -> str:
    """Return the code of an answer written as code or in words; "" where there is none.

    >>> read_answer("probably yes"), read_answer("pn"), read_answer(None)
    ('PY', 'PN', '')
    """
    written = " ".join(str(text).split()) if text is not None else ""
    if written.upper() in ANSWERS:
        return written.upper()
    if written.casefold() in _SPELLED:
        return _SPELLED[written.casefold()]
    if written.casefold() in ("", "nan", "none"):
        return ""
    raise DataError(
        f"{written!r} is no answer. Answers are "
        f"{', '.join(f'{code} ({words})' for code, words in ANSWERS.items())}. In YAML quote "
        "them: an unquoted Y or N may be read as true or false by other programs."
    )


def decide(domain: Domain, answers: Mapping[str, object], *, about: str = "") -> Reached:
    """Walk the questions of a domain and read its decision table.

    Parameters
    ----------
    answers
        Question number to answer, as code (Y, PY, PN, N, NI, NA) or in words.
    about
        The study and outcome, for messages.

    Raises
    ------
    DataError
        When a question that is asked has no answer, one that it does not allow, or is unknown.
    """
    where = f"{about}, {domain.key}" if about else domain.key
    read = {str(number): _read(where, number, text) for number, text in answers.items()}
    numbers = [question.number for question in domain.questions]
    if unknown := sorted(set(read) - set(numbers)):
        raise DataError(
            f"{where} has no question {', '.join(unknown)}. Its questions: {', '.join(numbers)}."
        )
    walked = _walked(domain, read, where)
    rows = [row for row in domain.table if all(one.holds(walked) for one in row.conditions)]
    if len(rows) != 1:  # the tests walk every path, so this is ours
        raise AssertionError(f"{domain.key} has {len(rows)} rows for {walked}")
    unused = tuple(n for n in numbers if read.get(n, "") not in ("", "NA") and n not in walked)
    return Reached(domain.key, rows[0].level, str(rows[0]), walked, unused)


def _walked(domain: Domain, read: Mapping[str, str], where: str) -> dict[str, str]:
    walked: dict[str, str] = {}
    for question in domain.questions:
        if not _is_asked(question, walked):
            continue
        answer = read.get(question.number, "")
        if answer not in question.options:
            order = [code for code in ANSWERS if code in question.options]
            raise DataError(
                f"{where}: question {question.number} ({question.asks}) is asked here and has "
                f"{f'the answer {answer}' if answer else 'no answer'}. "
                f"Answer it by one of {', '.join(order)}."
            )
        walked[question.number] = answer
    return walked


def _is_asked(question: Question, walked: Mapping[str, str]) -> bool:
    return not question.asked_if or any(
        all(one.holds(walked) for one in conditions) for conditions in question.asked_if
    )


def _read(where: str, number: object, text: object) -> str:
    if isinstance(text, bool):
        raise DataError(
            f"{where}: question {number} holds {text}: YAML read an unquoted word as true or "
            'false. Write "Y" or "N" in quotes.'
        )
    try:
        return read_answer(text)
    except DataError as error:
        raise DataError(f"{where}: question {number}: {error}") from error
