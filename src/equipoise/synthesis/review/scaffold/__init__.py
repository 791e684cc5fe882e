"""A new review folder: an example with comments, to be written over."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from equipoise.errors import DataError

TEMPLATE = Path(__file__).parent
IDENTIFIER = r"[a-z][a-z0-9._-]{0,79}"
"""What a folder's name must be to serve as the identifier, and to need no quotes in YAML."""


def new_review(folder: str | Path) -> Path:
    """Write a review folder with a made-up example in it; never over what is there.

    The identifier is the folder's name, where that can be one.

    Raises
    ------
    DataError
        When the folder already holds anything.
    """
    path = Path(folder)
    if path.exists() and (path.is_file() or any(path.iterdir())):
        raise DataError(f"{path} is there already, and not empty. Name a new folder.")
    shutil.copytree(
        TEMPLATE, path, ignore=shutil.ignore_patterns("*.py", "__pycache__"), dirs_exist_ok=True
    )
    name = path.resolve().name
    if re.fullmatch(IDENTIFIER, name):
        plan = path / "review.yaml"
        text = plan.read_text(encoding="utf-8")
        plan.write_text(
            text.replace("identifier: my-review", f"identifier: {name}"), encoding="utf-8"
        )
    return path
