"""The frozen value that rules, questions and crisis lines are made of; reading their files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints

from equipoise.errors import DataError

FOLDER = Path(__file__).parent
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Part(BaseModel):
    """A frozen value that refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def read_yaml(path: Path) -> Any:
    """Read one YAML file of ours or of a site.

    Raises
    ------
    DataError
        When it is not YAML, with the place.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe one
    except yaml.YAMLError as error:
        raise DataError(f"{path.name} is not YAML: {error}") from error
