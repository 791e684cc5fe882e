"""The frozen value every part of a protocol is made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Name = Annotated[str, StringConstraints(pattern=r"^\S(.*\S)?$", max_length=120)]
Whole = Annotated[int, Field(strict=True)]


class Part(BaseModel):
    """A frozen value that refuses fields it does not know."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        defer_build=True,  # one build of the whole protocol, when first used, not one a part
        allow_inf_nan=False,
        populate_by_name=True,  # `class` is a word of Python: in code it is `dose_class`
    )
