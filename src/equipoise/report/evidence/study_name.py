"""What people call a study in a sentence: first author and year. Its id stays in what opens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from equipoise.synthesis.review import Study

PARTICLE = r"(?:(?:van|von|de|den|der|di|la|le) )*"
AUTHOR = re.compile(rf"({PARTICLE}[A-Z][\w’'-]+) (?:[A-Z]{{1,4}}\b|et al|\d{{4}})")
"""A surname with its initials, "et al." or a year behind it."""
SHORT = re.compile(r"([\w-]+): ")
"""A study's own short name before a colon."""
ENDS = re.compile(r",| \(|(?<=\w)\. | (?:19|20)\d{2}\b")
"""Where the first part of a citation without an author ends."""


def study_name(study: Study) -> str:
    """Return first author and year, as people name a study; of a report without one its title.

    Two studies of one author and year share a name: ids tell them apart.
    """
    return named(study.citation, study.year)


def named(citation: str, year: int) -> str:
    """Return the name that a citation gives.

    >>> named("van Dis EAM et al. 2020 JAMA Psychiatry", 2020)
    'van Dis 2020'
    >>> named("Umbrella review of small doses, J Psychopharmacol 2026", 2026)
    'Umbrella review of small doses 2026'
    """
    author = AUTHOR.match(citation) or SHORT.match(citation)
    first = author[1] if author else ENDS.split(citation, maxsplit=1)[0].strip()
    return first if str(year) in first else f"{first} {year}"
