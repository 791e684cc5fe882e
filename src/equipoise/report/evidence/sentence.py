"""A sentence for people, bound to the numbers that it follows from."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

from equipoise.errors import DataError

BANNED = re.compile(
    r"\b(?:un|in|non-?)?(?:significan(?:t|tly|ce)|proven|promising|safe|safely)\b|\bno effects?\b",
    re.IGNORECASE,
)
"""Words that claim more than a graded estimate carries."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A number in a sentence: the row that it is of, its value, and how it is written.

    The value is None where a name holds the digits: a visit, an instrument, a study.
    """

    name: str
    label: str | None
    value: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Read:
    """Where something was read, when, and who compared it with its source."""

    source: str
    citation: str | None = None
    doi: str | None = None
    read: str | None = None
    checked_by: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Opens:
    """What stands behind a sentence, one step below it.

    Parameters
    ----------
    effect, low, high, level, unit, method
        Of the pooled effect, or of the only study; the unit says which side favours what.
    risk_of_bias
        Study and level, in words.
    certainty_reasons
        What GRADE started from, and what moved it.
    sources
        Where it was read, of what no analysis pools: a fact, or what a report tells in words.
    """

    effect: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    unit: str | None = None
    method: str | None = None
    risk_of_bias: tuple[tuple[str, str], ...] = ()
    certainty_reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    sources: tuple[Read, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, made from estimates or from one verified fact, and by nothing else.

    Parameters
    ----------
    id
        Stable: review, analysis and kind.
    template
        Name of the template that was filled.
    certainty
        high, moderate, low, very low; "no study", "no number", "not judged"; "assumed" of a
        stated scenario; "one source, not graded" of a fact; "no verified source" of a gap.
    size
        large, moderate, small, trivial; empty where none may be named.
    estimates
        Every number in the text.
    studies
        Ids of the studies that it follows from.
    version
        sha256 of the data, plan, judgements and code.

    Raises
    ------
    DataError
        When the text holds a banned word: one of the review's own, for no template has any.
    """

    id: str
    template: str
    text: str
    outcome: str
    certainty: str
    size: str
    estimates: tuple[Shown, ...]
    studies: tuple[str, ...]
    version: str
    opens: Opens

    def __post_init__(self) -> None:
        found = BANNED.search(self.text)
        if found:
            raise DataError(
                f"{self.id} would say {found[0]!r}, which claims more than a graded estimate can: "
                f"{self.text!r}. The word is the review's own: change `words`, `people` or the "
                "question in review.yaml."
            )

    @property
    def kind(self) -> str:
        """The last part of the id: headline, people, control ..."""
        return self.id.rpartition(":")[2]

    @property
    def said(self) -> tuple[object, ...]:
        """What a reader sees, without the version: two that say the same are the same."""
        numbers = tuple((one.name, one.label, one.value) for one in self.estimates)
        return (self.id, self.text, self.certainty, self.size, numbers, self.studies)

    def to_dict(self) -> dict[str, Any]:
        """Return the sentence as plain data."""
        return asdict(self)
