"""Copies for machines stand on the same site as the pages: they name no amount of a drug either.

Whoever analyses doses has them in the study files of the evidence folder, with their sources.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from equipoise.report.site.behind.amounts import without_amounts

ADDRESS = re.compile(r"(?:https?|urn):")

NAMES = frozenset({"id", "@id", "studies", "identifier", "fullUrl", "reference"})
"""Fields that hold the name of something, by which others find it: never changed."""


def undosed(value: Any) -> Any:
    """Return plain data with each amount of a drug in its texts as "[dose]".

    >>> undosed({"id": "made-up-5mg", "arm": ["LSD 10 ug", 10], "url": "https://doi.org/10.1/5mg"})
    {'id': 'made-up-5mg', 'arm': ['LSD [dose]', 10], 'url': 'https://doi.org/10.1/5mg'}
    """
    if isinstance(value, str):
        return value if ADDRESS.match(value) else without_amounts(value)
    if isinstance(value, Mapping):
        return {k: inner if k in NAMES else undosed(inner) for k, inner in value.items()}
    if isinstance(value, list | tuple):
        return [undosed(inner) for inner in value]
    return value
