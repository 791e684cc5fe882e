"""What a site knows of itself: its date, how sure its answers are, what it lacks, its tools."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from equipoise.report.evidence import Opens, Sentence, Shown
from equipoise.report.evidence.answer import NO_NUMBER, NO_STUDY, answers
from equipoise.report.evidence.facts_told import COUNTED, read_fact_file
from equipoise.report.evidence.templates import fill
from equipoise.safety import crisis_lines
from equipoise.synthesis.evidence.facts import MODELS
from equipoise.synthesis.judgement.grade.certainty import WORDS
from equipoise.synthesis.review.certainty import NOT_JUDGED

if TYPE_CHECKING:
    from equipoise.report.site.content import Content
    from equipoise.report.site.statements.plan import OfSite

ON_SITE = "on these pages, no finding"
"""Certainty of what a site says of its own pages."""


def of_site(query: OfSite, content: Content) -> Sentence:
    """Return what the site says of one of its parts."""
    makers = {"date": _date, "certainties": _certainties, "limits": _limits, "crisis": _crisis}
    shown = makers[query.part](content) if query.part in makers else {}
    counted = any(one.value is not None for one in shown.values())
    words = {name: one.text for name, one in shown.items()}
    return Sentence(
        id=f"site:{query.part}", template=f"site-{query.part}",
        text=fill(f"site-{query.part}", **words), outcome="",
        certainty=COUNTED if counted else ON_SITE, size="", estimates=tuple(shown.values()),
        studies=(), version=content.version, opens=Opens(),
    )  # fmt: skip


def _date(content: Content) -> dict[str, Shown]:
    told = {
        "version": content.version,
        "today": f"{content.today.day} {content.today:%B %Y}",
        "next": f"{content.next_check.day} {content.next_check:%B %Y}",
    }
    return {name: Shown("date", name, None, text) for name, text in told.items()}


def _certainties(content: Content) -> dict[str, Shown]:
    found = Counter(one.certainty for one in content.sentences if one.kind == "headline")
    told = {word.replace(" ", "_"): found[word] for word in WORDS.values()}
    told["open"] = found[NO_STUDY] + found[NO_NUMBER] + found[NOT_JUDGED]
    return _counts({"n": sum(found.values())} | told)


def _limits(content: Content) -> dict[str, Shown]:
    studies, pooled, judged = set(), set(), set()
    for told in content.reviews.values():
        studies |= set(told.synthesis.folder.studies)
        for answer in answers(told.synthesis):
            pooled |= set(answer.studies)
            judged |= {name for name in answer.studies if answer.bias.get(name, "") not in
                       ("", NOT_JUDGED)}  # fmt: skip
    files = [read_fact_file(content.folder.path, kind) for kind in MODELS]
    left = sum(len(file.facts) - len(file.verified) for file in files)
    return _counts({"studies": len(studies), "pooled": len(pooled),
                    "unjudged": len(pooled - judged), "left": left})  # fmt: skip


def _crisis(content: Content) -> dict[str, Shown]:  # noqa: ARG001  (the same on every site)
    lines = [line for country in crisis_lines().values() for line in country.lines]
    checked = sum(line.verified_on is not None for line in lines)
    return _counts({"countries": len(crisis_lines()), "lines": len(lines), "checked": checked})


def _counts(told: Mapping[str, int]) -> dict[str, Shown]:
    return {name: Shown("count", name, value, str(value)) for name, value in told.items()}
