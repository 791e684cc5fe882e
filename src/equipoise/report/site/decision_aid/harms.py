"""Harms of an option: every verified fact of its substances and classes of dose, under headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from equipoise.report.site.decision_aid.chances import NOT_JUDGED, Chance, of_harm
from equipoise.report.site.decision_aid.lines import Line, fact_line, gap_line, known_facts
from equipoise.synthesis.evidence.facts import Harm

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from equipoise.report.site.aid_plan import HarmGroup, Option
    from equipoise.report.site.content import Content

OTHER, OTHER_NAME = "other", "Other harms"


@dataclass(frozen=True, slots=True)
class Harms:
    """The facts under one heading; `told` is the line of the table that compares options."""

    name: str
    told: Line
    lines: tuple[Line, ...]
    chances: tuple[Chance, ...]


def harms(content: Content, option: Option) -> tuple[Harms, ...]:
    """Return the harms of an option by heading; a fact stands under the first that fits it.

    Harms of other people than those of the option are taken out before any heading by topic.
    """
    left = list(harms_of(content, option))
    under: dict[str, list[Harm]] = {}
    for group in sorted(option.harms, key=lambda one: not one.of):
        under[group.id] = [harm for harm in left if _falls_under(harm, group)]
        left = [harm for harm in left if harm not in under[group.id]]
    found = [_harms(option, one.id, one.name, under[one.id]) for one in option.harms]
    if left:
        found.append(_harms(option, OTHER, OTHER_NAME if found else "Harms", left))
    return tuple(one for one in found if one.lines)


def harms_of(content: Content, option: Option) -> Iterator[Harm]:
    """Yield the verified harms of an option's substances and classes of dose, as the file has them.

    A substance is a whole word: ketamine is not esketamine. No class in the plan: every class.
    """
    for fact in known_facts(content, "harms").values():
        harm = cast("Harm", fact)
        classes = set((harm.dose_class or "any").split("/"))
        named = any(
            re.search(rf"\b{re.escape(one)}\b", harm.substance or "", re.IGNORECASE)
            for one in option.substances
        )
        if named and (not option.classes or classes & set(option.classes)):
            yield harm


def _falls_under(harm: Harm, group: HarmGroup) -> bool:
    told = f"{harm.substance}; {harm.population}" if group.of else harm.topic
    return any(word.casefold() in told.casefold() for word in group.of or group.about)


def _harms(option: Option, name: str, heading: str, own: Sequence[Harm]) -> Harms:
    lines = tuple(fact_line(harm) for harm in own)
    chances = tuple(chance for harm in own if (chance := of_harm(harm)) is not None)
    reports = f"{len(own)} {'reports tell' if len(own) > 1 else 'report tells'} of this"
    told = Line(
        f"aid:{option.id}:harms:{name}", f"{heading}: {reports}.", NOT_JUDGED,
        tuple(harm.id for harm in own), tuple(one for line in lines for one in line.sources),
    )  # fmt: skip
    return Harms(heading, told, lines, chances)


def harm_cell(option: Option, found: Sequence[Harms]) -> tuple[Line, ...]:
    """Return what stands in the column of harms: each heading, or that no study was read."""
    return tuple(one.told for one in found) or (gap_line(option.id, "harms"),)
