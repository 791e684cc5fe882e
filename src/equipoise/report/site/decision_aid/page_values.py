"""What the template of the aid needs, its own reading grade and score among it.

The grade and the score are of the page itself. So its body is written once without them, read as a
person without a script sees it, and then laid out with what was found: neither can be typed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from equipoise.errors import DataError
from equipoise.report.page import environment
from equipoise.report.site.aid_plan import HEADINGS, due, overdue
from equipoise.report.site.decision_aid.chances import joint
from equipoise.report.site.decision_aid.evidence_used import (
    DOMAINS,
    every_line,
    evidence_used,
    sources,
)
from equipoise.report.site.decision_aid.glossary import glossary
from equipoise.report.site.decision_aid.icons import icons
from equipoise.report.site.decision_aid.lines import Line, known_facts, prevalence_line
from equipoise.report.site.decision_aid.options import options_told
from equipoise.report.site.ipdas import met_of, read_page, read_records, score
from equipoise.report.site.plan import SitePlan
from equipoise.report.site.reading_grade import flesch_kincaid, hardest, smog

if TYPE_CHECKING:
    from equipoise.report.site.aid_plan import Aid, Condition
    from equipoise.report.site.content import Content
    from equipoise.report.site.decision_aid.options import OptionTold
    from equipoise.report.site.ipdas import Score

BODY = "site/aid_body.html"
STEPS = (
    "The choice", "Safety first", "The options side by side", "What matters to me",
    "Questions for my clinician",
)  # fmt: skip
WEIGHTS = ("not at all", "a little", "some", "a lot", "most of all")


@dataclass(frozen=True, slots=True)
class ConditionTold:
    """A condition, and how common it is."""

    condition: Condition
    prevalence: tuple[Line, ...]


def aid_values(content: Content, aid: Aid, *, printing: bool = False) -> dict[str, Any]:
    """Return all that the template needs.

    Raises
    ------
    DataError
        When the plan names what the evidence folder does not have.
    """
    told = options_told(content, aid)
    lines = list(every_line(told))
    conditions = tuple(_condition(content, one) for one in aid.conditions)
    lines += [line for one in conditions for line in one.prevalence]
    values = {
        "aid": aid, "options": told, "conditions": conditions, "printing": printing,
        "steps": STEPS, "weights": WEIGHTS, "headings": HEADINGS, "domains": DOMAINS,
        "used": evidence_used(told), "sources": sources(lines), "icons": icons,
        "joint": _joint(told), "due": due(aid, content), "late": overdue(content) is not None,
        "has": _has(content, told),
    }  # fmt: skip
    return values | _of_itself(content, values)


def _condition(content: Content, one: Condition) -> ConditionTold:
    known = known_facts(content, "prevalence")
    if missing := [name for name in one.prevalence if name not in known]:
        raise DataError(
            f"aid.yaml names facts of prevalence that are not there, or not verified: "
            f"{', '.join(missing)}."
        )
    return ConditionTold(one, tuple(prevalence_line(known[name]) for name in one.prevalence))


def _has(content: Content, told: tuple[OptionTold, ...]) -> dict[str, bool]:
    """Say what there is to tell: without it a block says so, and carries no mark."""
    plan, waiting = content.plan, told[0]
    boxes = [box for one in told for own in one.boxes.values() for box in own]
    harms = [chance for one in told for group in one.harms for chance in group.chances]
    return {
        "course": any(own for own in waiting.boxes.values()),
        "counts": bool(harms) or any(box.chance for box in boxes),
        "policy": plan.update_policy is not None,
        "funder": plan.funding != SitePlan.model_fields["funding"].default,
        "authors": bool(plan.authors),
    }


def _joint(told: tuple[OptionTold, ...]) -> bool:
    """Whether all options that count people for a condition counted them at the same time."""
    first = next(iter(told)).boxes
    return all(
        joint([box.chance for one in told for box in one.boxes[name] if box.chance is not None])
        for name in first
    )


def _of_itself(content: Content, values: dict[str, Any]) -> dict[str, Any]:
    """Return grade and score of the page, found by reading it."""
    nothing = score((), ())
    blank = values | {"content": content, "link": str, "grade": 0.0, "smog": 0.0, "hardest": 0.0}
    html = environment().get_template(BODY).render(blank | _met(nothing))
    read, exempt = read_page(html), glossary(content.folder)
    once = dict.fromkeys(read.blocks)  # a line that stands twice is read once
    grades = {"grade": flesch_kincaid(once, exempt), "smog": smog(once, exempt)}
    grades["hardest"] = hardest(once, exempt)
    return grades | _met(score(read.marks, read_records(content.folder)))


def _met(scored: Score) -> dict[str, Any]:
    blocks = ("qualifying", "certifying", "quality")
    return {"score": scored, "met": {name: met_of(getattr(scored, name)) for name in blocks}}
