"""A study back into the YAML that a person can read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import yaml

from equipoise.errors import DataError
from equipoise.synthesis.review.study import Study

ODD_BREAKS = set("\x85\u2028\u2029")
"""Line breaks of YAML that a text can hold: written as they are they would come back as others."""


def study_text(study: Study) -> str:
    """Write a study as YAML, without what equals its default; it reads back to the same value."""
    data = study.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    odd = ODD_BREAKS & set(study.model_dump_json())
    text: str = yaml.safe_dump(data, sort_keys=False, allow_unicode=not odd, width=98)
    return text


def write_study(folder: Path, study: Study) -> Path:
    """Write one study file, as `write_studies`."""
    return write_studies(folder, [study])[0]


def write_studies(folder: Path, studies: Sequence[Study]) -> list[Path]:
    """Write study files: all of them, or none; never over one that is there.

    Raises
    ------
    DataError
        When the folder has a study of such an id, or two of the new ones share one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{study.id}.yaml" for study in studies]
    there = [path.name for path in paths if path.exists()]
    if there:
        raise DataError(
            f"{folder} has {', '.join(there[:5])} already; nothing was written. Look at both: if "
            "the new one is right, move the old one away."
        )
    twice = [name for name, times in Counter(paths).items() if times > 1]
    if twice:
        raise DataError(
            f"Two of the new studies are named {twice[0].stem}: rename one in the file."
        )
    for path, study in zip(paths, studies, strict=True):
        path.write_text(study_text(study), encoding="utf-8", newline="\n")
    return paths
