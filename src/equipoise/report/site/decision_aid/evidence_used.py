"""How the evidence of the aid was chosen, how good it is, and all that it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from equipoise.report.site.decision_aid.chances import NOT_JUDGED
from equipoise.synthesis.judgement.record import BY_RULE
from equipoise.synthesis.review.certainty import certainty_of
from equipoise.synthesis.review.screening.record import read_records

if TYPE_CHECKING:
    from equipoise.report.site.content import Told
    from equipoise.report.site.decision_aid.lines import Line
    from equipoise.report.site.decision_aid.options import OptionTold
    from equipoise.synthesis.judgement import Judgement

DOMAINS = {
    "risk of bias": "How they were run",
    "inconsistency": "Whether they agree",
    "indirectness": "Whether the people fit",
    "imprecision": "Whether they are many",
    "publication bias": "Whether all are public",
}
"""The five reasons of GRADE, and what people call them."""
LOWERED = {0: "not lowered", -1: "lowered", -2: "lowered twice"}
UNSEEN, ALONE = "not looked at", "one study only"
"""In place of "not lowered", where there was nothing to look at: that is no clean bill."""


@dataclass(frozen=True, slots=True)
class Used:
    """One answer: what was chosen for it, and why its certainty is what it is.

    Parameters
    ----------
    time
        When people were asked, as the studies say.
    studies, pooled, left_out
        Counts: in the review, in the answer, and not in the answer.
    searches
        Records of searches of databases that the review keeps.
    reasons
        By domain of GRADE, whether it lowered the certainty.
    why
        The same, as the rules wrote it.
    """

    option: str
    condition: str
    query: str
    told: Told
    time: str
    certainty: str
    studies: int
    pooled: int
    left_out: int
    searches: int
    reasons: dict[str, str]
    why: tuple[str, ...]


def evidence_used(options: Iterable[OptionTold]) -> tuple[Used, ...]:
    """Return every answer that the options rest on, in the order of the page."""
    return tuple(_used(options))


def _used(options: Iterable[OptionTold]) -> Iterator[Used]:
    for told in options:
        for condition, boxes in told.boxes.items():
            for box in boxes:
                if box.query not in told.option.helps[condition]:
                    continue
                made, name = box.told.synthesis, box.query.partition(":")[2]
                chosen = made.selections[name]
                reasons, why = _reasons(box.told, name)
                yield Used(
                    told.option.name, condition, box.query, box.told, box.time,
                    box.lines[0].certainty, len(made.folder.studies), len(chosen.rows),
                    len(chosen.left_out), len(read_records(made.folder.searches)), reasons, why,
                )  # fmt: skip


def _reasons(told: Told, name: str) -> tuple[dict[str, str], tuple[str, ...]]:
    made = told.synthesis
    if not made.found[name].select(name="certainty").rows:
        return dict.fromkeys(DOMAINS, NOT_JUDGED), ()
    plan = made.folder.review.analysis(name)
    certain, _ = certainty_of(made.folder, plan, made.selections[name].rows)
    found = {domain: LOWERED[certain.by_domain[domain]] for domain in DOMAINS}
    if any(_unseen(one) for one in certain.judgements):
        found["publication bias"] = UNSEEN
    if len(made.selections[name].rows) == 1 and not certain.by_domain["inconsistency"]:
        found["inconsistency"] = ALONE
    return found, certain.reasons


def _unseen(judged: Judgement) -> bool:
    """Whether publication bias was left alone for want of a test, a register or a person."""
    read = [judged.inputs.get(name) for name in ("egger_p", "registered")]
    by_rule = judged.rule == "publication-bias" and judged.author == BY_RULE
    return by_rule and not judged.decision and read == [None, None]


def every_line(options: Iterable[OptionTold]) -> Iterator[Line]:
    """Yield every line of the options."""
    for told in options:
        for boxes in told.boxes.values():
            for box in boxes:
                yield from box.lines
        for cell in (*told.cells.values(), *told.course.values()):
            yield from cell
        yield from told.harm_cell
        for harm in told.harms:
            yield from harm.lines
        for lines in told.living.values():
            yield from lines


def sources(lines: Iterable[Line]) -> tuple[str, ...]:
    """Return each source once, in order of the alphabet."""
    return tuple(sorted({one for line in lines for one in line.sources}, key=str.casefold))
