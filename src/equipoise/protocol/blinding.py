"""Who is kept from knowing the arm, who may break the code, and how guesses are asked."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from equipoise.protocol.part import Part, Text

Person = Literal[
    "participant", "care provider", "outcome assessor", "statistician", "pharmacist", "nobody"
]


class CodeBreak(Part):
    """The one way to learn an arm early."""

    who: Text = Field(description="who may break the code")
    when: Text = Field(description="in which circumstances")
    why: Text | None = Field(None, description="why knowing the arm is needed then")
    how: Text | None = None


class GuessPlan(Part):
    """How the treatment guess is asked."""

    guessers: Annotated[
        tuple[Literal["participant", "care provider", "outcome assessor", "relative"], ...],
        Field(min_length=1),
    ] = ("participant",)
    dont_know: bool = Field(description="whether `unsure` is an answer")
    certainty: bool = False
    reasons: bool = False
    timing: Literal["before-outcomes", "after-outcomes"]
    question: Text | None = None


class Blinding(Part):
    """The blind: people, means, the code break and the guess."""

    blind: tuple[Person, ...] = ()
    method: Text | None = Field(None, description="how blinding is achieved")
    code_break: CodeBreak | None = None
    guess: GuessPlan | None = None
