"""Where a site may be written: looked at before any work is done."""

from __future__ import annotations

import os
from pathlib import Path

from equipoise.errors import DataError

READ = ("studies", "reviews", "facts", "judgements", "searches", "results")
"""Folders of evidence: what is written there would be read again, or change what is hashed."""


def require_apart(evidence: Path, out: Path) -> None:
    """Refuse to write a site over the evidence that it is made of, or where nothing can be written.

    Parameters
    ----------
    evidence, out
        The evidence folder, and the folder of the site, which need not exist. It may stand within
        the evidence folder, beside the folders that are read.

    Raises
    ------
    DataError
        When the two are one, the site would stand among studies, reviews, facts or judgements, or
        the folder cannot be written into.
    """
    source, target = Path(os.path.realpath(evidence)), Path(os.path.realpath(out))
    if source == target:
        raise DataError(
            f"--out {out} is the evidence folder itself: a site has folders of the same names. "
            f"Give another folder, such as {out / 'site'}."
        )
    steps = target.relative_to(source).parts if target.is_relative_to(source) else ()
    if steps and steps[0] in READ:
        raise DataError(
            f"--out {out} lies within {source / steps[0]}, which holds the evidence. Give a folder "
            f"outside it, such as {evidence / 'site'}."
        )
    _require_writable(out, target)


def _require_writable(out: Path, target: Path) -> None:
    there = next(one for one in (target, *target.parents) if one.exists() or one.is_symlink())
    if not there.is_dir():
        raise DataError(f"--out {out} cannot be made: {there} is no folder.")
    if not os.access(there, os.W_OK | os.X_OK):
        raise DataError(
            f"--out {out} cannot be written: {there} does not allow it. Give a folder of yours."
        )
