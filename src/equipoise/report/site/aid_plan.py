"""aid.yaml: the choice, its options, and where to look for what is known of each.

Nothing in it is a finding. What helps is named as REVIEW:ANALYSIS, harms as a query of the
register of facts, and what an option is like as KIND/FACT. Any of them may be empty, and then the
aid says so.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from equipoise.errors import DataError
from equipoise.protocol.part import Part, Text
from equipoise.report.site.evidence_folder import read_part
from equipoise.synthesis.review.facts import Slug

if TYPE_CHECKING:
    from collections.abc import Iterable

    from equipoise.report.site.content import Content
    from equipoise.report.site.evidence_folder import EvidenceFolder

Plain = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^\D+$")]
"""Words without a digit: a number would be a finding that somebody typed."""
Query = Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]+:[a-z0-9._-]+$")]
FactName = Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9][a-z0-9._-]*$")]
Heading = Literal["body", "mind", "daily", "time", "money"]
HEADINGS: dict[Heading, str] = {
    "body": "Body", "mind": "Mind", "daily": "Daily life", "time": "Time", "money": "Money",
}  # fmt: skip
FILE = "aid.yaml"


class Condition(Part):
    """What the choice is about: `means` is how this page uses the word, and no finding."""

    id: Slug
    name: Plain
    means: Plain
    prevalence: tuple[Slug, ...] = ()


class HarmGroup(Part):
    """Facts of harms under one plain heading: those whose topic holds one of the words.

    With `of`, those of these substances or people instead, whatever their topic: people who are
    not those of the option, so that nobody takes their numbers for its own.
    """

    id: Slug
    name: Plain
    about: tuple[Text, ...] = ()
    of: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        if bool(self.about) == bool(self.of):
            raise ValueError(f"harms {self.id} needs either `about` (topics) or `of` (people)")
        return self


class Option(Part):
    """One way to go.

    Parameters
    ----------
    what
        What it is, in plain words.
    first
        Stands before the others, which stand by name: for the option of doing nothing.
    helps
        By condition, the answers of reviews; none where no review was made.
    without
        By condition, answers whose people without the treatment are what this option is like.
    course
        By condition, facts KIND/FACT on how people fare.
    substances, classes
        Whose harms are told: names in the register, and classes of dose.
    harms
        Headings; what falls under none of them is told under "Other harms".
    living
        What it is like, by heading: facts, never our own words.
    """

    id: Slug
    name: Plain
    what: Plain
    first: bool = False
    helps: dict[Slug, tuple[Query, ...]]
    without: dict[Slug, tuple[Query, ...]] = Field({})
    course: dict[Slug, tuple[FactName, ...]] = Field({})
    substances: tuple[Text, ...] = ()
    classes: tuple[Text, ...] = ()
    harms: tuple[HarmGroup, ...] = ()
    living: dict[Heading, tuple[FactName, ...]] = Field({})


class Value(Part):
    """A card: something that may matter to a person."""

    id: Slug
    text: Plain


class Aid(Part):
    """The whole aid; `looked_at` is the day on which its words were last gone through."""

    looked_at: date
    title: Plain
    question: Annotated[str, StringConstraints(pattern=r"^[^\d?]+\?$")]
    conditions: Annotated[tuple[Condition, ...], Field(min_length=1)]
    options: Annotated[tuple[Option, ...], Field(min_length=2)]
    values: Annotated[tuple[Value, ...], Field(min_length=1)]
    questions: Annotated[tuple[Plain, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        named = (
            ("conditions", self.conditions),
            ("options", self.options),
            ("values", self.values),
        )
        for field, parts in named:
            if twice := _twice(one.id for one in parts):
                raise ValueError(f"{field} share an id: {', '.join(twice)}; give each its own")
        asked = {one.id for one in self.conditions}
        for option in self.options:
            if set(option.helps) != asked or not {*option.without, *option.course} <= asked:
                raise ValueError(
                    f"option {option.id} answers {', '.join(option.helps) or 'nothing'}; `helps` "
                    f"needs each of {', '.join(sorted(asked))}, with [] where no review was made"
                )
        if sum(option.first for option in self.options) != 1:
            raise ValueError("one option, that of doing nothing, says `first: true`")
        return self

    @property
    def in_order(self) -> tuple[Option, ...]:
        """Doing nothing first, then by name: never by what they do."""
        return tuple(sorted(self.options, key=lambda one: (not one.first, one.name.casefold())))


def due(aid: Aid, content: Content) -> date:
    """Return the day on which the words of the aid have to be gone through again."""
    return aid.looked_at + timedelta(days=content.plan.update_days)


def overdue(content: Content) -> str | None:
    """Return a warning where the aid of an evidence folder is past its due date.

    Raises
    ------
    DataError
        As `read_aid`.
    """
    aid = read_aid(content.folder)
    if aid is None or content.today <= due(aid, content):
        return None
    return (
        f"The decision aid was last gone through on {aid.looked_at}, and was due again by "
        f"{due(aid, content)}: read it through, and write the day in {FILE} as `looked_at`."
    )


def _twice(ids: Iterable[str]) -> list[str]:
    return [one for one, times in Counter(ids).items() if times > 1]


def read_aid(folder: EvidenceFolder) -> Aid | None:
    """Return the aid of an evidence folder; None where it has none.

    Raises
    ------
    DataError
        When a field is wrong, or a word of the aid holds a digit.
    """
    file = folder.path / FILE
    if not file.is_file():
        return None
    try:
        return read_part(file, Aid)
    except DataError as error:
        if r"'^\D+$'" not in str(error):
            raise
        raise DataError(
            f"{error}. No digit may stand in {FILE}: a number is a finding, and comes from a "
            "review or a fact."
        ) from None
