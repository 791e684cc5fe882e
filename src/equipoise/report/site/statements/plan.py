"""statements.yaml: questions in plain words and where their answers are looked for. No finding."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from equipoise.protocol.consistency import Inconsistent, Problem, mismatch
from equipoise.protocol.part import Part, Text, Whole
from equipoise.safety import Level
from equipoise.synthesis.review.facts import Slug

Goes = Literal["aid.html", "screen.html", "crisis.html", "changes.html", "statements.html"]
Site = Literal["date", "certainties", "limits", "changes", "aid", "screen", "crisis"]


class Query(Part):
    """Where sentences are looked for.

    Parameters
    ----------
    about
        Ends "No verified source in this version says ...", where this query finds nothing.
        Without it the statement's own gap stands only if no other query finds anything.
    """

    about: Text | None = None


class OfReview(Query):
    """Sentences of a review: all main analyses, or those named, of the kinds named."""

    of: Literal["review"]
    review: Slug
    analyses: tuple[Slug, ...] = ()
    kinds: tuple[Text, ...] = ("headline",)


class OfReports(Query):
    """What reports of a review's studies say in words: quoted, never pooled."""

    of: Literal["reports"]
    review: Slug
    outcomes: Annotated[tuple[Text, ...], Field(min_length=1)]
    studies: tuple[Slug, ...] = ()


class OfFacts(Query):
    """Verified facts of a kind: by id, by substance, by words of the topic or text."""

    of: Literal["facts"]
    kind: Text
    ids: tuple[Slug, ...] = ()
    topic: Text | None = None
    substance: Text | None = None
    dose_classes: tuple[Text, ...] = ()


class OfTies(Query):
    """How many findings on the brain were tied to how people felt."""

    of: Literal["ties"]
    substance: Text | None = None


class OfApart(Query):
    """How far two analyses lie apart: each written review:analysis."""

    of: Literal["apart"]
    one: Text
    other: Text


class OfSideBySide(Query):
    """That several treatments were not compared with one another: each as review:analysis."""

    of: Literal["side by side"]
    analyses: Annotated[tuple[Text, ...], Field(min_length=2)]


class OfSafety(Query):
    """Verified rules of the screen on some drugs, and how many there are."""

    of: Literal["safety"]
    substances: Annotated[tuple[Text, ...], Field(min_length=1)]
    levels: tuple[Level, ...] = ()


class OfSite(Query):
    """What the site knows of itself: its date, how sure its answers are, where its tools stand."""

    of: Literal["site"]
    part: Site


Source = Annotated[
    OfReview | OfReports | OfFacts | OfTies | OfApart | OfSideBySide | OfSafety | OfSite,
    Field(discriminator="of"),
]


class Statement(Part):
    """One thing that the site must be able to say.

    Parameters
    ----------
    title
        A question: what is asked, and never what was found.
    about
        Ends the sentence of the gap: "No verified source in this version says ...".
    lead
        Sentences that stand open on the first page; the others stand on statements.html.
    page
        A page of the site that goes further.
    """

    id: Slug
    section: Slug
    title: Text
    about: Text
    lead: Whole = 2
    page: Goes | None = None
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _asks(self) -> Self:
        if not self.title.endswith("?") or any(sign.isdigit() for sign in self.title):
            raise ValueError(
                f'title: "{self.title}" must be a question without a number: what is asked, and '
                "not what was found"
            )
        return self


class StatementsPlan(Part):
    """Sections by name, in the order of the page, and the statements of each."""

    sections: Annotated[dict[Slug, Text], Field(min_length=1)]
    statements: Annotated[tuple[Statement, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        problems = []
        for k, one in enumerate(self.statements):
            if one.section not in self.sections:
                found = mismatch(one.section, list(self.sections), "sections")
                problems.append(Problem(("statements", k, "section"), found))
        for name, times in Counter(one.id for one in self.statements).items():
            if times > 1:
                said = f'"{name}" names {times} statements; give each its own id'
                problems.append(Problem(("statements",), said))
        if problems:
            raise Inconsistent(problems)
        return self
