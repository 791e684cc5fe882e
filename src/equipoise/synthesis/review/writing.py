"""A study back into the YAML that a person can read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from equipoise.errors import DataError
from equipoise.synthesis.review.study import Study


def study_text(study: Study) -> str:
    """Write a study as YAML, without what equals its default; it reads back to the same value."""
    data = study.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    text: str = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=98)
    return text


def write_study(folder: Path, study: Study) -> Path:
    """Write a study file; never over one that is there.

    Raises
    ------
    DataError
        When the folder has a study of that id.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{study.id}.yaml"
    if path.exists():
        raise DataError(
            f"{path} is there already. Look at both: if the new one is right, move the old away."
        )
    path.write_text(study_text(study), encoding="utf-8", newline="\n")
    return path


def plain_study(study: Study) -> dict[str, Any]:
    """Return a study as plain data with every field, for exports."""
    found: dict[str, Any] = study.model_dump(mode="json", by_alias=True)
    return found
