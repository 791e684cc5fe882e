"""ROBINS-I, the form of 2025 (version 2, 20 November 2025): six domains and the overall rule.

Judged here are domains, by people, with a reason each. The algorithms from signalling questions to
a domain are not coded: their text could be read only in others' transcriptions, which disagree
with one another. Of the six domains the overall judgement is the worst, and critical at once where
the preliminary considerations say so (no control of confounding at all, or another fatal flaw).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from equipoise.errors import DataError
from equipoise.synthesis.judgement.robins_i_domains import (
    CRITICAL,
    DOMAINS,
    LEVELS,
    LOW,
    LOW_BUT_CONFOUNDING,
    MODERATE,
    NO_INFORMATION,
    SERIOUS,
    known_level,
)

SOURCE = (
    "ROBINS-I: Sterne et al. 2016, BMJ 355:i4919; domains and levels of version 2 (form of 2025); "
    "domain judgements by the assessor"
)
_RANK = {
    LOW: 0,
    LOW_BUT_CONFOUNDING: 0,
    NO_INFORMATION: 1,
    MODERATE: 1,
    SERIOUS: 2,
    CRITICAL: 3,
}


@dataclass(frozen=True, slots=True)
class RobinsI:
    """The judgement of one result: a level and a reason a domain, and overall."""

    about: str
    levels: dict[str, str]
    reasons: dict[str, str]
    overall: str
    because: str
    warnings: tuple[str, ...] = ()

    def level(self, key: str) -> str:
        """Return the level of a domain, or of ``overall``."""
        return self.overall if key == "overall" else self.levels[key]


def assess_robins_i(
    levels: Mapping[str, str],
    reasons: Mapping[str, str],
    *,
    about: str = "",
    fatal: str = "",
) -> RobinsI:
    """Judge one result of a non-randomised study.

    Parameters
    ----------
    levels
        Domain (D1 ... D6) to its level: low, low except for concerns about uncontrolled
        confounding (D1 alone), moderate, serious, critical, no information.
    reasons
        Domain to why, in a sentence: none may be empty.
    fatal
        Why the preliminary considerations already make it critical; empty: they do not.

    Raises
    ------
    DataError
        When a domain is missing, unknown, has no reason, or a level that it does not have.

    Examples
    --------
    >>> levels = dict.fromkeys(["D1", "D2", "D3", "D4", "D5", "D6"], "low") | {"D4": "serious"}
    >>> assess_robins_i(levels, dict.fromkeys(levels, "read in the paper")).overall
    'serious'
    """
    where = about or "ROBINS-I"
    read = {key: known_level(key, level, where) for key, level in levels.items()}
    if missing := [key for key in DOMAINS if key not in read]:
        raise DataError(
            f"{where} lacks the domains {', '.join(missing)}. ROBINS-I judges "
            f"{', '.join(f'{key} ({name})' for key, name in DOMAINS.items())}."
        )
    if bare := [key for key in DOMAINS if not str(reasons.get(key, "")).strip()]:
        raise DataError(
            f"{where}: {', '.join(bare)} came without a reason. A level of ROBINS-I is a person's "
            "judgement here: say in a sentence why."
        )
    overall, because = overall_robins_i(read, fatal=fatal)
    given = {key: str(reasons[key]).strip() for key in DOMAINS}
    return RobinsI(about, {k: read[k] for k in DOMAINS}, given, overall, because, _warnings(read))


def overall_robins_i(levels: Mapping[str, str], *, fatal: str = "") -> tuple[str, str]:
    """Return the overall level and why: the worst domain.

    Where every domain is low, confounding can still not be ruled out in a study that did not
    randomise: the best overall level says so. Domains without information, and nothing worse than
    moderate elsewhere, leave the whole without information, as in the form of 2016.
    """
    if fatal:
        return CRITICAL, f"preliminary considerations: {fatal}"
    worst = max(_RANK[level] for level in levels.values())
    if worst >= _RANK[SERIOUS]:
        level = CRITICAL if worst == _RANK[CRITICAL] else SERIOUS
        where = ", ".join(key for key, own in levels.items() if own == level)
        return level, f"{level} in {where}"
    unknown = [key for key, own in levels.items() if own == NO_INFORMATION]
    if unknown:
        return NO_INFORMATION, f"no information on {', '.join(unknown)}"
    if worst:
        where = ", ".join(key for key, own in levels.items() if own == MODERATE)
        return MODERATE, f"moderate in {where}"
    return LOW_BUT_CONFOUNDING, "low in all domains; uncontrolled confounding cannot be ruled out"


def _warnings(levels: Mapping[str, str]) -> tuple[str, ...]:
    found = []
    if NO_INFORMATION in levels.values():
        found.append("`no information` is a level of the form of 2016; that of 2025 has none")
    for level, above in ((MODERATE, SERIOUS), (SERIOUS, CRITICAL)):
        worst = max(_RANK[own] for own in levels.values()) == _RANK[level]
        count = list(levels.values()).count(level)
        if worst and count > 1:
            found.append(
                f"{level} in {count} domains: the assessor may call the whole {above} where they "
                "add up"
            )
    return tuple(found)


__all__ = ["LEVELS", "SOURCE", "RobinsI", "assess_robins_i", "overall_robins_i"]
