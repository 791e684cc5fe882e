"""What a person answered: checked, so that a slip of the pen is told and not taken as "no"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from equipoise.errors import DataError
from equipoise.safety.names import Name, Names
from equipoise.safety.rule import ANSWERS, Answer
from equipoise.safety.rule_book import RuleBook


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers by question, medicines as typed, and the name confirmed for a typed one."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    medicines: tuple[str, ...] = ()
    confirmed: Mapping[str, str] = field(default_factory=dict)

    def checked(self, book: RuleBook, names: Names) -> Answers:
        """Return the answers themselves.

        Raises
        ------
        DataError
            For a question we do not ask, an answer we do not take, a confirmed name we do not know.
        """
        if isinstance(self.medicines, str):
            raise DataError("`medicines` is a list of names, one each. Got one text.")
        for question, answer in self.answers.items():
            if question not in book.questions:
                near = get_close_matches(question, book.questions, n=1)
                hint = f" Did you mean {near[0]!r}?" if near else ""
                raise DataError(f"There is no question {question!r}.{hint} See the questions.")
            if answer not in ANSWERS:
                raise DataError(
                    f"The answer to {question!r} must be one of: {', '.join(ANSWERS)}. "
                    f"Got {answer!r}."
                )
        for typed, meant in self.confirmed.items():
            if names.exact(meant) is None:
                raise DataError(f"{meant!r}, confirmed for {typed!r}, is not in our list of names.")
        return self

    def met(self, question: str) -> bool:
        """Whether a question was answered yes or not sure; "not sure" counts as the stricter."""
        return self.answers.get(question) in {"yes", "not sure"}

    def follow_up(self, question: str) -> Answer:
        """Return the answer to a follow-up; none counts as not sure."""
        return self.answers.get(question, "not sure")

    def confirmed_name(self, typed: str, names: Names) -> Name | None:
        """Return the name that the person chose for what they typed."""
        meant = self.confirmed.get(typed)
        return names.exact(meant) if meant is not None else None
