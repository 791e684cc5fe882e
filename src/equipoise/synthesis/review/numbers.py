"""Numbers as people type them into YAML: no decimal commas, no "NA", no yes for 1."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

COMMA = re.compile(r"\s*[-+]?\d+,\d+\s*")


def _as_number(value: Any) -> Any:
    """Refuse texts and yes/no before pydantic would turn them into numbers."""
    if isinstance(value, bool):
        raise ValueError(f"found {'yes' if value else 'no'}; expected a number")
    if not isinstance(value, str):
        return value
    if COMMA.fullmatch(value):
        point = value.strip().replace(",", ".")
        raise ValueError(
            f'found "{value}"; that is a decimal comma, which YAML reads as text: write {point}'
        )
    raise ValueError(
        f'found "{value}"; expected a number without quotes; leave the field out if it is not '
        "reported"
    )


Number = Annotated[float, BeforeValidator(_as_number)]
Positive = Annotated[float, BeforeValidator(_as_number), Field(gt=0)]
Share = Annotated[float, BeforeValidator(_as_number), Field(ge=0, le=1)]
Probability = Share
Count = Annotated[int, BeforeValidator(_as_number), Field(ge=0)]
People = Annotated[int, BeforeValidator(_as_number), Field(ge=1)]
