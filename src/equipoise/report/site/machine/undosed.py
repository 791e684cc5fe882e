"""Copies for machines stand on the same site as the pages: they name no amount of a drug either.

Whoever analyses doses has them in the study files of the evidence folder, with their sources.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from equipoise.report.site.behind.amounts import without_amounts

ADDRESS = re.compile(r"(?:https?|urn):")


def undosed(value: Any) -> Any:
    """Return plain data with each amount of a drug in its texts as "[dose]".

    >>> undosed({"arm": ["LSD 10 ug", 10], "url": "https://doi.org/10.1/5mg"})
    {'arm': ['LSD [dose]', 10], 'url': 'https://doi.org/10.1/5mg'}
    """
    if isinstance(value, str):
        return value if ADDRESS.match(value) else without_amounts(value)
    if isinstance(value, Mapping):
        return {name: undosed(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [undosed(inner) for inner in value]
    return value
