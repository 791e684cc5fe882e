"""One line of the aid: a review's sentence, a fact, or a gap; each with what it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from equipoise.errors import DataError
from equipoise.report.evidence.answer import ASSUMED
from equipoise.report.site.decision_aid.amounts import without_amounts
from equipoise.report.site.decision_aid.chances import HUNDRED, NOT_JUDGED
from equipoise.synthesis.evidence.facts import MODELS, read_facts

if TYPE_CHECKING:
    from equipoise.report.evidence import Sentence
    from equipoise.report.site.content import Content, Told
    from equipoise.synthesis.evidence.facts import EvidenceFact

SHARE_OF = re.compile(r"percent of (?P<whom>population|adults)")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
NO_STUDY = "no study"
GAP = "No study in this version."
NO_SOURCE = "No source read in this version."


@dataclass(frozen=True, slots=True)
class Line:
    """What is said, how sure we are, and what it rests on.

    Parameters
    ----------
    studies
        Ids of studies or facts; empty of a gap, and of a scenario that a plan states.
    sources
        Their citations, with DOI where there is one; of a scenario what the plan names.
    cut
        Whether an amount was taken out of the text.
    page
        Where more is told, below the site's folder.
    """

    id: str
    text: str
    certainty: str
    studies: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    cut: bool = False
    page: str | None = None

    @property
    def gap(self) -> bool:
        """Whether nothing stands behind it: nobody looked, or nothing was found."""
        return not self.studies and not self.sources


def sentence_line(told: Told, said: Sentence) -> Line:
    """Return a review's sentence as a line."""
    found = tuple(study_source(told, one) for one in said.studies)
    if said.certainty == ASSUMED:
        planned = told.review.outcomes[said.outcome].people.source
        found = (without_amounts(planned),) if planned else ()
    return Line(
        said.id, said.text, said.certainty, said.studies, found, page=f"reviews/{told.name}.html"
    )


def study_source(told: Told, name: str) -> str:
    """Return the citation of a study, with its DOI."""
    study = told.synthesis.folder.studies[name]
    doi = f", doi:{study.doi}" if study.doi else ""
    return without_amounts(f"{study.citation}{doi}")


def fact_line(fact: EvidenceFact) -> Line:
    """Return a fact as a line: its text without amounts, and where it was read."""
    text = without_amounts(fact.text)
    where = [fact.citation or fact.source or "", f"doi:{fact.doi}" if fact.doi else ""]
    source = without_amounts(", ".join(part for part in where if part))
    return Line(
        f"fact:{fact.id}", text if text.endswith(".") else f"{text}.", NOT_JUDGED, (fact.id,),
        (source,), cut=text != fact.text,
    )  # fmt: skip


def prevalence_line(fact: EvidenceFact) -> Line:
    """Return how common a condition is in people of a hundred; the fact's own text elsewhere."""
    unit, figure = str(getattr(fact, "unit", "")), fact.figure or ""
    share = SHARE_OF.match(unit)
    if share is None or not NUMBER.fullmatch(figure) or not fact.population:
        return fact_line(fact)
    people = "adults" if share["whom"] == "adults" else "people"
    where = fact.population.partition(",")[0]
    year = f" ({fact.year})" if fact.year else ""
    text = f"About {round(float(figure))} of {HUNDRED} {people} in the {where} have it{year}."
    return replace(fact_line(fact), text=text)


def gap_line(*steps: str, text: str = GAP) -> Line:
    """Return the line of an empty query, under the query's name."""
    return Line(":".join(("aid", *steps, "gap")), text, NO_STUDY)


def known_facts(content: Content, kind: str) -> dict[str, EvidenceFact]:
    """Return the verified facts of a kind of the evidence folder, by id; none where it has none."""
    file = content.folder.path / "facts" / f"{kind}.yaml"
    found = read_facts(file, MODELS[kind]) if file.is_file() and kind in MODELS else ()
    return {fact.id: fact for fact in found if fact.verified}


def facts_named(content: Content, names: Iterable[str]) -> tuple[Line, ...]:
    """Return the facts named KIND/FACT.

    Raises
    ------
    DataError
        When the folder has no such fact, or nobody has compared it with its source.
    """
    found = []
    for name in names:
        kind, _, fact = name.partition("/")
        known = known_facts(content, kind)
        if fact not in known:
            raise DataError(
                f"aid.yaml names the fact {name}, and facts/{kind}.yaml holds no verified fact of "
                "that name: take it out, or have the fact checked."
            )
        found.append(fact_line(known[fact]))
    return tuple(found)
