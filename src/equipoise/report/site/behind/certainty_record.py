"""How sure, domain by domain: what GRADE started from, each reason, and who confirmed it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from equipoise.synthesis.judgement.grade.certainty import DOMAINS, UPGRADES

if TYPE_CHECKING:
    from equipoise.report.site.behind.groups import Group

MOVED = re.compile(r"^(?P<rule>[a-z -]+) (?P<by>[+-]\d): (?P<why>.*)$", re.DOTALL)
UNMOVED = "not moved"


@dataclass(frozen=True, slots=True)
class CertaintyRecord:
    """Of one analysis: the word, the start, and a line for each rule in GRADE's order."""

    label: str
    name: str
    certainty: str
    start: str
    lines: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]


def certainty_records(groups: tuple[Group, ...]) -> tuple[CertaintyRecord, ...]:
    """Return the record of every answer that was graded."""
    return tuple(_record(group) for group in groups if group.answer.level is not None)


def _record(group: Group) -> CertaintyRecord:
    answer = group.answer
    start, *moved = answer.certainty_reasons
    rules = [rule.replace("-", " ") for rule in DOMAINS]
    lines = {rule: (rule, UNMOVED, "") for rule in rules}
    for reason in moved:
        found = MOVED.match(reason)
        if found:
            lines[found["rule"]] = (found["rule"], found["by"], found["why"])
        else:
            lines[reason] = (reason, "", "")
    order = [*rules, *(rule.replace("-", " ") for rule in UPGRADES)]
    ranked = sorted(lines.values(), key=lambda one: order.index(one[0]) if one[0] in order else 99)
    notes = answer.found.select(name="certainty").rows[0].warnings
    return CertaintyRecord(
        group.label, answer.analysis.name, answer.certainty, start, tuple(ranked), notes
    )
