"""Facts that are no study: harms, connectivity, how common, standard care, what words mean.

One YAML list a kind in `facts/`. Each fact says where it was read and who compared it; what
nobody has compared is kept in the file and given only when asked for.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from pydantic import ValidationError

from equipoise.errors import DataError
from equipoise.protocol.consistency import mismatch
from equipoise.protocol.part import Text
from equipoise.synthesis.review.facts import Doi, Fact, Slug

Kind = Literal["harms", "connectivity", "prevalence", "guidelines", "definitions"]
DoseOfFact = Literal["micro", "micro/low", "low", "full", "any", "na"]
FOLDER = Path(__file__).parent / "facts"


class EvidenceFact(Fact):
    """One fact in our words, with the figure as printed and where it was read."""

    id: Slug
    topic: Text
    text: Text
    figure: Text | None = None
    substance: Text | None = None
    population: Text | None = None
    citation: Text | None = None
    year: Text | None = None
    doi: Doi | None = None
    read: date | None = None


class Harm(EvidenceFact):
    """One harm: how often, in whom, beside what."""

    dose_class: DoseOfFact | None = None
    people: Text | None = None
    design: Text | None = None
    comparator_figure: Text | None = None
    severity: Text | None = None


class Connectivity(EvidenceFact):
    """One change in the brain, and whether it was tied to how people felt in the long run."""

    association_with_clinical_change: Literal["yes", "no", "not tested"]
    dose: Text | None = None
    dose_class: DoseOfFact | None = None
    people: Text | None = None
    design: Text | None = None
    modality: Text | None = None


class Prevalence(EvidenceFact):
    """How common a condition is, somewhere, at some time."""

    unit: Text


class Guideline(EvidenceFact):
    """What a body says of standard care, in our words."""

    body: Text


class Definition(EvidenceFact):
    """What a word means, by one source."""


MODELS: dict[str, type[EvidenceFact]] = {
    "harms": Harm,
    "connectivity": Connectivity,
    "prevalence": Prevalence,
    "guidelines": Guideline,
    "definitions": Definition,
}


def facts(
    kind: Kind,
    *,
    substance: str | None = None,
    topic: str | None = None,
    unverified: bool = False,
) -> tuple[EvidenceFact, ...]:
    """Return the verified facts of a kind, in the order of the file.

    Parameters
    ----------
    kind
        harms, connectivity, prevalence, guidelines or definitions.
    substance
        Only facts that name this substance as a whole word: "ketamine" is not "esketamine".
    topic
        Only facts whose topic or text holds these words, whatever their case.
    unverified
        Also facts that nobody has compared with their source; each still says so.

    Raises
    ------
    DataError
        When there is no such kind.

    Examples
    --------
    >>> any(fact.topic == "treatment-resistant depression" for fact in facts("definitions"))
    True
    """
    if kind not in get_args(Kind):
        raise DataError(f"There are no facts of that kind: {mismatch(kind, get_args(Kind))}.")
    found = read_facts(FOLDER / f"{kind}.yaml", MODELS[kind])
    return tuple(
        fact
        for fact in found
        if (fact.verified or unverified) and _names(fact, substance) and _is_about(fact, topic)
    )


def _names(fact: EvidenceFact, substance: str | None) -> bool:
    if substance is None:
        return True
    word = rf"\b{re.escape(substance)}\b"
    return re.search(word, fact.substance or "", re.IGNORECASE) is not None


def _is_about(fact: EvidenceFact, topic: str | None) -> bool:
    return topic is None or topic.casefold() in f"{fact.topic} {fact.text}".casefold()


@cache
def read_facts(path: Path, model: type[EvidenceFact]) -> tuple[EvidenceFact, ...]:
    """Read and check a file of facts.

    Raises
    ------
    DataError
        When the file is missing or no list, a fact is wrong (verified without a source, a field
        that does not exist), or two facts share an id.
    """
    import yaml  # noqa: PLC0415

    if not path.is_file():
        raise DataError(f"There is no file of facts {path}.")
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise DataError(f"{path} is no YAML: {error}") from None
    if not isinstance(rows, list):
        raise DataError(f"{path}: expected a list of facts, each starting with `- id: ...`.")
    found = tuple(_fact(path, row, model) for row in rows)
    twice = [name for name, times in Counter(fact.id for fact in found).items() if times > 1]
    if twice:
        raise DataError(f"{path}: two facts share the id {', '.join(twice)}; give each its own.")
    return found


def _fact(path: Path, row: object, model: type[EvidenceFact]) -> EvidenceFact:
    try:
        return model.model_validate(row)
    except ValidationError as error:
        name = row.get("id", row) if isinstance(row, dict) else row
        told = "; ".join(
            ": ".join([*(str(step) for step in one["loc"]), one["msg"]]) for one in error.errors()
        )
        raise DataError(f"{path}: the fact {name} is wrong: {told}") from None
