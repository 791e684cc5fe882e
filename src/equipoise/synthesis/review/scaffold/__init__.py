"""A new review folder: an example with comments, to be written over."""

from __future__ import annotations

import shutil
from pathlib import Path

from equipoise.errors import DataError

TEMPLATE = Path(__file__).parent


def new_review(folder: str | Path) -> Path:
    """Write a review folder with a made-up example in it; never over what is there.

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
    return path
