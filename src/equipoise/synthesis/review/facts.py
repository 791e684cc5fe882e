"""Where a number was read, who checked it, and whether it may be believed."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from equipoise.protocol.part import Part, Text

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=80)]
Doi = Annotated[str, StringConstraints(pattern=r"^10\.\d{4,9}/\S+$")]
Origin = Literal["read", "computed", "derived", "memory"]


class Fact(Part):
    """A block of numbers from one place.

    A fact is unverified until a person has looked at its source: then `verified`, `source` and
    `checked_by` are written. Unverified facts are shown as such, and not pooled by default.
    """

    source: Text | None = Field(None, description="where it was read: paper, page, table, file")
    origin: Origin = Field(
        "read", description="read in the source, computed from data, derived from others, memory"
    )
    checked_by: Text | None = Field(None, description="who compared it with the source")
    verified: bool = False
    note: Text | None = None

    @model_validator(mode="after")
    def _traceable(self) -> Self:
        if self.verified and not (self.source and self.checked_by):
            missing = "source" if not self.source else "checked_by"
            raise ValueError(f"says verified: true without `{missing}`; a verified fact names both")
        if self.verified and self.origin == "memory":
            raise ValueError("a fact from memory is not verified: read its source first")
        return self
